"""A page as every strategy sees it: one tree, and its text as lines with where each of them stands."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.words import fold
from services.parser import bounds
from services.parser.encoding import decode
from services.parser.normalise.text import BLOCKS, SILENT, squeeze

MAX_BODY = 10_000_000
"""Bytes of a page that are given to the parser; larger ones are refused. A page made to harm may be far smaller and still take
more time or memory than a worker of the pool has: then it is refused for that."""
MAX_LINES = 20_000
"""Lines of text that are read; no posting is longer."""
MAX_NODES = 200_000
"""Elements and texts that are read: a few kilobytes of open tags can make the parser build millions."""

_FRAME_TAGS = frozenset({"nav", "footer", "dialog"})
_FRAME_ROLES = frozenset({"navigation", "contentinfo", "dialog"})
_FRAMING = frozenset({"div", "section", "ul", "header", "aside", "p"})
_FRAME = re.compile(
    r"(?<![a-z])(nav(bar|igation)?|(mega-?)?menu|footer|cookies?|consent|onetrust|gdpr|breadcrumbs?|pagination|pager|share|social|"
    r"related|similar|recommend\w*|newsletter|modal|popup|skip-?link|lang(uage)?(-?(switch\w*|select\w*))?|filters?|facets?|"
    r"categor(y|ies)|tag-?cloud)(?![a-z])",
    re.IGNORECASE,
)
_SPACED_POINTS = (" .", " ,", " ;", " :", " !", " ?", " )")
_HIDDEN = re.compile(r"display:\s*none", re.IGNORECASE)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HEADING_DEPTH = 6
_EMPHASIS = frozenset({"a", "b", "strong"})
_NAMED = frozenset({"class", "id", "data-test", "data-testid", "data-qa", "data-automation-id", "itemprop"})
"""Attributes in which sites name what they show."""
_HINT = 300
"""Characters of such names that are kept."""


T = TypeVar("T")
_Attributes = dict[str, str | None]


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
    parts: tuple[str, ...]
    _named: list[_Attributes] = field(default_factory=list, repr=False, compare=False)
    _folded: str | None = field(default=None, repr=False, compare=False)

    @property
    def hint(self) -> str:
        """Classes and ids of the block and what is just around it: sites name what they show. Few lines are asked for theirs."""
        names = ""
        for attributes in reversed(self._named):
            own = " ".join([value for name, value in attributes.items() if value and name in _NAMED])[:_HINT]
            names = f"{own} {names}".strip()
            if len(names) >= _HINT:
                break
        return names[-_HINT:]

    @property
    def folded(self) -> str:
        """The text as it is compared: nearly every strategy asks for it."""
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded


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
        self._elements: dict[int, _Element] = {}
        self._read: dict[Callable[[Document], object], object] = {}

    def once(self, read: Callable[["Document"], T]) -> T:
        """What a strategy reads off this page: read once, however many ask for it."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]  # type: ignore[return-value]  # each function's own answer is kept under it

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
        reader = _Reader(self)
        lines = reader.read(self.tree.body)
        self._elements = reader.elements
        return lines

    def framed(self, node: LexborNode) -> bool:
        """Whether an element stands within a frame of the page: as its lines do, where they were read."""
        passed: list[int] = []
        current, answer = node.parent, False
        if current is not None and (element := self._elements.get(current.mem_id)) is not None:
            return element.chrome
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

    def is_frame(self, node: LexborNode, tag: str | None = None, attributes: _Attributes | None = None) -> bool:
        """Whether an element is navigation, footer, banner or another frame around the content of a page."""
        tag = tag or node.tag or ""
        if attributes is None:
            attributes = node.attributes
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
    bounds.check(markup, page.url)
    try:
        return LexborHTMLParser(markup)
    except (SelectolaxError, ValueError, RuntimeError):
        from bs4 import BeautifulSoup  # noqa: PLC0415 - hardly ever needed, and slow to load

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
    own: _Attributes
    """Attributes of the element itself, and …"""
    outer: _Attributes
    """… of the one that it stands in."""


_NONE: _Attributes = {}
_PAGE = _Element(0, "body", 0, 0, chrome=False, link=False, strong=False, own=_NONE, outer=_NONE)


