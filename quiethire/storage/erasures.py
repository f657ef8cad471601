"""The erasure ledger: who was erased, remembered beside the database, so that no backup brings anybody back.

It lies in the object store of the page archive: one empty object for each, named by a keyed hash of their id. It tells nothing
to whoever reads it: the key is in the database and in its backups (migration 0021), and an id is a random number. One more, named
by the platform, is written with each backup: a ledger in which nobody is differs from a place where none ever was.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Set
from uuid import UUID

import obstore
from obstore.store import ObjectStore

from quiethire.storage.pages.archive import store_errors
from quiethire.storage.pages.files import writer_of
from quiethire.storage.postgres.candidates import PostgresCandidates
from quiethire.storage.postgres.connection import Pool, rows
from quiethire.storage.postgres.sealing import MasterKeys

_FOLDER = "erased"


def entry(key: bytes, person: UUID) -> str:
    """The name under which somebody's erasure is remembered."""
    return hmac.digest(key, person.bytes, hashlib.sha256).hex()


def entries(store: ObjectStore) -> Set[str]:
    """All names in the ledger. Raises Transient where the store cannot be read."""
    with store_errors():
        return {
            item["path"].rpartition("/")[2] for some in obstore.list(store, _FOLDER, chunk_size=1_000) for item in some
        }


def marker(platform: str) -> str:
    """The name in the ledger that tells whose it is: see `Manifest.platform`."""
    return f"platform-{platform}"


def remember(store: ObjectStore, names: Iterable[str]) -> None:
    """Put names into the ledger, on disk by then. Raises Transient where it cannot be written."""
    with store_errors():
        for name in names:
            writer_of(store).write(f"{_FOLDER}/{name}", b"", lasting=True)


class RememberingCandidates(PostgresCandidates):
    """`CandidateStore` over PostgreSQL, with the ledger beside it."""

    def __init__(self, pool: Pool, masters: MasterKeys, ledger: ObjectStore) -> None:
        super().__init__(pool, masters)
        self._ledger = ledger

    async def erase(self, candidate_id: UUID) -> None:
        """Destroy their key and every row that is theirs; a second time does nothing.

        The ledger comes first: where it cannot be written nobody is erased, and it can be asked again.
        """
        (row,) = await rows(self.pool, "SELECT key FROM erasure_key", {})
        await asyncio.to_thread(remember, self._ledger, [entry(row["key"], candidate_id)])
        await super().erase(candidate_id)
