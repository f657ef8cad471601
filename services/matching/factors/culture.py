# ruff: noqa: PLR0917 - machine code takes its arguments by position
"""Culture: preferences that both sides declare."""

import math
from collections.abc import Mapping

from services.matching.compiled import inlined

WEIGHT = 10.0

ASPECTS = {
    "remote": ("", "remote", "hybrid", "onsite"),
    "size": ("", "small", "medium", "large"),
    "pace": ("", "fast", "steady"),
}
"""What can be compared, and the words for it; the first stands for nothing declared. Any other word counts as that."""


@inlined
def value(remote: int, wished_remote: int, size: int, wished_size: int, pace: int, wished_pace: int) -> float:
    """Share of the preferences declared on both sides that agree; 0-1, NaN where there is none. 0 = not declared."""
    both = 0
    agree = 0
    if remote and wished_remote:
        both += 1
        agree += remote == wished_remote
    if size and wished_size:
        both += 1
        agree += size == wished_size
    if pace and wished_pace:
        both += 1
        agree += pace == wished_pace
    return agree / both if both else math.nan


def wishes(declared: Mapping[str, str]) -> tuple[int, ...]:
    """What a candidate declared of remote, size and pace, as numbers of the words."""
    return tuple(number(aspect, declared.get(aspect, "").strip().lower()) for aspect in ASPECTS)


def number(aspect: str, word: str) -> int:
    """The number of a word; 0 where it declares nothing."""
    words = ASPECTS[aspect]
    return words.index(word) if word in words else 0


def sentence(factor: float, stated: tuple[int, ...], wished: tuple[int, ...]) -> str:
    """Each preference that both declare."""
    if math.isnan(factor):
        return "unknown: no preference is declared on both sides"
    parts: list[str] = []
    for (aspect, words), theirs, own in zip(ASPECTS.items(), stated, wished, strict=True):
        if theirs and own:
            how = "as wished" if theirs == own else f"{words[own]} wished"
            parts.append(f"{aspect}: {words[theirs]}, {how}")
    return "; ".join(parts)