class _Reader:
    """Visits the nodes of a body once, in order, and cuts the text into lines. Every call on a node counts here."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[Line] = []
        self.elements: dict[int, _Element] = {}  # by address; those whose text is not read are left out
        self.block = _PAGE
        self.named: list[_Attributes] = []
        """Attributes of the elements that the line goes through."""
        self.parts: list[str] = []
        self.link = self.bold = True
        """Whether all of the line so far is a link, or bold."""

    def read(self, body: LexborNode | None) -> list[Line]:
        if body is None:
            return []
        elements, lines = self.elements, self.lines
        elements[body.mem_id] = _PAGE
        for node in islice(body.traverse(include_text=True, skip_empty=True), MAX_NODES):
            parent = node.parent
            within = elements.get(parent.mem_id) if parent is not None else None
            if within is None:
                continue
            tag = node.tag or ""
            if tag == "-text":
                if part := squeeze(node.text_content or ""):
                    self._text(part, within)
            elif node.is_element_node:
                self._element(node, tag, within)
            if len(lines) >= MAX_LINES:
                break
        self._begin(_PAGE, _NONE)
        return lines

    def _text(self, part: str, within: _Element) -> None:
        if within.block != self.block.block:
            self._begin(within, _NONE)
        self.parts.append(part)
        if not within.link:
            self.link = False
        if not within.strong:
            self.bold = False

    def _element(self, node: LexborNode, tag: str, within: _Element) -> None:
        if within.chrome:
            self._framed(node, tag, within)
            return
        attributes = node.attributes
        if attributes and (
            "hidden" in attributes or ("style" in attributes and _HIDDEN.search(attributes["style"] or ""))
        ):
            return
        if tag in SILENT:
            # An icon names what stands beside it, as any other inline element does.
            if attributes:
                self._name(within, attributes)
            return
        block = tag in BLOCKS
        # What a site calls an inline element is a hint too; one without a name or a meaning is as good as its parent.
        if not (block or tag in _EMPHASIS or _says_something(attributes)):
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
            bool(attributes or tag in _FRAME_TAGS) and self.document.is_frame(node, tag, attributes),
            within.link or tag == "a",
            within.strong or tag in ("b", "strong"),
            attributes,
            within.own,
        )
        if block:
            self._begin(element, attributes)
        elif attributes:
            self._name(within, attributes)

    def _name(self, within: _Element, attributes: _Attributes) -> None:
        """What an inline element calls the line that it stands on, which it may begin."""
        if within.block != self.block.block:
            self._begin(within, _NONE)
        self.named.append(attributes)

    def _framed(self, node: LexborNode, tag: str, within: _Element) -> None:
        """An element in a frame of the page: half of a page is, and little is asked of it but its text."""
        if tag in SILENT:
            return
        if tag in BLOCKS:
            address = node.mem_id
            element = self.elements[address] = _Element(
                address, tag, _HEADINGS.get(tag, 0), 0, True, within.link, within.strong, _NONE, _NONE
            )
            self._begin(element, _NONE)
        elif tag == "a":
            self.elements[node.mem_id] = _Element(
                within.block, within.tag, within.heading, 0, True, True, within.strong, _NONE, _NONE
            )
        else:
            self.elements[node.mem_id] = within

    def _begin(self, block: _Element, attributes: _Attributes) -> None:
        """End the line, if there is text on it; the next one stands in another block."""
        if self.parts:
            self._end()
        self.block = block
        self.named = [attributes] if attributes else []

    def _end(self) -> None:
        block, parts = self.block, self.parts
        text = parts[0] if len(parts) == 1 else " ".join(parts)
        for point in _SPACED_POINTS:
            if point in text:
                text = text.replace(point, point[1])
        self.lines.append(
            Line(
                text,
                block.tag,
                block.heading,
                block.chrome,
                self.link,
                self.bold,
                tuple(parts),
                [block.outer, block.own, *self.named],
            )
        )
        self.parts = []
        self.link = self.bold = True


def _says_something(attributes: _Attributes) -> bool:
    return bool(attributes) and ("role" in attributes or any(attributes.get(name) for name in _NAMED))
