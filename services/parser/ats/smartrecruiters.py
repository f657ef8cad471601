"""SmartRecruiters: GET api.smartrecruiters.com/v1/companies/{token}/postings, 100 at a time; a detail for each."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, by_offset, pay, place, sections, stated

PAGE_SIZE = 100

_API = "https://api.smartrecruiters.com/v1/companies"
_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9_.-]*)"
_ADDRESSES = Addresses(
    rf"api\.smartrecruiters\.com/v1/companies/{_NAME}",
    rf"(?:careers|jobs)\.smartrecruiters\.com/(?:portal/|ni/)?(?!oneclick-ui(?:/|$)|job-search(?:[/?]|$)|portal(?:[/?]|$)){_NAME}",
    domains=("smartrecruiters.com",),
)
"""`careers|jobs.smartrecruiters.com/{token}` and the API."""
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters(AtsAdapter):
    """The posting API, version 1."""

    name = "smartrecruiters"
    addresses = _ADDRESSES
    home = "https://careers.smartrecruiters.com/{token}"
    keeps_case = True
    details = re.compile(r"https://api\.smartrecruiters\.com/v1/companies/[^/]+/postings/[^/?]+")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 100; the cursor is the offset."""
        url = f"{_API}/{quote(board.token)}/postings?limit={PAGE_SIZE}&offset={cursor or 0}"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the details, which alone hold the description."""
        root = Reader.of(page, board)
        jobs = root.at("content").required_items()
        links = (f"{_API}/{quote(board.token)}/postings/{quote(job.at('id').identifier())}" for job in jobs)
        return by_offset(links, cursor, root.at("totalFound").required_count())

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The posting with its advertisement."""
        job = Reader.of(page, board)
        number = job.at("id").identifier()
        parts = [job.within("jobAd", "sections", name) for name in _SECTIONS]
        return RawPosting(
            url=job.at("postingUrl").text() or f"https://jobs.smartrecruiters.com/{quote(board.token)}/{number}",
            external_id=number,
            title=stated(job.at("name").required_text(), job.at("name").path),
            company=job.within("company", "name").sourced(),
            locations=_locations(job),
            workplace=_workplace(job.at("location")),
            job_type=job.within("typeOfEmployment", "label").sourced(),
            department=job.within("department", "label").sourced() or job.within("function", "label").sourced(),
            description_html=sections(
                ((part.at("title").text(), part.at("text").text()) for part in parts if part.value is not None),
                "$.jobAd.sections",
            ),
            salary=_salary(job.at("compensation")),
            posted_at=job.at("releasedDate").sourced(),
            application_url=job.at("applyUrl").sourced(),
            language=job.within("language", "code").sourced(),
        )


def _locations(job: Reader) -> tuple[Sourced, ...]:
    at = job.at("location")
    if at.value is None:
        return ()
    full = at.at("fullLocation").sourced()
    found = full or place((at.at(name).text() for name in ("city", "region")), at.at("country").text(), at.path)
    return (found,) if found else ()


def _workplace(at: Reader) -> Sourced | None:
    for name in ("hybrid", "remote"):
        if at.value is not None and at.at(name).flag():
            return stated(name, at.at(name).path)
    return None


def _salary(compensation: Reader) -> RawSalary | None:
    """The figures, which stand in `compensation` itself or in its `salary`."""
    inner = compensation.within("salary")
    return pay(compensation if inner.value is None else inner, "min", "max", "currency", "period")
