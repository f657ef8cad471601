"""A posting's life in words, for the page and the command line."""

from services.api.pages.wording import day, pay_range, period_words
from services.api.postings import Life, Pay, SalaryStep, Status


def life_words(life: Life, status: Status) -> str:
    """`open 31 days · salary raised €70–90k → €75–95k on 3 May 2026 · reopened once`."""
    if status is Status.OPEN:
        first = f"open {_days(life.open_days)}"
    elif life.days_to_close is not None:
        first = f"closed after {_days(life.days_to_close)}"
    else:
        first = "taken back: a better reading finds no posting"
    reopened = [f"reopened {_times(life.reopened)}"] if life.reopened else []
    return " · ".join([first, *map(_salary, life.salary_changes), *reopened])


def _salary(step: SalaryStep) -> str:
    on = f"on {day(step.at)}"
    if step.old is None or step.new is None:
        told = f"salary {_pay(step.new)} stated since" if step.new else "salary no longer stated since"
        return f"{told} {day(step.at)}"
    alike = step.old.period is step.new.period
    old, new = (_pay(pay, period=not alike) for pay in (step.old, step.new))
    return f"salary {_direction(step.old, step.new)} {old} → {new} {on}"


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


def _pay(pay: Pay | None, *, period: bool = True) -> str:
    if pay is None:
        return ""
    told = pay_range(pay.min, pay.max, pay.currency)
    return f"{told} {period_words(pay.period)}" if period else told


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
