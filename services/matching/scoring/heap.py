"""A heap of the best postings, the worst of them on top: by score, equal scores by job id."""

from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.compiled import compiled, inlined

_Rows = npt.NDArray[np.int32]
_Scores = npt.NDArray[np.int64]


@inlined
def worse(
    score: int | np.int64,
    row: int | np.int32,
    other_score: int | np.int64,
    other_row: int | np.int32,
    ids: npt.NDArray[Any],
) -> bool:
    """Whether a posting ranks behind another."""
    if score != other_score:
        return bool(score < other_score)
    own, other = ids[row], ids[other_row]
    if own.high != other.high:
        return bool(own.high > other.high)
    return bool(own.low > other.low)


@inlined
def swap(rows: _Rows, scores: _Scores, places: _Rows, one: int, other: int) -> None:
    """Let two postings change places."""
    rows[one], rows[other] = rows[other], rows[one]
    scores[one], scores[other] = scores[other], scores[one]
    places[one], places[other] = places[other], places[one]


@compiled
def up(rows: _Rows, scores: _Scores, places: _Rows, ids: npt.NDArray[Any], at: int) -> None:
    """Lift a new last posting to its place."""
    while at:
        above = (at - 1) // 2
        if not worse(scores[at], rows[at], scores[above], rows[above], ids):
            break
        swap(rows, scores, places, at, above)
        at = above


@compiled
def down(rows: _Rows, scores: _Scores, places: _Rows, ids: npt.NDArray[Any], size: int) -> None:
    """Let a new top sink to its place among the first `size`."""
    at = 0
    while 2 * at + 1 < size:
        below = 2 * at + 1
        if below + 1 < size and worse(scores[below + 1], rows[below + 1], scores[below], rows[below], ids):
            below += 1
        if not worse(scores[below], rows[below], scores[at], rows[at], ids):
            break
        swap(rows, scores, places, at, below)
        at = below
