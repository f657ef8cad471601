"""The file of a backup: a zip whose members are compressed with zstd, and whose directory, at its end, is written last.

Members are read in any order, a file that was cut off does not open at all, and everybody has a tool that lists it.
"""

import fcntl
import hashlib
import io
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import zstandard
from pydantic import ValidationError

from quiethire.domain.backup import BackedUpTable, Manifest
from quiethire.domain.errors import InvalidInput

CHUNK = 1 << 20
"""Bytes that are read, or handed on, at once."""

_MANIFEST = "manifest.json"
_LOCK = ".backups.lock"
_MAX_MANIFEST = 10_000_000
_MAX_WINDOW = 8 << 20
_LEVEL = 3

Store = Literal["postgres", "clickhouse"]


class MembersWriter:
    """Puts tables and bodies into the file."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file

    def table(self, store: Store, name: str, columns: tuple[str, ...], content: Generator[bytes]) -> BackedUpTable:
        """A table, out of the lines of its rows in pieces of any length."""
        digest, rows, size = hashlib.sha256(), 0, 0
        with (
            closing(content),
            self._file.open(_member(store, name), "w", force_zip64=True) as member,
            zstandard.ZstdCompressor(level=_LEVEL).stream_writer(member, closefd=False) as packed,
        ):
            for piece in content:
                packed.write(piece)
                digest.update(piece)
                rows += piece.count(b"\n")
                size += len(piece)
        return BackedUpTable(store=store, name=name, columns=columns, rows=rows, size=size, sha256=digest.hexdigest())

    def body(self, key: str, packed: bytes) -> None:
        """A body of the page archive, as it is kept there."""
        self._file.writestr(f"pages/{key}", packed)

    def manifest(self, manifest: Manifest) -> None:
        """What makes the file a backup."""
        self._file.writestr(_MANIFEST, manifest.model_dump_json(indent=1))


class MembersReader:
    """Reads what a `MembersWriter` wrote. Raises InvalidInput `damaged_backup` for what is not as it was written."""

    def __init__(self, file: ZipFile, path: Path) -> None:
        self._file, self._path = file, path
        try:
            if file.getinfo(_MANIFEST).file_size > _MAX_MANIFEST:
                raise self._damaged("its manifest is too long")
            self.manifest = Manifest.model_validate_json(file.read(_MANIFEST))
        except KeyError:
            raise self._damaged("it has no manifest") from None
        except ValidationError as error:
            raise self._damaged(
                f"its manifest is not one that this version reads: {error.error_count()} errors"
            ) from error

    def content(self, table: BackedUpTable) -> Iterator[bytes]:
        """The lines of a table in pieces; the last piece comes only where all of them were as written."""
        digest, size = hashlib.sha256(), 0
        held = b""
        for piece in self._unpacked(table):
            digest.update(piece)
            size += len(piece)
            if size > table.size:
                break
            if held:
                yield held
            held = piece
        if (size, digest.hexdigest()) != (table.size, table.sha256):
            raise self._damaged(f"{table.store}/{table.name} is not what was written")
        if held:
            yield held

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """Bodies of the page archive with their keys."""
        for info in self._file.infolist():
            if info.filename.startswith("pages/"):
                try:
                    body = self._file.read(info)
                except (BadZipFile, zlib.error) as error:
                    raise self._damaged(f"{info.filename} is not what was written") from error
                yield info.filename.removeprefix("pages/"), body

    def check(self) -> None:
        """Read all of it once."""
        for table in self.manifest.tables:
            for _ in self.content(table):
                pass
        bodies = sum(1 for _ in self.bodies())
        if bodies != (self.manifest.pages.bodies if self.manifest.pages else 0):
            raise self._damaged("bodies of pages are missing")

    def _unpacked(self, table: BackedUpTable) -> Iterator[bytes]:
        try:
            with self._file.open(_member(table.store, table.name)) as member:
                reader = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(member)
                while piece := reader.read(CHUNK):
                    yield piece
        except (KeyError, BadZipFile, zstandard.ZstdError) as error:
            raise self._damaged(f"{table.store}/{table.name} cannot be read: {error}") from error

    def _damaged(self, what: str) -> InvalidInput:
        return InvalidInput(what, where=str(self._path), hint="use another backup", kind="damaged_backup")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else writes into this directory of backups meanwhile; what killed writers left half done is removed.

    Raises InvalidInput `backup_under_way` where somebody does. The lock ends with its process.
    """
    file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidInput(
                "another backup is being written there",
                where=str(folder),
                hint="wait until it is done",
                kind="backup_under_way",
            ) from None
        for draft in (each for ending in (".backup", ".keys") for each in folder.glob(f".*{ending}.part")):
            draft.unlink()
        yield
    finally:
        os.close(file)


@contextmanager
def drafted(path: Path) -> Iterator[MembersWriter]:
    """A file that takes its name when the block ends well, on disk by then; else nothing is left of it."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b") as file:
            with ZipFile(file, "w", ZIP_STORED, allowZip64=True) as members:
                yield MembersWriter(members)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def opened(path: Path) -> Iterator[MembersReader]:
    """A file of a backup. Raises InvalidInput `damaged_backup` where it is none."""
    try:
        file = ZipFile(path)
    except FileNotFoundError:
        raise InvalidInput("there is no such file", where=str(path), kind="no_backup") from None
    except (BadZipFile, OSError, io.UnsupportedOperation) as error:
        raise InvalidInput(
            f"is no backup, or was cut off: {error}",
            where=str(path),
            hint="use another backup",
            kind="damaged_backup",
        ) from error
    with file:
        yield MembersReader(file, path)


def _member(store: str, name: str) -> str:
    return f"{store}/{name}.tsv.zst"


def _sync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
