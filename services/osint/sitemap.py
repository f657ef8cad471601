"""What robots.txt, sitemaps and feeds say of where pages are (sitemaps.org protocol 0.9, RSS, Atom), read with bounds.

One linear scan, not an XML parser: half of the sitemaps out there are not well-formed, a scan expands no entity and opens
no file, and no document keeps it busy for longer than its size is worth.
"""

import re
import zlib
from collections.abc import Iterable, Iterator

import webencodings

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.urls import MAX_URL_LENGTH, absolute_url

MAX_UNPACKED = 10_000_000
"""Bytes of one sitemap that are read: as many as the crawler takes of any body."""
MAX_LOCATIONS = 50_000
"""URLs of one sitemap that are read: the protocol allows no more."""
MAX_NAMED = 1_000
"""Sitemaps of one robots.txt."""

_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"^[ \t]*(https?://\S{1,8192})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_DECLARED = re.compile(rb"""^\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.-]{1,40})""")
_MARK = re.compile(
    r"<!--|<!\[CDATA\[|"
    r"<(?P<end>/?)(?:(?P<prefix>[\w.-]{1,40}):)?(?P<name>urlset|sitemapindex|rss|feed|rdf|loc|sitemap|item|entry|link)"
    r"(?P<attributes>(?:[\s/][^<>]{0,4000}+)?)>",
    re.IGNORECASE,
)
_CDATA = re.compile(r"\s{0,9999}+<!\[CDATA\[")
_HREF = re.compile(r"""\shref\s{0,9}=\s{0,9}["']([^"']{1,8192})""")
_REL = re.compile(r"""\srel\s{0,9}=\s{0,9}["']([^"']{0,40})""")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Sitemap(Model):
    """What one sitemap or feed lists."""

    index: bool = False
    """Whether it lists other sitemaps, not pages."""
    locations: tuple[str, ...] = ()
    """Absolute URLs, each once, in order."""


def sitemaps_named(robots: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return list(dict.fromkeys(_SITEMAP_LINE.findall(robots[:500_000])))[:MAX_NAMED]


def read_sitemap(page: Page) -> Sitemap:
    """Read a sitemap, a sitemap index, a list of URLs as text, RSS or Atom; gzip is unpacked as far as it may be.

    Never fails: a document that is none of these lists nothing, a broken one what can be read of it.
    """
    text = _text(_unpacked(page.body))
    if not text.lstrip().startswith("<"):
        return Sitemap(locations=_distinct(_LINE.findall(text), page.url))
    scan = _Scan(text)
    locations = _distinct(scan.locations(), page.url)
    return Sitemap(index=scan.index, locations=locations)


def _distinct(locations: Iterable[str], base: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for location in locations:
        if (url := _absolute(location, base)) is not None:
            found[url] = None
            if len(found) >= MAX_LOCATIONS:
                break
    return tuple(found)


class _Scan:
    """One pass over an XML document that may be broken."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._prefix = ""
        """The root's: `image:loc` in a sitemap is no page."""
        self._feed = False
        self._inside = False
        """Inside an item or entry of a feed: links outside are the feed's own."""
        self.index = False

    def locations(self) -> Iterator[str]:
        """Locations as they are written."""
        position = 0
        while (mark := _MARK.search(self._text, position)) is not None:
            if mark["name"] is None:
                end = self._text.find("-->" if mark[0] == "<!--" else "]]>", mark.end())
                if end < 0:
                    return
                position = end + 3
                continue
            position = mark.end()
            if (found := self._element(mark)) is not None:
                yield found

    def _element(self, mark: re.Match[str]) -> str | None:
        name, prefix = mark["name"].lower(), mark["prefix"] or ""
        if name in ("item", "entry"):
            self._inside = not mark["end"]
        elif mark["end"]:
            return None
        elif name in ("urlset", "sitemapindex", "rss", "feed", "rdf"):
            self._prefix = "" if name == "rdf" else prefix
            self._feed = name in ("rss", "feed", "rdf")
            self.index = self.index or name == "sitemapindex"
        elif prefix != self._prefix:
            return None
        elif name == "link":
            return self._link(mark) if self._inside else None
        elif not self._feed:
            # Some write the URL of a sitemap right into its element.
            return self._content(mark.end())
        return None

    def _link(self, mark: re.Match[str]) -> str | None:
        href = _HREF.search(mark["attributes"])
        if href is None:
            return self._content(mark.end())
        rel = _REL.search(mark["attributes"])
        return _unescaped(href[1]) if rel is None or rel[1] == "alternate" else None

    def _content(self, start: int) -> str | None:
        """The text of an element that begins here."""
        if (opened := _CDATA.match(self._text, start)) is not None:
            end = self._text.find("]]>", opened.end(), opened.end() + MAX_URL_LENGTH)
            return self._text[opened.end() : end].strip() if end >= 0 else None
        end = self._text.find("<", start, start + 2 * MAX_URL_LENGTH)
        return _unescaped(self._text[start:end].strip()) or None if end >= 0 else None


def _absolute(location: str, base: str) -> str | None:
    if not location.lower().startswith(("http://", "https://", "/")):
        return None
    try:
        return absolute_url(location, base)
    except InvalidInput:
        return None


def _unescaped(text: str) -> str:
    """XML's own entities and characters by number; what a document defines itself is left as it stands."""
    return _ENTITY.sub(_character, text)


def _character(entity: re.Match[str]) -> str:
    name = entity[1].lower()
    if not name.startswith("#"):
        return _NAMED[name]
    number = int(f"0{name[1:]}", 0) if name[1] == "x" else int(name[1:])
    return chr(number) if number < 0x11_0000 and not 0xD800 <= number < 0xE000 else ""


def _text(body: bytes) -> str:
    """As the byte order mark says, else as the document declares, else UTF-8."""
    declared = _DECLARED.match(body[:400])
    encoding = webencodings.lookup(declared[1].decode()) if declared else None
    if encoding is None or encoding.name.startswith("utf-16"):  # what could be read as ASCII is none
        encoding = webencodings.UTF8
    return str(webencodings.decode(body, encoding, errors="replace")[0])


def _unpacked(body: bytes) -> bytes:
    """The document, out of gzip where it is packed; of a broken file what comes before the fault."""
    if not body.startswith(b"\x1f\x8b"):
        return body[:MAX_UNPACKED]
    unpack, pieces, size = zlib.decompressobj(zlib.MAX_WBITS | 16), [], 0
    try:
        while size < MAX_UNPACKED and body and not unpack.eof:
            pieces.append(unpack.decompress(body, min(1_000_000, MAX_UNPACKED - size)))
            size += len(pieces[-1])
            body = unpack.unconsumed_tail
    except zlib.error:
        pass  # What was unpacked so far is all there is.
    return b"".join(pieces)
