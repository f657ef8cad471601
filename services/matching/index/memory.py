"""Where arrays lie in memory: what is looked up at random is waited for by the line of the cache, and by the page."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

LINE = 64
"""Bytes that the processor fetches at once."""

_SLAB = 1 << 17
"""Rows of a table that are kept together: of vectors more bytes than the allocator keeps for itself when they are given back."""


def lined(shape: Sequence[int], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Room for an array that begins with a line: rows as long as lines are then in no more of them. Numpy's own begin anywhere."""
    kind = np.dtype(dtype)
    size = int(np.prod(shape)) * kind.itemsize
    room = np.empty(size + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + size].view(kind).reshape(shape)


class Table:
    """Rows of bytes that come some at a time, hundreds of megabytes of them: they are never there twice."""

    def __init__(self, width: int = 0) -> None:
        self.width = width
        self._slabs: list[npt.NDArray[np.int8]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: npt.NDArray[np.int8]) -> None:
        """Some more."""
        while len(rows):
            first = self._count % _SLAB
            if first == 0:
                self._slabs.append(np.empty((_SLAB, self.width), np.int8))
            some, rows = rows[: _SLAB - first], rows[_SLAB - first :]
            self._slabs[-1][first : first + len(some)] = some
            self._count += len(some)

    def taken(self) -> npt.NDArray[np.int8]:
        """All of them, which are here no more: said once. In one piece the system gives them great pages, and a row is found at once."""
        whole = lined((self._count, self.width), np.int8)
        for first in range(0, self._count, _SLAB):
            slab = self._slabs.pop(0)
            whole[first : first + _SLAB] = slab[: self._count - first]
        return whole
