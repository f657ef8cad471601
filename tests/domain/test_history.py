"""What history gives, worked out from rows and events alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from quiethire.domain.history import HiringFacts, Span, WeekCount, hiring_of, life_of, median_days
from quiethire.domain.lifecycle import close, correct, observe, withdraw
from quiethire.domain.posting import JobPosting, Period, Salary, job_id

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def pay(low, high, period=Period.YEAR):
    return Salary(min=low, max=high, currency="EUR", period=period)


def posting(**changes):
    fields = {
        "id": job_id("greenhouse/northwind/1"),
        "identity": "greenhouse/northwind/1",
        "url": "https://boards.greenhouse.io/northwind/jobs/1",
        "ats": "greenhouse",
        "title": "Data Engineer",
        "company_name": "Northwind",
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


class Told:
    """A posting as crawls and a parser change saw it."""

    def __init__(self):
        self.row, self.events = None, []

    def see(self, at, **changes):
        seen = posting(**changes)
        advance = observe({} if self.row is None else {seen.id: self.row}, [seen], at)
        return self._take(advance.rows, advance.events)

    def end(self, at, by=close):
        return self._take(*by([self.row], at))

    def correct(self, at, **changes):
        row, events = correct(self.row, posting(**changes), at)
        return self._take([row], events)

    def _take(self, rows, events):
        self.row = rows[-1] if rows else self.row
        self.events += events
        return self

    @property
    def life(self):
        return life_of(self.row, self.events, NOW)


def test_it_is_open_since_it_was_first_seen():
    life = Told().see(NOW - 214 * DAY - DAY / 2).life
    assert (life.open_days, life.since_posted, life.days_to_close) == (214, False, None)


@pytest.mark.parametrize(("posted", "days"), [(30, 30), (3, 10)])
def test_the_employers_date_counts_where_it_is_earlier(posted, days):
    life = Told().see(NOW - 10 * DAY, posted_at=NOW - posted * DAY).life
    assert (life.open_days, life.since_posted) == (days, posted > 10)


def test_days_to_close_are_known_with_the_closing():
    life = Told().see(NOW - 40 * DAY).end(NOW - 9 * DAY).life
    assert (life.open_days, life.days_to_close) == (31, 31)


def test_what_nobody_closed_has_no_days_to_close():
    life = Told().see(NOW - 40 * DAY).end(NOW - 9 * DAY, withdraw).life
    assert (life.open_days, life.days_to_close) == (31, None)


def test_days_between_a_closing_and_the_reopening_are_left_out():
    told = Told().see(NOW - 40 * DAY).end(NOW - 30 * DAY).see(NOW - 25 * DAY)
    assert (told.life.open_days, told.life.reopened, told.life.days_to_close) == (35, 1, None)
    told.end(NOW - 5 * DAY)
    assert (told.life.open_days, told.life.days_to_close) == (30, 30)


def test_days_of_a_wrong_withdrawal_count_as_open_and_the_return_is_no_corrected_field():
    told = Told().see(NOW - 40 * DAY).end(NOW - 30 * DAY, withdraw).see(NOW - 25 * DAY)
    assert (told.life.open_days, told.life.reopened, told.life.corrections, told.life.changes) == (40, 0, 0, {})
    told.end(NOW - 5 * DAY)
    assert (told.life.open_days, told.life.days_to_close) == (35, 35)


def test_pay_is_told_with_what_it_was_and_when():
    told = Told().see(NOW - 9 * DAY).see(NOW - 8 * DAY, salary=pay(70, 90))
    told.see(NOW - 7 * DAY, salary=pay(75, 95)).see(NOW - 6 * DAY, salary=pay(75, 95), title="Other")
    [first, second] = told.life.salary_changes
    assert (first.at, first.old, first.new) == (NOW - 8 * DAY, None, pay(70, 90))
    assert (second.at, second.old, second.new) == (NOW - 7 * DAY, pay(70, 90), pay(75, 95))
    assert told.life.changes == {"salary": 2, "title": 1}


def test_a_correction_is_no_news():
    told = Told().see(NOW - 9 * DAY, salary=pay(7, 9))
    told.correct(NOW - DAY, salary=pay(7_000, 9_000), parser_version=1)
    told.see(NOW, salary=pay(7_000, 9_500), parser_version=2)
    assert (told.life.salary_changes, told.life.changes, told.life.corrections) == ((), {}, 2)


def test_a_correction_of_one_version_is_still_ours():
    told = Told().see(NOW - 9 * DAY, parser_version=1).correct(NOW, title="Right", parser_version=1)
    assert [event.kind for event in told.events] == ["opened", "corrected"]
    assert told.row.cause == "corrected"


def test_a_correction_keeps_version_and_state_of_the_row():
    told = Told().see(NOW - 9 * DAY).end(NOW - 2 * DAY)
    before = told.row
    told.correct(NOW, title="Right", parser_version=1)
    assert told.row == before.model_copy(
        update={"posting": posting(title="Right", parser_version=1), "cause": "corrected"}
    )


def spans(*lives):
    """(age first seen, age at the end, closed, postings)."""
    return [Span(seen_from=seen, until=until, closed=closed, postings=count) for seen, until, closed, count in lives]


def test_the_median_of_closed_postings_is_their_middle():
    assert median_days(spans((0, 10, True, 1), (0, 20, True, 1), (0, 30, True, 1))) == 20


def test_postings_still_open_push_the_median_up():
    closed = [(0, age, True, 1) for age in (10, 20, 30)]
    assert median_days(spans(*closed, (0, 25, False, 1))) == 20
    assert median_days(spans(*closed, (0, 40, False, 2))) == 30
    assert median_days(spans(*closed, (0, 40, False, 4))) is None


def test_who_came_late_counts_only_from_then():
    """Four that were 50 days old when they were first seen could not have been seen closing at 10 or 20."""
    late = (50, 60, False, 4)
    young = [(0, 10, True, 2), (0, 20, True, 2)]
    assert median_days(spans(*young, late)) == 10
    assert median_days(spans(*young, (0, 60, False, 4))) == 20


def test_one_young_closing_does_not_decide_for_many_old_postings():
    assert median_days(spans((0, 3, True, 1), (30, 60, False, 40), (30, 45, True, 60))) == 45


def test_without_a_closing_there_is_no_median():
    assert median_days([]) is None
    assert median_days(spans((0, 90, False, 7))) is None


def facts(**changes):
    given = {
        "company": "Northwind",
        "postings": 3,
        "open": 3,
        "open_with_pay": 2,
        "first_seen_at": NOW - 9 * DAY,
        "opened": (WeekCount(week=date(2026, 11, 9), postings=3),),
        "closed": (),
        "spans": spans((0, 9, False, 3)),
    }
    return HiringFacts.model_validate(given | changes)


def test_every_week_of_the_half_year_is_told():
    hiring = hiring_of(facts(closed=(WeekCount(week=date(2026, 11, 16), postings=1),)), NOW)
    assert [(week.week, week.opened, week.closed) for week in hiring.weeks[-3:]] == [
        (date(2026, 11, 2), 0, 0),
        (date(2026, 11, 9), 3, 0),
        (date(2026, 11, 16), 0, 1),
    ]
    assert len({week.week for week in hiring.weeks}) == 26
    assert all(week.week.weekday() == 0 for week in hiring.weeks)


def test_the_share_with_pay_is_of_open_postings():
    assert hiring_of(facts(), NOW).with_pay == 0.667
    assert hiring_of(facts(open=0, open_with_pay=0), NOW).with_pay is None


def test_the_median_says_what_it_rests_on():
    told = hiring_of(facts(spans=spans((0, 9, False, 3), (0, 5, True, 4))), NOW).days_to_close
    assert (told.median, told.closed, told.still_open) == (5, 4, 3)
