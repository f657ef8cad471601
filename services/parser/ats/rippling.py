"""Rippling: GET api.rippling.com/platform/api/ats/v1/board/{token}/jobs, then /jobs/{uuid} for each posting."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, sections, stated

_API = "https://api.rippling.com/platform/api/ats/v1/board"
_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9_-]*)"
_ADDRESSES = Addresses(
    rf"ats\.(?:[a-z0-9]+\.)?rippling\.com/(?:[a-z]{{2}}-[A-Z]{{2}}/)?{_NAME}/jobs(?=[/?#\"'\s<]|$)",
    rf"api\.rippling\.com/platform/api/ats/v\d/board/{_NAME}(?=[/?#\"'\s<]|$)",
    domains=("rippling.com",),
)


class Rippling(AtsAdapter):
    """The board API, version 1."""

    name = "rippling"
    details = re.compile(r"https://api\.rippling\.com/platform/api/ats/v1/board/[^/]+/jobs/[^/?]+")

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`ats.rippling.com/[locale/]{token}/jobs` and the API."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        return Board(ats=self.name, token=match["token"], url=f"https://ats.rippling.com/{match['token']}/jobs")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=f"{_API}/{quote(board.token)}/jobs", accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the details; a job in several places stands in the list once for each."""
        del cursor
        jobs = Reader.of(page, board).required_items()
        numbers = dict.fromkeys(job.at("uuid").identifier() for job in jobs)
        return BoardPage(
            links=tuple(f"{_API}/{quote(board.token)}/jobs/{quote(number)}" for number in numbers), total=len(numbers)
        )

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The job with all its places and its pay."""
        job = Reader.of(page, board)
        number = job.at("uuid").identifier()
        text = job.at("description")
        places = (entry.sourced() for entry in job.at("workLocations").items())
        return RawPosting(
            url=job.at("url").text() or f"{board.url}/{number}",
            external_id=number,
            title=stated(job.at("name").required_text(), job.at("name").path),
            company=job.at("companyName").sourced(),
            locations=tuple(found for found in places if found),
            job_type=job.within("employmentType", "label").sourced() or job.within("employmentType", "id").sourced(),
            department=job.within("department", "name").sourced(),
            description_html=sections(((None, text.within(name).text()) for name in ("company", "role")), text.path),
            salary=_salary(job.at("payRangeDetails")),
            posted_at=job.at("createdOn").sourced(),
        )


def _salary(ranges: Reader) -> RawSalary | None:
    """The first range that has figures."""
    for pay in ranges.items():
        low, high = pay.at("rangeStart").amount(), pay.at("rangeEnd").amount()
        if low is not None or high is not None:
            return RawSalary(
                source=Source.ATS,
                path=pay.path,
                min=low,
                max=high,
                currency=pay.at("currency").text(),
                period=pay.at("frequency").text(),
            )
    return None
