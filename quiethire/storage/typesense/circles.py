"""Circles on the map as rows of a grid: ranges of numbers, which the server finds in half the time that a radius takes it.

A circle is one range of the grid's numbers (`quiethire.domain.grid`) for each row that it crosses, as wide as it is at the middle of
the row: its northern and southern ends are right within half a row (0.6 km), its sides within a column (0.1 km).
"""

import math

from quiethire.domain.grid import COLUMNS, ROW, ROWS, row
from quiethire.domain.search import Circle

KILOMETRES = (10.0, 250.0)
"""Radii that are told in rows: below, half a row would be felt; above, the rows are too many."""

_EARTH_KM = 6_371.0
_ROUND = 360 * COLUMNS


def in_rows(circle: Circle) -> bool:
    """Whether a circle is told in rows."""
    return KILOMETRES[0] <= circle.km <= KILOMETRES[1]


def ranges(circle: Circle) -> list[tuple[int, int]]:
    """First and last number of each run of cells that lie in the circle."""
    angle = circle.km / _EARTH_KM
    reach = math.degrees(angle)
    first, last = row(max(circle.lat - reach, -90.0)), row(min(circle.lat + reach, 90.0))
    found: list[tuple[int, int]] = []
    for crossed in range(first, last + 1):
        half = _half_width(circle.lat, (crossed + 0.5) / ROWS - 90, angle)
        if half is None:
            continue
        start, end = (math.floor((circle.lon + side + 180) * COLUMNS) for side in (-half, half))
        found += [(crossed * ROW + a, crossed * ROW + b) for a, b in _around_the_globe(start, end)]
    return found


def _half_width(centre: float, lat: float, angle: float) -> float | None:
    """Degrees of longitude from the middle of a circle to its edge at this latitude; None where it does not reach there.

    By the spherical law of cosines, solved for the difference of the longitudes.
    """
    here, there = math.radians(centre), math.radians(lat)
    cosine = (math.cos(angle) - math.sin(here) * math.sin(there)) / (math.cos(here) * math.cos(there))
    return math.degrees(math.acos(max(cosine, -1.0))) if cosine <= 1 else None


def _around_the_globe(start: int, end: int) -> list[tuple[int, int]]:
    """Columns from 0 to `_ROUND`, for those that go on beyond the date line."""
    if end - start >= _ROUND:
        return [(0, _ROUND)]
    if start < 0:
        return [(0, end), (start + _ROUND, _ROUND)]
    if end > _ROUND:
        return [(start, _ROUND), (0, end - _ROUND)]
    return [(start, end)]
