"""What robots.txt and sitemaps say of where pages are (sitemaps.org protocol 0.9), read with bounds."""

import re
import zlib
from html import unescape

from quiethire.domain.page import Page

MAX_UNPACKED = 5_000_000
"""Bytes of one sitemap that are read."""
MAX_LOCATIONS = 20_000

_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(r"<(?:\w{1,20}:)?loc>\s*+(?:<!\[CDATA\[\s*+)?([^<\]\s]{1,2000})", re.IGNORECASE)


def sitemaps_named(robots: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return list(dict.fromkeys(_SITEMAP_LINE.findall(robots[:500_000])))


def locations(page: Page) -> list[str]:
    """The URLs that a sitemap or sitemap index lists; gzip is unpacked as far as it may be."""
    text = _unpacked(page.body).decode("utf-8", "replace")
    found: list[str] = []
    for match in _LOCATION.finditer(text):
        found.append(unescape(match[1]))
        if len(found) >= MAX_LOCATIONS:
            break
    return found


def is_index(page: Page) -> bool:
    """Whether a sitemap lists other sitemaps."""
    return b"<sitemapindex" in _unpacked(page.body)[:2_000].lower()


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body[:MAX_UNPACKED]
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return unpack.decompress(body, MAX_UNPACKED)
    except zlib.error:
        return b""  # Broken gzip holds no location that could be trusted.
