"""A company's hiring as one SVG chart: steps of what was opened and closed, week by week.

The drawing is stretched to whatever width there is; words stand beside it in HTML, where they keep their size. Colours are
classes, since the Content-Security-Policy forbids styles in the markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from quiethire.domain.history import HiringWeek
from services.api.pages.wording import day

WEEK = 10
"""Units of a week's width."""
HEIGHT = 100

_TICKS = 4
"""Lines across, at most."""

_ROOM = 2
"""Weeks at the end that are too narrow for the name of a month."""


@dataclass(frozen=True)
class Slot:
    """A week on the chart: what a pointer over it is told, and the month that begins in it, if any."""

    x: int
    told: str
    month: str


@dataclass(frozen=True)
class Chart:
    """The drawing, in units of `width` by `HEIGHT`, y downwards."""

    width: int
    height: int
    top: int
    """What the upper edge stands for."""
    lines: tuple[int, ...]
    """The y of the lines across."""
    opened: str
    """The path of the steps."""
    opened_area: str
    closed: str
    unwatched: int
    """Width of the weeks before anybody watched."""
    slots: tuple[Slot, ...]
    told: str
    """The chart in a sentence."""


def chart_of(weeks: Sequence[HiringWeek], watched_since: datetime) -> Chart:
    """The chart of these weeks, oldest first."""
    step, top = _scale(max(max(week.opened, week.closed) for week in weeks))
    opened = _steps([week.opened for week in weeks], top)
    width = len(weeks) * WEEK
    since = watched_since.astimezone(UTC).date()
    return Chart(
        width=width,
        height=HEIGHT,
        top=top,
        lines=tuple(_y(value, top) for value in range(step, top + 1, step)),
        opened=opened,
        opened_area=f"{opened}V{HEIGHT}H0Z",
        closed=_steps([week.closed for week in weeks], top),
        # The week in which the watch began was seen in part, and counts as watched.
        unwatched=sum((since - week.week).days >= 7 for week in weeks) * WEEK,
        slots=tuple(_slot(weeks, number) for number in range(len(weeks))),
        told=_told(weeks),
    )


def _scale(most: int) -> tuple[int, int]:
    """A step of 1, 2 or 5 times a power of ten, and the first multiple of it that nothing is above."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * _TICKS >= most:
                return step, max(1, -(-most // step)) * step
        size *= 10


def _y(value: int, top: int) -> int:
    return round(HEIGHT - value * HEIGHT / top)


def _steps(counts: Sequence[int], top: int) -> str:
    """A line that is level through each week."""
    levels = [f"V{_y(count, top)}H{(number + 1) * WEEK}" for number, count in enumerate(counts)]
    return f"M0 {_y(counts[0], top)}{''.join(levels)}"


def _slot(weeks: Sequence[HiringWeek], number: int) -> Slot:
    week = weeks[number]
    begins = week.week.day <= 7 and number < len(weeks) - _ROOM
    return Slot(
        x=number * WEEK,
        told=f"Week of {day(week.week)}: {week.opened} opened, {week.closed} closed",
        month=f"{week.week:%b}" if begins else "",
    )


def _told(weeks: Sequence[HiringWeek]) -> str:
    opened, closed = (sum(counts) for counts in zip(*((week.opened, week.closed) for week in weeks), strict=True))
    best = max(weeks, key=lambda week: week.opened)
    most = f" Most were opened in the week of {day(best.week)}: {best.opened}." if best.opened else ""
    return f"In the {len(weeks)} weeks since {day(weeks[0].week)}, {opened} were opened and {closed} closed.{most}"
