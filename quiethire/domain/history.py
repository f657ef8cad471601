"""What history gives: how long a posting was open, what its pay did, and how fast a company hires. Pure functions.

Corrections and withdrawals are ours, not the employer's: they count nowhere here but as corrections.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from math import sqrt

from quiethire.domain.base import Model
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting
from quiethire.domain.posting import Salary

WEEKS = 26
"""Weeks of a company's hiring that are told: half a year."""


class SalaryChange(Model):
    """Pay as it was and as it is since; None = not stated."""

    at: datetime
    old: Salary | None
    new: Salary | None


class PostingLife(Model):
    """A posting's life so far."""

    since: datetime
    """When it was posted as the employer says, or when it was first seen, whichever is earlier."""
    since_posted: bool
    """Whether that is the employer's date."""
    open_days: int
    """Whole days that it was open in all, until now or until its end; the days between a closing and a reopening are left out."""
    days_to_close: int | None
    """The same once it is closed. None while it is open, and where nobody closed it."""
    reopened: int
    salary_changes: tuple[SalaryChange, ...]
    changes: dict[str, int]
    """How often the employer changed each field."""
    corrections: int
    """Fields that we read better later: no news."""


def life_of(row: StoredPosting, history: Sequence[JobEvent], now: datetime) -> PostingLife:
    """The life of a posting out of its row and its events, oldest first."""
    posted = row.posting.posted_at
    since_posted = posted is not None and posted < row.first_seen_at
    since = posted if posted is not None and since_posted else row.first_seen_at
    changed = [event for event in history if event.kind is JobEventKind.CHANGED]
    open_days = _open_time(since, row.closed_at or now, history).days
    closed = not row.is_open and not row.is_withdrawn
    return PostingLife(
        since=since,
        since_posted=since_posted,
        open_days=open_days,
        days_to_close=open_days if closed else None,
        reopened=sum(event.kind is JobEventKind.REOPENED for event in history),
        salary_changes=tuple(
            salary_change(event.at, event.old, event.new) for event in changed if event.field == "salary"
        ),
        changes=dict(Counter(event.field for event in changed)),
        corrections=sum(event.kind is JobEventKind.CORRECTED and bool(event.field) for event in history),
    )


def _open_time(since: datetime, until: datetime, history: Sequence[JobEvent]) -> timedelta:
    """From `since` to `until`, without the time between each end and the reopening after it.

    A withdrawal that was put right ended nothing: the employer had it open all the while.
    """
    shut, ended = timedelta(), None
    for event in history:
        if event.kind in (JobEventKind.CLOSED, JobEventKind.WITHDRAWN):
            ended = ended or event.at
        elif event.kind is JobEventKind.REOPENED and ended is not None:
            shut += event.at - ended
            ended = None
        elif event.kind is JobEventKind.CORRECTED and not event.field:
            ended = None
    return max(until - since - shut, timedelta())


def salary_change(at: datetime, old: str, new: str) -> SalaryChange:
    """The change that an event of this moment tells, out of its values as they are stored."""
    return SalaryChange(at=at, old=_salary(old), new=_salary(new))


def _salary(value: str) -> Salary | None:
    stated = json.loads(value) if value else None
    return None if stated is None else Salary.model_validate({name: stated.get(name) for name in Salary.model_fields})


class Span(Model):
    """Postings whose lives are alike, in days since they were posted."""

    seen_from: int
    """Their age when they were first seen: those that ended before could not be seen."""
    until: int
    """Their age when they were closed, or now."""
    closed: bool
    postings: int


class WeekCount(Model):
    """A week, by its Monday, and how many."""

    week: date
    postings: int


class HiringFacts(Model):
    """What the store says of a company's postings. Withdrawn ones are left out: they were none."""

    company: str
    """The name that most of them bear."""
    postings: int
    open: int
    open_with_pay: int
    first_seen_at: datetime
    opened: tuple[WeekCount, ...]
    """By the week since which each is open, as `PostingLife.since` has it."""
    closed: tuple[WeekCount, ...]
    """By the week of the closing; those that were reopened later too."""
    spans: tuple[Span, ...]


class HiringWeek(Model):
    """A week of a company's hiring."""

    week: date
    """Its Monday, in UTC."""
    opened: int
    closed: int


class DaysToClose(Model):
    """How long postings stay open, and what that rests on."""

    median: int | None
    """Kaplan-Meier median in days; None where half of them are not known to have closed."""
    closed: int
    """Closings that it rests on."""
    still_open: int
    """Postings of which only is known that they have been open for so long: they count for as long as they were seen."""


class CompanyHiring(Model):
    """How a company hires."""

    company: str
    open: int
    with_pay: float | None
    """Share of the open postings that state pay; None without any."""
    watched_since: datetime
    """When the first of its postings was seen. Weeks before tell only of postings that were still open then."""
    weeks: tuple[HiringWeek, ...]
    """The last half year, oldest first; the last one is not over."""
    days_to_close: DaysToClose


def hiring_of(facts: HiringFacts, now: datetime) -> CompanyHiring:
    """The hiring of a company as of `now`."""
    opened = {count.week: count.postings for count in facts.opened}
    closed = {count.week: count.postings for count in facts.closed}
    first = first_week(now)
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return CompanyHiring(
        company=facts.company,
        open=facts.open,
        with_pay=round(facts.open_with_pay / facts.open, 3) if facts.open else None,
        watched_since=facts.first_seen_at,
        weeks=tuple(HiringWeek(week=week, opened=opened.get(week, 0), closed=closed.get(week, 0)) for week in weeks),
        days_to_close=DaysToClose(
            median=median_days(facts.spans),
            closed=sum(span.postings for span in facts.spans if span.closed),
            still_open=sum(span.postings for span in facts.spans if not span.closed),
        ),
    )


def first_week(now: datetime) -> date:
    """The Monday of the oldest week that is told."""
    today = now.astimezone(UTC).date()
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def median_days(spans: Iterable[Span]) -> int | None:
    """The Kaplan-Meier median: the age at which half of the postings are closed, those still open taken into account.

    A posting counts from the age at which it was first seen (delayed entry): whoever was old already when we came cannot
    have closed young. Ages at which fewer than √n of the n postings are watched are passed over, since there a single
    closing would decide all (Lai and Ying 1991).
    """
    lives = list(spans)
    least = sqrt(sum(span.postings for span in lives))
    survival = 1.0
    for age in sorted({span.until for span in lives if span.closed}):
        watched = sum(span.postings for span in lives if span.seen_from <= age <= span.until)
        if watched < least:
            continue
        closing = sum(span.postings for span in lives if span.closed and span.until == age)
        survival *= 1 - closing / watched
        if survival <= 0.5 + 1e-9:  # A product of fractions.
            return age
    return None
