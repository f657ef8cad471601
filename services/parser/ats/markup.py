"""Lists that are markup: XML feeds by element, HTML pages by selector. Both are hostile until read."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from lxml import etree

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import Page
from quiethire.domain.posting import Sourced
from services.parser.ats.base import stated
from services.parser.document import Document


class Element:
    """An XML element by the local names of its children: feeds differ in prefixes, not in names."""

    def __init__(self, node: etree._Element, path: str) -> None:
        self._node = node
        self.path = path

    @classmethod
    def of(cls, page: Page, board: Board, root: str) -> "Element":
        """The root of a feed. Raises SchemaDrift where the page is no XML, or of another kind."""
        # No DTD is loaded, no entity resolved, nothing fetched; libxml2 bounds depth and size by itself.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            node = etree.fromstring(page.body, parser)
        except etree.XMLSyntaxError as error:
            raise SchemaDrift(
                "the answer is no XML", where=board.key, hint="see whether the board moved, or switched its feed off"
            ) from error
        if node is None or _local(node) != root:
            raise SchemaDrift(f"the feed is no <{root}>", where=board.key, hint="compare it with the fixtures")
        return cls(node, root)

    def all(self, name: str) -> list["Element"]:
        """The children of this name."""
        nodes = [node for node in self._node if _local(node) == name]
        return [Element(node, f"{self.path}/{name}[{index}]") for index, node in enumerate(nodes)]

    def within(self, *names: str) -> Iterator["Element"]:
        """The elements at the end of a path of names."""
        head, *rest = names
        for child in self.all(head):
            if rest:
                yield from child.within(*rest)
            else:
                yield child

    def text(self, name: str) -> str | None:
        """The text of the first child of this name that has any."""
        return next((text for child in self.all(name) if (text := child.content())), None)

    def sourced(self, name: str) -> Sourced | None:
        """The text of a child with its path."""
        text = self.text(name)
        return stated(text, f"{self.path}/{name}") if text else None

    def content(self) -> str | None:
        """All text within."""
        return "".join(str(part) for part in self._node.itertext()).strip() or None

    def drift(self, name: str, board: Board) -> SchemaDrift:
        """The error for a child that is missing."""
        return SchemaDrift(
            f"{self.path} has no {name}",
            where=board.key,
            hint="compare the archived answer with the adapter's fixtures",
        )


def _local(node: etree._Element) -> str:
    """The name of an element; comments and processing instructions have none."""
    tag: object = node.tag
    return etree.QName(tag).localname if isinstance(tag, str) else ""


_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))
"""What escaping makes of HTML; the ampersand's own comes last, or it would make more of them."""


def unescaped(html: str) -> str:
    """HTML that an API escaped once more; entities of its own stay, a browser reads them.

    By far faster than `html.unescape`, which looks up each of the thousands of entities in a long description.
    """
    for escape, character in _ESCAPES:
        html = html.replace(escape, character)
    return html


def links(page: Page, selector: str) -> list[str]:
    """The addresses of the links that a CSS selector finds, each once, in the order of the page."""
    found: dict[str, None] = {}
    for node in Document(page).tree.css(selector):
        if not (href := (node.attributes.get("href") or "").strip()):
            continue
        with contextlib.suppress(ValueError):  # `http://[` is no address.
            found[urljoin(page.url, href)] = None
    return [url for url in found if url.startswith(("https://", "http://"))]


def sitemap(page: Page, board: Board) -> tuple[list[str], list[str]]:
    """The sitemaps that a sitemap names, and the pages. Raises SchemaDrift where the page is none."""
    root, entry = ("sitemapindex", "sitemap") if b"<sitemapindex" in page.body else ("urlset", "url")
    named: dict[str, None] = {}
    for at in Element.of(page, board, root).all(entry):
        if (name := at.text("loc")) is None:
            raise at.drift("loc", board)
        named[name] = None
    return ([*named], []) if root == "sitemapindex" else ([], [*named])


def own(urls: Iterable[str], host: str) -> list[str]:
    """Those addresses that lead to this very host."""
    return [url for url in urls if re.match(rf"https?://{re.escape(host)}/", url, re.IGNORECASE)]
