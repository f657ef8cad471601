"""Circles on the map as rows of a grid: ranges of numbers, which the server finds in half the time that a radius takes it.

The sphere is cut into rows of a hundredth of a degree of latitude, and these into columns; `spot` numbers the cells row by row. A
circle is then one range of numbers for each row that it crosses, as wide as it is at the middle of the row: its northern and
southern ends are right within half a row (0.6 km), its sides within a column (0.1 km).
"""

import math

from quiethire.domain.search import Circle

KILOMETRES = (10.0, 250.0)
"""Radii that are told in rows: below, half a row would be felt; above, the rows are too many."""

_EARTH_KM = 6_371.0
_ROWS = 100
"""Of a degree of latitude."""
_COLUMNS = 1_000
"""Of a degree of longitude."""
_ROW = 1_000_000
"""Numbers from one row to the next: more than there are columns in it."""
_ROUND = 360 * _COLUMNS


def spot(lat: float, lon: float) -> int:
    """The number of the cell that a point lies in."""
    return _row(lat) * _ROW + math.floor((lon + 180) * _COLUMNS)


def _row(lat: float) -> int:
    return min(math.floor((lat + 90) * _ROWS), 180 * _ROWS - 1)


def in_rows(circle: Circle) -> bool:
    """Whether a circle is told in rows."""
    return KILOMETRES[0] <= circle.km <= KILOMETRES[1]


def ranges(circle: Circle) -> list[tuple[int, int]]:
    """First and last number of each run of cells that lie in the circle."""
    angle = circle.km / _EARTH_KM
    reach = math.degrees(angle)
    first, last = _row(max(circle.lat - reach, -90.0)), _row(min(circle.lat + reach, 90.0))
    found: list[tuple[int, int]] = []
    for row in range(first, last + 1):
        half = _half_width(circle.lat, (row + 0.5) / _ROWS - 90, angle)
        if half is None:
            continue
        start, end = (math.floor((circle.lon + side + 180) * _COLUMNS) for side in (-half, half))
        found += [(row * _ROW + a, row * _ROW + b) for a, b in _around_the_globe(start, end)]
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
