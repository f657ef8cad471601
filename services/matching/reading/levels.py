"""Levels of seniority, as ranks and in the words of titles."""

import re
from collections.abc import Iterable
from functools import lru_cache

from quiethire.domain.posting import Seniority
from services.matching.reading.gender import for_all, ungendered
from services.matching.reading.text import tokens

RANKS = {
    Seniority.INTERN: 0,
    Seniority.JUNIOR: 1,
    Seniority.MID: 2,
    Seniority.SENIOR: 3,
    Seniority.STAFF: 4,
    Seniority.LEAD: 4,
    Seniority.EXECUTIVE: 5,
}
"""Staff and lead are one step: the two ladders of craft and of people."""

_WORDS = {
    Seniority.INTERN: "intern internship trainee praktikant praktikantin stagiaire becario",
    Seniority.JUNIOR: "junior jr graduate",
    Seniority.MID: "mid intermediate",
    Seniority.SENIOR: "senior sr",
    Seniority.STAFF: "staff principal",
    Seniority.LEAD: "lead head teamlead",
    Seniority.EXECUTIVE: "director vp chief cto ceo cfo coo",
}
_APART = re.compile(r"[,;:|/()\[\]–—]|\s-\s")
_LEVELS = {ungendered(word): level for level, words in _WORDS.items() for word in words.split()}
_ANOTHER = re.compile(
    r"\blead (?=gen\b|generation\b|nurtur|qualif|manag|free\b)|\bmid day\b|\bprincipal$"
    r"|\bstaff (?!(?:\w+ ){0,3}(?:engineer|developer|scientist|designer|architect|programmer|researcher|sre|manager)\b)"
)
"""Words that name no level here: a staff nurse is a nurse, a principal runs a school, and leads are generated."""


def level_of(titles: Iterable[str]) -> Seniority | None:
    """The highest level that the words of these titles name."""
    levels = (level for title in titles for level in _levels(title))
    return max(levels, key=RANKS.__getitem__, default=None)


@lru_cache(maxsize=1 << 16)
def _levels(title: str) -> tuple[Seniority, ...]:
    words = [ungendered(word) for word in tokens(for_all(title))]
    read = _ANOTHER.sub(" ", " ".join(words).replace("vice president", "vp"))
    return tuple(_LEVELS[word] for word in read.split() if word in _LEVELS)


@lru_cache(maxsize=1 << 16)
def work_words(title: str) -> tuple[str, ...]:
    """The words of a title that name the work: not the level, nor what a comma, bracket or dash sets apart.

    `Senior Data Engineer (Remote), Payments` is the work of a data engineer, and a Kauffrau's that of a Kaufmann.
    """
    return tuple(word for word in _named(title) if word not in _LEVELS)


def plain_title(title: str) -> str:
    """The same words with the level, for who compares whole texts; of a title that is a level alone, that."""
    return " ".join(_named(title))


def _named(title: str) -> tuple[str, ...]:
    """The words of the first part that names work, else of the first that has words."""
    parts = [tuple(map(ungendered, tokens(part))) for part in _APART.split(for_all(title))]
    some = [words for words in parts if words]
    return next((words for words in some if not _LEVELS.keys() >= set(words)), some[0] if some else ())
