"""The name of a person: a line near the top that looks like one, more sure where the e-mail address agrees."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from quiethire.domain.resume import Reading
from quiethire.domain.technologies import technologies
from services.matching.reading.text import name_key
from services.matching.resume.fields.places import city_country, country_of, is_place
from services.matching.resume.fields.vocabulary import (
    degree_in,
    firm_likeness,
    is_role,
    school_in,
    title_likeness,
)
from services.matching.resume.lines import Line, Piece
from services.matching.resume.parts.headings import heading_of, headings_in

_LINES = 14
"""Filled lines from the top that may hold the name."""
_ENOUGH = 0.45
_LARGE = 1.5
"""Letters so much larger than most are those of the name."""
_LABEL = re.compile(
    r"^(?:(?:full\s|first\sand\slast\s)?name|name,\svorname|vor-?\s?und\s(?:nachname|zuname)|nom(?:\set\sprénom|\scomplet)?|prénom\set\snom|nombre(?:\sy\sapellidos|\scompleto)?|nome(?:\se\scognome|\scompleto)?|naam)\s?[:\t]\s*",
    re.IGNORECASE,
)
_TITLE_OF_FILE = re.compile(
    r"^(?:curriculum\svitae|lebenslauf|r[eé]sum[eé]|c\.?v\.?|currículum(?:\svitae)?|bewerbung|profil)\b(?:\s(?:of|von|de))?\s*[-–—:|]?\s*|\s*[-–—|,]\s*(?:curriculum\svitae|lebenslauf|r[eé]sum[eé]|c\.?v\.?)$",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(
    r"^(?:(?:(?:dr|prof|mr|mrs|ms|miss|mx|herrn?|frau|mme|mlle|sra|srta|dott|dhr|mevr|shri|smt)(?:\.|(?=\s))|(?:m|sr|ing|mag|med|rer|nat|phil|jur|pol|oec|habil|h\.\s?c|engr|er|rev|lic|sig|capt|b\.?\s?sc|m\.?\s?sc|[bm]\.\s?a|[bm]\.?\s?eng)\."
    r"|(?:dr|dipl)\.?[-\s]?(?:ing|inf|kff|kfm|phys|math|chem|biol|psych|päd|volksw|betriebsw|wirt\.?-?ing)\.)\s*(?:\((?:fh|tu|univ|ba)\.?\)\s*)?)+(?=[A-ZÀ-Þ]|$)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"(?:,\s*|\s+)(?:ph\.?\s?d\.?|m\.?b\.?a\.?|m\.?sc\.?|b\.?sc\.?|m\.?d\.?|cpa|pmp|cfa|rn|esq\.?|m\.?a\.?|b\.?a\.?|m\.?eng\.?|b\.?eng\.?)(?=$|,|\s)",
    re.IGNORECASE,
)
_PRONOUN = "(?:she|hers?|he|him|his|they|them|theirs?|ze|zir|xe|xem|sie|ihr|er|ih[mn]|elle|il|lui|iel|ella|él)"
_APART = re.compile(
    rf"\s*[(\[]?\b{_PRONOUN}(?:\s?/\s?{_PRONOUN}){{1,2}}\b[)\]]?|\s*[|•·\t/;]\s*|\s{{3,}}|\s[-–—]\s|,\s(?=\S+@)",
    re.IGNORECASE,
)
"""What parts a name from what stands beside it; `(she/her)` is no part of anything."""
_FAR_APART = re.compile(r" {2,}")
_NETWORK = re.compile(r"\b(?i:linkedin|linked in|xing)\s?:\s*([^\W\d_a-z][\w'’-]+(?:\s[^\W\d_a-z][\w'’-]+))(?=\s|$)")
_HANDLE = re.compile(r"(?:linkedin\.com/in|xing\.com/profile|github\.com)/([^/?#]+)", re.IGNORECASE)
_PARTICLE_WORDS = (
    "van von vom der den de del della degli dei dalla di da la las le los lo du dos das do op ten ter 't y e i bin bint ibn ben abu al el"
    " zu zum zur af av of"
)
_PARTICLE = frozenset(_PARTICLE_WORDS.split())
_WORD = re.compile(r"^(?:['’]?[^\W\d_]+(?:['’`-][^\W\d_]+)*\.?|(?:[^\W\d_]\.-?)+)$")
_PREFIX = re.compile(r"^(?:[dl]['’]|['’]t|(?:a[dlnrstz]|ash|el)-)")
_NICKNAME = re.compile(r"\s+(?:\([^\W\d_]+\)|[\"“„'‘][^\W\d_]+[\"”“'’])(?=\s)")
_NUMBER = re.compile(r"^(?:I{1,3}|IV|VI{0,3})$")
_VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-Ý]")
_DOTTED = re.compile(r"\s(?:[JjSs]r|[^\W\d_])$")
_NOT_NAMES_WORDS = (
    "contacts cell telegram expirience employment history education page curriculum vitae lebenslauf "
    "resume phone email mobile address summary profile contact skills linkedin github about and the for "
    "with my i am we our in at to from experienced professional university experience project street road "
    "avenue strasse str rue calle remote relocation available open hybrid full time part software data "
    "web java python network product sales marketing team stack full-stack front end back front-end back- "
    "end cloud security machine learning embedded linux game business finance human resources objective "
    "name date birth nationality photo foto bewerbung persönliche persönlich daten informations "
    "personnelles datos personales curriculo currículum analytics whatsapp skype website portfolio "
    "residence location languages english german french spanish hebrew russian citizenship senior junior chief deputy key account "
    "customer service support operations quality digital content media health care technical business general"
)
_NOT_NAMES = frozenset(_NOT_NAMES_WORDS.split())
_TURNED = 0.15
"""What a name loses where the family name stands first."""
_ORDINARY, _SOMETHING_ELSE, _HEADLINE = 0.3, 0.5, 0.1
"""What a name loses for each word that is an ordinary one too, as Cook, Jordan and Swift are, or for words that name something else together,
and gains where a headline stands below it."""


@dataclass(frozen=True)
class _Candidate:
    piece: Piece
    merit: float


def name_of(
    lines: Sequence[Line], *, email: str | None = None, links: Sequence[str] = (), filename: str | None = None
) -> Reading | None:
    """The name as written, without titles of honour. None where nothing looks enough like one."""
    filled = [line for line in lines if line.text]
    for line in filled:
        label = _LABEL.match(line.text)
        if label is not None and (labelled := _as_name(line.cut(label.end(), len(line.text)).split(_APART)[:1])):
            return labelled.reading(0.98, _written(labelled.text))
    for line in filled:
        handle = _NETWORK.search(line.text)
        if handle is not None and (named := _as_name([line.cut(*handle.span(1))])) is not None:
            return named.reading(0.7, _written(named.text))
    tells = _tells(email, links, filename)
    # A title below says that what stands above is none.
    headed = len(filled) > 1 and title_likeness(filled[1].text) == 1.0
    candidates = [
        _Candidate(piece, _merit(piece, line, index, tells, headed=headed))
        for index, line in enumerate(_considered(filled))
        for piece in (*_pieces(line), *(_set_apart(line) if index < 2 else ()))
    ]
    candidates += [one for one in (_two_lines(filled[:6], tells),) if one is not None]
    best = max(candidates, key=lambda one: one.merit, default=None)
    if best is None or best.merit < _ENOUGH:
        return None
    return best.piece.reading(min(round(best.merit, 2), 0.99), _written(best.piece.text.replace("\n", " ")))


def _considered(filled: Sequence[Line]) -> list[Line]:
    """The first lines, and below them those in the largest letters."""
    large = [line for line in filled[_LINES:] if line.size >= _LARGE]
    return [*filled[:_LINES], *large[:4]]


def _pieces(line: Line) -> list[Piece]:
    if line.bullet or len(line.text) > 200:
        return []
    parts = line.split(_APART)[:3]
    return [name for part in parts if (name := _as_name([part])) is not None]


def _set_apart(line: Line) -> list[Piece]:
    """A name whose words stand far from each other, as text that keeps the layout of large letters has them: `JANE    ROE`."""
    words = line.text.split()
    far = len(words) == len(_FAR_APART.split(line.text)) > 1 and "\t" not in line.text
    name = _as_name([line]) if far else None
    return [name] if name is not None else []


def _as_name(parts: Sequence[Piece]) -> Piece | None:
    """The words of a name among these, without title and degrees."""
    if not parts:
        return None
    piece = parts[0]
    for pattern in (_TITLE_OF_FILE, _HONORIFIC):
        found = pattern.search(piece.text)
        if found is not None and found.start() == 0:
            piece = piece.cut(found.end(), len(piece.text)).stripped()
        elif found is not None:
            piece = piece.cut(0, found.start()).stripped()
    while (found := _SUFFIX.search(piece.text)) is not None and " " in piece.text[: found.start()].strip():
        piece = piece.cut(0, found.start()).stripped(" ,")
    piece = _undotted(piece.stripped(" ,:"))
    first, _, rest = piece.text.partition(" ")
    if heading_of(first) is not None and rest:
        piece = piece.cut(len(first), len(piece.text)).stripped()  # The heading of a column beside it.
    return piece if _looks_like_one(piece.text) else None


def _undotted(piece: Piece) -> Piece:
    """Without the full stop behind it, which `Jr.` and initials keep."""
    bare = piece.stripped(" .")
    kept = bare.start - piece.start + len(bare.text)
    return piece.cut(bare.start - piece.start, kept + 1) if _DOTTED.search(bare.text) else bare


def _looks_like_one(text: str) -> bool:
    """Whether words have the form of a name, and one of them at least is nothing else."""
    words = _NICKNAME.sub("", text).replace(",", " ").split()
    if not 2 <= len(words) <= 7 or len(text) > 60 or heading_of(text) is not None or headings_in(text):
        return False
    main = _main(words)
    if len(main) < 2 or not all(_WORD.match(_without_marks(word)) for word in words) or not all(map(_is_capital, main)):
        return False
    return not all(map(_is_ordinary, main))


def _main(words: Sequence[str]) -> list[str]:
    """The words that are no particles: `Ben` and `Le` are names where they stand first or last with a capital."""
    last = len(words) - 1
    return [word for at, word in enumerate(words) if not (_is_particle(word) and (word.islower() or 0 < at < last))]


def _is_particle(word: str) -> bool:
    return word.casefold() in _PARTICLE


def _without_marks(word: str) -> str:
    """Without the signs that some scripts put on letters and which are none themselves."""
    return "".join(sign for sign in word if not unicodedata.category(sign).startswith("M"))


def _is_capital(word: str) -> bool:
    """Whether a word begins as names do; not every script has capitals."""
    bare = _PREFIX.sub("", word)
    return not bare[:1].islower()


@lru_cache(maxsize=4096)
def _is_ordinary(word: str) -> bool:
    """Whether a word means something besides a name."""
    bare = word.strip(".,")
    return (
        bare.casefold() in _NOT_NAMES
        or is_role(name_key(bare))
        or bool(technologies(bare))
        or country_of(bare) is not None
        or degree_in(bare) is not None
        or school_in(bare) is not None
    )


def _names_something_else(words: Sequence[str]) -> bool:
    """Whether words together are a place, a school, a firm, a degree or a technology."""
    text = " ".join(words)
    if any(city_country(" ".join(words[:count])) for count in (2, 3) if count <= len(words)):
        return True
    schools = school_in(text)
    degree = degree_in(text)
    return (
        firm_likeness(text) == 1.0
        or (schools is not None and len(schools[0]) > 3)
        or (degree is not None and len(degree[0]) > 3)
        or bool(set(technologies(text)) - {name for word in words for name in technologies(word)})
    )


def _merit(piece: Piece, line: Line, index: int, tells: frozenset[str], *, headed: bool = False) -> float:
    """0 to 1: near the top, large, alone on its line, of two or three words, told by the address."""
    words = [word.strip(".,").casefold() for word in piece.text.split()]
    merit = 0.62 - 0.035 * (index if line.size < _LARGE else min(index, 4))
    merit += 0.15 if line.size >= 1.25 else (0.06 if line.bold else 0.0)
    merit -= 0.3 if _stands_behind(piece, line) else 0.0
    merit += 0.08 if 2 <= len(words) <= 3 else 0.0
    merit -= 0.1 if len(piece.text) < 0.6 * len(line.text) and index > 2 else 0.0
    _, comma, behind = piece.text.partition(",")
    merit -= (_SOMETHING_ELSE if is_place(behind.strip()) else _TURNED) if comma else 0.0
    told = _told(words, tells)
    main = _main(piece.text.replace(",", " ").split())
    ordinary = sum(map(_is_ordinary, main))
    # Below the first line it is a title or a place as soon as a name, unless the address tells it.
    merit -= ordinary * (_ORDINARY if index == 0 or told else _SOMETHING_ELSE)
    merit -= _SOMETHING_ELSE if _names_something_else(main) else 0.0
    merit += _HEADLINE if ordinary == 1 and index == 0 and headed else 0.0
    return merit + told


def _stands_behind(piece: Piece, line: Line) -> bool:
    """Whether something else stands before it on its line: then it is a place as soon as a name."""
    before = line.text[: max(piece.start - line.start, 0)]
    return (
        sum(sign.isalnum() for sign in before) > 4
        and _TITLE_OF_FILE.match(before) is None
        and _HONORIFIC.fullmatch(before) is None
        and heading_of(before) is None
    )


def _told(words: Sequence[str], tells: frozenset[str]) -> float:
    """How far the e-mail address and the file's name confirm these words."""
    if not tells:
        return 0.0
    keys = {name_key(word) for word in words if len(word) > 2}
    parts = {part for key in keys for part in (key, *re.split(r"[-'’]", key)) if len(part) > 2}
    spelt = parts | {_german(word) for word in words}
    hits = sum(1 for part in spelt if part in tells or any(len(part) >= 4 and part in tell for tell in tells))
    return min(0.2 * hits, 0.35)


