"""Writing bodies: by plain system calls into a directory, else through the object store's client.

The client's own way into a directory takes a thread pool of its own for every call: 0.3 ms of CPU a page, as much as all
else that a fetch costs.
"""

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple, Protocol

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore

_serial = count()


class Stored(NamedTuple):
    """What is there of a body."""

    size: int
    written: datetime


class Writer(Protocol):
    """Puts objects into a store. Called in threads; raises the store's own errors and OSError."""

    def stored(self, key: str) -> Stored | None:
        """What is there under this key."""
        ...

    def write(self, key: str, data: bytes, *, lasting: bool = False) -> None:
        """Write, or replace, all at once: nobody ever reads half of it. `lasting`: not even a loss of power undoes it."""
        ...


def writer_of(store: ObjectStore) -> Writer:
    """The way into this store."""
    if isinstance(store, LocalStore) and store.prefix is not None:
        return _Files(Path(store.prefix))
    return _Objects(store)


class _Files:
    def __init__(self, root: Path) -> None:
        self._root = root

    def stored(self, key: str) -> Stored | None:
        try:
            found = (self._root / key).stat()
        except FileNotFoundError:
            return None
        return Stored(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def write(self, key: str, data: bytes, *, lasting: bool = False) -> None:
        path = self._root / key
        # The store's client takes a name with # and a number for a file that is being written, and lists it nowhere.
        draft = path.with_name(f"{path.name}#{os.getpid()}{next(_serial):09}")
        try:
            _fill(draft, data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            _fill(draft, data)
        if lasting:
            _sync(draft)
        draft.replace(path)
        if lasting:
            for folder in (path.parent, self._root):
                _sync(folder)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _fill(draft: Path, data: bytes) -> None:
    try:
        with draft.open("xb") as file:
            file.write(data)
    except FileNotFoundError:
        raise
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class _Objects:
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def stored(self, key: str) -> Stored | None:
        try:
            found = obstore.head(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return None
        return Stored(found["size"], found["last_modified"])

    def write(self, key: str, data: bytes, *, lasting: bool = False) -> None:  # noqa: ARG002 - a bucket keeps what it took
        obstore.put(self._store, key, data, use_multipart=False)
