"""The page archive's in-memory twin."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from quiethire.domain.errors import Gone
from quiethire.domain.page import UNTRACED, ArchivedFetch, FetchSpec, FetchTrace, PageRef, Pruned
from quiethire.storage.pages.bodies import UNNAMED_FOR, hash_of, object_key


class MemoryPageArchive:
    """`PageArchive` in memory."""

    def __init__(self) -> None:
        self._bodies: dict[str, tuple[bytes, datetime]] = {}
        self._fetches: list[tuple[ArchivedFetch, datetime]] = []

    async def put(self, body: bytes) -> str:
        """Store a body; returns its SHA-256."""
        key = hash_of(body)
        self._bodies[key] = bytes(body), datetime.now(UTC)
        return key

    async def get(self, content_hash: str) -> bytes:
        """The body. Raises Gone where there is none."""
        object_key(content_hash)
        if content_hash not in self._bodies:
            raise Gone("no such page in the archive", where=content_hash)
        return self._bodies[content_hash][0]

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace = UNTRACED) -> None:
        """Remember the answer. Raises Gone where its body is not in the archive."""
        await self.get(ref.content_hash)
        request = FetchSpec(url=spec.url, method=spec.method, body=spec.body)
        if not any(_same(old, spec, ref) for old, _ in self._fetches):
            self._fetches.append((ArchivedFetch(spec=request, ref=ref, trace=trace), datetime.now(UTC)))

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request; of two at one moment, the one recorded later."""
        refs = [fetch.ref for fetch, _ in reversed(self._fetches) if fetch.spec.key == spec.key]
        return max(refs, key=lambda ref: ref.fetched_at, default=None)

    async def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        """The newest answer to every request, those fetched at `since` or later, in the order they were recorded."""
        for fetch, _ in list(self._fetches):
            if (since is None or fetch.ref.fetched_at >= since) and fetch.ref == await self.latest(fetch.spec):
                yield fetch

    async def prune(self, *, superseded: datetime | None, last: datetime | None) -> Pruned:
        """Drop what was recorded before these moments, and bodies that no answer has named for days."""
        kept = []
        for fetch, recorded in self._fetches:
            newest = fetch.ref == await self.latest(fetch.spec)
            too_old = (last is not None and recorded < last) or (
                superseded is not None and recorded < superseded and not newest
            )
            if not too_old:
                kept.append((fetch, recorded))
        fetches, self._fetches = len(self._fetches) - len(kept), kept
        named = {fetch.ref.content_hash for fetch, _ in kept}
        before = datetime.now(UTC) - UNNAMED_FOR
        bodies = [key for key, (_, stored) in self._bodies.items() if key not in named and stored < before]
        for key in bodies:
            del self._bodies[key]
        return Pruned(fetches=fetches, bodies=len(bodies))


def _same(old: ArchivedFetch, spec: FetchSpec, ref: PageRef) -> bool:
    return old.spec.key == spec.key and (old.ref.fetched_at, old.ref.content_hash) == (ref.fetched_at, ref.content_hash)
