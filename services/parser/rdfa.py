"""JobPosting in RDFa: `typeof` and `property`, as RDFa Lite has them, read off the page's own tree."""

import re

from selectolax.lexbor import LexborNode

from quiethire.domain.posting import RawPosting, Source
from services.parser.document import Document
from services.parser.schema_org import Json, to_raw

MAX_ITEMS = 200
MAX_DEPTH = 12
MAX_NODES = 20_000

_JOB_POSTING = re.compile(r"(?:^|[\s/:#])JobPosting(?:\s|$)", re.IGNORECASE)


def read(document: Document) -> tuple[RawPosting, ...]:
    """Every JobPosting in the page's RDFa."""
    nodes = [
        node
        for node in document.tree.css('[typeof*="JobPosting" i]')[:MAX_ITEMS]
        if _JOB_POSTING.search(node.attributes.get("typeof") or "")
    ]
    return tuple(
        to_raw(_item(node, 0), url=document.url, source=Source.MICRODATA, path=f"rdfa[{index}]")
        for index, node in enumerate(nodes)
    )


def _item(node: LexborNode, depth: int) -> Json:
    """The properties below an element that has a `typeof`; those of items within belong to these."""
    item: Json = {"@type": re.split(r"[/:#]", (node.attributes.get("typeof") or "").split()[0])[-1]}
    stack = _children(node)
    for _ in range(MAX_NODES):
        if not stack:
            break
        child = stack.pop()
        name, typed = child.attributes.get("property"), child.attributes.get("typeof")
        if name:
            value: object = _item(child, depth + 1) if typed and depth < MAX_DEPTH else _value(child)
            for word in name.split()[:5]:
                _add(item, re.split(r"[/:#]", word)[-1], value)
        if not typed:
            stack += _children(child)
    return item


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


def _value(node: LexborNode) -> str:
    """`content`, then a date or an address, then the markup of what holds blocks, else the text."""
    attributes = node.attributes
    for name in ("content", "datetime", "resource", "href", "src"):
        if (value := attributes.get(name)) is not None:
            return value.strip()
    if node.css_first("p, li, br, div") is not None:
        return node.inner_html or ""
    return node.text(separator=" ").strip()
