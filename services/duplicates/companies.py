"""Companies by name: the same one under two spellings, and those that place people with others."""

import re

from services.duplicates.words import fold, words

_LEGAL = frozenset((
    "ab", "ag", "aps", "as", "asa", "bv", "bvba", "co", "company", "corp", "corporation", "eg", "ek", "ev",
    "gbr", "ges", "gesmbh", "gmbh", "inc", "incorporated", "kft", "kg", "kgaa", "limited", "llc", "llp", "lp",
    "ltd", "ltda", "mbh", "nv", "ohg", "oy", "oyj", "plc", "pllc", "pte", "pty", "pvt", "sa", "sarl", "sas",
    "sasu", "se", "sl", "slu", "spa", "spzoo", "srl", "sro", "ug", "ulc", "kk", "zrt", "doo", "dd", "ad",
    "eood", "ood", "holding", "holdings",
))  # fmt: skip
"""Words for a company's legal form, as they are left when its dots are."""
_LONGEST = 40
_DOTS = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)|(?<=\w)\.(?=\s|$|,)")
_SPACED_FORMS = re.compile(
    r"\bsp\W{0,2}z\W{0,2}o\W{0,2}o\b|\bs\W{1,2}r\W{1,2}o\b|\bs\W{1,2}a\W{1,2}s\b|\bd\W{1,2}o\W{1,2}o\b"
)
_HEAD = 5
"""Letters that a name must have to be known at the head of a longer one."""
_AGENCY = re.compile(
    r"\b(?:recruit(?:ing|ment|ers?|er)?|recruitment|staffing|headhunt\w*|personal(?:beratung|dienst\w*|vermittlung|service|management)"
    r"|zeitarbeit\w*|leiharbeit\w*|arbeitnehmeruberlassung|executive search|talent (?:partners?|solutions|acquisition)|interim"
    r"|travail temporaire|trabajo temporal|lavoro interinale|agenzia per il lavoro|uitzend\w*|detachering|bemanning\w*|vikar\w*"
    r"|agencja pracy|personalni agentura|job ?agency|employment agency|temping|manpower|randstad|adecco|hays|michael page"
    r"|robert half|kelly services|robert walters|gi group|synergie|tempo team|start people|page personnel|page group"
    r"|akkodis|experis|teksystems|aerotek|brunel|harvey nash|huxley|computer futures|progressive recruitment|la fosse)\b"
)
"""What the names of companies that place people with others say of them, and the largest ones."""


def company_key(name: str) -> str:
    """The name without its legal form, blanks and signs: `Nabu Casa, Inc.` and `nabucasa` are one."""
    plain = _SPACED_FORMS.sub(" ", _DOTS.sub("", fold(name)))
    spelled = words(plain)
    kept = [word for number, word in enumerate(spelled) if number == 0 or word not in _LEGAL]
    return "".join(kept)[:_LONGEST]


def same_company(one: str, other: str) -> bool:
    """Whether two keys name one company: they are alike, or one is the head of the other (`acme`, `acmerobotics`)."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _HEAD and long.startswith(short))


def is_agency(name: str) -> bool:
    """Whether a name is that of a company that places people with others."""
    return _AGENCY.search(fold(name)) is not None
