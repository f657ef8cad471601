"""Scores postings for candidates and candidates for a posting: one formula, told in full.

`score = sum(weight x value) / sum(weight) x 100` over the factors with evidence. A factor without evidence leaves
the mean; its weight goes to the others in proportion.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from quiethire.domain.matching import MATCH_FLOOR, FactorScore, Hidden, Match, Matching, Profile
from services.matching.factors.registry import FACTORS
from services.matching.filters import FILTERS
from services.matching.matrix import PostingMatrix
from services.matching.rarity import Rarity
from services.matching.sparse import Bools, Floats, Ints

__all__ = ["PostingMatrix", "Rarity", "match", "match_many"]

_WEIGHTS = np.array([factor.weight for factor in FACTORS])

_SAY_FIT = [row for row, factor in enumerate(FACTORS) if factor.name in {"skills", "experience"}]
"""Without one of these nothing is known of whether a person can do the work: pay, pace and a verified profile alone
would score the same for a baker and a programmer."""

_ROUNDING = 1e-9
"""A score that misses the floor by the rounding of a sum reaches it."""


@dataclass(frozen=True, eq=False)
class _Scores:
    """Values and points, one row a factor and one column a posting, and the scores; NaN where nothing is known."""

    values: Floats
    points: Floats
    totals: Floats


def match(
    candidate_id: UUID, profile: Profile, matrix: PostingMatrix, *, limit: int = 100, floor: float = MATCH_FLOOR
) -> Matching:
    """The best postings for a candidate, by score and then by job id.

    Hidden are those that would have been matches but for a filter, in the same order and up to the same limit.
    """
    scores = _score(profile, matrix)
    fired = np.stack([each.hides(profile, matrix) for each in FILTERS])
    hidden = fired.any(axis=0)
    reached = scores.totals >= floor - _ROUNDING
    return Matching(
        candidate_id=candidate_id,
        matches=tuple(
            _match(candidate_id, profile, matrix, scores, row)
            for row in _best(scores.totals, reached & ~hidden, matrix.id_rank, limit)
        ),
        hidden=tuple(
            _hidden(profile, matrix, fired, row)
            for row in _best(scores.totals, reached & hidden, matrix.id_rank, limit)
        ),
        considered=len(matrix),
    )


def match_many(
    candidates: Iterable[tuple[UUID, Profile]],
    matrix: PostingMatrix,
    *,
    limit: int = 100,
    floor: float = MATCH_FLOOR,
) -> Iterator[Matching]:
    """One matching for each candidate, as they come; nothing is kept in between."""
    for candidate_id, profile in candidates:
        yield match(candidate_id, profile, matrix, limit=limit, floor=floor)


def _score(profile: Profile, matrix: PostingMatrix) -> _Scores:
    values = np.stack([factor.values(profile, matrix) for factor in FACTORS])
    known = ~np.isnan(values)
    weights = _WEIGHTS[:, None] * known
    divisor = weights.sum(axis=0)
    shares = np.divide(weights, divisor, out=np.zeros_like(weights), where=divisor > 0)
    points = 100.0 * shares * np.where(known, values, 0.0)
    totals = np.where(known[_SAY_FIT].any(axis=0), points.sum(axis=0), np.nan)
    return _Scores(values, points, totals)


def _best(totals: Floats, wanted: Bools, id_rank: Ints, limit: int) -> list[int]:
    """The best of the wanted rows, equal scores by job id."""
    rows = np.flatnonzero(wanted)
    order = np.lexsort((id_rank[rows], -totals[rows]))
    return [int(row) for row in rows[order[:limit]]]


def _match(candidate_id: UUID, profile: Profile, matrix: PostingMatrix, scores: _Scores, row: int) -> Match:
    factors: list[FactorScore] = []
    for index, factor in enumerate(FACTORS):
        value = float(scores.values[index, row])
        factors.append(
            FactorScore(
                name=factor.name,
                value=None if np.isnan(value) else value,
                weight=factor.weight,
                points=float(scores.points[index, row]),
                reason=factor.reason(profile, matrix, row, value),
            )
        )
    job_id = matrix.postings[row].id
    return Match(candidate_id=candidate_id, job_id=job_id, score=float(scores.totals[row]), factors=tuple(factors))


def _hidden(profile: Profile, matrix: PostingMatrix, fired: Bools, row: int) -> Hidden:
    """The first filter that fired, in their order."""
    first = FILTERS[int(np.argmax(fired[:, row]))]
    return Hidden(job_id=matrix.postings[row].id, filter=first.name, reason=first.reason(profile, matrix, row))
