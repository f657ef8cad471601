"""All looks at once, each bounded, none more often than once a second."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from quiethire.domain.errors import QuietHireError
from quiethire.domain.health import CLOCKS_DIFFER, DependencyState, Look, Probe, Readiness
from quiethire.telemetry.metrics import CLOCK_SKEW, DEPENDENCY_RESTARTS, DEPENDENCY_SECONDS, DEPENDENCY_UP

PATIENCE = 2.5
"""Seconds that a look may take; then the server counts as slow."""

GOOD_FOR = 1.0
"""Seconds that an answer holds: however many ask, each server is looked at once in that time."""

RETRY_AFTER = 5
"""Seconds after which it is worth to ask again."""

_WORDS = {"transient": "unreachable", "index_loading": "loading", "gone": "missing"}
"""Kind of an error → the reason that is told, where another word says more."""

logger = logging.getLogger(__name__)


class Watched:
    """One server: the look that is under way, and how it was last."""

    def __init__(self, probe: Probe) -> None:
        self.name = probe.name
        self._probe = probe
        self._looking: asyncio.Task[Look] | None = None
        self._reason: str | None = None
        self._run = ""
        self._clock_differs = False
        # From nought: of a counter that begins at one nobody sees that it rose.
        self._restarts = DEPENDENCY_RESTARTS.labels(dependency=probe.name)

    async def state(self) -> DependencyState:
        """How it is now. A look that hangs goes on, and no second one begins beside it."""
        began, found = time.monotonic(), Look()
        reason, detail = None, ""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._probe.look())
        try:
            async with asyncio.timeout(PATIENCE):
                found = await asyncio.shield(self._looking)
        except TimeoutError:
            reason, detail = "slow", f"no answer within {PATIENCE:g} s"
            self._looking.add_done_callback(_seen)
        except QuietHireError as error:
            reason, detail = _WORDS.get(error.kind, error.kind), str(error)
        except Exception:
            # Whatever else a look may meet, the others are told, and this one is not ready.
            logger.exception("a look at %s failed", self.name)
            reason, detail = "defect", "the look itself failed"
        self._tell(reason, detail)
        self._tell_restart(found.run)
        seconds = time.monotonic() - began
        self._measure(found, seconds, reason)
        return DependencyState(
            name=self.name,
            ready=reason is None,
            reason=reason,
            milliseconds=round(seconds * 1000, 1),
            documents=found.documents,
            expected=found.expected,
        )

    def _tell(self, reason: str | None, detail: str) -> None:
        """One line for each change."""
        if reason == self._reason:
            return
        self._reason = reason
        if reason is None:
            logger.info("%s is ready again", self.name, extra={"dependency": self.name})
        else:
            fields = {"dependency": self.name, "reason": reason}
            logger.warning("%s is not ready: %s", self.name, detail, extra=fields)

    def _tell_restart(self, run: str) -> None:
        """A server that is back between two looks was never away for us; what was under way on its connections was lost all the same."""
        if run and self._run and run != self._run:
            self._restarts.inc()
            logger.warning("%s was started anew", self.name, extra={"dependency": self.name})
        self._run = run or self._run

    def _measure(self, found: Look, seconds: float, reason: str | None) -> None:
        DEPENDENCY_UP.labels(dependency=self.name).set(reason is None)
        DEPENDENCY_SECONDS.labels(dependency=self.name).set(seconds)
        if found.now is not None:
            ahead = (found.now - datetime.now(UTC)).total_seconds() + seconds / 2
            CLOCK_SKEW.labels(dependency=self.name).set(ahead)
            self._tell_clock(ahead)

    def _tell_clock(self, ahead: float) -> None:
        """One line for each change; which of the two is wrong, nobody knows here."""
        differs = abs(ahead) > CLOCKS_DIFFER
        if differs and not self._clock_differs:
            fields = {"dependency": self.name, "seconds": round(ahead)}
            logger.warning("the clock of %s differs from ours by %.0f s", self.name, ahead, extra=fields)
        self._clock_differs = differs


class Ready:
    """Whether this process has all that it needs."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._watched = [Watched(probe) for probe in probes]
        self._last: Readiness | None = None
        self._until = 0.0
        self._looking = asyncio.Lock()

    async def check(self) -> Readiness:
        """Look at every server at once; who asks meanwhile gets the same answer."""
        async with self._looking:
            if self._last is None or time.monotonic() >= self._until:
                states = tuple(await asyncio.gather(*(watched.state() for watched in self._watched)))
                reason = next((state.reason for state in states if not state.ready), None)
                self._last = Readiness(
                    ready=reason is None, reason=reason, checked_at=datetime.now(UTC), dependencies=states
                )
                self._until = time.monotonic() + GOOD_FOR
            return self._last


def _seen(task: asyncio.Task[Look]) -> None:
    """Whatever it raised when nobody waited any more has been told as `slow`."""
    if not task.cancelled():
        task.exception()
