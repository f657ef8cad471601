"""Is a body of the kind that the caller can use? By the content type and by its first bytes: either may lie."""

from typing import Literal

from quiethire.domain.errors import InvalidInput

Accept = Literal["html", "json", "xml", "any"]

ACCEPT_HEADERS: dict[Accept, str] = {
    "html": "text/html, application/xhtml+xml, */*;q=0.1",
    "json": "application/json, */*;q=0.1",
    "xml": "application/xml, text/xml, application/rss+xml, application/atom+xml, */*;q=0.1",
    "any": "*/*",
}
_SNIFFED = 1_024
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_UTF16_BOMS = _BOMS[1:]
_VAGUE = ("", "text/plain", "application/octet-stream", "text/xml", "application/xml")
"""Content types that say too little to be believed about HTML."""
_HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body")


def check_content(accept: Accept, content_type: str, body: bytes, where: str) -> None:
    """Raise InvalidInput `not_html`, `not_json` or `not_xml` for a body that is not of that kind."""
    if accept == "any":
        return
    kind = content_type.partition(";")[0].strip().lower()
    start = _start(body)
    fits = {"html": _is_html, "json": _is_json, "xml": _is_xml}[accept]
    if not start or _is_binary(body, content_type) or not fits(kind, start):
        raise InvalidInput(
            f"{content_type[:80] or 'a body without content type'} is no {accept.upper()}",
            where=where,
            hint=f"it starts with {body[:24]!r}",
            kind=f"not_{accept}",
        )


def _start(body: bytes) -> bytes:
    """The first bytes that say something, in lower case, UTF-16 thinned out to ASCII."""
    start = body[:_SNIFFED]
    if start.startswith(_UTF16_BOMS):
        start = start[2:].replace(b"\0", b"")
    return start.removeprefix(_BOMS[0]).lstrip().lower()


def _is_binary(body: bytes, content_type: str) -> bool:
    """NUL bytes come in no text but UTF-16 and UTF-32."""
    return b"\0" in body[:_SNIFFED] and not body.startswith(_UTF16_BOMS) and "utf-16" not in content_type.lower()


def _is_html(kind: str, start: bytes) -> bool:
    if start.startswith((b"%pdf-", b"pk\x03\x04", b"\x89png", b"gif8", b"\xff\xd8\xff", b"\x1f\x8b", b"{\\rtf")):
        return False
    if kind in ("text/html", "application/xhtml+xml"):
        return True
    return kind in _VAGUE and any(mark in start for mark in _HTML_MARKS)


def _is_json(kind: str, start: bytes) -> bool:
    if kind == "application/json" or kind.endswith("+json"):
        return start[:1] in b'{["-0123456789tfn'
    return start[:1] in b"{["


def _is_xml(kind: str, start: bytes) -> bool:
    if not start.startswith(b"<"):
        return False
    return (
        kind.endswith(("/xml", "+xml")) or start.startswith(b"<?xml") or not any(mark in start for mark in _HTML_MARKS)
    )
