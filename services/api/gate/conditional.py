"""Answers on their way out: ETag and 304, Cache-Control, and HEAD."""

import hashlib
from collections.abc import Sequence

from starlette.types import Message, Send

Header = tuple[bytes, bytes]

_UNCHANGED = {b"cache-control", b"content-location", b"etag", b"expires", b"last-modified", b"link", b"vary"}
"""What a 304 tells, by RFC 9110, and what is no part of the answer itself."""


class Enough(OSError):
    """Raised where an answer goes on that nobody wants the rest of. An OSError: servers say so when a client has gone."""


def etag_of(body: bytes) -> bytes:
    """The strong ETag of these bytes."""
    return b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()


def is_known(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the client has this answer already, by its `If-None-Match`."""
    if not if_none_match:
        return False
    known = [each.strip().removeprefix(b"W/") for each in if_none_match.split(b",")]
    return b"*" in known or etag.removeprefix(b"W/") in known


class Outgoing:
    """One answer: gets its headers, an ETag where it is whole, and loses its body where it is not wanted."""

    def __init__(self, send: Send, *, headers: Sequence[Header], cache_control: bytes, if_none_match: bytes) -> None:
        """`cache_control` is for a good answer that has none of its own; errors are not stored."""
        self._send = send
        self._headers = headers
        self._cache_control = cache_control
        self._if_none_match = if_none_match
        self._start: Message | None = None
        self.headless = False
        """Whether the request was a HEAD."""
        self.status = 0
        self.body = b""
        """Of an answer that came whole."""

    async def __call__(self, message: Message) -> None:
        """See the ASGI specification."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._start = message
            return
        if message["type"] == "http.response.body" and self._start is not None:
            start, self._start = self._start, None
            whole = not message.get("more_body", False)
            unchanged = self._dress(start, message.get("body", b"") if whole else None)
            await self._send(start)
            if unchanged or self.headless:
                await self._send({"type": "http.response.body", "body": b""})
                if not whole:
                    raise Enough
                return
        await self._send(message)

    def _dress(self, start: Message, body: bytes | None) -> bool:
        """Put the headers on; True where the client has this answer already."""
        headers: list[Header] = [*start["headers"], *self._headers]
        names = {name.lower() for name, _ in headers}
        if b"cache-control" not in names:
            headers.append((b"cache-control", self._cache_control if self.status < 400 else b"no-store"))
        etag = next((value for name, value in headers if name.lower() == b"etag"), None)
        if body is not None and self.status == 200:
            self.body = body
            if etag is None and self._cache_control != b"no-store":
                etag = etag_of(body)
                headers.append((b"etag", etag))
        start["headers"] = headers
        if self.status != 200 or etag is None or not is_known(etag, self._if_none_match):
            return False
        kept = {name.lower() for name, _ in self._headers} | _UNCHANGED
        start["headers"] = [header for header in headers if header[0].lower() in kept]
        start["status"] = self.status = 304
        return True
