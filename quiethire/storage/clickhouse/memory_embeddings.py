"""In-memory twin of the store of vectors, held to the same contract."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from quiethire.domain.ports import EmbeddedPosting, Vector, row_stamp
from quiethire.storage.clickhouse.memory import MemoryPostings


class MemoryEmbeddings:
    """`EmbeddingStore` in memory, over the postings in memory."""

    def __init__(self, postings: MemoryPostings) -> None:
        self._postings = postings
        self._kept: dict[tuple[str, UUID], EmbeddedPosting] = {}
        self._kept_at: dict[tuple[str, UUID], datetime] = {}

    async def keep(self, model: str, postings: Sequence[EmbeddedPosting]) -> None:
        """Add or replace."""
        self._kept.update({(model, each.job_id): each for each in postings})
        self._kept_at.update(dict.fromkeys(((model, each.job_id) for each in postings), datetime.now(UTC)))

    async def look_again(self, model: str, job_ids: Collection[UUID]) -> None:
        """They are missing from now on, and keep their vectors."""
        there = [self._kept[model, job_id] for job_id in job_ids if (model, job_id) in self._kept]
        await self.keep(model, [each.model_copy(update={"row": 0}) for each in there])

    async def of_postings(self, model: str, job_ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """The vectors of these postings, of those that have one."""
        return {job_id: self._kept[model, job_id].vector for job_id in job_ids if (model, job_id) in self._kept}

    async def of_texts(self, model: str, text_hashes: Collection[str]) -> Mapping[str, Vector]:
        """The vectors of these texts, of those that some posting has."""
        wanted = set(text_hashes)
        return {
            each.text_hash: each.vector
            for (of, _), each in self._kept.items()
            if of == model and each.text_hash in wanted
        }

    async def kept_since(self, model: str, moment: datetime) -> set[UUID]:
        """The postings whose vectors were kept at this moment or later."""
        return {job_id for (of, job_id), at in self._kept_at.items() if of == model and at >= moment}

    async def missing(self, model: str, limit: int) -> list[UUID]:
        """Open postings without a vector of this model that was made of their row, those changed last first."""
        rows = (await self._postings.known(await self._postings.open_ids())).values()
        lacking = [
            row
            for row in rows
            if (kept := self._kept.get((model, row.posting.id))) is None or kept.row != row_stamp(row)
        ]
        lacking.sort(key=lambda row: (-row.updated_at.timestamp(), str(row.posting.id)))
        return [row.posting.id for row in lacking[:limit]]
