"""A listing that goes on over numbered pages, read to its end within bounds."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from activities.errors import LONGEST_WAIT
from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError, Throttled, Transient
from quiethire.domain.page import Page, PageRef
from quiethire.domain.ports import PageArchive
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, parse_url
from services.osint.outline import Outline, outline_of
from services.parser.paging import is_further_page

MAX_LISTING_PAGES = 60
"""Further pages of one listing that are read."""
BARREN_PAGES = 2
"""Pages in a row without a new link, after which the numbers are taken to go on for ever."""
WALK_SECONDS = 60.0
"""How long reading may take: well within the time of its activity."""


class ListingPages(Model):
    """The further pages of a listing."""

    pages: tuple[PageRef, ...] = ()
    whole: bool = False
    """Whether all that the pages name were read, and there was at least one."""
    unfinished: bool = False
    """Whether time ran out: reading again goes on from what is in the archive."""
    problems: tuple[Problem, ...] = ()


async def read_on(
    listing: PageRef, fetch: Callable[[str], Awaitable[PageRef]], archive: PageArchive, *, retried: bool
) -> ListingPages:
    """Fetch the pages that a listing, and each of them, names as further ones of it.

    What may pass is raised where the activity is `retried`; else it is a problem, and what came is kept.
    """
    began = time.monotonic()
    outline = await _outline(listing, archive)
    waiting = deque(further_pages(outline))
    named, links = (
        {canonical_url(listing.final_url), *map(canonical_url, waiting)},
        {canonical_url(link.url) for link in outline.links},
    )
    pages: list[PageRef] = []
    barren = 0
    while waiting:
        if len(pages) == MAX_LISTING_PAGES or barren == BARREN_PAGES:
            return ListingPages(pages=tuple(pages))
        if time.monotonic() - began > WALK_SECONDS:
            return ListingPages(unfinished=True)
        url = waiting.popleft()
        try:
            ref = await fetch(url)
        except QuietHireError as error:
            waits = isinstance(error, Throttled) and error.retry_after <= LONGEST_WAIT
            if waits or (retried and isinstance(error, Transient)):
                raise
            return ListingPages(pages=tuple(pages), problems=(Problem.of(error, url),))
        pages.append(ref)
        outline = await _outline(ref, archive)
        for further in further_pages(outline):
            if (key := canonical_url(further)) not in named:
                named.add(key)
                waiting.append(further)
        fresh = {canonical_url(link.url) for link in outline.links} - links - named
        barren = 0 if fresh else barren + 1
        links |= fresh
    return ListingPages(pages=tuple(pages), whole=bool(pages))


def further_pages(outline: Outline) -> list[str]:
    """The numbered pages of this listing that it links to: the same path with a number in its query or at its end."""
    own = parse_url(outline.url)
    found: dict[str, str] = {}
    for link in outline.links:
        target = parse_url(link.url)
        if target.host == own.host and is_further_page(target.pathname, target.search, own.pathname):
            found.setdefault(canonical_url(link.url), link.url)
    found.pop(canonical_url(outline.url), None)
    return list(found.values())


async def _outline(ref: PageRef, archive: PageArchive) -> Outline:
    return await asyncio.to_thread(outline_of, Page.of(ref, await archive.get(ref.content_hash)))
