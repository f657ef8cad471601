"""Rows with few entries, kept by column: what a profile asks of all postings at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A sparse matrix in compressed columns: `rows[starts[c]:starts[c + 1]]` have an entry in column `c`."""

    height: int
    starts: Ints
    rows: Ints
    weights: Floats

    @classmethod
    def of(cls, entries: Sequence[Mapping[int, float]], width: int) -> Self:
        """One mapping of column to weight for each row; columns are below `width`."""
        lengths = np.fromiter((len(entry) for entry in entries), np.int64, len(entries))
        total = int(lengths.sum())
        columns = np.fromiter((column for entry in entries for column in entry), np.int64, total)
        weights = np.fromiter((weight for entry in entries for weight in entry.values()), np.float64, total)
        order = np.argsort(columns, kind="stable")
        starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=width))))
        rows = np.repeat(np.arange(len(entries)), lengths)[order]
        return cls(len(entries), starts.astype(np.int64), rows, weights[order])

    def dot(self, query: Mapping[int, float]) -> Floats:
        """The dot product of every row with the query."""
        result = np.zeros(self.height)
        for column, weight in query.items():
            entries = slice(self.starts[column], self.starts[column + 1])
            result[self.rows[entries]] += self.weights[entries] * weight
        return result

    @cached_property
    def filled(self) -> Bools:
        """Rows with an entry."""
        return np.bincount(self.rows, minlength=self.height) > 0

    def row_sums(self) -> Floats:
        """The sum of each row's weights."""
        return np.bincount(self.rows, self.weights, minlength=self.height).astype(np.float64)

    def unit_rows(self) -> Self:
        """The same rows at length 1; an empty row stays empty."""
        lengths = np.sqrt(np.bincount(self.rows, self.weights**2, minlength=self.height))
        return type(self)(self.height, self.starts, self.rows, self.weights / lengths[self.rows])


def share(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    """`part / whole`, NaN (unknown) where the whole is 0."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    result: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return result
