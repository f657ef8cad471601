"""The page archive over an object store and an index of fetches."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import (
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
    UnknownConfigurationKeyError,
)
from obstore.store import LocalStore, ObjectStore, S3Store

from quiethire.domain.errors import Gone, InvalidInput, Transient
from quiethire.domain.page import UNTRACED, ArchivedFetch, FetchSpec, FetchTrace, PageRef, Pruned
from quiethire.settings import Settings
from quiethire.storage.pages.bodies import UNNAMED_FOR, hash_in, hash_of, object_key, pack, unpack
from quiethire.storage.pages.files import writer_of

WHERE = "page archive"

_LISTED = 500
"""Objects that are compared with the index at once."""
_WRITERS = ThreadPoolExecutor(8, "page-archive")
"""Not asyncio's own threads: a bucket that is slow to take a page must keep nobody else waiting."""
_MAX_PUT = 1_000
_PUT_FOR = 600.0
"""Bodies just stored that are remembered, and for how many seconds."""


class PageIndex(Protocol):
    """Which request was answered by which body: `PostgresPages` has it."""

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace) -> None:
        """Remember that this request was answered so."""
        ...

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request."""
        ...

    def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        """The newest answer to every request, in the order they were recorded."""
        ...

    async def drop(self, *, superseded: datetime | None, last: datetime | None) -> int:
        """Forget answers that were recorded before these moments; returns how many."""
        ...

    async def unnamed(self, content_hashes: Collection[str]) -> set[str]:
        """Those of these bodies that no answer names."""
        ...


class ObjectPageArchive:
    """`PageArchive` over a local directory or an S3-compatible store."""

    def __init__(self, store: ObjectStore, index: PageIndex) -> None:
        self.store = store
        self._writer = writer_of(store)
        self.index = index
        self._put: dict[str, float] = {}
        """Bodies that were stored here just now, and when: their answers follow, and they need not be looked for."""

    async def put(self, body: bytes) -> str:
        """Store a body; returns its SHA-256. Raises InvalidInput `page_too_large`, or Transient.

        Hashing, compressing and writing are one step in a thread: each hop between threads costs more than a small page.
        """
        content_hash = await asyncio.get_running_loop().run_in_executor(_WRITERS, self._write, body)
        self._put.pop(content_hash, None)
        self._put[content_hash] = time.monotonic()
        if len(self._put) > _MAX_PUT:
            del self._put[next(iter(self._put))]
        return content_hash

    async def get(self, content_hash: str) -> bytes:
        """The body. Raises Gone, InvalidInput `damaged_page`, or Transient."""
        key = object_key(content_hash)
        with store_errors(content_hash):
            packed = (await (await obstore.get_async(self.store, key)).bytes_async()).to_bytes()
        return await asyncio.to_thread(unpack, packed, content_hash)

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace = UNTRACED) -> None:
        """Remember the answer. Raises Gone where its body is not in the archive."""
        if time.monotonic() - self._put.get(ref.content_hash, -_PUT_FOR) >= _PUT_FOR:
            with store_errors(ref.content_hash):
                await obstore.head_async(self.store, object_key(ref.content_hash))
        await self.index.record(spec, ref, trace)

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request."""
        return await self.index.latest(spec)

    def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        """The newest answer to every request, those fetched at `since` or later, in the order they were recorded."""
        return self.index.scan(since)

    async def prune(self, *, superseded: datetime | None, last: datetime | None) -> Pruned:
        """Drop what was recorded before these moments, and bodies that no answer has named for days.

        Answers go first: what a death in between leaves behind are bodies without one, which the next run sweeps.
        """
        fetches = await self.index.drop(superseded=superseded, last=last)
        before = datetime.now(UTC) - UNNAMED_FOR
        bodies = 0
        with store_errors():
            listing = obstore.list(self.store, chunk_size=_LISTED)
            while (objects := await asyncio.to_thread(next, listing, None)) is not None:
                old = [entry["path"] for entry in objects if entry["last_modified"] < before]
                keys = {content_hash: key for key in old if (content_hash := hash_in(key)) is not None}
                for content_hash in await self.index.unnamed(keys.keys()):
                    bodies += await self._sweep(keys[content_hash], before)
        return Pruned(fetches=fetches, bodies=bodies)

    async def _sweep(self, key: str, before: datetime) -> bool:
        """Remove a body, unless it was written again since it was listed."""
        try:
            if (await obstore.head_async(self.store, key))["last_modified"] >= before:
                return False
            await obstore.delete_async(self.store, key)
        except (NotFoundError, FileNotFoundError):
            return False  # Another run was faster.
        return True

    def _write(self, body: bytes) -> str:
        content_hash = hash_of(body)
        key, packed = object_key(content_hash), pack(body)
        with store_errors():
            stored = self._writer.stored(key)
            # A machine that lost power may leave a cut file behind; this is the moment to mend it. And retention goes by
            # the time of writing: a body that comes again after hours must not be swept away before an answer names it.
            if stored is None or stored.size != len(packed) or stored.written < datetime.now(UTC) - UNNAMED_FOR / 2:
                self._writer.write(key, packed)
        return content_hash


def open_archive(settings: Settings, index: PageIndex) -> ObjectPageArchive:
    """The archive that the settings name: `archive_url`, else the directory `pages` below the data directory.

    S3 credentials, region and endpoint come from the environment (`AWS_*`). Raises InvalidInput for another URL.
    """
    return ObjectPageArchive(open_store(settings), index)


def open_store(settings: Settings) -> ObjectStore:
    """Where the archive's bodies lie: see `open_archive`."""
    if settings.archive_url is None:
        return _directory(settings.data_path / "pages")
    url = urlsplit(settings.archive_url)
    if url.scheme == "file" and url.netloc in ("", "localhost"):
        return _directory(Path(unquote(url.path)))
    if url.scheme == "s3" and url.netloc:
        return _bucket(settings.archive_url)
    raise InvalidInput(
        "cannot be an archive",
        where=settings.archive_url,
        hint="s3://bucket/prefix or file:///path",
        kind="archive_url",
    )


def _directory(path: Path) -> LocalStore:
    with store_errors():
        return LocalStore(path, mkdir=True)


def _bucket(url: str) -> S3Store:
    with store_errors():
        return S3Store.from_url(
            url,
            client_options={
                "timeout": timedelta(seconds=20),
                "connect_timeout": timedelta(seconds=5),
                # Options given here replace those of the environment, and a store of one's own may lack TLS.
                "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true"),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )


@contextmanager
def store_errors(content_hash: str = "") -> Iterator[None]:
    """Turn the object store's errors into ours. Raises Gone, InvalidInput or Transient."""
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise Gone("no such page in the archive", where=content_hash or WHERE) from error
    except (PermissionDeniedError, UnauthenticatedError, UnknownConfigurationKeyError) as error:
        raise InvalidInput(
            _first_line(error), where=WHERE, hint="check the rights and AWS_* settings", kind="archive_denied"
        ) from error
    except (BaseError, OSError) as error:
        raise Transient(_first_line(error), where=WHERE) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
