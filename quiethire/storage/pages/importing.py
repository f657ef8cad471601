"""Importing saved pages: JSON lines with files beside them, or a WARC."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchedVia, FetchSpec, FetchTrace, PageRef, answered, validator
from quiethire.domain.ports import PageArchive
from quiethire.domain.result import Problem
from quiethire.storage.pages.jsonl import read_jsonl
from quiethire.storage.pages.saved import ImportedPage
from quiethire.storage.pages.warc import read_warc

__all__ = ["ImportReport", "ImportedPage", "import_pages", "read_jsonl", "read_warc"]

_MAGIC_BYTES = 512
_GZIP = b"\x1f\x8b"


class ImportReport(Model):
    """What an import did. A page is unchanged where the archive has this answer or a newer one."""

    imported: int
    unchanged: int
    problems: tuple[Problem, ...]


async def import_pages(archive: PageArchive, path: Path) -> ImportReport:
    """Import all pages of a file; importing it again changes nothing and says so.

    Raises InvalidInput where the file cannot be read at all; whatever is wrong within it is a Problem.
    """
    pages = iter(_reader(path))
    imported = unchanged = 0
    problems: list[Problem] = []
    while (page := await asyncio.to_thread(next, pages, None)) is not None:
        if isinstance(page, Problem):
            problems.append(page)
        elif await _import(archive, page):
            imported += 1
        else:
            unchanged += 1
    return ImportReport(imported=imported, unchanged=unchanged, problems=tuple(problems))


def _reader(path: Path) -> Iterator[ImportedPage | Problem]:
    """By name, else by the first bytes."""
    if not path.is_file():
        raise InvalidInput(
            "is no regular file", where=str(path), hint="save it to a file first", kind="unreadable_file"
        )
    try:
        with path.open("rb") as file:
            start = file.read(_MAGIC_BYTES)
    except OSError as error:
        raise InvalidInput(
            f"cannot be read: {error.strerror}", where=str(path), hint="give a file", kind="unreadable_file"
        ) from error
    name = path.name.lower()
    if name.endswith((".warc", ".warc.gz")) or start.startswith((b"WARC/", _GZIP)):
        return read_warc(path)
    if name.endswith((".jsonl", ".ndjson")) or start.lstrip().startswith(b"{"):
        return read_jsonl(path)
    raise InvalidInput(
        "neither JSON lines nor a WARC", where=str(path), hint="give a .jsonl, .warc or .warc.gz", kind="unknown_format"
    )


async def _import(archive: PageArchive, page: ImportedPage) -> bool:
    """Whether this was news. The body is stored in any case: that mends an archive that lost it."""
    spec = FetchSpec(url=page.url, method=page.method, body=page.request_body)
    ref = PageRef(
        url=page.url,
        final_url=page.final_url or page.url,
        status=page.status,
        content_type=page.content_type,
        content_hash=await archive.put(page.body),
        size=len(page.body),
        fetched_at=page.fetched_at.astimezone(UTC),
        via=FetchedVia.IMPORT,
        etag=validator(page.headers.get("etag")),
        last_modified=validator(page.headers.get("last-modified")),
    )
    news = False
    for request in answered(spec, ref):
        # Each by itself: where one address has a newer answer by now, this may still be the newest of the other.
        latest = await archive.latest(request)
        if latest is None or not _is_known(latest, ref.fetched_at, ref.content_hash):
            await archive.record(request, ref, FetchTrace(headers=page.headers, why="imported"))
            news = True
    return news


def _is_known(latest: PageRef, fetched_at: datetime, content_hash: str) -> bool:
    return latest.fetched_at > fetched_at or (latest.fetched_at == fetched_at and latest.content_hash == content_hash)
