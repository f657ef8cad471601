"""A segment of an index: postings sorted by location block, and for each skill the postings that ask it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self
from uuid import UUID

import numpy as np
import numpy.typing as npt

from quiethire.domain.errors import InvalidInput
from services.matching.compiled import compiled, inlined
from services.matching.factors import culture
from services.matching.factors.skills import OPTIONAL_SHARE
from services.matching.index.blocks import PASSES, Blocks, Bytes
from services.matching.index.bounds import ENOUGH, MEANT, PAID, STATED, UNNAMED, W_SKILLS
from services.matching.index.columns import Columns, id_array
from services.matching.index.vocabulary import WISHED, Floats, Ints, Vocabulary

_GAP = 64
"""Rows out of reach that a range spans rather than ends at: looking at their verdicts is quicker than another range."""

_ONES, _HIGHEST = np.uint64(0x0101_0101_0101_0101), np.uint64(0x8080_8080_8080_8080)
"""The lowest bit of each of eight bytes, and the highest."""

Ranges = npt.NDArray[np.int32]
"""Rows that a candidate may reach, as pairs of the first and the one after the last, ascending."""


class SegmentArrays(NamedTuple):
    """A segment, as machine code reads it. Rows are those of the segment."""

    ids: npt.NDArray[Any]
    facts: npt.NDArray[Any]
    alive: Bytes
    skill_totals: Floats
    """The weight of all skills of a row."""
    starts: Ints
    """The rows that ask the skill of column `c` stand from `starts[c]` to `starts[c + 1]`, ascending."""
    rows: Ints
    notes: Bytes
    works: npt.NDArray[np.uint32]
    """The work that each row's title names."""
    gains: npt.NDArray[np.float32]
    """Points of a row for each unit of weight of the skills that are known."""
    kinds: Bytes
    """What its bound depends on; see `services.matching.index.bounds`."""
    vectors: npt.NDArray[np.int8]
    lengths: Floats


@dataclass(frozen=True, eq=False)
class Segment:
    """Postings in the order of their blocks."""

    columns: Columns
    arrays: SegmentArrays
    block_numbers: Ints | slice
    """The blocks in the order of their rows: an index into verdicts, and a slice where they stand there in the same order."""
    block_starts: Ints
    by_id: npt.NDArray[np.int64]
    """The rows by job id."""

    @classmethod
    def of(cls, columns: Columns, vocabulary: Vocabulary, blocks: Blocks) -> Self:
        """Sort, and list the rows of each skill. Raises InvalidInput where a posting is given twice."""
        numbers, block_of, counts = np.unique(columns.facts["block"], return_inverse=True, return_counts=True)
        ordered = blocks.order(numbers)
        place = np.empty(len(numbers), np.int64)
        place[np.searchsorted(numbers, ordered)] = np.arange(len(numbers))
        columns = columns.take(np.lexsort((columns.ids["high"], place[block_of])))
        starts = np.concatenate(([0], np.cumsum(counts[np.argsort(place)])))
        arrays = _arrays(columns, vocabulary)
        by_id = np.lexsort((columns.ids["low"], columns.ids["high"]))
        _check_once(columns, by_id)
        return cls(columns, arrays, _as_slice(ordered), starts.astype(np.int32), by_id)

    def __len__(self) -> int:
        return len(self.columns)

    def without(self, rows: npt.NDArray[Any]) -> Self:
        """The same with these rows dead."""
        alive = self.arrays.alive.copy()
        alive[rows] = 0
        return replace(self, arrays=self.arrays._replace(alive=alive))

    def find(self, ids: Collection[UUID]) -> npt.NDArray[np.int64]:
        """The living rows of these postings, of those that are here."""
        wanted = np.unique(id_array(sorted(ids)))
        sorted_ids = self.columns.ids[self.by_id]
        at = np.searchsorted(sorted_ids["high"], wanted["high"])
        found: list[int] = []
        for own, start in zip(wanted.tolist(), at.tolist(), strict=True):
            place = start
            while place < len(self) and sorted_ids[place]["high"] == own[0]:
                if sorted_ids[place]["low"] == own[1]:
                    found.append(int(self.by_id[place]))
                place += 1
        rows = np.array(found, np.int64)
        living: npt.NDArray[np.int64] = rows[self.arrays.alive[rows] > 0]
        return living

    def living(self) -> Columns:
        """The rows that are not dead."""
        return self.columns.take(np.flatnonzero(self.arrays.alive)).compact()

    def ranges(self, verdict: Bytes) -> Ranges:
        """The rows of the blocks that pass, with gaps of a few rows that do not."""
        return _ranges(verdict[self.block_numbers], self.block_starts)


