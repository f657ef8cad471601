# ruff: noqa: PLR0917 - machine code takes its arguments by position
"""Experience: years, level, industry and the kind of work, as far as both sides state them."""

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from services.matching.compiled import inlined
from services.matching.reading.industries import named_industries

WEIGHT = 20.0

STEP = 0.25
"""What each level below the one asked costs."""

OTHER_INDUSTRY = 0.5
"""What the same work in another industry is worth."""


class Occupations(Protocol):
    """Which occupation a title names, and how alike two occupations are."""

    def occupation(self, title: str) -> str | None:
        """The key of the occupation, None where the title names none that is known."""
        ...

    def name(self, occupation: str) -> str:
        """What people call the occupation of a key."""
        ...

    def likeness(self, one: str, other: str) -> float:
        """0-1: how far experience in one occupation counts for the other."""
        ...


@inlined
def value(likeness: float, years: float, asked: float, held: int, level: int, own: int, theirs: int) -> float:
    """Likeness of titles x mean of years by years asked, of steps of level missing and of the industry; 0-1 or NaN.

    Years, level and industry count as far as they were reached in such work. More than asked is worth as much as what is
    asked, never less. What one side does not state leaves the product or the mean; without any, the factor is unknown,
    and an industry alone is not enough. Unknown are NaN (likeness, years), -1 (levels) and 0 (bits of industries).
    """
    reached = 0.0
    parts = 0
    if years == years and asked == asked:  # noqa: PLR0124 - false for NaN
        reached += 1.0 if years >= asked else years / asked
        parts += 1
    if held >= 0 and level >= 0:
        reached += max(0.0, 1.0 - STEP * max(0, level - held))
        parts += 1
    if own and theirs and (parts or likeness == likeness):  # noqa: PLR0124
        reached += 1.0 if own & theirs else OTHER_INDUSTRY
        parts += 1
    if parts == 0:
        return likeness
    if likeness == likeness:  # noqa: PLR0124
        return likeness * reached / parts
    return reached / parts


class Likeness(NamedTuple):
    """The title held that comes nearest to the posting's, and why."""

    held: str
    shared: Sequence[str]
    """The words for the work that both have."""
    of: int
    """Of so many words in the posting's title."""
    occupation: str = ""
    """The occupation by which they are alike, where that counts for more than the words."""
    kin: bool = False
    """The occupations are two that are alike, rather than one."""


class Compared(NamedTuple):
    """Both sides of the factor, in words."""

    years: float | None
    asked: float | None
    held_level: str | None
    level: str | None
    own_industries: int
    industries: int
    title: str
    likeness: Likeness | None


def sentence(factor: float, compared: Compared) -> str:
    """The parts that are known."""
    if math.isnan(factor):
        return "unknown: profile and posting state neither years, nor level, nor titles that could be compared"
    parts: list[str] = []
    if compared.years is not None and compared.asked is not None:
        parts.append(f"{compared.years:g} years of experience, {compared.asked:g} asked")
    if compared.held_level is not None and compared.level is not None:
        parts.append(f"{compared.held_level} level held, {compared.level} asked")
    if compared.own_industries and compared.industries:
        parts.append(_industry(compared.own_industries, compared.industries))
    if compared.likeness is not None:
        parts.append(_title(compared.likeness, compared.title))
    return "; ".join(parts)


def _industry(own: int, theirs: int) -> str:
    shared = named_industries(own & theirs)
    if shared:
        return f"experience in the same industry: {', '.join(shared)}"
    return f"experience in another industry than {', '.join(named_industries(theirs))}"


def _title(likeness: Likeness, title: str) -> str:
    if likeness.occupation:
        how = "is work akin to" if likeness.kin else "is the same occupation as"
        return f"“{likeness.held}” held {how} “{title}” ({likeness.occupation})"
    if not likeness.shared:
        return f"no title held shares a word with “{title}”"
    shared = f"{len(likeness.shared)} of {likeness.of} words"
    return f"“{likeness.held}” held shares {shared} with “{title}”: {', '.join(likeness.shared)}"
