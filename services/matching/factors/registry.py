"""Every factor, in the order in which a score is told. Their weights sum to 100."""

from collections.abc import Sequence
from math import isnan

import numpy as np
import numpy.typing as npt

from services.matching.factors import culture, experience, salary, semantic, skills, validation

FACTORS: tuple[tuple[str, float], ...] = (
    ("skills", skills.WEIGHT),
    ("experience", experience.WEIGHT),
    ("semantic", semantic.WEIGHT),
    ("salary", salary.WEIGHT),
    ("culture", culture.WEIGHT),
    ("validation", validation.WEIGHT),
)
"""Name and points of 100 while every factor is known."""

SKILLS, EXPERIENCE, SEMANTIC, SALARY, CULTURE, VALIDATION = range(len(FACTORS))
"""Their places in `FACTORS`, and in every row of values."""

MILLIONTHS = 1_000_000
"""Scores are ranked, and told, in millionths of a point: sums that differ by their rounding alone are one score."""

_WEIGHTS = tuple(weight for _, weight in FACTORS)
_ROW = np.array(_WEIGHTS)


def points(values: Sequence[float]) -> list[float]:
    """What each factor gives of 100 points; NaN is unknown, and its weight goes to the others in proportion."""
    known = _known(values)
    return [
        0.0 if isnan(value) else 100.0 * weight * value / known for weight, value in zip(_WEIGHTS, values, strict=True)
    ]


def _known(values: Sequence[float]) -> float:
    return sum([weight for weight, value in zip(_WEIGHTS, values, strict=True) if not isnan(value)])


def points_of_rows(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """`points` of each row, at once."""
    unknown = np.isnan(values)
    known = np.where(unknown, 0.0, _ROW).sum(axis=1, keepdims=True)
    return np.where(unknown, 0.0, 100.0 * _ROW * values / known)


def scores_with(skilled: Sequence[float], values: Sequence[float]) -> list[float]:
    """The score, to the millionth, with each of these values of the skills and all else as it is."""
    rest = [0.0, *values[SKILLS + 1 :]]
    known, others = _known(rest), points(rest)[SKILLS + 1 :]
    own = [100.0 * _WEIGHTS[SKILLS] * value / known for value in skilled]
    return [round(sum([each, *others]) * MILLIONTHS) / MILLIONTHS for each in own]
