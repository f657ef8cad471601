import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quiethire.domain.cadence import (
    CONFIRM_AFTER,
    EMPTIED_AFTER,
    FIRST,
    GONE_AFTER,
    GONE_LOOKS,
    LATEST,
    SOONEST,
    SPREAD,
    believed_gone,
    change_rate,
    due_at,
    gone_for_good,
)
from quiethire.domain.crawl import CrawlRecord

START = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
COUNTS = ("missing", "seen", "opened", "changed", "corrected", "reopened", "unchanged", "refused", "closed", "problems")


def crawl(at=START, key="greenhouse/northwind", **facts):
    given = {"complete": True, "seen": 5, "requests": 1} | facts
    return CrawlRecord(crawl_id=str(at), board_key=key, started_at=at, **given)


def failed(at=START, **facts):
    return crawl(at, complete=False, seen=0, problems=1, **facts)


def every(hours, changes):
    """Crawls at even times, newest first; `changes` tells of each whether it met one, oldest first."""
    made = [crawl(START + number * hours * HOUR, changed=int(change)) for number, change in enumerate(changes)]
    return made[::-1]


def wait(crawls):
    return due_at(crawls) - crawls[0].started_at


def simulated(per_day, days, key="greenhouse/northwind"):
    """A board that changes at random so often a day, read when it is due: its crawls, newest first."""
    chance = random.Random(key)
    crawls = [crawl(START, key, opened=5)]
    changes_at = START + timedelta(days=chance.expovariate(per_day))
    while crawls[0].started_at < START + timedelta(days=days):
        now = due_at(crawls)
        changed = changes_at <= now
        while changes_at <= now:
            changes_at += timedelta(days=chance.expovariate(per_day))
        crawls.insert(0, crawl(now, key, changed=int(changed)))
    return crawls


def test_a_new_board_is_due_after_six_hours_and_a_little():
    assert FIRST <= wait([crawl(opened=200)]) <= FIRST * (1 + SPREAD)


