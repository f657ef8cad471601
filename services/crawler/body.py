"""Reading a body: bounded, one encoding, whole or not at all."""

import zlib
from collections.abc import AsyncIterable, Iterator
from io import BytesIO
from typing import Protocol

from quiethire.domain.errors import InvalidInput, Transient

ACCEPT_ENCODING = "gzip, deflate"
"""What is asked for. zstd and br are not: their Python decoders cannot bound the output of one call."""

_STEP = 65_536
"""Most bytes that one decompression call may yield."""


class _Decoder(Protocol):
    def feed(self, chunk: bytes) -> Iterator[bytes]: ...

    def whole(self) -> bool: ...


class _Identity:
    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def whole(self) -> bool:
        return True


class _Zlib:
    """gzip (of one or more members) or deflate (zlib, or raw as some servers send it)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._zlib = zlib.decompressobj(31) if gzip else None
        self._fed = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            self._fed = True
            if self._zlib is None:
                # A zlib stream starts with method 8 in the low half of its first byte, and raw deflate never does
                # in practice: that would be a stored block with bits set that encoders leave clear.
                self._zlib = zlib.decompressobj(15 if chunk[0] & 0x0F == 8 else -15)
            if self._zlib.eof and not self._another_member(chunk):
                return
            yield self._zlib.decompress(chunk, _STEP)
            chunk = self._zlib.unconsumed_tail or self._zlib.unused_data
        # The last step may have left output behind though all input is used up.
        while self._zlib is not None and not self._zlib.eof and (piece := self._zlib.decompress(b"", _STEP)):
            yield piece

    def _another_member(self, rest: bytes) -> bool:
        """Start on a further gzip member; what follows the end and is none is ignored, as browsers do."""
        if not (self._gzip and rest.startswith(b"\x1f\x8b"[: len(rest)])):
            return False
        self._zlib = zlib.decompressobj(31)
        return True

    def whole(self) -> bool:
        return self._zlib is not None and self._zlib.eof if self._fed else True


def _decoder(encoding: str, where: str) -> _Decoder:
    names = [name for name in (part.strip().lower() for part in encoding.split(",")) if name not in ("", "identity")]
    if not names:
        return _Identity()
    if names in (["gzip"], ["x-gzip"]):
        return _Zlib(gzip=True)
    if names == ["deflate"]:
        return _Zlib(gzip=False)
    raise InvalidInput(
        f"content encoding {encoding[:80]!r} was not asked for",
        where=where,
        hint=f"the host must honour Accept-Encoding: {ACCEPT_ENCODING}",
        kind="content_encoding",
    )


async def read_body(
    chunks: AsyncIterable[bytes],
    *,
    encoding: str,
    length: str | None,
    limit: int,
    where: str,
    cut: bool = False,
) -> bytes:
    """Read and decode a body of at most `limit` decoded bytes.

    `length` is the Content-Length header. `cut` returns the first `limit` bytes of a longer body instead of refusing
    it. Raises InvalidInput `too_large` or `content_encoding`, Transient `truncated`.
    """
    decoder = _decoder(encoding, where)
    announced = int(length) if length and length.isascii() and length.isdigit() else None
    too_large = InvalidInput(
        f"larger than {limit:,} bytes",
        where=where,
        hint="QUIETHIRE_FETCH_MAX_BYTES bounds what a page may hold",
        kind="too_large",
    )
    if announced is not None and announced > limit and not cut:
        raise too_large
    # Unlike a bytearray, it hands its content out without a copy: a body is in memory once.
    body, received = BytesIO(), 0
    try:
        async for chunk in chunks:
            received += len(chunk)
            # What follows the end of a compressed body yields nothing, and is bounded all the same.
            over = received > limit
            for piece in decoder.feed(chunk):
                body.write(piece)
                over = over or body.tell() > limit
                if over:
                    break
            if over:
                if cut:
                    return body.getvalue()[:limit]
                raise too_large
    except zlib.error as error:
        raise _truncated("the body is damaged", where) from error
    if not decoder.whole() or (announced is not None and received < announced):
        raise _truncated("the body ended early", where)
    return body.getvalue()


def _truncated(detail: str, where: str) -> Transient:
    return Transient(detail, where=where, hint="half a page is no page; try again", kind="truncated")
