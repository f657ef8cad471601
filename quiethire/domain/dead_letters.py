"""Dead letters: work that ended for good where a retry of the machine changes nothing, kept for a person who looks.

What a host answers (gone, refused, forbidden by its robots.txt) is no dead letter: the crawl's record tells it, and the next crawl asks
again. Nor is a store that is away: what was to be written is found missing and written later.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from quiethire.domain.base import Model
from quiethire.domain.result import Told

LARGEST_PAYLOAD = 256_000
"""Bytes of input that are kept with a letter. Workflows hand on references, so theirs are far smaller."""


KEPT_LETTERS = timedelta(days=90)
"""A letter that was not seen again for so long is dropped by the nightly retention, whether somebody looked or not."""


class DeadLetter(Model):
    """What went wrong once."""

    kind: str
    """Stable, as errors are: `defect`, `undecodable`, `timeout`, or that of an error of ours."""
    workflow: str
    workflow_id: str
    run_id: str
    activity: str = ""
    """Empty: the workflow itself."""
    queue: str
    where: Told = ""
    detail: Told
    """What went wrong and, in brackets, what to do about it."""
    occurrence: str
    """Names this one time: a letter that is told twice counts once."""


class KeptLetter(DeadLetter):
    """A letter as it is kept: one for each kind of failure of an activity of a workflow of one id."""

    id: int
    count: int
    first_at: datetime
    last_at: datetime
    replayed_at: datetime | None = None
    payload_kept: bool


class DeadLetters(Protocol):
    """Where they are kept."""

    async def keep(self, letter: DeadLetter, payload: bytes | None, at: datetime) -> None:
        """Keep it, or count it once more. The payload is what the newest was started with; None: more than is kept.

        One that was replayed is open again with another occurrence. Only the last one is remembered: told of late, an older one
        counts once more, too.
        """
        ...

    async def newest(self, limit: int, *, kind: str | None = None) -> Sequence[KeptLetter]:
        """Those seen last, first."""
        ...

    async def get(self, letter_id: int) -> KeptLetter | None:
        """One of them."""
        ...

    async def payload(self, letter_id: int) -> bytes | None:
        """What its workflow was started with; None where that is not kept."""
        ...

    async def replayed(self, letter: KeptLetter, at: datetime) -> None:
        """Its workflow was started again. Of a letter that has come once more since it was read, nothing is said: it is open."""
        ...

    async def drop(self, letter_id: int) -> bool:
        """Forget it. Whether it was there."""
        ...

    async def drop_kind(self, kind: str) -> int:
        """Forget all of a kind. Returns how many."""
        ...

    async def prune(self, before: datetime) -> int:
        """Forget those last seen before. Returns how many."""
        ...

    async def open_by_kind(self) -> Mapping[str, int]:
        """How many of each kind nobody has started again since they were last seen."""
        ...
