"""The cheapest way that works, learnt for each host: HTTP, or the browser without asking over HTTP first.

Pages of a host are made alike. Where several in a row were script shells, the next goes straight to the browser, and one now
and then over HTTP, to see whether that has changed. Where rendering showed nothing that the shells did not, they are not
rendered for a while, minutes at first and a day at most; but never on a host that rendering filled lately: its scripts may
have a bad hour. Every shell that was not filled is told of, with the reason.

What is learnt is a saving and no more: it is shared through the cache of all workers and may be lost.
"""

import logging
import time
from datetime import timedelta
from enum import StrEnum

from pydantic import ValidationError

from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError
from quiethire.domain.ports import Cache
from services.crawler.shell import is_script_shell, text_length

IN_A_ROW = 3
"""So many pages of a host, one after the other, make a rule."""
PROBED = 20
"""One in so many pages of a host of shells is asked for over HTTP all the same."""
BENCH = (300.0, 24 * 3600.0)
"""Seconds for which shells of a host are not rendered when that showed no more: at first, and at most."""
BENCH_GROWTH = 4.0
FILLED_LATELY = 24 * 3600.0
"""Seconds for which rendering goes on, though it shows no more, once it has filled a page of the host."""
FILLED_NOTED = 3600.0
"""Seconds within which it is not noted anew that pages are filled."""
MAX_BARREN = 100
"""As far as barren shells are counted."""
MAX_HOSTS = 5_000
KEPT = 300.0
"""Hosts of which a process remembers what was learnt, and seconds until it asks the shared cache again."""
TTL = timedelta(days=1)

logger = logging.getLogger(__name__)


class Why(StrEnum):
    """Why a page was fetched in this way and no cheaper one, or no dearer one."""

    NOT_MODIFIED = "not modified"
    AS_IT_COMES = "asked for as it comes, without scripts"
    SPEAKS = "it says what it has to say without scripts"
    NO_BROWSER = "its HTML is a shell that scripts fill, but there is no browser (QUIETHIRE_CHROMIUM_PATH names one)"
    NO_START = (
        "its HTML is a shell that scripts fill, but the browser does not start (does QUIETHIRE_CHROMIUM_PATH run?)"
    )
    EMPTY = "its HTML is a shell that scripts fill, but rendering it showed no more"
    BARREN = "its HTML is a shell that scripts fill, but rendering such pages of this host showed no more, one after the other"
    SHELL = "its HTML is a shell that scripts fill"
    SHELLS = "this host's pages were shells that scripts fill, one after the other"


UNFILLED = frozenset({Why.NO_BROWSER, Why.NO_START, Why.EMPTY, Why.BARREN})
"""Reasons for which a page was kept as a shell: what it would have shown is not known."""


class Habit(Model):
    """What is known of a host's pages."""

    shells: int = 0
    """Pages in a row that were shells, and none any more once rendered. Counted up to the rule."""
    barren: int = 0
    """Shells in a row that rendering did not fill."""
    barren_until: float = 0.0
    """When they are tried again, in seconds since the epoch."""
    filled_at: float = 0.0
    """When rendering filled one, in seconds since the epoch, to the hour."""


UNKNOWN = Habit()


class Ways:
    """What was learnt of each host."""

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache
        self._habits: dict[str, tuple[float, Habit]] = {}
        """When it was last in step with the cache, on the monotonic clock, and what is known."""
        self._straight: dict[str, int] = {}
        """Pages that went straight to the browser since the last that did not."""

    async def straight_to_browser(self, host: str) -> bool:
        """Whether a page that may be rendered needs no look over HTTP first."""
        if (await self._habit(host)).shells < IN_A_ROW:
            return False
        count = self._straight.pop(host, 0) + 1
        if count >= PROBED:
            return False
        self._straight[host] = count
        if len(self._straight) > MAX_HOSTS:
            del self._straight[next(iter(self._straight))]
        return True

    async def worth_rendering(self, host: str) -> bool:
        """Whether a shell of this host is to be rendered."""
        return (await self._habit(host)).barren_until <= time.time()

    async def spoke(self, host: str) -> None:
        """A page came over HTTP that is no shell."""
        await self._learn(host, (await self._habit(host)).model_copy(update={"shells": 0}))

    async def rendered(self, host: str, shell: bytes, page: bytes) -> bool:
        """A shell was rendered: whether that showed more."""
        habit, now = await self._habit(host), time.time()
        whole = not is_script_shell(page)
        if whole or text_length(page) > text_length(shell):
            shells = min(habit.shells + 1, IN_A_ROW) if whole else habit.shells
            noted = now - habit.filled_at < FILLED_NOTED
            await self._learn(host, Habit(shells=shells, filled_at=habit.filled_at if noted else now))
            return True
        if habit.barren_until <= now:  # else it was under way when others set the bench
            barren = min(habit.barren + 1, MAX_BARREN)
            benched = barren >= IN_A_ROW and now - habit.filled_at > FILLED_LATELY
            until = now + min(BENCH[0] * BENCH_GROWTH ** (barren - IN_A_ROW), BENCH[1]) if benched else 0.0
            await self._learn(host, Habit(barren=barren, barren_until=until, filled_at=habit.filled_at))
        return False

    async def _habit(self, host: str) -> Habit:
        since, habit = self._habits.get(host, (float("-inf"), UNKNOWN))
        if time.monotonic() - since < KEPT:
            return habit
        habit = await self._shared(host) or habit
        self._remember(host, habit)
        return habit

    async def _learn(self, host: str, habit: Habit) -> None:
        if habit == await self._habit(host):
            return
        self._remember(host, habit)
        if self._cache is None:
            return
        try:
            await self._cache.set(cache_key(host), habit.model_dump_json().encode(), TTL)
        except QuietHireError as error:
            logger.warning("the way to a host is not shared: %s", error, extra={"host": host})

    def _remember(self, host: str, habit: Habit) -> None:
        self._habits.pop(host, None)
        self._habits[host] = (time.monotonic(), habit)
        if len(self._habits) > MAX_HOSTS:
            del self._habits[next(iter(self._habits))]

    async def _shared(self, host: str) -> Habit | None:
        if self._cache is None:
            return None
        try:
            cached = await self._cache.get(cache_key(host))
            return Habit.model_validate_json(cached) if cached is not None else None
        except (QuietHireError, ValidationError) as error:
            logger.warning("the way to a host is learnt anew: %s", error, extra={"host": host})
            return None


def cache_key(host: str) -> str:
    """Where it is shared what was learnt of a host."""
    return f"crawler:way:{host}"
