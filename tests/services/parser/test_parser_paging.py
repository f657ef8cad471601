"""Whether a listing says that it goes on over numbered pages: by a name in the query, or a number in the path."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.links import Listing, read_listing


def _listing(href: str, url: str = "https://northwind.example/jobs/") -> Listing:
    names = ("Nurse", "Welder", "Cook", "Data Engineer")
    jobs = "".join(
        f'<li><a href="/jobs/{name.lower().replace(" ", "-")}-2026{n}">{name}</a></li>' for n, name in enumerate(names)
    )
    body = f'<html><body><main><h1>Open positions</h1><ul>{jobs}</ul><p><a href="{href}">2</a></p></main></body></html>'
    page = Page(url=url, body=body.encode(), content_type="text/html", fetched_at=datetime(2026, 11, 20, tzinfo=UTC))
    return read_listing(page)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("?paged=2", "https://northwind.example/jobs/"),
        ("?page=2", "https://northwind.example/jobs/"),
        ("/jobs/page/2/", "https://northwind.example/jobs/"),
        ("/jobs/page/3/", "https://northwind.example/jobs/page/2/"),
        ("/stellen/seite-2", "https://northwind.example/stellen"),
    ],
)
def test_a_numbered_page_of_the_same_listing_goes_on(href: str, url: str) -> None:
    assert _listing(href, url).goes_on


@pytest.mark.parametrize("href", ["?paged=1", "/jobs/page/1/", "/news/page/2/", "?page=²", "/jobs/?page=20260511"])
def test_other_numbers_say_nothing(href: str) -> None:
    listing = _listing(href)
    assert len(listing.links) == 4
    assert not listing.goes_on
