"""A page as every strategy sees it: one tree, and its text as lines with where each of them stands."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from services.parser.encoding import decode
from services.parser.normalise.text import BLOCKS, squeeze, walk

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


@dataclass(slots=True)
class _Open:
    """The block that is being read."""

    tag: str = "body"
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    length: int = 0
    hint: str = ""


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
        return _Reader().read(self.tree.body)

    def framed(self, node: LexborNode) -> bool:
        """Whether an element stands within a frame of the page. Answers are kept: links ask for the same elements."""
        passed: list[int] = []
        current, answer = node.parent, False
        while current is not None and current.tag not in ("body", "html"):
            if (known := self._frames.get(current.mem_id)) is not None:
                answer = known
                break
            passed.append(current.mem_id)
            if is_frame(current):
                answer = True
                break
            current = current.parent
        self._frames.update(dict.fromkeys(passed, answer))
        return answer

    @cached_property
    def content(self) -> list[Line]:
        """The lines outside navigation, footer and other frames."""
        return [line for line in self.lines if not line.chrome]


def is_frame(node: LexborNode) -> bool:
    """Whether an element is navigation, footer, banner or another frame around the content of a page."""
    tag, attributes = node.tag or "", node.attributes
    if tag in _FRAME_TAGS or attributes.get("role") in _FRAME_ROLES:
        return True
    if tag not in _FRAMING:
        return False
    hint = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:160]
    # A wrapper around the whole page may bear such a name too.
    return _FRAME.search(hint) is not None and node.css_first("h1, main, article") is None


def _tree(page: Page) -> LexborHTMLParser:
    """The tree by the HTML Standard; what that parser cannot take goes through BeautifulSoup once."""
    markup = decode(page.body, page.content_type)
    try:
        return LexborHTMLParser(markup)
    except (SelectolaxError, ValueError, RuntimeError):
        return LexborHTMLParser(str(BeautifulSoup(markup, "lxml")))


class _Reader:
    """Walks a body once and cuts its text into lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.stack: list[tuple[str, str]] = []  # open elements that matter: (tag, hint)
        self.chrome = self.links = self.strong = 0
        self.frames: list[bool] = []
        self.open = _Open()

    def read(self, body: LexborNode | None) -> list[Line]:
        skip_until = 0
        for node, entering in walk(body):
            if skip_until:
                if not entering and node.mem_id == skip_until:
                    skip_until = 0
                continue
            if node.is_text_node:
                if entering:
                    self._text(node.text_content or "")
            elif node.is_element_node:
                if entering and self._hidden(node):
                    skip_until = node.mem_id
                elif entering:
                    self._enter(node)
                else:
                    self._leave(node.tag or "")
            if len(self.lines) >= MAX_LINES:
                break
        self._close()
        return self.lines

    def _hidden(self, node: LexborNode) -> bool:
        if node.tag in ("body", "html"):
            return False
        attributes = node.attributes
        return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))

    def _enter(self, node: LexborNode) -> None:
        tag, attributes = node.tag or "", node.attributes
        hint = " ".join(
            filter(
                None,
                (
                    attributes.get(name)
                    for name in ("class", "id", "data-testid", "data-qa", "data-automation-id", "itemprop")
                ),
            )
        )
        frame = is_frame(node)
        self.chrome += frame
        self.links += tag == "a"
        self.strong += tag in ("b", "strong")
        self.frames.append(frame)
        self.stack.append((tag, hint))
        if tag in BLOCKS:
            self._close()
            self.open.tag = tag
        if hint:
            self.open.hint = (self.open.hint + " " + hint)[-300:]

    def _leave(self, tag: str) -> None:
        if not self.stack:
            return
        if tag in BLOCKS:
            self._close()
        self.stack.pop()
        self.chrome -= self.frames.pop()
        self.links -= tag == "a"
        self.strong -= tag in ("b", "strong")
        if tag in BLOCKS:
            self.open.tag = next((name for name, _ in reversed(self.stack) if name in BLOCKS), "body")

    def _text(self, text: str) -> None:
        if part := squeeze(text):
            self.open.parts.append(part)
            self.open.length += len(part)
            self.open.linked += len(part) if self.links else 0
            self.open.bold += len(part) if self.strong else 0

    def _close(self) -> None:
        block = self.open
        nearest = next((tag for tag, _ in reversed(self.stack) if tag in BLOCKS), "body")
        if block.parts:
            heading = next(
                (_HEADINGS[tag] for tag, _ in reversed(self.stack[-6:]) if tag in _HEADINGS),
                _HEADINGS.get(block.tag, 0),
            )
            around = " ".join(hint for _, hint in self.stack[-2:] if hint)
            self.lines.append(
                Line(
                    text=_SPACED_POINT.sub(r"\1", " ".join(block.parts)),
                    tag=block.tag,
                    heading=heading,
                    chrome=self.chrome > 0,
                    link=block.linked == block.length,
                    bold=block.bold == block.length,
                    hint=f"{around} {block.hint}"[-300:],
                    parts=tuple(block.parts),
                )
            )
        self.open = _Open(tag=nearest)
