"""The headings of a page, what stands below each, and which of them stand in postings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quiethire.domain.words import fold
from services.parser.document import Line
from services.parser.labels import SECTION

LONGEST_HEADING = 70
"""Characters of a heading."""


@dataclass(frozen=True)
class Block:
    """A heading of the page and what stands below it."""

    head: Line
    items: int
    """Items of lists that are no links."""
    link: str | None
    """The text of the link that the block ends with."""


def blocks_of(lines: Iterable[Line]) -> Iterator[Block]:
    """The headings among some lines, each with what stands below it up to the next."""
    head: Line | None = None
    items, last = 0, None
    for line in lines:
        if line.heading or _heads(line):
            if head is not None:
                yield Block(head, items, last)
            head, items, last = line, 0, None
        else:
            items += line.tag == "li" and not line.link
            last = line.folded if line.link else None
    if head is not None:
        yield Block(head, items, last)


def sections_of(blocks: Iterable[Block], title: str) -> set[str]:
    """The headings that stand in postings."""
    heads = {block.head.folded for block in blocks if _heads(block.head)} - {fold(title)}
    return {head for head in heads if SECTION.search(head)}


def _heads(line: Line) -> bool:
    return len(line.text) <= LONGEST_HEADING and (line.heading > 1 or line.bold or line.text.endswith(":"))