def _german(word: str) -> str:
    return name_key(word.casefold().replace("ü", "ue").replace("ö", "oe").replace("ä", "ae").replace("ß", "ss"))


def _tells(email: str | None, links: Sequence[str], filename: str | None) -> frozenset[str]:
    local = name_key(email.split("@")[0]) if email else ""
    handles = [name_key(found[1]) for link in links if (found := _HANDLE.search(link))]
    named = name_key(filename.rsplit(".", 1)[0]) if filename else ""
    return frozenset(part for text in (local, named, *handles) for part in re.split(r"[\W\d_]+", text) if len(part) > 2)


def _two_lines(filled: Sequence[Line], tells: frozenset[str]) -> _Candidate | None:
    """A name of which each part stands on a line of its own, in the same large letters."""
    for index, (first, second) in enumerate(pairwise(filled)):
        alike = abs(first.size - second.size) < 0.1 and first.size >= 1.25
        if not alike or first.start + len(first.text) + 1 != second.start:
            continue
        if len(first.text.split()) <= 2 and len(second.text.split()) <= 2:
            whole = Piece(f"{first.text}\n{second.text}", first.start)
            if _looks_like_one(whole.text.replace("\n", " ")):
                return _Candidate(
                    whole, _merit(Piece(whole.text.replace("\n", " "), whole.start), first, index, tells) - 0.05
                )
    return None


def _written(text: str) -> str:
    """`DOE, JANE` and `DOE Jane` as people say it, without nicknames; names wholly in capitals get small letters."""
    text = _NICKNAME.sub("", text)
    words = text.split()
    if "," in text:
        last, _, first = text.partition(",")
        words = [*first.split(), *last.split()]
    elif any(not word.isupper() for word in words) and (family := list(takewhile(_is_shouted, words))):
        words = [*words[len(family) :], *family]
    shouted, any_shouted = all(word.isupper() for word in words), any(map(_is_shouted, words))
    return " ".join(
        _capitalised(word, first=at == 0)
        if _is_shouted(word)
        or (shouted and _VOWEL.search(word))
        or (any_shouted and word.isupper() and _is_particle(word))
        else word
        for at, word in enumerate(words)
    )


def _is_shouted(word: str) -> bool:
    """Whether a word stands in capitals and is no number or initials."""
    return word.isupper() and len(word) > 2 and "." not in word and not _NUMBER.match(word)


def _capitalised(word: str, *, first: bool) -> str:
    if _NUMBER.match(word) or "." in word:
        return word
    if _is_particle(word) and not first:
        return word.lower()
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word.lower())
