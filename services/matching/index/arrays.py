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


class PeopleArrays(NamedTuple):
    """Profiles, one row each. NaN, -1 and 0 stand for unknown as in the factors."""

    skill_starts: Ints
    skill_columns: Ints
    proficiencies: Floats
    skill_years: Floats
    states_skills: Bytes
    title_starts: Ints
    """The titles held by a profile, as rows of `held_starts`."""
    held_starts: Ints
    held_words: Ints
    held_weights: Floats
    occupations: Ints
    """A row of `likenesses`."""
    likenesses: Floats
    """How alike the occupations held are to each of the index."""
    years: Floats
    levels: npt.NDArray[np.int8]
    industries: npt.NDArray[np.uint32]
    floors: Floats
    """The salary floor a year, in its currency."""
    currencies: Ints
    floors_in_euros: Floats
    culture: Bytes
    """Wishes for remote, size and pace."""
    validation: Floats
    vectors: npt.NDArray[np.int8]
    lengths: Floats
    """One by the length of the vector; 0 without one."""
    reach: Ints
    """A row of the verdicts and of the ranges."""
    blocked_starts: Ints
    blocked: Ints
    """Companies that are left out."""
    left_starts: Ints
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
    """Room for one thread's work. Between two profiles `overlaps` and `sums` are 0."""

    overlaps: Floats
    likeness: Floats
    """Of each work."""
    sums: Floats
    rows: Ints
    """From here on: of the rows whose bound reaches the floor."""
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
    """What was found for each profile, best first."""

    counts: Ints
    rows: npt.NDArray[np.int32]
    scores: npt.NDArray[np.int64]
    """In millionths of a point."""
    values: Floats
    fired: npt.NDArray[np.uint8]
    """The filter that hides each; `PASSES` where none does."""
