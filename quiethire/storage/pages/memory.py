"""The page archive's in-memory twin."""

from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchSpec, PageRef
from quiethire.storage.pages.bodies import hash_of, object_key


class MemoryPageArchive:
    """`PageArchive` in memory."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._fetches: dict[str, list[PageRef]] = {}

    async def put(self, body: bytes) -> str:
        """Store a body; returns its SHA-256."""
        key = hash_of(body)
        self._bodies[key] = bytes(body)
        return key

    async def get(self, content_hash: str) -> bytes:
        """The body. Raises Gone where there is none."""
        object_key(content_hash)
        if content_hash not in self._bodies:
            raise Gone("no such page in the archive", where=content_hash)
        return self._bodies[content_hash]

    async def record(self, spec: FetchSpec, ref: PageRef) -> None:
        """Remember the answer. Raises Gone where its body is not in the archive."""
        await self.get(ref.content_hash)
        fetches = self._fetches.setdefault(spec.key, [])
        if not any((old.fetched_at, old.content_hash) == (ref.fetched_at, ref.content_hash) for old in fetches):
            fetches.append(ref)

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request; of two at one moment, the one recorded later."""
        return max(reversed(self._fetches.get(spec.key, [])), key=lambda ref: ref.fetched_at, default=None)
