"""Ports of meaning: what makes vectors of texts, and where those of postings are kept."""

from asyncio import Future
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from quiethire.domain.base import Model
from quiethire.domain.lifecycle import StoredPosting

Vector = tuple[float, ...]
"""A direction, of length one: the product of two tells how alike their texts are."""

Meaning = Future[Vector]
"""The vector of what is asked, which may still be made: words are searched meanwhile."""


class EmbeddedPosting(Model):
    """The vector of a posting, of which text and of which row it was made."""

    job_id: UUID
    row: int
    """`row_stamp` of the row; 0 where the posting is to be looked at again."""
    text_hash: str
    """SHA-256 of the text, in hex: postings of equal texts share a vector."""
    vector: Vector


def row_stamp(row: StoredPosting) -> int:
    """Seconds since the epoch of a row's last change: what was made of an older row is to be looked at again."""
    return int(row.updated_at.timestamp())


class Embedder(Protocol):
    """A model that makes vectors."""

    model: str
    """Names the vectors that it gives: those of two models cannot be compared."""
    size: int
    available: bool
    """Whether it is installed here. Without it, everything but meaning goes on."""

    async def warm_up(self) -> None:
        """Load what the first `embed` would have to."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of these texts, in their order."""
        ...


class EmbeddingStore(Protocol):
    """The vectors of postings. All of it can be made anew."""

    async def keep(self, model: str, postings: Sequence[EmbeddedPosting]) -> None:
        """Add or replace. A vector may be kept a little coarser than it is given."""
        ...

    async def look_again(self, model: str, job_ids: Collection[UUID]) -> None:
        """Their texts are others, though their rows are of the same moment: `missing` gives them, who keep their vectors until then."""
        ...

    async def of_postings(self, model: str, job_ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """The vectors of these postings, of those that have one."""
        ...

    async def of_texts(self, model: str, text_hashes: Collection[str]) -> Mapping[str, Vector]:
        """The vectors of these texts, of those that some posting has."""
        ...

    async def kept_since(self, model: str, moment: datetime) -> set[UUID]:
        """The postings whose vectors were kept at this moment or later."""
        ...

    async def missing(self, model: str, limit: int) -> list[UUID]:
        """Open postings without a vector of this model that was made of their row, those changed last first."""
        ...
