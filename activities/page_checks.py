"""Whether an answer may be read as the page that was asked for."""

import re

from quiethire.domain.page import FetchSpec, PageRef
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, parse_url
from services.crawler.shell import is_unrendered
from services.parser.truncation import is_cut

_LOCALE = re.compile(r"^/[a-z]{2}(?:[-_][a-z]{2})?(?=/|$)", re.IGNORECASE)
"""A language that leads a path: `/de/careers`, `/en-us/careers`."""


def cut_page(ref: PageRef) -> Problem:
    """That a page is but the first part of what was sent."""
    return Problem(kind="cut_page", where=ref.url, detail="ends before its end: what it says may be but the first part")


def cut(ref: PageRef, body: bytes) -> Problem | None:
    """The problem of a page that was cut: half a description is no change of the posting, and the posting is there."""
    return cut_page(ref) if "html" in ref.content_type.lower() and is_cut(body) else None


def half_seen(spec: FetchSpec, ref: PageRef, body: bytes) -> Problem | None:
    """Why an archived page shows less than the employer published, so that it says nothing of a posting."""
    if is_unrendered(spec, ref, body):
        return Problem(kind="unrendered", where=ref.url, detail="a shell that scripts fill, and no browser filled it")
    return cut(ref, body)


def led_elsewhere(spec: FetchSpec, ref: PageRef) -> bool:
    """Whether another page answered: the listing in place of a job that is gone, say, or a page to log in."""
    return _place(spec.url) != _place(ref.final_url)


def led_away(listing: PageRef) -> Problem | None:
    """The problem of a listing that another page answered for: the home page with a few teasers, say, is not the board.

    Of a listing the query and the language count for nothing either.
    """
    (asked_host, asked, _), (came_host, came, _) = _place(listing.url), _place(listing.final_url)
    same = asked in (came, _LOCALE.sub("", came)) or (bool(came) and came == _LOCALE.sub("", asked))
    if asked_host == came_host and same:
        return None
    return Problem(kind="led_away", where=listing.url, detail=f"led to {listing.final_url}, which is another page")


def _place(url: str) -> tuple[str, str, str]:
    """An address without what redirects add or take away on the way to the same page: scheme, `www.`, the last slash."""
    parsed = parse_url(canonical_url(url))
    return parsed.hostname.removeprefix("www."), parsed.pathname.rstrip("/"), parsed.search
