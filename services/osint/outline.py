"""The outline of a page: its headings, links and text, read in one linear scan.

Discovery reads pages of hosts it knows nothing about, in the process that fetches them. A tree is not needed for
that, and building one is where hostile pages bite: half a megabyte of nested tags keeps HTML parsers busy for 20
seconds. This scan looks at each byte once.
"""

import re
from dataclasses import dataclass, field
from html import unescape

import webencodings

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.urls import parse_url
from services.osint.words import looks_like_title

SCANNED = 2_000_000
"""Characters of a page that are read."""
MAX_LINKS = 5_000
MAX_TAG = 10_000
"""Characters of one tag with its attributes; a longer one is passed over."""
MAX_TEXT = 300_000
MAX_STATED = 500
LITTLE_TEXT = 300
"""Characters of text below which a page with scripts is a shell."""

_TAG = re.compile(r"""<(/?)([a-z][a-z0-9-]{0,20}+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))""", re.IGNORECASE
)
_STATED = re.compile(
    r"""\\?"(?:title|job_?title|position_?title|posting_?title|job_?name|text)\\?"\s{0,3}:\s{0,3}\\?"([^"\\<>{}]{4,160})\\?\"""",
    re.IGNORECASE,
)
"""A title in the data of a page that scripts draw; such data may be JSON within a string."""
_RAW = frozenset({"script", "style", "template", "svg", "noscript"})
_RAW_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _RAW}
_HEADINGS = frozenset({"title", "h1", "h2", "h3"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Link:
    """An anchor or a frame: where it leads, absolute, and what it says."""

    url: str
    text: str


@dataclass
class Outline:
    """What is seen of a page at a glance."""

    url: str
    title: str = ""
    headings: list[str] = field(default_factory=list)
    """The texts of h1, h2 and h3, in order."""
    main_heading: str = ""
    """The first h1 that says something."""
    links: list[Link] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    """URLs of iframes."""
    text: str = ""
    postings_marked: int = 0
    """How many schema.org JobPostings the page's markup holds."""
    titles_stated: frozenset[str] = frozenset()
    """What the data in its scripts calls a title, and reads like one of a posting."""
    language: str = ""
    """As its root element states it: `de-CH`."""
    scripts: int = 0

    @property
    def is_shell(self) -> bool:
        """Whether scripts would have to bring what the page shows."""
        return self.scripts > 0 and len(self.text) < LITTLE_TEXT


def decode(page: Page) -> str:
    """The text of a body: by the charset of its header, else UTF-8; what cannot be read is replaced."""
    stated = re.search(r"charset=[\"']?([\w.:-]{1,40})", page.content_type, re.IGNORECASE)
    # By the labels of the web alone: Python knows encodings that take the square of their input, or fail.
    encoding = webencodings.lookup(stated[1]) if stated else None
    text: str
    text, _ = webencodings.decode(page.body[: 4 * SCANNED], encoding or webencodings.UTF8, "replace")
    return text


def outline_of(page: Page) -> Outline:
    """Read the outline of an HTML page."""
    return _Scan(page.url).read(decode(page)[:SCANNED])


def absolute(url: str, base: str) -> str | None:
    """An http(s) URL without its fragment, or None where `url` is none."""
    try:
        parsed = parse_url(unescape(url), base)
    except InvalidInput:
        return None
    parsed.hash = ""
    return str(parsed.href)


class _Scan:
    """One pass over the tags of a page."""

    def __init__(self, url: str) -> None:
        self.outline = Outline(url)
        self.base = url
        self.text: list[str] = []
        self.size = 0
        self.href: str | None = None
        self.link_text: list[str] = []
        self.stated: set[str] = set()
        self.heading: str | None = None
        self.heading_text: list[str] = []

    def read(self, html: str) -> Outline:
        position = 0
        while position < len(html):
            start = html.find("<", position)
            if start < 0:
                self._say(html[position:])
                break
            self._say(html[position:start])
            position = self._at(html, start)
        self._end_link()
        self.outline.text = _squeeze(" ".join(self.text))
        self.outline.titles_stated = frozenset(self.stated)
        return self.outline

    def _at(self, html: str, start: int) -> int:
        """Take the tag at `start`; returns where to go on."""
        if html.startswith("<!--", start):
            end = html.find("-->", start)
            return end + 3 if end >= 0 else len(html)
        tag = _TAG.match(html, start, start + MAX_TAG)
        if tag is None:
            return start + 1
        closing, name, attributes = tag[1], tag[2].lower(), tag[3]
        if name in _RAW and not closing:
            closed = _RAW_END[name].search(html, tag.end())
            end = closed.start() if closed else len(html)
            self._raw(name, attributes, html[tag.end() : end])
            return end
        if closing:
            self._close(name)
        else:
            self._open(name, attributes)
        return tag.end()

    def _open(self, name: str, attributes: str) -> None:
        if name == "a":
            self._end_link()
            values = _attributes(attributes)
            self.href = values.get("href")
            self.link_text = [values.get("aria-label", "")]
        elif name in _HEADINGS:
            self._end_heading()
            self.heading = name
        elif name == "iframe" and (url := absolute(_attributes(attributes).get("src", ""), self.base)):
            self.outline.frames.append(url)
        elif name == "html" and not self.outline.language:
            self.outline.language = _attributes(attributes).get("lang", "")[:20]
        elif name == "base" and (url := absolute(_attributes(attributes).get("href", ""), self.base)):
            self.base = url
        if "jobposting" in attributes.lower():
            self.outline.postings_marked += "itemtype" in attributes.lower() or "typeof" in attributes.lower()

    def _close(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name in _HEADINGS:
            self._end_heading()

    def _raw(self, name: str, attributes: str, content: str) -> None:
        if name == "script":
            self.outline.scripts += 1
            if "ld+json" in attributes:
                self.outline.postings_marked += len(re.findall(r'"JobPosting"', content))
            else:
                self._state(content)

    def _state(self, content: str) -> None:
        for match in _STATED.finditer(content):
            if len(self.stated) >= MAX_STATED:
                return
            if looks_like_title(match[1]):
                self.stated.add(match[1])

    def _say(self, text: str) -> None:
        if not text or text.isspace() or self.size > MAX_TEXT:
            return
        text = unescape(text)
        self.size += len(text)
        if self.heading != "title":
            self.text.append(text)
        if self.href is not None:
            self.link_text.append(text)
        if self.heading is not None:
            self.heading_text.append(text)

    def _end_link(self) -> None:
        href, self.href = self.href, None
        if href is None or len(self.outline.links) >= MAX_LINKS:
            return
        if url := absolute(href, self.base):
            spoken, *shown = self.link_text
            self.outline.links.append(Link(url, _squeeze(" ".join(shown)) or _squeeze(spoken)))

    def _end_heading(self) -> None:
        name, self.heading = self.heading, None
        text, self.heading_text = _squeeze(" ".join(self.heading_text)), []
        if name == "title" and not self.outline.title:
            self.outline.title = text
        elif name in ("h1", "h2", "h3") and text:
            self.outline.headings.append(text[:300])
            if name == "h1" and not self.outline.main_heading:
                self.outline.main_heading = text[:300]


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found


def _squeeze(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
