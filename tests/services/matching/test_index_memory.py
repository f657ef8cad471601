"""Where an index's arrays lie, and which of its rows are looked at."""

import random

import numpy as np
import pytest
from matching_examples import posting

from quiethire.domain.posting import Location
from services.matching.engine import PostingIndex
from services.matching.index.blocks import LOCATION, PASSES
from services.matching.index.memory import LINE, Table, lined
from services.matching.index.segment import Segment


@pytest.mark.parametrize("shape", [(1,), (3, 5), (100_000, 24), (2_000_000, 3)])
def test_room_begins_with_a_line_and_is_as_long_as_asked(shape):
    room = lined(shape, np.float64)
    assert room.shape == shape
    assert room.ctypes.data % LINE == 0
    room[...] = 7.0
    assert (room == 7.0).all()


def test_room_for_nothing_is_empty():
    assert lined((0, 3), np.int8).shape == (0, 3)


def test_a_table_gives_the_rows_that_came_in_their_order_and_gives_them_away():
    table, rng = Table(3), np.random.default_rng(1)
    parts = [rng.integers(-128, 128, (size, 3), np.int8) for size in (5, 0, 131_066, 1, 1, 300_000, 7)]
    for part in parts:
        table.add(part)
    assert len(table) == sum(map(len, parts))
    assert np.array_equal(table.taken(), np.concatenate(parts))
    with pytest.raises(IndexError):
        table.taken()
    assert Table(3).taken().shape == (0, 3)


def in_cities(count: int, cities: int, first: int = 0) -> PostingIndex:
    rng = random.Random(count)
    places = [Location(name=f"City {n}", city=f"City {n}", country="DE") for n in range(cities)]
    postings = [posting(str(first + n), locations=(rng.choice(places),)) for n in range(count)]
    return PostingIndex.build(postings, vectors={each.id: (0.6, 0.8) for each in postings})


def test_facts_and_vectors_begin_with_a_line_whether_built_or_changed():
    index = in_cities(300, 20)
    more = [posting(f"more {n}") for n in range(2_500)]
    changed = index.changed(more, vectors={each.id: (0.8, 0.6) for each in more})
    for each in (*index.segments, *changed.segments):
        assert each.arrays.facts.ctypes.data % LINE == 0
        assert each.arrays.vectors.ctypes.data % LINE == 0


def rows_of(segment: Segment, verdict: np.ndarray) -> list[int]:
    """The rows of blocks that pass, one by one."""
    blocks = segment.columns.facts["block"]
    return [row for row in range(len(segment)) if verdict[blocks[row]] == PASSES]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("cities", [1, 7, 8, 9, 64, 403])
def test_ranges_hold_every_row_that_passes_and_end_where_for_long_none_does(cities, share):
    index = in_cities(3_000, cities).changed([posting(f"new {n}", locations=()) for n in range(9)])
    rng = np.random.default_rng(cities)
    for segment in index.segments:
        verdict = np.where(rng.random(len(index.blocks.blocks)) < share, PASSES, LOCATION).astype(np.uint8)
        ranges = segment.ranges(verdict).tolist()
        inside = [row for first, last in ranges for row in range(first, last)]
        passing = rows_of(segment, verdict)
        assert set(passing) <= set(inside)
        assert inside == sorted(set(inside))
        ends = {row for first, last in ranges for row in (first, last - 1)}
        assert ends <= set(passing)
        gaps = np.diff(passing) - 1
        assert len(ranges) == (1 + int((gaps > 64).sum()) if passing else 0)
