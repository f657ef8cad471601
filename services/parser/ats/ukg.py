"""UKG Pro (UltiPro): POST {host}/{tenant}/JobBoard/{guid}/JobBoardView/LoadSearchResults; a job page holds the rest."""

import json
import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, by_offset, embedded_json, place, stated

PAGE_SIZE = 50

_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ADDRESSES = Addresses(
    rf"(?P<host>[a-z0-9-]+\.(?:ultipro\.(?:com|ca)|rec\.pro\.ukg\.net))/(?P<token>[A-Za-z0-9_-]+)/JobBoard/(?P<site>{_GUID})",
    domains=("ultipro.", "rec.pro.ukg.net"),
)
_DETAIL = re.compile(r"new\s+US\.Opportunity\.CandidateOpportunityDetail\s*\(\s*")
_WORKPLACES = {0: "hybrid", 1: "onsite", 2: "remote"}
"""`JobLocationType`, as the site's own translation table names it."""


class Ukg(AtsAdapter):
    """The API behind the job boards. A tenant may have many boards: the token is `tenant/guid`."""

    name = "ukg"
    addresses = _ADDRESSES
    details = re.compile(rf"https://[^/]+/[^/]+/JobBoard/{_GUID}/OpportunityDetail\?", re.IGNORECASE)
    details_accept = "html"

    def board(self, match: re.Match[str]) -> Board:
        """The board of a tenant, on the tenant's own host."""
        tenant, site = match["token"].upper(), match["site"].lower()
        return Board(
            ats=self.name, token=f"{tenant}/{site}", url=f"https://{match['host'].lower()}/{tenant}/JobBoard/{site}"
        )

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 50; the cursor is how many to skip."""
        search = {"Top": PAGE_SIZE, "Skip": int(cursor or 0), "QueryString": "", "Filters": []}
        url = f"{board.url}/JobBoardView/LoadSearchResults"
        return (FetchSpec(url=url, method="POST", body=json.dumps({"opportunitySearch": search}), accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages: the list has but the beginning of each description."""
        root = Reader.of(page, board)
        jobs = root.at("opportunities").required_items()
        links = (f"{board.url}/OpportunityDetail?opportunityId={quote(job.at('Id').identifier())}" for job in jobs)
        return by_offset(links, cursor, root.at("totalCount").required_count())

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The opportunity that the job page's script is given."""
        job = embedded_json(page, _DETAIL, board)
        full_time = job.at("FullTime")
        hours = {True: "full-time", False: "part-time", None: None}[full_time.flag()]
        kind = (
            _WORKPLACES.get(job.at("JobLocationType").count() or 0)
            if job.at("JobLocationType").value is not None
            else None
        )
        number = job.at("Id").identifier()
        return RawPosting(
            url=f"{board.url}/OpportunityDetail?opportunityId={number}",
            external_id=number,
            title=stated(job.at("Title").required_text(), job.at("Title").path),
            locations=tuple(found for at in job.at("Locations").items() if (found := _place(at))),
            workplace=stated(kind, job.at("JobLocationType").path) if kind else None,
            job_type=stated(hours, full_time.path) if hours else None,
            department=job.at("JobCategoryName").sourced(),
            description_html=job.at("Description").sourced() or job.at("BriefDescription").sourced(),
            posted_at=job.at("PostedDate").sourced(),
        )


def _place(at: Reader) -> Sourced | None:
    """The address where there is one, else the name the company gave the place."""
    address = at.at("Address")
    if address.value is not None:
        state, country = address.at("State"), address.at("Country")
        land = country.within("Name").text() or country.within("Code").text()
        if found := place((address.at("City").text(), state.within("Code").text()), land, address.path):
            return found
    return at.at("LocalizedName").sourced() or at.at("LocalizedDescription").sourced()