def test_a_board_that_changes_all_the_time_comes_to_be_read_about_hourly():
    gaps = [later.started_at - earlier.started_at for later, earlier in pairwise(simulated(24, 7))]
    assert sorted(gaps)[len(gaps) // 2] <= 1.5 * HOUR
    assert min(gaps) >= SOONEST


def test_a_board_that_never_changes_comes_to_be_read_weekly_step_by_step():
    crawls = [crawl(opened=3)]
    waits = []
    for _ in range(12):
        waits.append(wait(crawls))
        crawls.insert(0, crawl(due_at(crawls)))
    assert all(earlier <= later <= 2 * (1 + SPREAD) * earlier for earlier, later in pairwise(waits))
    assert timedelta(days=6) < waits[-1] <= LATEST


def test_a_board_that_changes_once_a_day_is_read_about_twice_a_day():
    read = [len(simulated(1, 60, f"greenhouse/{number}")) / 60 for number in range(5)]
    assert 1.5 <= sum(read) / len(read) <= 2.5


def test_the_rate_is_that_of_the_published_estimator_where_crawls_are_even():
    # Cho and Garcia-Molina: -log((unchanged + 0.5) / (crawls + 0.5)) / interval; a single crawl has nothing to fade.
    for changed, published in ((True, 1.0986122886681098 / 8), (False, 0.0)):
        assert abs(change_rate(every(8, [False, changed])) - published) < 1e-9


def test_the_rate_of_a_known_process_is_found_over_uneven_times():
    chance = random.Random(7)
    now, crawls = START, [crawl()]
    for _ in range(3000):
        hours = chance.uniform(1, 40)
        now += hours * HOUR
        crawls.insert(0, crawl(now, changed=int(chance.random() > pow(2.718281828, -hours / 20))))
    rates = [change_rate(crawls[start:]) for start in range(0, 2900, 20)]
    assert 1 / 25 < sum(rates) / len(rates) < 1 / 16


def test_our_own_corrections_are_no_changes():
    assert change_rate([crawl(START + 6 * HOUR, corrected=5), crawl()]) == 0.0


def test_the_first_crawl_of_a_board_is_no_change():
    assert change_rate([crawl(START + 6 * HOUR), crawl(opened=300)]) == 0.0


def test_failures_are_tried_again_after_an_hour_then_ever_later_and_never_given_up():
    crawls = [crawl()]
    waits = []
    for _ in range(20):
        crawls.insert(0, failed(due_at(crawls)))
        waits.append(wait(crawls))
    assert HOUR <= waits[0] <= HOUR * (1 + SPREAD)
    assert waits == sorted(waits)
    assert timedelta(days=6) < waits[-1] <= LATEST


def test_a_success_ends_the_waiting_after_failures_and_they_say_nothing_of_changes():
    before = every(2, [False, True, True, True])
    after = [crawl(START + 9 * HOUR), failed(START + 8 * HOUR), failed(START + 7 * HOUR), *before]
    without = [after[0], *before]
    assert due_at(after) == due_at(without)


def test_a_drop_that_nothing_confirmed_is_looked_at_again_as_soon_as_that_counts():
    quiet = every(24 * 7, [False] * 5)
    dropped = crawl(quiet[0].started_at + LATEST, missing=30)
    since = dropped.started_at
    assert due_at([dropped, *quiet], doubted_since=since) == since + CONFIRM_AFTER
    early = crawl(since + 2 * HOUR, missing=30)
    assert due_at([early, dropped, *quiet], doubted_since=since) == since + CONFIRM_AFTER
    late = crawl(since + CONFIRM_AFTER - HOUR / 2, missing=30)
    assert due_at([late, dropped, *quiet], doubted_since=since) == late.started_at + SOONEST
    cut = crawl(since + HOUR, complete=False)
    assert due_at([cut, dropped, *quiet], doubted_since=since) == since + CONFIRM_AFTER


def test_a_board_that_lists_nothing_any_more_is_looked_at_again_after_a_day():
    quiet = every(24 * 7, [False] * 5)
    emptied = crawl(quiet[0].started_at + LATEST, seen=0, missing=5)
    assert due_at([emptied, *quiet], doubted_since=emptied.started_at) == emptied.started_at + EMPTIED_AFTER


def test_of_many_that_are_missing_those_are_believed_that_were_missing_long_enough():
    one, two, three = (UUID(int=number) for number in (1, 2, 3))
    doubts = {one: START, two: START + HOUR}
    later = crawl(START + CONFIRM_AFTER, missing=3)
    assert set(believed_gone(later, 4, [one, two, three], doubts)) == {one}
    assert set(believed_gone(later, 9, [two, three], doubts)) == {two, three}
    emptied = crawl(START + CONFIRM_AFTER, missing=3, seen=0)
    assert set(believed_gone(emptied, 3, [one, two, three], doubts)) == set()


def gone(at):
    return failed(at, gone=True)


def test_a_board_that_is_gone_is_looked_at_often_enough_to_be_believed_and_just_when_it_can_be():
    crawls = [crawl()]
    while not gone_for_good(crawls):
        crawls.insert(0, gone(due_at(crawls)))
    first, last = crawls[-2].started_at, crawls[0].started_at
    assert last - first == GONE_AFTER
    assert len(crawls) - 1 > GONE_LOOKS


def test_a_board_is_gone_for_good_after_days_and_looks_without_another_answer():
    week = [gone(START + GONE_AFTER), gone(START + 2 * HOUR), gone(START)]
    assert gone_for_good(week) == "gone: answers 404 or 410 since 2026-11-02 00:00 UTC, 3 crawls"
    assert gone_for_good([*week[:2], week[2].model_copy(update={"gone": False})]) == ""
    assert gone_for_good([week[0], failed(START + HOUR), *week[1:]]) == ""
    assert gone_for_good([week[0], week[2]]) == ""
    assert gone_for_good([failed(START + 2 * GONE_AFTER), *week]) == ""
    assert gone_for_good([crawl()]) == ""


def test_boards_that_were_added_together_part():
    due = {due_at([crawl(key=f"greenhouse/{number}")]) for number in range(1000)}
    assert len(due) > 990
    assert max(due) - min(due) > 0.9 * SPREAD * FIRST


facts = st.fixed_dictionaries(
    {
        "gap": st.integers(0, 10_000_000),
        "complete": st.booleans(),
        **dict.fromkeys(COUNTS, st.integers(0, 10_000)),
    }
)


@given(st.lists(facts, min_size=1, max_size=60))
def test_every_board_is_due_within_the_bounds_whatever_its_crawls_were(made):
    now, crawls = START, []
    for one in made:
        now += timedelta(seconds=one["gap"])
        counts = {name: one[name] for name in COUNTS}
        crawls.insert(0, crawl(now, complete=one["complete"], **counts))
    assert SOONEST <= wait(crawls) <= LATEST
    assert due_at(crawls) == due_at(list(crawls))


@given(st.lists(st.booleans(), min_size=2, max_size=20), st.integers(1, 100), st.data())
def test_one_more_change_never_makes_a_board_due_later(changes, hours, data):
    place = data.draw(st.integers(1, len(changes) - 1))
    more = [*changes[:place], True, *changes[place + 1 :]]
    assert wait(every(hours, more)) <= wait(every(hours, changes)) + timedelta(seconds=1)
