"""Oracle Recruiting: GET {host}/hcmRestApi/…/recruitingCEJobRequisitions, 200 at a time; a detail for each."""

import re
from urllib.parse import quote, urlsplit

from quiethire.domain.board import Board
from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, by_offset, place, sections, stated

PAGE_SIZE = 200

_RESOURCES = "hcmRestApi/resources/latest"
_HOST = r"(?P<host>(?P<token>[a-z0-9-]+)\.fa\.(?:[a-z0-9-]+\.)*oraclecloud\d*\.com)"
_ADDRESSES = Addresses(
    rf"{_HOST}/hcmUI/CandidateExperience/(?:[A-Za-z-]+/)?sites/(?P<site>[A-Za-z0-9_-]+)",
    rf"{_HOST}/hcmRestApi/resources/[^/]+/recruitingCE[A-Za-z]+\?[^\s\"'<]{{0,500}}siteNumber(?:=|%3D)(?P<site>[A-Za-z0-9_-]+)",
    domains=("oraclecloud",),
)


class Oracle(AtsAdapter):
    """The candidate experience's REST API. A pod may have many sites: the token is `pod/site`."""

    name = "oracle"
    addresses = _ADDRESSES
    details = re.compile(r"https://[^/]+/hcmRestApi/resources/[^/]+/recruitingCEJobRequisitionDetails\?")

    def board(self, match: re.Match[str]) -> Board:
        """The site of a pod; a site's own capitals count."""
        host, site = match["host"].lower(), match["site"]
        return Board(
            ats=self.name,
            token=f"{match['token'].lower()}/{site}",
            url=f"https://{host}/hcmUI/CandidateExperience/en/sites/{site}",
        )

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 200; the cursor is the offset."""
        finder = f"findReqs;siteNumber={_site(board)},limit={PAGE_SIZE},offset={cursor or 0},sortBy=POSTING_DATES_DESC"
        expand = "requisitionList.secondaryLocations"
        url = f"{_api(board)}/recruitingCEJobRequisitions?onlyData=true&expand={expand}&finder={finder}"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the details. The window ends at 10,000, where the board's own count tells that there is more."""
        root = Reader.of(page, board)
        items = root.at("items").required_items()
        if not items:
            raise root.at("items").drift("a list of one search")
        jobs = items[0].at("requisitionList").required_items()
        links = (_detail(board, job.at("Id").identifier()) for job in jobs)
        return by_offset(links, cursor, items[0].at("TotalJobsCount").count())

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The requisition: a collection of one, or the thing itself."""
        root = Reader.of(page, board)
        found = root.at("items")
        if found.value == []:
            raise Gone("the requisition is no longer posted", where=f"{board.key} {page.url}")
        job = next(found.items(), found) if found.value is not None else root
        number = job.at("Id").identifier()
        return RawPosting(
            url=f"{board.url}/job/{quote(number)}",
            external_id=number,
            title=stated(job.at("Title").required_text(), job.at("Title").path),
            locations=_locations(job),
            workplace=job.at("WorkplaceType").sourced(),
            job_type=job.at("JobSchedule").sourced() or job.at("WorkerType").sourced(),
            department=job.at("Category").sourced() or job.at("JobFunction").sourced(),
            description_html=sections(
                [
                    (None, job.at("ExternalDescriptionStr").text() or job.at("ShortDescriptionStr").text()),
                    ("Responsibilities", job.at("ExternalResponsibilitiesStr").text()),
                    ("Qualifications", job.at("ExternalQualificationsStr").text()),
                    (None, job.at("CorporateDescriptionStr").text()),
                ],
                f"{job.path}.External*Str",
            ),
            posted_at=job.at("ExternalPostedStartDate").sourced(),
            valid_through=job.at("ExternalPostedEndDate").sourced(),
        )


def _site(board: Board) -> str:
    return board.token.partition("/")[2]


def _api(board: Board) -> str:
    return f"https://{urlsplit(board.url).netloc}/{_RESOURCES}"


def _detail(board: Board, number: str) -> str:
    finder = f"ById;Id=%22{quote(number)}%22,siteNumber={_site(board)}"
    return f"{_api(board)}/recruitingCEJobRequisitionDetails?expand=all&onlyData=true&finder={finder}"


def _locations(job: Reader) -> tuple[Sourced, ...]:
    """The first place with its country's code where the text ends without a country, then the others."""
    first, country = job.at("PrimaryLocation").text(), job.at("PrimaryLocationCountry").text()
    known = first is not None and first.count(",") > 1
    places = [place((first,), None if known else country, job.at("PrimaryLocation").path)]
    places += [other.at("Name").sourced() for other in job.at("secondaryLocations").items()]
    return tuple(found for found in places if found)
