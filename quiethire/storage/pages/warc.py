"""Saved pages out of a WARC (ISO 28500), plain or gzipped.

A request record that a response names as concurrent says how the page was asked for; without one it was a GET.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Protocol

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import kept_headers
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url
from quiethire.storage.pages.bodies import MAX_BODY_BYTES
from quiethire.storage.pages.saved import ImportedPage

FINAL_URL = "QuietHire-Final-URL"
"""A header of a response record: where redirects led from its target URI. Left out where they led nowhere else."""

_CHUNK_BYTES = 65_536
_HTTP = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False)


class _Stream(Protocol):
    def read(self, length: int, /) -> bytes: ...


class _Unzipped:
    """The file without its gzip: one member or many. A cut file is an error of ours.

    warcio takes an EOFError for the end of the archive, and would end without a word.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = gzip.GzipFile(fileobj=file)

    def read(self, length: int = -1) -> bytes:
        """Up to `length` bytes, as few as there are before the next member: what is whole is not lost with the rest."""
        try:
            return self._file.read1(length)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InvalidInput(f"the gzip stream is damaged or cut off: {error}", kind="truncated_file") from error

    def tell(self) -> int:
        """The position in the unzipped data."""
        return self._file.tell()


def read_warc(path: Path) -> Iterator[ImportedPage | Problem]:
    """The successful (2xx) http(s) responses of an archive, in its order; records of other types are skipped.

    A response that cannot be used is a Problem, and the rest goes on; where the file is cut off or is no WARC,
    a Problem ends it.
    """
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        # The HTTP part is parsed here, not by warcio: it fails on a record without a URL.
        records = WARCIterator(_Unzipped(file) if zipped else file, no_record_parse=True)
        number = 0
        # Requests stand beside their responses: the last one is enough, and an archive of requests fills no memory.
        asked: tuple[str, bytes] = ("", b"")
        try:
            for record in records:
                number += 1
                block = _block(record.raw_stream)
                if record.rec_type == "request":
                    asked = record.rec_headers.get_header("WARC-Record-ID") or "", block
                elif record.rec_type == "response":
                    concurrent = record.rec_headers.get_header("WARC-Concurrent-To")
                    request = asked[1] if concurrent and concurrent == asked[0] else b""
                    yield _page(record.rec_headers, block, request, f"{path}:record {number}")
            if number == 0:
                yield Problem(kind="invalid_warc", where=str(path), detail="no records")
        except (ArchiveLoadFailed, StatusAndHeadersParserException) as error:
            yield Problem(kind="invalid_warc", where=f"{path}:record {number + 1}", detail=str(error)[:300])
        except InvalidInput as error:
            yield Problem.of(error, where=f"{path}:record {max(number, 1)}")


def _block(stream: _Stream) -> bytes:
    """All of a record, or one byte more than is allowed. Raises InvalidInput where the file ends within it."""
    block = _read(stream, MAX_BODY_BYTES + 1)
    while stream.read(_CHUNK_BYTES):
        pass
    # warcio leaves the stream without a limit where the record does not say its length.
    if getattr(stream, "limit", 1) > 0:
        raise InvalidInput("the record is cut off", kind="truncated_file")
    return block


def _page(headers: StatusAndHeaders, block: bytes, request: bytes, where: str) -> ImportedPage | Problem:
    url = (headers.get_header("WARC-Target-URI") or "").removeprefix("<").removesuffix(">")
    try:
        page = _parse(url, headers.get_header("WARC-Date") or "", block, request)
        final_url = headers.get_header(FINAL_URL)
        if final_url is None:
            return page
        canonical_url(final_url)
        return page.model_copy(update={"final_url": final_url})
    except InvalidInput as error:
        return Problem(kind=error.kind, where=where, detail=f"{error.detail}: {url[:200]}")
    except (EOFError, StatusAndHeadersParserException) as error:
        return Problem(kind="invalid_record", where=where, detail=f"no HTTP response: {str(error)[:200]}")


def _parse(url: str, date: str, block: bytes, request: bytes) -> ImportedPage:
    canonical_url(url)
    if len(block) > MAX_BODY_BYTES:
        raise InvalidInput(f"more than {MAX_BODY_BYTES} bytes", kind="page_too_large")
    stream = io.BytesIO(block)
    http = _HTTP.parse(stream)
    posted = request.startswith(b"POST ")
    return ImportedPage(
        url=url,
        method="POST" if posted else "GET",
        request_body=request.partition(b"\r\n\r\n")[2].decode("utf-8", "replace") if posted else None,
        status=_status(http),
        content_type=http.get_header("Content-Type") or "",
        body=_body(stream, http),
        fetched_at=_date(date),
        headers=kept_headers(http.headers),
    )


def _status(http: StatusAndHeaders) -> int:
    code = str(http.get_statuscode())
    if not (code.isascii() and code.isdigit() and len(code) == 3):
        raise InvalidInput("no HTTP status", kind="invalid_record")
    if not HTTPStatus.OK <= int(code) < HTTPStatus.MULTIPLE_CHOICES:
        raise InvalidInput(f"HTTP status {code}: only successful responses are pages", kind="not_successful")
    return int(code)


def _body(stream: io.BytesIO, http: StatusAndHeaders) -> bytes:
    encoding = (http.get_header("Content-Encoding") or "").strip().lower() or None
    if encoding == "identity":
        encoding = None
    if encoding is not None and encoding not in BufferedReader.get_supported_decompressors():
        raise InvalidInput(f"content encoding {encoding[:40]} is not known", kind="unknown_encoding")
    chunked = (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked"
    reader = ChunkedDataReader if chunked else BufferedReader
    decoded: _Stream = reader(stream, decomp_type=encoding)
    body = _read(decoded, MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput(f"decodes to more than {MAX_BODY_BYTES} bytes", kind="page_too_large")
    return body


def _read(stream: _Stream, limit: int) -> bytes:
    """Up to `limit` bytes, piece by piece: a length that a header claims is never allocated at once."""
    pieces = []
    left = limit
    while left > 0 and (piece := stream.read(min(left, _CHUNK_BYTES))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _date(text: str) -> datetime:
    try:
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"WARC-Date {text[:40]!r} is no date", kind="invalid_record") from error
    return date if date.tzinfo else date.replace(tzinfo=UTC)
