"""The page archive as a WARC (ISO 28500): what `import_pages` reads back, and what other tools for WARC read."""

import asyncio
import io
import os
from contextlib import suppress
from datetime import UTC, datetime
from http.client import responses
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.page import ArchivedFetch, PageRef
from quiethire.domain.ports import PageArchive
from quiethire.domain.result import Problem
from quiethire.storage.pages.warc import FINAL_URL

_OF_THE_TRANSFER = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})
"""Headers that speak of bytes on the wire. Bodies are kept decoded."""


class ExportReport(Model):
    """What an export did."""

    exported: int
    problems: tuple[Problem, ...]


async def export_pages(archive: PageArchive, path: Path, *, since: datetime | None, host: str | None) -> ExportReport:
    """Write the newest answer to every request, gzipped where the name ends in `.gz`.

    The file appears when it is whole. A body that is lost or damaged is a Problem, and the rest goes on. Raises
    InvalidInput where the file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    exported, problems = 0, []
    try:
        with part.open("wb") as file:
            writer = _Writer(file, zipped=path.suffix == ".gz")
            async for fetch in archive.scan(since):
                if host is not None and urlsplit(fetch.ref.url).hostname != host:
                    continue
                try:
                    body = await archive.get(fetch.ref.content_hash)
                except (Gone, InvalidInput) as error:
                    problems.append(Problem(kind=error.kind, where=fetch.ref.url, detail=error.detail))
                    continue
                await asyncio.to_thread(writer.write, fetch, body)
                exported += 1
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise InvalidInput(
            f"cannot be written: {error.strerror}", where=str(path), hint="give a file in a folder of yours"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()  # Whatever went wrong: a part of an export is of no use.
    return ExportReport(exported=exported, problems=tuple(problems))


class _Writer:
    """Writes each fetch as a request record and its response record."""

    def __init__(self, file: BinaryIO, *, zipped: bool) -> None:
        self._warc = WARCWriter(file, gzip=zipped, warc_version="1.1")
        self._warc.write_record(
            self._warc.create_warcinfo_record(None, {"software": "QuietHire", "format": "WARC File Format 1.1"})
        )

    def write(self, fetch: ArchivedFetch, body: bytes) -> None:
        ref, date = fetch.ref, fetch.ref.fetched_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        asked = (fetch.spec.body or "").encode()
        request = self._warc.create_warc_record(
            ref.url,
            "request",
            payload=io.BytesIO(asked),
            length=len(asked),
            warc_headers_dict={"WARC-Date": date},
            http_headers=_request_head(fetch),
        )
        response = self._warc.create_warc_record(
            ref.url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            warc_headers_dict={
                "WARC-Date": date,
                "WARC-Concurrent-To": request.rec_headers.get_header("WARC-Record-ID"),
                **({FINAL_URL: ref.final_url} if ref.final_url != ref.url else {}),
            },
            http_headers=_response_head(fetch, ref, len(body)),
        )
        self._warc.write_record(request)
        self._warc.write_record(response)


def _request_head(fetch: ArchivedFetch) -> StatusAndHeaders:
    url = urlsplit(fetch.ref.url)
    target = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    headers = [("Host", url.netloc.rpartition("@")[2])]
    if fetch.spec.body is not None:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(fetch.spec.body.encode())))]
    return StatusAndHeaders(f"{fetch.spec.method} {target} HTTP/1.1", headers, is_http_request=True)


def _response_head(fetch: ArchivedFetch, ref: PageRef, length: int) -> StatusAndHeaders:
    kept = {name: value for name, value in fetch.trace.headers.items() if name not in _OF_THE_TRANSFER}
    stated = {"content-type": ref.content_type, "etag": ref.etag, "last-modified": ref.last_modified}
    kept |= {name: value for name, value in stated.items() if value}
    status = f"{ref.status} {responses.get(ref.status, '')}".strip()
    return StatusAndHeaders(status, [*kept.items(), ("Content-Length", str(length))], protocol="HTTP/1.1")
