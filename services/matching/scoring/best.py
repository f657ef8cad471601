# ruff: noqa: PLR0917 - machine code: by position, and a call with arrays costs more than the work in a loop
"""The last steps of the engine's loops: the best of the postings that were weighed, and of a person's tracks."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.compiled import compiled, inlined
from services.matching.factors import semantic
from services.matching.factors.registry import MILLIONTHS, SEMANTIC, VALIDATION
from services.matching.index.arrays import Found, Scratch
from services.matching.index.bounds import W_SEMANTIC
from services.matching.index.segment import SegmentArrays
from services.matching.index.vocabulary import Floats, Ints
from services.matching.scoring.heap import down, swap, up, worse


@compiled
def apart_for(firsts: Ints, found: Found) -> Found:
    """Room for the tracks of one person, as many as anybody has who has more than one."""
    most = 0
    for person in range(firsts.size - 1):
        most = max(most, firsts[person + 1] - firsts[person])
    most = most if most > 1 else 0
    limit = found.rows.shape[1]
    return Found(
        np.zeros(most, np.int32),
        np.empty((most, limit), np.int32),
        np.empty((most, limit), np.int32),
        np.empty((most, limit), np.int64),
        np.empty((most, limit, found.values.shape[2])),
        np.empty((most, limit), np.uint8),
    )


@compiled
def by_bound(bounds: Floats, order: Ints, reached: int) -> None:
    """Fill `order` by whole points of the bounds, the greatest first."""
    starts = np.zeros(103, np.int64)
    for at in range(reached):
        starts[102 - int(bounds[at])] += 1
    for bucket in range(1, 103):
        starts[bucket] += starts[bucket - 1]
    for at in range(reached - 1, -1, -1):
        bucket = 102 - int(bounds[at])
        starts[bucket] -= 1
        order[starts[bucket]] = at


@compiled
def select(
    own: Any,  # noqa: ANN401 - a record
    own_vector: npt.NDArray[np.int8],
    segment: SegmentArrays,
    scratch: Scratch,
    floor: float,
    reached: int,
    found: Found,
    place: int,
) -> int:
    """Fill `found.rows` and `found.scores` at this place; gives how many."""
    rows, scores, places, bounds = found.rows[place], found.scores[place], scratch.places, scratch.bounds
    meant = own.length > 0
    least = np.int64(np.ceil(floor * MILLIONTHS))
    count = 0
    for nth in range(reached):
        at = scratch.order[nth]
        full = count == rows.size
        if full and bounds[at] * MILLIONTHS < scores[0] - 10:
            if (int(bounds[at]) + 1) * MILLIONTHS < scores[0] - 10:
                break
            continue
        row = scratch.rows[at]
        points, weight = scratch.points[at], scratch.weights[at]
        vector = segment.facts[row].vector
        by_meaning = math.nan
        if meant and vector >= 0:
            cosine = _product(segment.vectors, vector, own_vector)
            by_meaning = semantic.value(cosine * segment.lengths[vector] * own.length)
            points += W_SEMANTIC * by_meaning
            weight += W_SEMANTIC
        scratch.values[at, SEMANTIC] = by_meaning
        score = np.int64(np.rint(100.0 * points / weight * MILLIONTHS))
        if score < least:
            continue
        if not full:
            rows[count], scores[count], places[count] = row, score, at
            count += 1
            up(rows, scores, places, segment.ids, count - 1)
        elif worse(scores[0], rows[0], score, row, segment.ids):
            rows[0], scores[0], places[0] = row, score, at
            down(rows, scores, places, segment.ids, count)
    for last in range(count - 1, 0, -1):
        swap(rows, scores, places, 0, last)
        down(rows, scores, places, segment.ids, last)
    return count


@inlined
def _product(vectors: npt.NDArray[np.int8], vector: int, own: npt.NDArray[np.int8]) -> float:
    """The exact product of two vectors of bytes."""
    product = np.int32(0)
    for at in range(own.size):
        product = np.int32(product + np.int32(vectors[vector, at]) * np.int32(own[at]))
    return float(product)


@compiled
def tell(verified: float, scratch: Scratch, track: int, found: Found, place: int) -> None:
    """Fill the rest of `found` for those that are kept."""
    for nth in range(found.counts[place]):
        at = scratch.places[nth]
        values, known = found.values[place, nth], scratch.values[at]
        found.tracks[place, nth], found.fired[place, nth] = track, scratch.fired[at]
        for factor in range(values.size):
            values[factor] = known[factor]
        values[VALIDATION] = verified


@compiled
def merge(
    apart: Found, tracks: int, ids: npt.NDArray[Any], taken: npt.NDArray[np.uint8], found: Found, person: int
) -> None:
    """Make one list of those of a person's tracks: a posting stands there once, by its best track. `taken` is 0 before and after."""
    heads = np.zeros(tracks, np.int32)
    count = 0
    while count < found.rows.shape[1]:
        best = _best_head(apart, heads, ids)
        if best < 0:
            break
        at = heads[best]
        row = apart.rows[best, at]
        heads[best] += 1
        if not taken[row]:
            taken[row] = 1
            found.rows[person, count], found.tracks[person, count] = row, best
            found.scores[person, count], found.fired[person, count] = apart.scores[best, at], apart.fired[best, at]
            found.values[person, count] = apart.values[best, at]
            count += 1
    for nth in range(count):
        taken[found.rows[person, nth]] = 0
    found.counts[person] = count


@compiled
def _best_head(apart: Found, heads: Ints, ids: npt.NDArray[Any]) -> int:
    """The list whose next posting ranks before those of the others, the first of equal ones; -1 where all are at their end."""
    rows, scores = apart.rows, apart.scores
    best = -1
    for track in range(heads.size):
        at = heads[track]
        if at == apart.counts[track]:
            continue
        if best < 0 or worse(
            scores[best, heads[best]], rows[best, heads[best]], scores[track, at], rows[track, at], ids
        ):
            best = track
    return best
