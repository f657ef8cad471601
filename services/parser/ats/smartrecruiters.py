"""SmartRecruiters: GET api.smartrecruiters.com/v1/companies/{token}/postings, 100 at a time; a detail for each."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, place, sections, stated

PAGE_SIZE = 100

_API = "https://api.smartrecruiters.com/v1/companies"
_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9_.-]*)"
_ADDRESSES = Addresses(
    rf"api\.smartrecruiters\.com/v1/companies/{_NAME}",
    rf"(?:careers|jobs)\.smartrecruiters\.com/(?:portal/|ni/)?(?!oneclick-ui(?:/|$)|job-search(?:[/?]|$)|portal(?:[/?]|$)){_NAME}",
    domains=("smartrecruiters.com",),
)
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters(AtsAdapter):
    """The posting API, version 1."""

    name = "smartrecruiters"
    details = re.compile(r"https://api\.smartrecruiters\.com/v1/companies/[^/]+/postings/[^/?]+")

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`careers|jobs.smartrecruiters.com/{token}` and the API."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        token = match["token"]
        return Board(ats=self.name, token=token, url=f"https://careers.smartrecruiters.com/{token}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 100; the cursor is the offset."""
        url = f"{_API}/{quote(board.token)}/postings?limit={PAGE_SIZE}&offset={cursor or 0}"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the details, which alone hold the description."""
        root = Reader.of(page, board)
        jobs = root.at("content").required_items()
        total = root.at("totalFound").count()
        if total is None:
            raise root.at("totalFound").drift("a number")
        seen = int(cursor or 0) + len(jobs)
        return BoardPage(
            links=tuple(f"{_API}/{quote(board.token)}/postings/{job.at('id').identifier()}" for job in jobs),
            cursor=str(seen) if jobs and seen < total else None,
            total=total,
        )

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
            application_url=job.at("applyUrl").text(),
            language=job.within("language", "code").text(),
        )


def _locations(job: Reader) -> tuple[Sourced, ...]:
    at = job.at("location")
    if at.value is None:
        return ()
    full = at.at("fullLocation").sourced()
    found = full or place((at.at(name).text() for name in ("city", "region", "country")), at.path)
    return (found,) if found else ()


def _workplace(at: Reader) -> Sourced | None:
    for name in ("hybrid", "remote"):
        if at.value is not None and at.at(name).flag():
            return stated(name, at.at(name).path)
    return None


def _salary(pay: Reader) -> RawSalary | None:
    """The figures, which stand in `compensation` itself or in its `salary`."""
    amounts = pay.at("salary") if pay.within("salary").value is not None else pay
    if amounts.value is None:
        return None
    low, high = amounts.at("min").amount(), amounts.at("max").amount()
    if low is None and high is None:
        return None
    return RawSalary(
        source=Source.ATS,
        path=amounts.path,
        min=low,
        max=high,
        currency=amounts.at("currency").text(),
        period=amounts.at("period").text(),
    )
