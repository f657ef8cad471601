"""A posting's life in words, for the page and the command line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quiethire.domain.history import SalaryChange
from services.api.jobs.postings import Life, Pay, SalaryStep, Status
from services.api.pages.wording import day, pay_range, pay_step, period_words

NEWS_FOR = timedelta(days=60)
"""So long is a change of the pay told in a list."""


@dataclass(frozen=True)
class PayNews:
    """What the pay did of late: `raised`, `lowered` or `changed`, and the words."""

    kind: str
    text: str


def life_words(life: Life, status: Status, *, newest: int | None = None) -> str:
    """`open 31 days · salary raised €70–90k → €75–95k on 3 May 2026 · reopened once`.

    All changes of the pay are told, or so many of the newest.
    """
    told = len(life.salary_changes) if newest is None else min(newest, len(life.salary_changes))
    steps = life.salary_changes[len(life.salary_changes) - told :]
    reopened = [f"reopened {times(life.reopened)}"] if life.reopened else []
    return " · ".join([_so_far(life, status), *map(_dated_step, steps), *reopened])


def life_reason(life: Life) -> str:
    """What the days in `life_words` are counted from."""
    first = f"Counted from {day(life.since)}, "
    first += "the date that the employer states" if life.since_posted else "when we first saw it"
    return f"{first}; days on which it was closed are left out." if life.reopened else f"{first}."


def step_words(step: SalaryStep) -> str:
    """`salary raised €70–90k → €75–95k`."""
    if step.new is None:
        return "salary no longer stated"
    if step.old is None:
        return f"salary {_pay(step.new)} stated"
    alike = step.old.period is step.new.period
    old, new = (_pay(pay, period=not alike) for pay in (step.old, step.new))
    return f"salary {_direction(step.old, step.new)} {old} → {new}"


def pay_news(change: SalaryChange, now: datetime) -> PayNews | None:
    """`salary raised €5k on 12 Nov`; None for what is old, and for pay that is told since or no longer."""
    if change.old is None or change.new is None or now - change.at > NEWS_FOR:
        return None
    old, new = Pay.of(change.old), Pay.of(change.new)
    kind, when = _direction(old, new), f"{change.at.day} {change.at:%b}"
    pairs = ((old.min, new.min), (old.max, new.max))
    steps = {after - before for before, after in pairs if before is not None and after is not None}
    if kind == "changed":
        return PayNews(kind, f"salary changed on {when}")
    if len(steps) == 1 and old.period is new.period:
        return PayNews(kind, f"salary {kind} {pay_step(abs(steps.pop()), new.currency)} on {when}")
    return PayNews(kind, f"salary {kind} to {_pay(new, period=False)} on {when}")


def days(count: int) -> str:
    """`1 day`, `31 days`."""
    return "1 day" if count == 1 else f"{count:,} days"


def times(count: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _so_far(life: Life, status: Status) -> str:
    if status is Status.OPEN:
        return f"open {days(life.open_days)}" if life.open_days else "open less than a day"
    if life.days_to_close is not None:
        return f"closed after {days(life.days_to_close)}"
    return "taken back: a better reading finds no posting"


def _dated_step(step: SalaryStep) -> str:
    both = step.old is not None and step.new is not None
    return f"{step_words(step)} {'on' if both else 'since'} {day(step.at)}"


def _direction(old: Pay, new: Pay) -> str:
    """Raised where no end of the yearly pay is lower and one is higher; ends that are not stated tell nothing."""
    pairs = ((old.yearly_min, new.yearly_min), (old.yearly_max, new.yearly_max))
    steps = [after - before for before, after in pairs if before is not None and after is not None]
    if old.currency == new.currency and any(steps):
        if all(step >= 0 for step in steps):
            return "raised"
        if all(step <= 0 for step in steps):
            return "lowered"
    return "changed"


def _pay(pay: Pay, *, period: bool = True) -> str:
    told = pay_range(pay.min, pay.max, pay.currency)
    return f"{told} {period_words(pay.period)}" if period else told
