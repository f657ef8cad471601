"""Answers that Redis gave lately, kept in this process: what is asked for all the time need not travel all the time."""

import time
from collections import OrderedDict
from typing import NamedTuple

from quiethire.domain.gate import KeptAnswer

MOST_BYTES = 32_000_000
LASTS = 30.0
"""Seconds: so much longer than in Redis may an answer live at most."""


class _Near(NamedTuple):
    generation: bytes
    until: float
    answer: KeptAnswer


class NearbyAnswers:
    """The last ones, by their keys. Whether one is of the index as it is now, the caller asks Redis with every request."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, _Near] = OrderedDict()
        self._bytes = 0

    def has(self, key: str, generation: bytes) -> bool:
        """Whether there is one of this generation that is young enough; else it is forgotten."""
        near = self._answers.get(key)
        if near is None:
            return False
        if near.until < time.monotonic() or near.generation != generation:
            self._forget(key)
            return False
        return True

    def get(self, key: str, generation: bytes) -> KeptAnswer | None:
        """The answer of this generation; one of another is forgotten."""
        near = self._answers.get(key)
        if near is None:
            return None
        if near.generation != generation:
            self._forget(key)
            return None
        self._answers.move_to_end(key)
        return near.answer

    def put(self, key: str, generation: bytes, answer: KeptAnswer) -> None:
        """Remember what Redis gave."""
        self._forget(key)
        self._answers[key] = _Near(generation, time.monotonic() + LASTS, answer)
        self._bytes += len(answer.body)
        while self._bytes > MOST_BYTES:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: str) -> None:
        near = self._answers.pop(key, None)
        if near is not None:
            self._bytes -= len(near.answer.body)
