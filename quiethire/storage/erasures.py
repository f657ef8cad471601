"""The erasure ledger: who was erased and which alerts ended, remembered beside the database, so that no backup brings any back.

It lies in the object store of the page archive: one empty object for each, named by a keyed hash of their id. It tells nothing
to whoever reads it: the key is in the database and in its backups (migration 0021), and an id is a random number. One more, named
by the platform, is written with each backup: a ledger in which nobody is differs from a place where none ever was.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Iterable, Set
from uuid import UUID

import obstore
from obstore.store import ObjectStore

from quiethire.domain.errors import QuietHireError
from quiethire.storage.pages.archive import store_errors
from quiethire.storage.pages.files import writer_of
from quiethire.storage.postgres.alerts import PostgresAlerts
from quiethire.storage.postgres.candidates import PostgresCandidates
from quiethire.storage.postgres.connection import Pool, rows
from quiethire.storage.postgres.sealing import MasterKeys
from quiethire.telemetry import ERRORS

_FOLDER = "erased"

LEDGER_PATIENCE = 2.0
"""Seconds that somebody who unsubscribes waits for the ledger: mail programs that do it for them wait for few."""

logger = logging.getLogger(__name__)


def entry(key: bytes, person: UUID) -> str:
    """The name under which somebody's erasure is remembered, or an alert's end."""
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
        await _enter(self.pool, self._ledger, candidate_id)
        await super().erase(candidate_id)


class RememberingAlerts(PostgresAlerts):
    """`AlertStore` over PostgreSQL, with the ledger beside it."""

    def __init__(self, pool: Pool, masters: MasterKeys, ledger: ObjectStore) -> None:
        super().__init__(pool, masters)
        self._ledger = ledger

    async def delete(self, search_id: UUID) -> None:
        """Drop a search and its key, and remember that it ended.

        Whoever unsubscribes does not wait for a slow archive: where the ledger is not written in time the alert is gone all the same, and the
        next backup takes its key out of all before it. `delete_of` and `prune` remember nothing: a restore knows an account's alerts by whose
        they are, and nothing is sent to what nobody confirmed.
        """
        if not await self._drop(search_id):
            return
        try:
            async with asyncio.timeout(LEDGER_PATIENCE):
                await _enter(self.pool, self._ledger, search_id)
        except (QuietHireError, TimeoutError) as error:
            ERRORS.labels(kind="ledger").inc()
            logger.warning("an alert's end may not be in the ledger: %r", error, extra={"alert": str(search_id)})


async def _enter(pool: Pool, ledger: ObjectStore, who: UUID) -> None:
    (row,) = await rows(pool, "SELECT key FROM erasure_key", {})
    await asyncio.to_thread(remember, ledger, [entry(row["key"], who)])
