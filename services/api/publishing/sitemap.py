"""The sitemap (sitemaps.org, 0.9): an index, and parts that are streamed from the store."""

from collections.abc import AsyncIterator, Iterable
from urllib.parse import quote
from uuid import UUID
from xml.sax.saxutils import escape

from quiethire.domain.ports import Changed, PostingStore
from services.api.jobs.safety import safe_text

MOST = 50_000
"""URLs of a part, by the protocol."""

PART = MOST - 1
"""Companies of a part: the list of them all is in the first one."""

STEP = 45_000
"""Postings between the beginnings of two parts: so many may come in between, while somebody reads part after part, and still
be in one."""

_AT_ONCE = 5_000
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD = f"{_XML}<urlset {_NAMESPACE}>\n".encode()
_END = b"</urlset>\n"


async def sitemap_index(postings: PostingStore, site: str) -> bytes:
    """The index: every part by its address."""
    starts = ["", *(f"?after={job_id}" for job_id in await postings.milestones(STEP))]
    parts = [f"{site}/sitemaps/postings.xml{start}" for start in starts]
    after = ""
    while companies := await postings.changed_companies(limit=PART, after=after):
        parts.append(f"{site}/sitemaps/companies.xml" + (f"?after={quote(after, safe='')}" if after else ""))
        after = companies[-1].name
        if len(companies) < PART:
            break
    entries = "".join(f"<sitemap><loc>{escape(part)}</loc></sitemap>\n" for part in parts)
    return f"{_XML}<sitemapindex {_NAMESPACE}>\n{entries}</sitemapindex>\n".encode()


async def postings_part(postings: PostingStore, site: str, after: UUID | None) -> AsyncIterator[bytes]:
    """The pages of the open postings after this one. Nothing is told before the store has answered."""
    begun, left = _HEAD, MOST
    while left and (changed := await postings.changed_postings(limit=min(left, _AT_ONCE), after=after)):
        yield begun + _urls(changed, f"{site}/jobs/")
        begun, left, after = b"", left - len(changed), UUID(changed[-1].name)
    yield begun + _END


async def companies_part(postings: PostingStore, site: str, after: str) -> bytes:
    """The pages of the companies after this one, the first part with the list of them all."""
    listed = b"" if after else f"<url><loc>{escape(site)}/companies</loc></url>\n".encode()
    known = await postings.changed_companies(limit=PART, after=after)
    return _HEAD + listed + _urls(known, f"{site}/companies/") + _END


def robots_txt(site: str) -> str:
    """Pages may be read; searches have no end, and the API is for programs."""
    return (
        "User-agent: *\n"
        "Allow: /\n"
        "Disallow: /?\n"
        "Disallow: /api/\n"
        "Disallow: /feeds/\n"
        "Disallow: /alerts\n"
        "\n"
        f"Sitemap: {site}/sitemap.xml\n"
    )


def _urls(pages: Iterable[Changed], below: str) -> bytes:
    return "".join(
        f"<url><loc>{escape(below + quote(safe_text(page.name), safe=''))}</loc>"
        f"<lastmod>{page.at.isoformat(timespec='seconds')}</lastmod></url>\n"
        for page in pages
    ).encode()
