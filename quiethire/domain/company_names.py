"""Companies by name: the form in which two spellings of one company are the same, and how web addresses spell it."""

import re
from functools import lru_cache

from quiethire.domain.words import fold, tree_of

_AT_THE_END = frozenset(map(fold, (
    # English
    *("inc", "incorporated", "llc", "lllp", "llp", "lp", "pllc", "ltd", "limited", "privatelimited", "publiclimitedcompany"),
    *("limitedliabilitycompany", "corp", "corporation", "co", "company", "plc", "pcl", "pvt", "pte", "pty", "ulc", "pbc", "cic", "jsc"),
    *("cjsc", "ojsc", "pjsc", "sdn", "bhd", "berhad", "tbk", "persero", "wll", "fze", "fzco", "fzllc", "dmcc", "kk", "gk"),
    # German
    *("ag", "gmbh", "ggmbh", "gesmbh", "mbh", "kg", "kgaa", "ohg", "gbr", "ug", "haftungsbeschränkt", "ev", "eg", "ek", "se"),
    *("partg", "partgmbb", "aktiengesellschaft", "kommanditgesellschaft", "gesellschaftmitbeschränkterhaftung"),
    # French, Dutch, Italian, Spanish, Portuguese
    *("sa", "sas", "sasu", "sarl", "eurl", "snc", "scop", "selarl", "sprl", "scrl", "asbl", "bv", "nv", "bvba", "cvba", "vof", "vzw"),
    *("spa", "srl", "srls", "scarl", "sapa", "sl", "slu", "sau", "sadecv", "sabdecv", "sapidecv", "sderl", "sderldecv", "eirl"),
    *("lda", "unipessoallda", "ltda", "eireli", "societàperazioni", "sociedadanónima", "sociedadlimitada"),
    # Northern
    *("ab", "abp", "publ", "aktiebolag", "as", "asa", "aps", "ivs", "aktieselskab", "oy", "oyj", "ehf", "hf", "ou", "uab", "sia"),
    # Eastern
    *("spzoo", "spzo", "spk", "spj", "spółkaakcyjna", "spółkazograniczonąodpowiedzialnością", "sro", "spolsro", "vos", "kft"),
    *("zrt", "nyrt", "bt", "doo", "jdoo", "dd", "ad", "ood", "eood", "ltdsti", "sti", "anonimşirketi", "sanvetic", "santic"),
    *("ооо", "ао", "зао", "пао", "оао", "нао", "ип", "тоо", "тов", "тзов", "пп", "ат", "прат", "пат", "ват", "фоп", "оод", "еоод"),
    *("ад", "ead", "еад", "доо", "дд", "одо", "αε", "επε", "ικε"),
    # Elsewhere
    *("בעמ", "ذمم", "شمم", "congtytnhh"),
)))  # fmt: skip
"""Legal forms, folded and without blanks: `Sp. z o.o.` and `S.A. de C.V.` are words that make one of these together."""
_AT_THE_START = frozenset(map(fold, (
    *("aktiebolaget", "llc", "jsc", "cjsc", "ojsc", "pjsc", "ooo", "oao", "zao", "pao", "oy", "uab", "sia", "pt", "sarl", "eurl"),
    *("ооо", "ао", "зао", "пао", "оао", "нао", "ип", "тоо", "тов", "тзов", "пп", "ат", "прат", "пат", "ват", "фоп", "одо", "доо"),
    *("обществосограниченнойответственностью", "акционерноеобщество", "публичноеакционерноеобщество"),
    *("congtytnhh", "congtytnhhmtv", "congtycophan", "congtycp"),
)))  # fmt: skip
"""Those that are put before a name. `SAS`, `AB`, `AS` and `SA` begin names of which they are a part: they stay."""
_MOST_WORDS = 5
"""Words that make one form."""
_LONGEST = 400
"""Characters of a name that are read."""

_JOINED_FORMS = tree_of(sorted(map(fold, (
    *("株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "一般社団法人"),
    *("有限公司", "有限责任公司", "有限責任公司", "股份有限公司"),
    *("주식회사", "유한회사", "유한책임회사"),
    *("บริษัท", "จำกัด", "มหาชน"),
)), key=len, reverse=True))  # fmt: skip
_UNSPACED = re.compile(rf"^\W*(?:{_JOINED_FORMS})|(?:{_JOINED_FORMS})\W*$|\((?:{tree_of(map(fold, '株有合주유'))})\)")
"""Forms of scripts that need no blank between them and the name, and their short forms: `㈱` is folded to `(株)`."""
_DOTTED = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")
_WORD = re.compile(r"[^\W_]+")
_AND = frozenset(("and", "und", "et", "y", "og", "och", "en"))
"""What `&` is read as. It is a sign, and signs are left out."""
_UMLAUT = re.compile(r"(?<=[^aeiouq\W])([aou])e(?=[^aeiouy\W])")
"""As `Müller` is spelled where there are no umlauts."""


@lru_cache(maxsize=1 << 16)
def company_key(name: str) -> str:
    """A name without legal form, article, `and`, blanks and signs: `Nabu Casa, Inc.` and `nabucasa` are one.

    Only a name without any letter or digit has an empty one.
    """
    own = core_words(name)
    kept = [word for at, word in enumerate(own) if word not in _AND or at in (0, len(own) - 1)]
    return plain_letters("".join(kept))


@lru_cache(maxsize=1 << 12)
def core_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded, without the legal form around them. Where a form is all there is, it is the name."""
    text = _DOTTED.sub("", fold(name[:_LONGEST]))
    while (bare := _UNSPACED.sub(" ", text)) != text and _WORD.search(bare):
        text = bare
    own = _WORD.findall(text)
    if len(own) > 1 and own[0] == "the":
        del own[0]
    while size := _size_of_form(own, _AT_THE_END, from_end=True):
        del own[-size:]
        while len(own) > 1 and own[-1] in _AND:
            del own[-1]
    if size := _size_of_form(own, _AT_THE_START, from_end=False):
        del own[:size]
    return tuple(own)


@lru_cache(maxsize=1 << 12)
def spelled_in_hosts(name: str) -> frozenset[str]:
    """A name as hosts may be called after it: by its key, and with the words that the key leaves out."""
    spelled = (core_words(said) for said in (name, name.replace("&", " and ")))
    joined = {plain_letters("".join(own)) for own in spelled}
    return frozenset({company_key(name), *joined, *(f"the{each}" for each in joined)}) - {"", "the"}


def plain_letters(text: str) -> str:
    """A folded text in which umlauts that are spelled out are as those that lost their dots: `mueller` is `muller`."""
    return _UMLAUT.sub(r"\1", text)


def _size_of_form(words: list[str], forms: frozenset[str], *, from_end: bool) -> int:
    """Of how many words a form at an end of a name is made; 0 where there is none, or nothing else."""
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        if "".join(words[-size:] if from_end else words[:size]) in forms:
            return size
    return 0


def host_as_written(address: str) -> str:
    """The domain of an address as people write it: `https://www.acme.com/jobs` is that of acme.com."""
    return address.strip().lower().partition("//")[2 if "//" in address else 0].partition("/")[0].removeprefix("www.")


def known_as(name: str, domain: str | None) -> frozenset[str]:
    """All that a company is called by: the key of its name, and its domain."""
    return frozenset((company_key(name), host_as_written(domain or ""))) - {""}


def meant_by(word: str) -> frozenset[str]:
    """What somebody may mean who writes down a company: its name or its domain, as `known_as` has it."""
    return frozenset((company_key(word), host_as_written(word))) - {""}
