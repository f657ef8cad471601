"""Circles as rows of a grid, beside the great-circle distance."""

import math
import random

import pytest

from quiethire.domain.grid import cell
from quiethire.domain.search import Circle
from quiethire.storage.typesense.circles import KILOMETRES, ranges

HALF_A_ROW = 0.6
"""Kilometres, and a little more: what the documents promise."""
EARTH_KM = 6_371.0


def away(circle: Circle, lat: float, lon: float) -> float:
    """Kilometres from the middle, by the haversine formula."""
    here, there = math.radians(circle.lat), math.radians(lat)
    chord = math.sin((there - here) / 2) ** 2
    chord += math.cos(here) * math.cos(there) * math.sin(math.radians(lon - circle.lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(chord, 1.0)))


def holds(cells: list[tuple[int, int]], lat: float, lon: float) -> bool:
    number = cell(lat, lon)
    return any(first <= number <= last for first, last in cells)


def near(circle: Circle, chance: random.Random) -> tuple[float, float]:
    """A point in or around a circle, on the globe."""
    bearing, angle = (
        chance.uniform(0, 2 * math.pi),
        chance.choice([chance.uniform(0, 1.3), chance.uniform(0.9, 1.1)]) * circle.km / EARTH_KM,
    )
    here = math.radians(circle.lat)
    lat = math.asin(math.sin(here) * math.cos(angle) + math.cos(here) * math.sin(angle) * math.cos(bearing))
    east = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(here), math.cos(angle) - math.sin(here) * math.sin(lat)
    )
    lon = (circle.lon + math.degrees(east) + 180) % 360 - 180
    return math.degrees(lat), lon


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(52.52, 13.405), (-33.87, 151.21), (0.0, 0.0), (64.15, -21.94), (-17.8, 179.9), (-17.8, -179.9), (89.5, 10.0), (-89.9, 0.0), (90.0, 0.0), (-90.0, 0.0)],
)  # fmt: skip
def test_a_circle_holds_what_lies_in_it_but_for_half_a_row_at_its_edge(lat, lon):
    chance = random.Random(f"{lat} {lon}")
    inside = 0
    for km in (KILOMETRES[0], 25.0, 50.0, KILOMETRES[1]):
        circle = Circle(lat=lat, lon=lon, km=km)
        cells = ranges(circle)
        for _ in range(120):
            point = near(circle, chance)
            distance = away(circle, *point)
            if abs(distance - km) > HALF_A_ROW:
                assert holds(cells, *point) == (distance < km), (circle, point, distance)
                inside += distance < km
    assert inside > 100


@pytest.mark.parametrize(("lat", "lon"), [(90.0, 0.0), (-90.0, 180.0), (0.0, 180.0), (0.0, -180.0)])
def test_the_ends_of_the_grid_hold_points(lat, lon):
    circle = Circle(lat=max(min(lat, 89.9), -89.9), lon=179.95 if lon == 180 else -179.95, km=100)
    assert holds(ranges(circle), lat, lon)


def test_a_circle_is_one_range_for_each_row():
    found = ranges(Circle(lat=52.52, lon=13.405, km=50))
    assert 85 < len(found) < 95
    assert all(first <= last for first, last in found)
