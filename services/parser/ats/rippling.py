"""Rippling: GET api.rippling.com/platform/api/ats/v1/board/{token}/jobs, then /jobs/{uuid} for each posting."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, sections, span, stated

_API = "https://api.rippling.com/platform/api/ats/v1/board"
_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9_-]*)"
_ADDRESSES = Addresses(
    rf"ats\.(?:[a-z0-9]+\.)?rippling\.com/(?:[a-z]{{2}}-[A-Z]{{2}}/)?{_NAME}/jobs(?=[/?#\"'\s<]|$)",
    rf"api\.rippling\.com/platform/api/ats/v\d/board/{_NAME}(?=[/?#\"'\s<]|$)",
    domains=("rippling.com",),
)
"""`ats.rippling.com/[locale/]{token}/jobs` and the API."""


class Rippling(AtsAdapter):
    """The board API, version 1."""

    name = "rippling"
    addresses = _ADDRESSES
    home = "https://ats.rippling.com/{token}/jobs"
    keeps_case = True
    details = re.compile(r"https://api\.rippling\.com/platform/api/ats/v1/board/[^/]+/jobs/[^/?]+")

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
            links=tuple(f"{_API}/{quote(board.token)}/jobs/{quote(number)}" for number in numbers),
            total=len(numbers),
            uncounted=True,
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
            workplace=_workplace(job),
            job_type=_kind(job.at("employmentType")),
            department=job.within("department", "name").sourced(),
            description_html=sections(((None, text.within(name).text()) for name in ("company", "role")), text.path),
            salary=span(
                pay(item, "rangeStart", "rangeEnd", "currency", "frequency")
                for item in job.at("payRangeDetails").items()
            ),
            posted_at=job.at("createdOn").sourced(),
        )


def _kind(at: Reader) -> Sourced | None:
    """Which of `id` and `label` is in words differs by board: "SALARIED_FT" is neither's for sure."""
    if at.value is None:
        return None
    return next((word for name in ("label", "id") if (word := at.at(name).sourced()) and "_" not in word.value), None)


def _workplace(job: Reader) -> Sourced | None:
    """The workplace of a job whose places all have the same."""
    kinds = [kind for entry in job.at("locations").items() if (kind := entry.at("workplaceType").sourced())]
    return kinds[0] if kinds and len({kind.value for kind in kinds}) == 1 else None
