"""Postings as columns of numbers: all that filters, factors and sentences need, and nothing of their texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import Vector
from quiethire.domain.posting import Seniority
from services.matching.compiled import compiled
from services.matching.index.memory import lined
from services.matching.index.vocabulary import Ints

FACTS = np.dtype(
    [
        ("low", np.float64),
        ("high", np.float64),
        ("title", np.int32),
        ("work", np.int32),
        ("company", np.int32),
        ("block", np.int32),
        ("authorisation", np.int32),
        ("vector", np.int32),
        ("asked", np.float32),
        ("least", np.float32),
        ("industries", np.uint32),
        ("currency", np.int16),
        ("level", np.int8),
        ("seniority", np.int8),
        ("remote", np.uint8),
        ("size", np.uint8),
        ("pace", np.uint8),
    ],
    align=True,
)
"""A posting's facts, together in one line of the processor's cache. Yearly pay (NaN = open end), numbers of names, years asked and
asked at least (NaN = not stated), bits of industries, the level's rank and the level (-1 = not stated), what it declares of culture (0 = nothing).
`vector` is a row of the vectors, -1 without one."""

IDS = np.dtype([("high", np.uint64), ("low", np.uint64)])
"""A job id: the halves of a UUID."""

SENIORITIES = tuple(Seniority)
"""A level's number is its place here."""

Vectors = tuple[npt.NDArray[np.int8], npt.NDArray[np.float64]]
"""Vectors in bytes, and one by the length of each."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Postings, one row each, in any order."""

    ids: npt.NDArray[Any]
    facts: npt.NDArray[Any]
    skill_starts: npt.NDArray[np.int64]
    """The skills of a row stand from `skill_starts[row]` to `skill_starts[row + 1]`, required ones first."""
    skills: Ints
    """Numbers of spellings."""
    notes: npt.NDArray[np.uint8]
    """`WISHED` and years asked, of each skill."""
    vectors: npt.NDArray[np.int8]
    lengths: npt.NDArray[np.float64]
    """One by the length of each vector."""

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: npt.NDArray[Any]) -> "Columns":
        """These rows, in this order. The vectors stay where they are."""
        counts = self.skill_starts[rows + 1] - self.skill_starts[rows]
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        at = np.repeat(self.skill_starts[rows] - starts[:-1], counts) + np.arange(starts[-1])
        facts = lined((len(rows),), FACTS)
        self.facts.take(rows, out=facts, mode="clip")  # "raise" would fill it by way of another.
        return replace(
            self, ids=self.ids[rows], facts=facts, skill_starts=starts, skills=self.skills[at], notes=self.notes[at]
        )

    def compact(self) -> "Columns":
        """The same without vectors that no row has."""
        facts = self.facts.copy()
        has = facts["vector"] >= 0
        meant = facts["vector"][has]
        facts["vector"][has] = np.arange(meant.size)
        return replace(self, facts=facts, vectors=self.vectors[meant], lengths=self.lengths[meant])

    def with_vectors(self, vectors: Mapping[UUID, Vector]) -> "Columns":
        """The same postings with these vectors, each in place of the one that it has."""
        given, lengths = quantised([vectors[job_id] for job_id in self.uuids()])
        facts = self.facts.copy()
        facts["vector"] = np.arange(len(facts))
        return replace(self, facts=facts, vectors=given, lengths=lengths)

    def uuids(self) -> list[UUID]:
        """The job ids."""
        return uuids_of(self.ids)


def joined(parts: Sequence[Columns], vectors: Vectors | None = None) -> Columns:
    """All rows of these, one part after the other. `vectors` are those of all parts, where they share them, with their lengths."""
    facts = [part.facts for part in parts] if vectors else _renumbered(parts)
    skills = 0
    starts: list[npt.NDArray[np.int64]] = []
    for part in parts:
        starts.append(part.skill_starts[:-1] + skills)
        skills += len(part.skills)
    return Columns(
        np.concatenate([part.ids for part in parts]),
        np.concatenate(facts),
        np.concatenate([*starts, np.array([skills])]),
        np.concatenate([part.skills for part in parts]),
        np.concatenate([part.notes for part in parts]),
        *(vectors or _together(parts)),
    )


def _renumbered(parts: Sequence[Columns]) -> list[npt.NDArray[Any]]:
    """Facts that count the vectors of all parts, one part after the other."""
    facts = [part.facts.copy() for part in parts]
    at = 0
    for part, own in zip(parts, facts, strict=True):
        own["vector"][own["vector"] >= 0] += at
        at += len(part.vectors)
    return facts


def _together(parts: Sequence[Columns]) -> Vectors:
    widths = {part.vectors.shape[1] for part in parts} - {0}
    if len(widths) > 1:
        raise InvalidInput("vectors of different lengths", where="matching", hint="give those of one model")
    width = max(widths, default=0)
    vectors = [part.vectors.reshape(len(part.vectors), width) for part in parts]
    table = lined((sum(map(len, vectors)), width), np.int8)
    return np.concatenate(vectors, out=table), np.concatenate([part.lengths for part in parts])


def quantised(vectors: Sequence[Vector]) -> Vectors:
    """Vectors in bytes, each by its greatest component, and one by the length of each: a cosine off by less than 0.01.

    Products of bytes are exact, in whatever order they are summed.
    """
    if len({len(vector) for vector in vectors}) > 1:
        raise InvalidInput("vectors of different lengths", where="matching", hint="give those of one model")
    if not vectors:
        return np.zeros((0, 0), np.int8), np.zeros(0)
    return _quantised(np.array(vectors, np.float64))


@compiled
def _quantised(given: npt.NDArray[np.float64]) -> Vectors:
    small, lengths = np.zeros(given.shape, np.int8), np.zeros(len(given))
    for row in range(len(given)):
        greatest = np.abs(given[row]).max()
        if greatest > 0:
            square = np.int64(0)
            for at in range(given.shape[1]):
                small[row, at] = np.int8(np.rint(given[row, at] * 127 / greatest))
                square += np.int64(small[row, at]) ** 2
            lengths[row] = 1.0 / np.sqrt(square)
    return small, lengths


def uuids_of(ids: npt.NDArray[Any]) -> list[UUID]:
    """Numbers as job ids."""
    return [UUID(int=high << 64 | low) for high, low in ids.tolist()]


def id_array(ids: Sequence[UUID]) -> npt.NDArray[Any]:
    """Job ids as numbers."""
    return np.array([(each.int >> 64, each.int & 0xFFFF_FFFF_FFFF_FFFF) for each in ids], IDS)
