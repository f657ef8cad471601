"""Going on without a store that does not answer, or without some of the requests: told to the metrics each time, to the log once a minute."""

import logging
import time

from quiethire.domain.errors import QuietHireError
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)

SAID_EVERY = 60.0
"""Seconds."""


class Outage:
    """One way of going on without."""

    def __init__(self, words: str) -> None:
        """`words`: what does not answer, and what is done about it."""
        self._words = words
        self._said_at = float("-inf")
        self._unsaid = 0

    def note(self, error: QuietHireError) -> None:
        """It happened again."""
        ERRORS.labels(kind=error.kind).inc()
        now = time.monotonic()
        if now - self._said_at < SAID_EVERY:
            self._unsaid += 1
            return
        fields = {"where": error.where, "unsaid": self._unsaid}
        logger.warning("%s: %s", self._words, error, extra=fields)
        self._said_at, self._unsaid = now, 0
