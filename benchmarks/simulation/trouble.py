"""What goes wrong between a board and who reads it, and when."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from benchmarks.simulation.shapes import Shape


class Kind(StrEnum):
    """What happens to the answers of a board."""

    ERROR = "error"
    """500, 502 or 504."""
    SILENCE = "silence"
    """No answer in time."""
    CUT_OFF = "cut_off"
    """The body ends early, and its length was told: the crawler notices."""
    CUT_BODY = "cut_body"
    """The body ends early, and nothing says so: half a JSON, half a page."""
    HALF_LIST = "half_list"
    """A list that is short by a part, consistent in itself."""
    MISCOUNT = "miscount"
    """A list that is short by a part, with the whole count where the board counts."""
    LOST_PAGES = "lost_pages"
    """Pages behind the first fail; on sites of one page, some job pages do."""
    EMPTY = "empty"
    """A list with nothing in it."""
    REFUSED = "refused"
    """403."""
    THROTTLED = "throttled"
    """429 with Retry-After."""
    COOKIE_WALL = "cookie_wall"
    LOGIN = "login"
    MAINTENANCE = "maintenance"
    CHALLENGE = "challenge"
    """"Checking your browser", with 200."""
    HOME = "home"
    """Every address leads to the home page."""
    SOFT_404 = "soft_404"
    """Every address says "not found", with 200."""
    GONE = "gone"
    """404: the board moved, or is no more."""


RATES: dict[Kind, float] = {
    Kind.ERROR: 0.8,
    Kind.SILENCE: 0.5,
    Kind.CUT_OFF: 0.3,
    Kind.CUT_BODY: 0.3,
    Kind.HALF_LIST: 0.1,
    Kind.MISCOUNT: 0.3,
    Kind.LOST_PAGES: 0.3,
    Kind.EMPTY: 0.15,
    Kind.REFUSED: 0.15,
    Kind.THROTTLED: 0.4,
    Kind.COOKIE_WALL: 0.1,
    Kind.LOGIN: 0.1,
    Kind.MAINTENANCE: 0.1,
    Kind.CHALLENGE: 0.1,
    Kind.HOME: 0.15,
    Kind.SOFT_404: 0.15,
    Kind.GONE: 0.02,
}
"""How often a board meets it in thirty days, on average."""

HOURS: dict[Kind, tuple[float, float]] = {
    Kind.ERROR: (0.1, 40.0),
    Kind.SILENCE: (0.1, 20.0),
    Kind.REFUSED: (2.0, 96.0),
    Kind.THROTTLED: (0.1, 6.0),
    Kind.COOKIE_WALL: (4.0, 120.0),
    Kind.LOGIN: (1.0, 48.0),
    Kind.MAINTENANCE: (0.5, 12.0),
    Kind.CHALLENGE: (1.0, 72.0),
    Kind.HALF_LIST: (0.2, 12.0),
    Kind.EMPTY: (0.2, 12.0),
}
"""How long it lasts, the shortest and the longest; most are nearer to the shortest. Others: `USUAL`."""
USUAL = (0.2, 12.0)

MOST = 3
"""Times that a board meets the same trouble."""


@dataclass(frozen=True)
class Trouble:
    """One kind of it, from when to when."""

    kind: Kind
    start: datetime
    end: datetime
    share: float
    """Of the list, the body or the requests that is spared."""
    seconds: float
    """What a Retry-After asks for."""


def troubles(chance: random.Random, shape: Shape, start: datetime, end: datetime) -> list[Trouble]:
    """All that a board meets, in order. None in the first day: it has to be known first."""
    found = []
    days = (end - start) / timedelta(days=30)
    for kind, rate in RATES.items():
        if kind is Kind.LOST_PAGES and shape.board.ats in ("greenhouse", "ashby", "personio"):
            continue  # They have but one page.
        if kind is Kind.MISCOUNT and not shape.counts:
            continue
        luck = [chance.random() < rate * days / MOST for _ in range(MOST)]
        found += [_trouble(chance, kind, start, end) for met in luck if met]
    return sorted(found, key=lambda trouble: trouble.start)


def _trouble(chance: random.Random, kind: Kind, start: datetime, end: datetime) -> Trouble:
    begins = start + timedelta(days=1) + (end - start - timedelta(days=1)) * chance.random()
    shortest, longest = HOURS.get(kind, USUAL)
    hours = shortest * (longest / shortest) ** chance.random()
    ends = end + timedelta(days=1) if kind is Kind.GONE else begins + timedelta(hours=hours)
    return Trouble(
        kind, begins, ends, share=chance.uniform(0.1, 0.9), seconds=chance.choice((5.0, 30.0, 120.0, 900.0, 7_200.0))
    )


def at(moment: datetime, all_of_them: Sequence[Trouble]) -> Trouble | None:
    """What is wrong now; where several are, what began last."""
    now = [trouble for trouble in all_of_them if trouble.start <= moment < trouble.end]
    return now[-1] if now else None
