"""The port of the vectors of people's profiles. They tell of the person: erased with them, and never among those of postings."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from quiethire.domain.ports.embeddings import Vector


class ProfileVectors(Protocol):
    """Vectors by the hash of the text that they are of. All of it can be made anew."""

    async def of(self, model: str, candidate_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Vector]]:
        """Text hash → vector, of each of these candidates that has some of this model."""
        ...

    async def held(self, candidate_id: UUID) -> Mapping[str, Vector]:
        """Text hash → vector, all that a candidate has, of whichever model."""
        ...

    async def keep(self, model: str, candidate_id: UUID, vectors: Mapping[str, Vector]) -> None:
        """Replace all that a candidate has by these; nothing happens where there is no such candidate any more."""
        ...
