"""The simulation in small: every shape of board twice, some days, one seed. The benchmark itself runs thirty days of five hundred."""

import logging
from collections import Counter
from datetime import timedelta

import pytest

from benchmarks.lifecycle import SEED, figures_of
from benchmarks.simulation import life
from benchmarks.simulation.copies import Source, labelled_postings
from benchmarks.simulation.life import SHAPES, live
from benchmarks.simulation.scoring import Tally, score
from benchmarks.simulation.trouble import Kind, Trouble
from quiethire.domain.cadence import GONE_AFTER
from quiethire.domain.lifecycle import JobEventKind

DAYS = 10.0


@pytest.fixture(scope="module")
async def tally():
    logging.disable(logging.ERROR)  # Hundreds of made-up failures are logged as real ones would be.
    total = Tally()
    try:
        for board in range(2 * len(SHAPES)):
            total.add(score(await live(SEED, board, DAYS)))
    finally:
        logging.disable(logging.NOTSET)
    return total


async def test_no_posting_is_closed_that_its_board_still_lists(tally):
    assert tally.closing_precision.all >= 20
    assert tally.closing_precision.share == 1.0, tally.blame


async def test_every_closing_that_could_be_seen_is_told(tally):
    assert tally.closing_recall.all >= 20
    assert tally.closing_recall.share >= 0.98


async def test_the_postings_of_a_board_that_is_no_more_are_closed(monkeypatch):
    def gone(_chance, _shape, start, end):
        return [Trouble(Kind.GONE, start + timedelta(days=2), end + timedelta(days=1), share=0.5, seconds=60.0)]

    monkeypatch.setattr(life, "troubles", gone)
    told = score(await live(SEED, 0, 14.0))
    assert told.closing_recall.right == told.closing_recall.all >= 5
    assert told.closing_recall.left_out == 0
    assert told.closing_precision.share == 1.0
    assert max(hours for _, hours in told.delays) >= GONE_AFTER / timedelta(hours=1)


async def test_half_of_the_closings_are_told_within_an_interval_of_their_board(tally):
    assert figures_of(tally)["closing_delay_median_intervals"] <= 1.0


async def test_closing_whatever_one_crawl_did_not_list_would_be_wrong(tally):
    assert tally.naive_precision.share < 0.95


async def test_postings_open_only_where_they_are(tally):
    assert tally.opening_precision.all >= 100
    assert tally.opening_precision.share == 1.0


async def test_every_change_that_is_told_was_made_and_of_that_field(tally):
    assert sum(rate.all for rate in tally.change_precision.values()) >= 15
    assert {name: rate.share for name, rate in tally.change_precision.items() if rate.share < 1.0} == {}


async def test_every_change_that_lasted_is_told(tally):
    assert sum(rate.all for rate in tally.change_recall.values()) >= 10
    assert {name: rate.share for name, rate in tally.change_recall.items() if rate.share < 1.0} == {}


async def test_boards_whose_list_is_the_same_are_not_read_again(tally):
    assert tally.same_list >= tally.looks // 10


async def test_the_same_seed_gives_the_same_life():
    first, again = await live(SEED, 7, 2.0), await live(SEED, 7, 2.0)
    assert first.events == again.events
    assert any(event.kind is JobEventKind.OPENED for event in first.events)


async def test_copies_of_a_job_bear_its_label_and_other_jobs_bear_others():
    found = labelled_postings(1, 3)
    sources = Counter(labelled.source for labelled in found)
    assert set(sources) == set(Source)
    of_ats = [labelled for labelled in found if labelled.source is Source.ATS]
    assert len({labelled.job for labelled in of_ats}) == len(of_ats)
    titles = {labelled.job: labelled.posting.title for labelled in of_ats}
    assert all(titles[labelled.job] == labelled.posting.title for labelled in found)
