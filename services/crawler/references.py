"""What an answer becomes in the archive: its reference, and how it was come by."""

from datetime import UTC, datetime

from quiethire.domain.page import FetchedVia, FetchSpec, FetchTrace, PageRef, kept_headers, validator
from services.crawler.browser import Rendered
from services.crawler.redirects import Fetched
from services.crawler.ways import Why


def reference(spec: FetchSpec, fetched: Fetched, content_hash: str) -> PageRef:
    """Of a page that came over HTTP."""
    headers = fetched.answer.headers
    return PageRef(
        url=spec.url,
        final_url=fetched.final_url,
        status=fetched.answer.status,
        content_type=headers.get("content-type", "")[:200],
        content_hash=content_hash,
        size=len(fetched.answer.body),
        fetched_at=datetime.now(UTC),
        via=FetchedVia.HTTP,
        etag=validator(headers.get("etag")),
        last_modified=validator(headers.get("last-modified")),
    )


def unchanged(spec: FetchSpec, known: PageRef, fetched: Fetched) -> PageRef:
    """Of a page that the host says has not changed: what is known of it, as of now."""
    headers = fetched.answer.headers
    fresh = {
        "url": spec.url,
        "fetched_at": datetime.now(UTC),
        "from_archive": True,
        "etag": validator(headers.get("etag")) or known.etag,
        "last_modified": validator(headers.get("last-modified")) or known.last_modified,
    }
    return known.model_copy(update=fresh)


def rendered(url: str, page: Rendered, content_hash: str) -> PageRef:
    """Of a page that the browser rendered when `url` was asked for."""
    return PageRef(
        url=url,
        final_url=page.final_url,
        status=page.status,
        content_type="text/html; charset=utf-8",
        content_hash=content_hash,
        size=len(page.html),
        fetched_at=datetime.now(UTC),
        via=FetchedVia.BROWSER,
    )


def trace(fetched: Fetched, moved: tuple[str, ...], why: Why) -> FetchTrace:
    """How a page was come by that was asked for over HTTP first; `moved`: what it passed in the browser."""
    headers = kept_headers(fetched.answer.headers.items())
    return FetchTrace(headers=headers, redirects=(*fetched.redirects, *moved), why=why)
