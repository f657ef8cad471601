"""Titles of one job are spelled in many ways; those of different jobs differ by a word."""

import re
from collections.abc import Iterable
from itertools import pairwise

from quiethire.domain.company_names import company_key, core_words
from services.duplicates.words import fold

_GENDER = re.compile(
    r"[(\[{]\s*(?:[a-z]\s*[/|,.*:_]\s*){1,4}[a-z*]\s*[)\]}]"
    r"|[(\[{]?\s*(?:all genders?|any gender|gn|alle geschlechter|divers|mensch)\s*[)\]}]"
    r"|\b[mwfdhxvki]\s?[/|]\s?[mwfdhxvki](?:\s?[/|]\s?[mwfdhxvki*])?\b(?![a-z])"
    r"|(?<=[a-z]{3})(?:[*:_·]|/-?|\(-?)(?:in(?:nen)?|e|a|ne|euse|trice|ka)\b\)?"
)
_IDS = re.compile(
    r"\b(?:req(?:uisition)?|job|ref(?:erence)?|id|nr|no|kennziffer|r|jr)\W{0,3}(?:id\W{0,3}|no\W{0,3}|nr\W{0,3})?\d{3,}\b"
    r"|#\s?\d+|\b[a-z]{1,5}-?\d{4,}\b|\b\d{5,}\b"
)
_TOKEN = re.compile(r"\.net\b|[a-z]\+\+|[a-z]#|[^\W_]+")
_SAME = {
    "sr": "senior", "snr": "senior", "jr": "junior", "jnr": "junior", "mgr": "manager", "eng": "engineer", "engr": "engineer",
    "dev": "developer", "ii": "2", "iii": "3", "iv": "4", "swe": "softwareengineer", "vp": "vicepresident",
    "assoc": "associate", "asst": "assistant", "dir": "director", "rep": "representative", "ops": "operations",
}  # fmt: skip
"""Short forms, and Roman numbers of levels."""
_EMPTY = frozenset((
    "a", "an", "and", "at", "de", "der", "des", "die", "das", "et", "for", "fur", "im", "in", "la", "le", "mit",
    "of", "og", "och", "oder", "or", "the", "to", "und", "y", "e", "-", "remote", "remotely", "hybrid",
    "onsite", "homeoffice", "hiring", "urgent", "new", "position", "vacancy", "job", "jobs", "career",
    "careers", "opening", "wanted", "gesucht", "fulltime", "vollzeit",
))  # fmt: skip
"""Words that tell no job from another."""
_JOINED = (("full time", "fulltime"), ("part time", "parttime"), ("full-time", "fulltime"), ("part-time", "parttime"),
           ("home office", "homeoffice"), ("on-site", "onsite"), ("on site", "onsite"), ("front end", "frontend"),
           ("front-end", "frontend"), ("back end", "backend"), ("back-end", "backend"), ("full stack", "fullstack"),
           ("full-stack", "fullstack"), ("co-founder", "cofounder"))  # fmt: skip
_CODE = 2
"""Letters of a country's or a state's code, many of which are a word of titles: `HR`, `IT`, `OR`, `PA`."""
_NO_OTHER_WORD = frozenset(("us", "uk"))
_TRADES = frozenset(
    ("ai", "ar", "ca", "er", "hr", "it", "la", "ma", "md", "ml", "ms", "np", "or", "pa", "pr", "qa", "sc", "va")
)
"""Codes that are as likely a trade's where no place stands before them: "Manager, HR"."""
_LAST_CODE = re.compile(r"(?P<before>[^\s,(]*)(?P<sign>\s*[,(|]\s*|\s+[-–—]\s+|\s+)(?P<code>[A-Z]{2})\)?\s*$")
"""A code behind a title: "Nurse - Portland, OR"."""
_SET_APART = re.compile(r"\s+[-–—•·]\s+|\s*[|()\[\]{}:;,@]|\s+(?:at|bei|chez|bij|hos|in)\s+")
"""What stands between a title and the name of who posted it."""
_AFTER_AT = re.compile(r"\s(?:at|bei|chez|@|bij|hos)\s+")


def title_words(title: str, *, company: str, places: Iterable[str]) -> tuple[str, ...]:
    """The words that make the job, sorted. Those of the posting's own places and of its company make no other job.

    Seniority, level, team and region (`DACH`) do, and stay. The code of a place is its word only where it stands as one.
    """
    named = {word for place in places for word in _TOKEN.findall(fold(place))}
    codes = {word for word in named if len(word) == _CODE}
    where = named - (codes - _NO_OTHER_WORD)
    plain = fold(_without_codes(title, codes, where))
    for spelled, joined in _JOINED:
        plain = plain.replace(spelled, joined)
    employer = fold(company)
    if (at := _AFTER_AT.search(plain)) is not None and plain[at.end() :].startswith(employer):
        plain = plain[: at.start()]
    plain = _without_company(plain, company)
    plain = _IDS.sub(" ", _GENDER.sub(" ", plain))
    spelled_out = [_SAME.get(word, word) for word in _TOKEN.findall(plain)]
    drop = _EMPTY | where | (set(_TOKEN.findall(employer)) if employer and employer in plain else set())
    kept = {word for word in spelled_out if word not in drop}
    return tuple(sorted(kept or set(spelled_out)))


def _without_company(plain: str, company: str) -> str:
    """A folded title without what is set apart in it and is the company, with or without its legal form."""
    own = core_words(company)
    if not own or own[0] not in plain:
        return plain
    key, end = company_key(company), len(plain)
    marks = [(0, 0), *(mark.span() for mark in _SET_APART.finditer(plain)), (end, end)]
    pieces = [(plain[start:until], plain[behind:until]) for (start, behind), (until, _) in pairwise(marks)]
    left = "".join(with_mark for with_mark, piece in pieces if company_key(piece) != key)
    return left if _TOKEN.search(left) else plain


def _without_codes(title: str, codes: set[str], where: set[str]) -> str:
    """A title without the codes of the posting's own places at its end."""
    while (last := _LAST_CODE.search(title)) is not None and (code := last["code"].lower()) in codes:
        placed = fold(last["before"]) in where or last["before"].lower() in codes
        if not placed and (code in _TRADES or not last["sign"].strip()):
            break
        title = title[: last.start("sign")]
    return title