def _as_slice(numbers: Ints) -> Ints | slice:
    """Numbers that only count from the first are taken by a slice, which copies nothing."""
    counted = np.array_equal(numbers, np.arange(len(numbers)))
    return slice(len(numbers)) if counted else numbers


def _check_once(columns: Columns, by_id: npt.NDArray[np.int64]) -> None:
    ordered = columns.ids[by_id]
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    if twice.size:
        (job_id,) = columns.take(by_id[twice[:1]]).uuids()
        raise InvalidInput("a posting is given twice", where=str(job_id), hint="give each id once")


def _arrays(columns: Columns, vocabulary: Vocabulary) -> SegmentArrays:
    column_of = vocabulary.skills.column_of_spelling()
    counts = np.diff(columns.skill_starts)
    of_row = np.repeat(np.arange(len(columns), dtype=np.int32), counts)
    asked = column_of[columns.skills] if len(columns.skills) else np.zeros(0, np.int32)
    shares = np.where(columns.notes >= WISHED, OPTIONAL_SHARE, 1.0)
    weights = vocabulary.skills.weights()[asked] * shares if len(asked) else np.zeros(0)
    # Sums run in the order of the columns' names, so that equal sets of skills give equal sums to the last bit.
    order = np.argsort(asked, kind="stable")
    totals = np.bincount(of_row[order], weights[order], minlength=len(columns)).astype(np.float64)
    shares = W_SKILLS * np.minimum(counts, ENOUGH) / ENOUGH
    return SegmentArrays(
        ids=columns.ids,
        facts=columns.facts,
        alive=np.ones(len(columns), np.uint8),
        skill_totals=totals,
        starts=_starts(asked, len(vocabulary.skills.columns)),
        rows=of_row[order],
        notes=columns.notes[order],
        works=columns.facts["work"].astype(np.uint32),
        gains=np.divide(shares, totals, out=np.zeros(len(columns)), where=totals > 0).astype(np.float32),
        kinds=_kinds(columns, vocabulary),
        vectors=columns.vectors,
        lengths=columns.lengths,
    )


def _kinds(columns: Columns, vocabulary: Vocabulary) -> Bytes:
    facts = columns.facts
    kinds = np.minimum(np.diff(columns.skill_starts), ENOUGH)
    kinds += UNNAMED * vocabulary.titles.unnamed()[facts["work"]]
    kinds += PAID * ~(np.isnan(facts["low"]) & np.isnan(facts["high"]))
    kinds += MEANT * (facts["vector"] >= 0)
    for at, aspect in enumerate(culture.ASPECTS):
        kinds += (STATED << at) * (facts[aspect] > 0)
    return kinds.astype(np.uint8)


def _starts(keys: npt.NDArray[Any], width: int) -> Ints:
    return np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=width)))).astype(np.int32)


@compiled
def _ranges(verdict: Bytes, block_starts: Ints) -> Ranges:
    """Eight blocks are looked at together: where none of them passes, that is all."""
    words = verdict[: verdict.size // 8 * 8].view(np.uint64)
    found = np.empty((verdict.size // 2 + 1, 2), np.int32)
    count = 0
    for word in range(words.size + 1):
        if word < words.size and not _may_pass(words[word]):
            continue
        for at in range(8 * word, min(8 * word + 8, verdict.size)):
            if verdict[at] != PASSES:
                continue
            if not count or block_starts[at] - found[count - 1, 1] > _GAP:
                found[count, 0] = block_starts[at]
                count += 1
            found[count - 1, 1] = block_starts[at + 1]
    return found[:count].copy()


@inlined
def _may_pass(word: np.uint64) -> bool:
    """Whether one of eight bytes is zero: taking one from each borrows from its highest bit there alone, or above one that is."""
    return bool((word - _ONES) & ~word & _HIGHEST)
