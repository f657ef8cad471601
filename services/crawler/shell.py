"""Is a page a script shell: almost no text of its own, and scripts that would bring it?

Read by one linear scan, not by an HTML parser: 500 KB of nested tags keep a parser busy for 20 seconds, and this runs
on every fetched page that may be rendered.
"""

import re
from collections.abc import Iterator

from quiethire.domain.page import FetchedVia, FetchSpec, PageRef, Render

SCANNED = 1_000_000
"""Bytes that are looked at."""
LITTLE_TEXT = 250
SOME_TEXT = 1_500
"""Bytes of visible text: below the first a page with scripts is a shell; below the second it is one if its root
container is empty (header and footer can be static)."""

_SKIPPED = (b"script", b"style", b"template", b"svg", b"noscript", b"title")
_EMPTY_ROOT = re.compile(
    rb"<(div|main|app-root|section)\b[^<>]{0,300}\bid\s*=\s*[\"']?(root|app|__next|__nuxt|main|application|react-root|app-root)"
    rb"[\"']?[^<>]{0,300}>\s{0,200}</|<app-root\b[^<>]{0,300}>\s{0,200}</app-root",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<(/?[a-z][a-z0-9-]{0,30}|!--)", re.IGNORECASE)
_SPACE = re.compile(rb"\s+")


def wants_browser(spec: FetchSpec, body: bytes) -> bool:
    """Whether what the request asks for is there only once a browser has run the page's scripts."""
    return spec.render is Render.AUTO and is_script_shell(body)


def is_unrendered(spec: FetchSpec, ref: PageRef, body: bytes) -> bool:
    """Whether an archived page is a shell whose scripts no browser ran, though the request asks for that."""
    return ref.via is not FetchedVia.BROWSER and wants_browser(spec, body)


def is_script_shell(html: bytes) -> bool:
    """Whether rendering the page would show what its HTML does not."""
    html = html[:SCANNED]
    lowered = html.lower()
    if b"<script" not in lowered or b'"jobposting"' in lowered:
        return False
    text = text_length(html)
    return text < LITTLE_TEXT or (text < SOME_TEXT and _EMPTY_ROOT.search(html) is not None)


def visible_texts(html: bytes) -> Iterator[bytes]:
    """The texts outside tags, scripts and the like, as they stand."""
    lowered = html.lower()
    position = 0
    while position < len(html):
        tag = _TAG.search(html, position)
        if tag is None:
            yield html[position:]
            return
        yield html[position : tag.start()]
        position = _after(lowered, tag.group(1).lower(), tag.end())


def text_length(html: bytes) -> int:
    """Bytes of visible text, white space collapsed; counted until there are enough for no shell."""
    total = 0
    for text in visible_texts(html[:SCANNED]):
        total += _length(text)
        if total >= SOME_TEXT:
            break
    return total


def _after(lowered: bytes, name: bytes, start: int) -> int:
    """Where text goes on after a tag, and after all of an element whose text is not shown. The end if unclosed."""
    if name == b"!--":
        end, width = lowered.find(b"-->", start), 3
    elif name in _SKIPPED:
        end, width = lowered.find(b"</" + name, start), 0
    else:
        end, width = lowered.find(b">", start), 1
    return len(lowered) if end < 0 else end + width


def _length(text: bytes) -> int:
    return len(_SPACE.sub(b" ", text).strip())
