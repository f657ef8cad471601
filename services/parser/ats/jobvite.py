"""Jobvite: the board's page names the company's id; with it app.jobvite.com/CompanyJobs/Xml.aspx lists every job."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, stated
from services.parser.ats.markup import Element

_ADDRESSES = Addresses(
    r"jobs\.jobvite\.com/(?:careers/)?(?!(?:careers|support|privacy)(?:[/?#]|$))(?P<token>[A-Za-z0-9][A-Za-z0-9_-]*)",
    domains=("jobs.jobvite.com",),
)
"""`jobs.jobvite.com/[careers/]{token}`."""
_COMPANY = re.compile(r"companyEId[\"']?\s*[:=]\s*[\"'](?P<id>[A-Za-z0-9]{5,20})[\"']")


class Jobvite(AtsAdapter):
    """Two steps: the first page's cursor is the company's id, the second page is the feed."""

    name = "jobvite"
    addresses = _ADDRESSES
    home = "https://jobs.jobvite.com/{token}"

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """The board's search page, then the feed of the company that the cursor names."""
        if cursor is None:
            return (FetchSpec(url=f"{board.url}/search", accept="html"),)
        return (FetchSpec(url=f"https://app.jobvite.com/CompanyJobs/Xml.aspx?c={quote(cursor)}", accept="xml"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """The company's id, then every job."""
        if cursor is None:
            match = _COMPANY.search(page.body.decode("utf-8", "replace"))
            if match is None:
                raise SchemaDrift("the page names no companyEId", where=board.key, hint="see whether the board moved")
            return BoardPage(cursor=match["id"])
        jobs = Element.of(page, board, "result").all("job")
        return BoardPage(postings=tuple(self._posting(job, board) for job in jobs), total=len(jobs), uncounted=True)

    def _posting(self, job: Element, board: Board) -> RawPosting:
        title, url = job.sourced("title"), job.text("detail-url")
        if title is None or url is None:
            raise job.drift("title" if title is None else "detail-url", board)
        place = job.text("location")
        return RawPosting(
            url=url,
            external_id=job.text("id") or job.text("requisitionid"),
            title=title,
            # The feed writes "Austin, Texas , United States".
            locations=(stated(re.sub(r"\s*,\s*", ", ", place), f"{job.path}/location"),) if place else (),
            job_type=job.sourced("jobtype"),
            department=job.sourced("category") or job.sourced("department"),
            description_html=job.sourced("description") or job.sourced("briefdescription"),
            posted_at=job.sourced("date"),
            application_url=job.sourced("apply-url"),
        )
