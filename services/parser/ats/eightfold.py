"""Eightfold: GET {token}.eightfold.ai/careers/sitemap.xml names every job page; those carry JSON-LD.

Where the board's address gives the `domain` that names the customer, GET /api/apply/v2/jobs lists them 10 at a time, with a
detail for each. The domain is not to be guessed: with a wrong one the API lists nothing.
"""

import re
from urllib.parse import parse_qs, quote, urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, stated
from services.parser.ats.markup import Element

PAGE_SIZE = 10

_ADDRESSES = Addresses(
    r"(?P<token>[a-z0-9][a-z0-9-]*)\.eightfold\.ai(?=[/?#\"'\s<]|$)(?:[^\s\"'<>]{0,500}?[?&](?:amp;)?domain=(?P<domain>[a-z0-9.-]+))?",
    domains=(".eightfold.ai",),
)


class Eightfold(AtsAdapter):
    """The API of the careers page, or its sitemap."""

    name = "eightfold"
    details = re.compile(r"https://[^/]+\.eightfold\.ai/api/apply/v2/jobs/\d+")

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`{token}.eightfold.ai`, with `domain=` where the address has it."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        token = match["token"].lower()
        query = f"?domain={match['domain'].lower()}" if match["domain"] else ""
        return Board(ats=self.name, token=token, url=f"https://{token}.eightfold.ai/careers{query}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """The sitemap, or one page of 10; the cursor is the offset."""
        if (domain := _domain(board)) is None:
            return (FetchSpec(url=f"https://{urlsplit(board.url).netloc}/careers/sitemap.xml", accept="xml"),)
        url = f"{_api(board)}?domain={domain}&start={cursor or 0}&num={PAGE_SIZE}"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages, or to the details, which alone hold the description."""
        if (domain := _domain(board)) is None:
            return _job_pages(board, page)
        root = Reader.of(page, board)
        jobs = root.at("positions").required_items()
        seen = int(cursor or 0) + len(jobs)
        total = root.at("count").count()
        more = seen < total if total is not None else len(jobs) == PAGE_SIZE
        return BoardPage(
            links=tuple(f"{_api(board)}/{job.at('id').identifier()}?domain={domain}" for job in jobs),
            cursor=str(seen) if jobs and more else None,
            total=total,
        )

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


def _job_pages(board: Board, page: Page) -> BoardPage:
    urls = [url for entry in Element.of(page, board, "urlset").all("url") if (url := entry.text("loc"))]
    jobs = tuple(dict.fromkeys(url for url in urls if "/careers/job/" in url))
    return BoardPage(links=jobs, total=len(jobs))


def _locations(job: Reader) -> tuple[Sourced, ...]:
    found = tuple(place for entry in job.at("locations").items() if (place := entry.sourced()))
    first = job.at("location").sourced()
    return found or ((first,) if first else ())
