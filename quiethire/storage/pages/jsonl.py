"""Saved pages as JSON lines: `{"url": …, "path": …, "content_type": …}`, one page a line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url
from quiethire.storage.pages.bodies import MAX_BODY_BYTES
from quiethire.storage.pages.saved import ImportedPage

_MAX_LINE_BYTES = 100_000


class _Line(Model):
    url: str
    path: str
    content_type: str


def read_jsonl(path: Path) -> Iterator[ImportedPage | Problem]:
    """The pages of a file. Paths are relative to it; a page's time is its file's modification time.

    A line that cannot be used is a Problem that names `file:line`, and the rest goes on.
    """
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_MAX_LINE_BYTES):
            number += 1
            where = f"{path}:{number}"
            if not line.endswith(b"\n") and len(line) == _MAX_LINE_BYTES:
                _skip_line(file)
                yield Problem(kind="invalid_line", where=where, detail=f"longer than {_MAX_LINE_BYTES} bytes")
            elif line.strip():
                yield _page(line, path.parent, where)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _page(line: bytes, folder: Path, where: str) -> ImportedPage | Problem:
    try:
        entry = _Line.model_validate_json(line)
        canonical_url(entry.url)
        return _load(entry, _below(folder, entry.path))
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['msg']}" for e in error.errors()[:3])
        return Problem(kind="invalid_line", where=where, detail=reasons)
    except InvalidInput as error:
        return Problem(kind=error.kind, where=where, detail=f"{error.detail}: {error.where}")
    except (OSError, ValueError) as error:
        return Problem(kind="missing_file", where=where, detail=str(error))


def _below(folder: Path, name: str) -> Path:
    """The file of a page. Who made the list does not say what else of this machine is read."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InvalidInput("lies outside the folder of the list", where=name, kind="outside")
    return path


def _load(entry: _Line, path: Path) -> ImportedPage:
    with path.open("rb") as file:
        body = file.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput(f"more than {MAX_BODY_BYTES} bytes", where=str(path), kind="page_too_large")
    fetched_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return ImportedPage(url=entry.url, status=200, content_type=entry.content_type, body=body, fetched_at=fetched_at)
