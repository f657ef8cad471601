"""What machine code reads and writes besides segments: names, profiles, what they reach, and what was found."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from services.matching.index.blocks import Bytes
from services.matching.index.vocabulary import Floats, Ints


class LexiconArrays(NamedTuple):
    """What the names of an index weigh."""

    skill_weights: Floats
    word_starts: Ints
    """The works that have the word `w` stand from `word_starts[w]` to `word_starts[w + 1]`."""
    word_works: Ints
    word_weights: Floats
    work_occupations: Ints
    rates: Floats
    """Euros for a unit of each currency."""


PROFILE = np.dtype(
    [
        ("years", np.float64),
        ("floor", np.float64),
        ("floor_in_euros", np.float64),
        ("validation", np.float64),
        ("length", np.float64),
        ("first_skill", np.int32),
        ("last_skill", np.int32),
        ("first_title", np.int32),
        ("last_title", np.int32),
        ("first_blocked", np.int32),
        ("last_blocked", np.int32),
        ("first_left", np.int32),
        ("last_left", np.int32),
        ("occupations", np.int32),
        ("reach", np.int32),
        ("currency", np.int32),
        ("industries", np.uint32),
        ("level", np.int8),
        ("states_skills", np.uint8),
        ("remote", np.uint8),
        ("size", np.uint8),
        ("pace", np.uint8),
    ],
    align=True,
)
"""A profile's facts. NaN, -1 and 0 stand for unknown as in the factors; the salary floor is that of a year, in its currency.

Its skills, titles, blocked companies and postings left out stand from the first to before the last. `occupations` and `reach` are rows of
`likenesses` (-1 without one) and of the verdicts, `length` is one by the length of the vector, 0 without one."""

KNOWN = np.dtype([("years", np.float64), ("proficiency", np.float64), ("column", np.int32)], align=True)
"""A skill that is known."""

HELD_WORD = np.dtype([("weight", np.float64), ("word", np.int32)], align=True)
"""A word of a title held."""


class PeopleArrays(NamedTuple):
    """Profiles, one row each, person by person."""

    firsts: Ints
    """The profiles of the person `p` stand from `firsts[p]` to `firsts[p + 1]`."""
    profiles: npt.NDArray[Any]
    skills: npt.NDArray[Any]
    titles: Ints
    """The words of the title held `t` stand from `titles[t]` to `titles[t + 1]`."""
    words: npt.NDArray[Any]
    likenesses: Floats
    """How alike the occupations held are to each of the index."""
    vectors: npt.NDArray[np.int8]
    blocked: Ints
    """Companies that are left out."""
    left: npt.NDArray[Any]
    """Ids of postings that are left out, ascending."""


class ReachArrays(NamedTuple):
    """What distinct wishes can reach of a segment."""

    verdicts: npt.NDArray[np.uint8]
    """By wishes and block."""
    starts: Ints
    """The ranges of each wishes."""
    ranges: npt.NDArray[np.int32]


class Scratch(NamedTuple):
    """Room for one thread's work. Between two profiles `overlaps`, `sums` and `taken` are 0."""

    overlaps: Floats
    likeness: Floats
    """Of each work."""
    sums: Floats
    taken: Bytes
    """Whether a row stands in the list already."""
    rows: Ints
    """From here on: of the rows that may reach the floor, and then of those whose bound does."""
    totals: Floats
    points: Floats
    weights: Floats
    bounds: Floats
    values: Floats
    order: Ints
    fired: npt.NDArray[np.uint8]
    """The filter that hides each; `PASSES` where none does."""
    places: Ints
    """Where each of those that are kept stands among them."""


class Found(NamedTuple):
    """What was found for each person, best first."""

    counts: Ints
    rows: npt.NDArray[np.int32]
    tracks: npt.NDArray[np.int32]
    """Which profile of the person fits best."""
    scores: npt.NDArray[np.int64]
    """In millionths of a point."""
    values: Floats
    fired: npt.NDArray[np.uint8]
    """The filter that hides each; `PASSES` where none does."""
