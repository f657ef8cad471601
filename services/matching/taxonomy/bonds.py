"""Which words belong together, so that a label is not found across two of them: `version control systems` are no `control systems`.

How often one word follows the other in ESCO's own labels and descriptions tells it: after `version` nearly nothing else stands
than `control`, and `receivable` stands after `accounts` alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from services.matching.taxonomy.esco import Concept
from services.matching.taxonomy.terms import CONNECTING, Word, words

STRONG = 0.1
"""Share of a word's places from which what stands beside it belongs to it."""
_SEEN = 2
"""Places of two words beside each other, at least: one may be chance."""

Bonds = Mapping[str, tuple[float, float]]
"""`first second` → the share of the first's places where the second follows, and of the second's where the first precedes."""


def bonds_of(concepts: Iterable[Concept]) -> dict[str, tuple[float, float]]:
    """The strong bonds of all texts."""
    alone: Counter[str] = Counter()
    beside: Counter[tuple[str, str]] = Counter()
    for concept in concepts:
        for text in (concept.name, *concept.others, concept.description):
            read = words(text)
            alone.update(word.noun for word in read)
            beside.update((one.noun, other.noun) for one, other in pairwise(read) if _touch(text, one, other))
    return {
        f"{first} {second}": (round(count / alone[first], 3), round(count / alone[second], 3))
        for (first, second), count in beside.items()
        if count >= _SEEN and count >= STRONG * min(alone[first], alone[second]) and not {first, second} & CONNECTING
    }


def is_whole(text: str, read: Sequence[Word], first: int, last: int, bonds: Bonds) -> bool:
    """Whether the words `first` to `last` (not included), two or more, do not belong more to a word beside them than together."""
    before, after = first - 1, last
    if before >= 0 and _touch(text, read[before], read[first]):
        bound, _ = _bond(read, before, bonds)
        if bound >= STRONG and bound > _bond(read, first, bonds)[0]:
            return False
    if after < len(read) and _touch(text, read[last - 1], read[after]):
        _, bound = _bond(read, last - 1, bonds)
        if bound >= STRONG and bound > _bond(read, last - 2, bonds)[1]:
            return False
    return True


def _bond(read: Sequence[Word], at: int, bonds: Bonds) -> tuple[float, float]:
    return bonds.get(f"{read[at].noun} {read[at + 1].noun}", (0.0, 0.0))


def _touch(text: str, one: Word, other: Word) -> bool:
    return text[one.end : other.start] == " "
