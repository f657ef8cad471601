"""Eightfold: GET {token}.eightfold.ai/careers/sitemap.xml names every job page; those carry JSON-LD.

Where the board's address gives the `domain` that names the customer, GET /api/apply/v2/jobs lists them 10 at a time, with a
detail for each. The domain is not to be guessed: with a wrong one the API lists nothing.
"""

import json
import re
from urllib.parse import parse_qs, quote, urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, by_offset, stated
from services.parser.ats.markup import own, sitemap

PAGE_SIZE = 10

MAX_SITEMAPS = 500
"""Sitemaps that are still to be read: more than a crawl reads pages, so that a site which is cut is never complete."""

_ADDRESSES = Addresses(
    r"(?P<token>[a-z0-9][a-z0-9-]*)\.eightfold\.ai(?=[/?#\"'\s<]|$)(?:[^\s\"'<>]{0,500}?[?&](?:amp;)?domain=(?P<domain>[a-z0-9.-]+))?",
    domains=(".eightfold.ai",),
)


class Eightfold(AtsAdapter):
    """The API of the careers page, or its sitemap."""

    name = "eightfold"
    addresses = _ADDRESSES
    details = re.compile(r"https://[^/]+\.eightfold\.ai/api/apply/v2/jobs/\d+")

    def board(self, match: re.Match[str]) -> Board:
        """The board, with `domain=` where the address has it."""
        token = match["token"].lower()
        query = f"?domain={match['domain'].lower()}" if match["domain"] else ""
        return Board(ats=self.name, token=token, url=f"https://{token}.eightfold.ai/careers{query}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 10: the cursor is the offset. Else a sitemap: the cursor is the list of those that are left."""
        if (domain := _domain(board)) is None:
            url = json.loads(cursor)[0] if cursor else f"https://{urlsplit(board.url).netloc}/careers/sitemap.xml"
            return (FetchSpec(url=url, accept="xml"),)
        url = f"{_api(board)}?domain={domain}&start={cursor or 0}&num={PAGE_SIZE}"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages, or to the details, which alone hold the description."""
        if (domain := _domain(board)) is None:
            return _job_pages(board, page, json.loads(cursor)[1:] if cursor else [])
        root = Reader.of(page, board)
        jobs = root.at("positions").required_items()
        links = (f"{_api(board)}/{quote(job.at('id').identifier())}?domain={domain}" for job in jobs)
        return by_offset(links, cursor, root.at("count").count())

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The position."""
        job = Reader.of(page, board)
        number = job.at("id").identifier()
        title = job.at("posting_name") if job.at("posting_name").text() else job.at("name")
        created = job.at("t_create")
        return RawPosting(
            url=job.at("canonicalPositionUrl").text() or f"https://{urlsplit(board.url).netloc}/careers/job/{number}",
            external_id=number,
            title=stated(title.required_text(), title.path),
            locations=_locations(job),
            workplace=job.at("work_location_option").sourced(),
            department=job.at("department").sourced(),
            description_html=job.at("job_description").sourced(),
            posted_at=stated(str(created.count()), created.path) if created.value is not None else None,
        )


def _api(board: Board) -> str:
    return f"https://{urlsplit(board.url).netloc}/api/apply/v2/jobs"


def _domain(board: Board) -> str | None:
    stated = parse_qs(urlsplit(board.url).query).get("domain")
    return quote(stated[0]) if stated else None


def _job_pages(board: Board, page: Page, rest: list[str]) -> BoardPage:
    named, pages = sitemap(page, board)
    host = urlsplit(board.url).netloc
    rest = [*rest, *own(named, host)][:MAX_SITEMAPS]
    jobs = [url for url in own(pages, host) if "/careers/job/" in url]
    return BoardPage(
        links=tuple(jobs),
        cursor=json.dumps(rest) if rest else None,
        total=len(jobs) if not rest else None,
        uncounted=not rest,
    )


def _locations(job: Reader) -> tuple[Sourced, ...]:
    found = tuple(place for entry in job.at("locations").items() if (place := entry.sourced()))
    first = job.at("location").sourced()
    return found or ((first,) if first else ())
