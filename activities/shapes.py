"""Which shapes of addresses bring postings, so that a crawl stops following those that never do."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from quiethire.domain.base import Model
from services.crawler.traps import shape_of

BARREN_SHAPE = 60
"""Pages of one shape without a posting, after which no more of that shape are fetched."""
TOLD_SHAPES = 2_000
"""Shapes of one crawl that are told apart: those of the most pages. The others count, and none of their pages is known by its shape."""
BARREN_CRAWL = 300
"""Pages without a posting in all, after which only shapes are followed whose pages mostly are postings."""


_OTHERS = ""


class ShapeYield(Model):
    """What pages of one shape brought. `shape` is a hash: addresses may be long, and this travels."""

    shape: str
    pages: int
    postings: int


class Followed(Model):
    """Which shapes are worth more fetches: none of `skip`, and where `only` is given, none but those."""

    skip: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None

    def choose(self, urls: Sequence[str], start: int, most: int) -> tuple[dict[str, int], int]:
        """The next addresses that are worth a fetch, with their places, and the place to go on from after them."""
        chosen: dict[str, int] = {}
        for index in range(start, len(urls)):
            if len(chosen) == most:
                return chosen, index
            if self._takes(urls[index]):
                chosen[urls[index]] = index
        return chosen, len(urls)

    def _takes(self, url: str) -> bool:
        if not self.skip and self.only is None:
            return True
        key = shape_key(url)
        return key not in self.skip and (self.only is None or key in self.only)


def shape_key(url: str) -> str:
    """The shape of an address, short."""
    return hashlib.sha256(shape_of(url).encode()).hexdigest()[:12]


def yields_of(pages: Iterable[tuple[str, bool]]) -> tuple[ShapeYield, ...]:
    """By shape, from the address of every page and whether it was a posting."""
    seen: Counter[str] = Counter()
    postings: Counter[str] = Counter()
    for url, is_posting in pages:
        key = shape_key(url)
        seen[key] += 1
        postings[key] += is_posting
    return tuple(ShapeYield(shape=key, pages=count, postings=postings[key]) for key, count in seen.items())


def summed(yields: Iterable[ShapeYield]) -> list[ShapeYield]:
    """Each shape once, and no more than are told apart: the others are one, of no name."""
    pages: Counter[str] = Counter()
    postings: Counter[str] = Counter()
    for found in yields:
        pages[found.shape] += found.pages
        postings[found.shape] += found.postings
    told = [shape for shape, _ in pages.most_common() if shape != _OTHERS][:TOLD_SHAPES]
    kept = [ShapeYield(shape=shape, pages=pages[shape], postings=postings[shape]) for shape in told]
    left, came = (
        pages.total() - sum(each.pages for each in kept),
        postings.total() - sum(each.postings for each in kept),
    )
    return [*kept, ShapeYield(shape=_OTHERS, pages=left, postings=came)] if left else kept


def followed(yields: Iterable[ShapeYield]) -> Followed:
    """What to go on with, given what came so far."""
    pages: Counter[str] = Counter()
    postings: Counter[str] = Counter()
    for found in yields:
        pages[found.shape] += found.pages
        postings[found.shape] += found.postings
    skip = tuple(sorted(shape for shape, count in pages.items() if not postings[shape] and count >= BARREN_SHAPE))
    if sum(pages.values()) - sum(postings.values()) < BARREN_CRAWL:
        return Followed(skip=skip)
    return Followed(skip=skip, only=tuple(sorted(shape for shape in pages if postings[shape] * 2 >= pages[shape])))
