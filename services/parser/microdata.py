"""JobPosting in microdata and RDFa Lite, which differ in the names of their attributes: read off the page's own tree."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from quiethire.domain.posting import RawPosting, Source
from services.parser.document import Document
from services.parser.normalise.text import squeeze
from services.parser.schema_org import address_of, to_raw
from services.parser.schema_values import Json

MAX_ITEMS = 200
MAX_DEPTH = 12
MAX_NODES = 50_000
"""Elements that are visited on one page."""
MAX_TEXT = 20_000_000
"""Characters that are taken from one page: what stands within other properties is taken with each of them."""
MAX_REFERENCES = 20

_JOB_POSTING = re.compile(r"(?:^|[\s/:#])JobPosting(?:\s|$)", re.IGNORECASE)
_ADDRESSES = frozenset({"url", "sameas", "mainentityofpage", "image", "logo"})
"""Properties whose value is where a link leads; of any other it is what the link says."""
_MARKUP = frozenset({"description", "responsibilities", "qualifications", "skills"})
"""Properties whose paragraphs are kept."""


class _Syntax(NamedTuple):
    name: str
    typed: str
    """Attribute with the type of an item."""
    property: str
    about: tuple[str, ...]
    """Attributes with the address of an item."""


_SYNTAXES = (
    _Syntax("microdata", "itemtype", "itemprop", ("itemid",)),
    _Syntax("rdfa", "typeof", "property", ("resource", "about")),
)


def read(document: Document) -> tuple[RawPosting, ...]:
    """Every JobPosting in the page's microdata, then in its RDFa."""
    return tuple(raw for syntax in _SYNTAXES for raw in _postings(document, syntax))


def _postings(document: Document, syntax: _Syntax) -> list[RawPosting]:
    nodes = document.tree.css(f'[{syntax.typed}*="JobPosting" i]')[:MAX_ITEMS]
    reader = _Reader(document, syntax)
    items = [reader.item(node, 0) for node in nodes if _JOB_POSTING.search(node.attributes.get(syntax.typed) or "")]
    return [
        to_raw(item, url=address_of(item, document.url), source=Source.MICRODATA, path=f"{syntax.name}[{index}]")
        for index, item in enumerate(items)
    ]


@dataclass
class _Reader:
    document: Document
    syntax: _Syntax
    nodes: int = MAX_NODES
    text: int = MAX_TEXT

    def item(self, node: LexborNode, depth: int) -> Json:
        """The properties below an element that has a type; those of items within belong to these."""
        attributes = node.attributes
        types = (attributes.get(self.syntax.typed) or "").split() or [""]
        item: Json = {"@type": re.split(r"[/:#]", types[0])[-1]}
        if (own := next(filter(None, map(attributes.get, self.syntax.about)), None)) is not None:
            item["@id"] = own
        stack = [*self._referred(attributes.get("itemref") or ""), *_children(node)]
        while stack and self.nodes > 0 and self.text > 0:
            self.nodes -= 1
            child = stack.pop()
            attributes = child.attributes
            typed = self.syntax.typed in attributes or "itemscope" in attributes
            for word in (attributes.get(self.syntax.property) or "").split()[:5]:
                name = re.split(r"[/:#]", word)[-1]
                within = typed and depth < MAX_DEPTH
                _add(item, name, self.item(child, depth + 1) if within else self._value(child, name.lower()))
            if not typed:
                stack += _children(child)
        return item

    def _referred(self, references: str) -> list[LexborNode]:
        """Elements elsewhere on the page that microdata counts as within an item."""
        wanted = references.split()[:MAX_REFERENCES]
        if not wanted:
            return []
        return [node for node in self.document.tree.css("[id]") if node.attributes.get("id") in wanted][::-1]

    def _value(self, node: LexborNode, name: str) -> str:
        """`content`, then a date, then where a link leads or what it says, then the markup of what holds paragraphs."""
        attributes = node.attributes
        stated = ("content", "datetime", "resource", *(("href", "src") if name in _ADDRESSES else ()))
        value = next((v for key in stated if (v := attributes.get(key)) is not None), None)
        if value is None:
            blocks = name in _MARKUP and node.css_first("p, li, br, div") is not None
            value = (node.inner_html or "") if blocks else squeeze(node.text(separator=" "))
        if not value.strip():
            value = attributes.get("href") or attributes.get("src") or ""
        self.text -= len(value)
        return value.strip()


def _children(node: LexborNode) -> list[LexborNode]:
    """The elements right below one, last first."""
    found: list[LexborNode] = []
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            found.append(child)
        child = child.next
    return found[::-1]


def _add(item: Json, name: str, value: object) -> None:
    known = item.get(name)
    if known is None:
        item[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        item[name] = [known, value]
