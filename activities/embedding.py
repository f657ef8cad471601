"""What postings mean, worked out after they are searchable, and told to the search index."""

from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.generation import new_generation
from activities.heartbeat import heartbeating
from activities.vectors import vectors_of
from quiethire.domain.base import Model
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.ports import EmbeddedPosting, Vector, row_stamp
from services.matching.embedding.texts import text_hash, text_of


class EmbedInput(Model):
    """At most how many postings."""

    limit: int


class EmbedResult(Model):
    """How many postings were given a vector, and which; how many vectors were new. `more`: others may be left."""

    postings: int
    computed: int
    more: bool
    job_ids: tuple[UUID, ...] = ()


class EmbedActivities:
    """`embed_postings`."""

    def __init__(self, clients: Clients) -> None:
        self._postings = clients.postings
        self._embeddings = clients.embeddings
        self._embedder = clients.embedder
        self._index = clients.index
        self._cache = clients.cache

    @activity.defn(name="embed_postings")
    async def embed_postings(self, input: EmbedInput) -> EmbedResult:
        """Give open postings that lack one a vector, those changed last first. A text that was embedded before is not again.

        Kept first as of no row: documents that are made from now on carry the vector, and whoever dies before those there
        are told finds the postings lacking still.
        """
        if not self._embedder.available:
            return EmbedResult(postings=0, computed=0, more=False)
        async with heartbeating():
            lacking = await self._embeddings.missing(self._embedder.model, input.limit)
            rows = list((await self._postings.known(lacking)).values())
            vectors, computed = await self._vectors(rows)
            await self._embeddings.keep(self._embedder.model, [each.model_copy(update={"row": 0}) for each in vectors])
            await self._index.embed({each.job_id: each.vector for each in vectors})
            await self._embeddings.keep(self._embedder.model, vectors)
            if vectors:
                await new_generation(self._cache)
        return EmbedResult(
            postings=len(vectors),
            computed=computed,
            more=len(lacking) == input.limit,
            job_ids=tuple(each.job_id for each in vectors),
        )

    async def _vectors(self, rows: list[StoredPosting]) -> tuple[list[EmbeddedPosting], int]:
        texts = {row.posting.id: text_of(row.posting) for row in rows}
        hashes = {job_id: text_hash(text) for job_id, text in texts.items()}
        by_hash: dict[str, Vector] = dict(await self._embeddings.of_texts(self._embedder.model, set(hashes.values())))
        fresh = {hashes[job_id]: text for job_id, text in texts.items() if hashes[job_id] not in by_hash}
        made = await vectors_of(self._embedder, fresh) if fresh else {}
        by_hash.update(made)
        vectors = [
            EmbeddedPosting(
                job_id=row.posting.id,
                row=row_stamp(row),
                text_hash=hashes[row.posting.id],
                vector=by_hash[hashes[row.posting.id]],
            )
            for row in rows
            if hashes[row.posting.id] in by_hash
        ]
        return vectors, len(made)
