"""A page as every strategy sees it: one tree, and its text as lines with where each of them stands."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from services.parser.encoding import decode
from services.parser.normalise.text import BLOCKS, SILENT, squeeze

MAX_BODY = 10_000_000
"""Bytes of a page that are parsed; larger ones are refused."""
MAX_LINES = 20_000
"""Lines of text that are read; no posting is longer."""

_FRAME_TAGS = frozenset({"nav", "footer", "dialog"})
_FRAME_ROLES = frozenset({"navigation", "contentinfo", "dialog"})
_FRAMING = frozenset({"div", "section", "ul", "header", "aside", "p"})
_FRAME = re.compile(
    r"(?<![a-z])(nav(bar|igation)?|(mega-?)?menu|footer|cookies?|consent|onetrust|gdpr|breadcrumbs?|pagination|pager|share|social|"
    r"related|similar|recommend\w*|newsletter|modal|popup|skip-?link|lang(uage)?(-?(switch\w*|select\w*))?|filters?|facets?|"
    r"categor(y|ies)|tag-?cloud)(?![a-z])",
    re.IGNORECASE,
)
_SPACED_POINT = re.compile(r" ([.,;:!?)])")
_HIDDEN = re.compile(r"display:\s*none", re.IGNORECASE)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HEADING_DEPTH = 6
_EMPHASIS = frozenset({"a", "b", "strong"})
_NAMED = frozenset({"class", "id", "data-testid", "data-qa", "data-automation-id", "itemprop"})
"""Attributes in which sites name what they show."""
_HINT = 300
"""Characters of such names that are kept."""


@dataclass(slots=True)
class Line:
    """The text of one block. `parts` are its text nodes: a heading may hold title, company and place side by side."""

    text: str
    tag: str
    heading: int
    chrome: bool
    """Whether it stands in navigation, footer, banner or another frame of the page."""
    link: bool
    """Whether all of it is a link."""
    bold: bool
    hint: str
    """Classes and ids of the block and what is just around it: sites name what they show."""
    parts: tuple[str, ...]


class Document:
    """One page, parsed once."""

    def __init__(self, page: Page) -> None:
        if len(page.body) > MAX_BODY:
            raise InvalidInput(
                f"the page has {len(page.body):,} bytes",
                where=page.url,
                hint=f"at most {MAX_BODY:,} are read",
                kind="too_large",
            )
        self.page = page
        self.url = page.url
        self.tree = _tree(page)
        self._frames: dict[int, bool] = {}

    @cached_property
    def title(self) -> str:
        """The text of `<title>`."""
        node = self.tree.css_first("head title") or self.tree.css_first("title")
        return squeeze(node.text()) if node else ""

    @cached_property
    def meta(self) -> dict[str, str]:
        """`<meta>` by name or property, the first of each."""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[content]")[:300]:
            name = node.attributes.get("property") or node.attributes.get("name") or ""
            found.setdefault(name.lower(), squeeze(node.attributes.get("content") or ""))
        return found

    @cached_property
    def language(self) -> str | None:
        """The language that `<html lang>` states."""
        node = self.tree.css_first("html")
        return (node.attributes.get("lang") or None) if node else None

    @cached_property
    def lines(self) -> list[Line]:
        """The text of the body, block by block."""
        return _Reader(self).read(self.tree.body)

    def framed(self, node: LexborNode) -> bool:
        """Whether an element stands within a frame of the page. Answers are kept: links ask for the same elements."""
        passed: list[int] = []
        current, answer = node.parent, False
        while current is not None and current.tag not in ("body", "html"):
            if (known := self._frames.get(current.mem_id)) is not None:
                answer = known
                break
            passed.append(current.mem_id)
            if self.is_frame(current):
                answer = True
                break
            current = current.parent
        self._frames.update(dict.fromkeys(passed, answer))
        return answer

    def is_frame(self, node: LexborNode) -> bool:
        """Whether an element is navigation, footer, banner or another frame around the content of a page."""
        tag, attributes = node.tag or "", node.attributes
        if tag in _FRAME_TAGS or attributes.get("role") in _FRAME_ROLES:
            return True
        if tag not in _FRAMING or not attributes:
            return False
        hint = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        # A wrapper around the whole page may bear such a name too.
        return _names_frame(hint[:160]) and node.mem_id not in self._wrappers

    @cached_property
    def _wrappers(self) -> set[int]:
        """Addresses of what stands around the content: all that a main heading, `<main>` or `<article>` is within."""
        found: set[int] = set()
        for node in self.tree.css("h1, main, article"):
            around = node.parent
            while around is not None and around.mem_id not in found:
                found.add(around.mem_id)
                around = around.parent
        return found

    @cached_property
    def content(self) -> list[Line]:
        """The lines outside navigation, footer and other frames."""
        return [line for line in self.lines if not line.chrome]


@lru_cache(maxsize=4_096)
def _names_frame(hint: str) -> bool:
    """Whether class and id name a frame; a site uses the same few over and over."""
    return _FRAME.search(hint) is not None


def _tree(page: Page) -> LexborHTMLParser:
    """The tree by the HTML Standard; what that parser cannot take goes through BeautifulSoup once."""
    markup = decode(page.body, page.content_type)
    try:
        return LexborHTMLParser(markup)
    except (SelectolaxError, ValueError, RuntimeError):
        return LexborHTMLParser(str(BeautifulSoup(markup, "lxml")))


@dataclass(slots=True)
class _Element:
    """What an element says of the text within it. Plain inline elements share that of their parent."""

    block: int
    """Address of the nearest block: text of another block stands on another line."""
    tag: str
    """Tag of that block."""
    heading: int
    below: int
    """Elements between the heading and this one: what stands too deep in an open heading is none."""
    chrome: bool
    link: bool
    strong: bool
    own: str
    """Hint of the element itself, and …"""
    around: str
    """… of it and its parent."""


_PAGE = _Element(0, "body", 0, 0, chrome=False, link=False, strong=False, own="", around="")


class _Reader:
    """Visits the nodes of a body once, in order, and cuts the text into lines."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[Line] = []
        self.elements: dict[int, _Element] = {}  # by address; those whose text is not read are left out
        self.block = _PAGE
        self._begin("")

    def _begin(self, hint: str) -> None:
        """An empty line."""
        self.parts: list[str] = []
        self.hint = hint
        self.length = self.linked = self.bold = 0

    def read(self, body: LexborNode | None) -> list[Line]:
        if body is None:
            return []
        self.elements[body.mem_id] = _PAGE
        for node in body.traverse(include_text=True):
            parent = node.parent
            within = self.elements.get(parent.mem_id) if parent is not None else None
            if within is None:
                continue
            if node.is_text_node:
                self._text(node.text_content or "", within)
            elif node.is_element_node:
                self._element(node, within)
            if len(self.lines) >= MAX_LINES:
                break
        self._close(_PAGE, "")
        return self.lines

    def _text(self, text: str, within: _Element) -> None:
        if text.isspace() or not (part := squeeze(text)):
            return
        if within.block != self.block.block:
            self._close(within, "")
        self.parts.append(part)
        size = len(part)
        self.length += size
        if within.link:
            self.linked += size
        if within.strong:
            self.bold += size

    def _element(self, node: LexborNode, within: _Element) -> None:
        tag = node.tag or ""
        attributes = node.attributes
        hint = ""
        if attributes:
            style = attributes.get("style")
            if "hidden" in attributes or (style and _HIDDEN.search(style)):
                return
            hint = " ".join([value for name, value in attributes.items() if value and name in _NAMED])[:_HINT]
        block = tag in BLOCKS
        if tag in SILENT:
            # An icon names what stands beside it, as any other inline element does.
            self.hint = f"{self.hint} {hint}"[-_HINT:] if hint else self.hint
            return
        if not (block or hint or tag in _EMPHASIS or "role" in attributes):
            self.elements[node.mem_id] = within
            return
        level = _HEADINGS.get(tag, 0)
        below = 0 if level else within.below + 1
        address = node.mem_id
        element = self.elements[address] = _Element(
            address if block else within.block,
            tag if block else within.tag,
            level or (within.heading if below < _HEADING_DEPTH else 0),
            below,
            chrome=within.chrome or (bool(attributes or tag in _FRAME_TAGS) and self.document.is_frame(node)),
            link=within.link or tag == "a",
            strong=within.strong or tag in ("b", "strong"),
            own=hint,
            around=f"{within.own} {hint}".strip() if within.own else hint,
        )
        if block:
            self._close(element, hint)
        elif hint:
            if within.block != self.block.block:
                self._close(within, "")
            self.hint = f"{self.hint} {hint}"[-_HINT:]

    def _close(self, following: _Element, hint: str) -> None:
        """End the line; the next one stands in the block of `following`."""
        if self.parts:
            block, parts = self.block, self.parts
            self.lines.append(
                Line(
                    text=_SPACED_POINT.sub(r"\1", " ".join(parts)),
                    tag=block.tag,
                    heading=block.heading,
                    chrome=block.chrome,
                    link=self.linked == self.length,
                    bold=self.bold == self.length,
                    hint=f"{block.around} {self.hint}"[-_HINT:],
                    parts=tuple(parts),
                )
            )
        self.block = following
        self._begin(hint)
