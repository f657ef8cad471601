"""Workday: POST {host}/wday/cxs/{tenant}/{site}/jobs, 20 at a time; each posting's detail at its `externalPath`."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, stated

PAGE_SIZE = 20
"""More is refused."""

WINDOW = 2_000
"""Where some sites stop counting and listing. Such a board is read by the values of one of its facets, one by one."""

_LOCALE = r"(?:[a-z]{2}(?:-[a-z]{2,4})?/)?"
_SITE = r"(?P<site>[A-Za-z0-9_-]+)"
_HOST = r"(?P<host>(?P<token>[a-z0-9_-]+)\.wd\d+\.myworkdayjobs(?:-impl)?\.com)"
_SHARED = r"(?P<host>wd\d+\.myworkdaysite\.com)"
_ADDRESSES = Addresses(
    rf"{_HOST}/wday/cxs/[^/\s\"']+/{_SITE}",
    rf"{_HOST}/{_LOCALE}(?!wday/){_SITE}(?=[/?#\"'\s<]|$)",
    rf"{_SHARED}/wday/cxs/(?P<token>[A-Za-z0-9_-]+)/{_SITE}",
    rf"{_SHARED}/{_LOCALE}recruiting/(?P<token>[A-Za-z0-9_-]+)/{_SITE}",
    domains=("myworkday",),
)
"""`{tenant}.wdN.myworkdayjobs.com/[locale/]{site}`, `wdN.myworkdaysite.com/recruiting/{tenant}/{site}`, the API."""


class _Cursor(Model):
    """The next page: an offset, and where the board is split, the facet and those of its values that are left."""

    facet: str = ""
    values: tuple[str, ...] = ()
    offset: int = 0


class Workday(AtsAdapter):
    """The API behind the career sites. A tenant may have many sites: the token is `tenant/site`."""

    name = "workday"
    addresses = _ADDRESSES
    details = re.compile(
        r"https://[^/]+\.myworkday(?:jobs|jobs-impl|site)\.com/wday/cxs/[^/]+/[^/]+/job/", re.IGNORECASE
    )

    def board(self, match: re.Match[str]) -> Board:
        """The site of a tenant; a site's own capitals count."""
        host, tenant, site = match["host"].lower(), match["token"].lower(), match["site"]
        path = f"recruiting/{match['token']}/{site}" if "myworkdaysite" in host else site
        return Board(ats=self.name, token=f"{tenant}/{site}", url=f"https://{host}/{path}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 20."""
        at = _Cursor.model_validate_json(cursor) if cursor else _Cursor()
        facets = {at.facet: [at.values[0]]} if at.values else {}
        asked = {"appliedFacets": facets, "limit": PAGE_SIZE, "offset": at.offset, "searchText": ""}
        return (FetchSpec(url=f"{_api(board)}/jobs", method="POST", body=json.dumps(asked), accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the details. Only the first page's `total` is right; a short page is the last."""
        root = Reader.of(page, board)
        jobs = root.at("jobPostings").required_items()
        total = root.at("total").count() if cursor is None else None
        if total == WINDOW and (split := _facet(root)) is not None:
            facet, counts = split
            start = _Cursor(facet=facet, values=tuple(counts))
            return BoardPage(cursor=start.model_dump_json(), total=sum(counts.values()))
        # A posting that is being taken down stands in the list without its path.
        links = tuple(f"{_api(board)}{path}" for job in jobs if (path := job.at("externalPath").text()))
        if total is not None:
            # A capped count is no count: one more than the window can never be reached.
            total = WINDOW + 1 if total == WINDOW else total - (len(jobs) - len(links))
        after = _after(_Cursor.model_validate_json(cursor) if cursor else _Cursor(), full=len(jobs) == PAGE_SIZE)
        return BoardPage(links=links, cursor=after.model_dump_json() if after else None, total=total)

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The posting; the id is what its path ends with, which is unique where a requisition has several postings."""
        root = Reader.of(page, board)
        info = root.at("jobPostingInfo")
        path = urlsplit(page.url).path
        number = re.search(r"_([A-Za-z0-9-]+)/?$", path)
        public = info.at("externalUrl").text() or board.url + path[path.lower().index("/job/") :]
        return RawPosting(
            url=public,
            external_id=number[1] if number else info.at("jobReqId").identifier(),
            title=stated(info.at("title").required_text(), info.at("title").path),
            company=root.within("hiringOrganization", "name").sourced(),
            locations=_locations(info),
            workplace=info.at("remoteType").sourced(),
            job_type=info.at("timeType").sourced(),
            description_html=info.at("jobDescription").sourced(),
            posted_at=info.at("startDate").sourced() or info.at("postedOn").sourced(),
            valid_through=info.at("endDate").sourced(),
            application_url=stated(f"{public.rstrip('/')}/apply", f"{info.path}.canApply")
            if info.at("canApply").flag()
            else None,
        )


def _after(at: _Cursor, *, full: bool) -> _Cursor | None:
    if full:
        return at.model_copy(update={"offset": at.offset + PAGE_SIZE})
    return _Cursor(facet=at.facet, values=at.values[1:]) if len(at.values) > 1 else None


def _facet(root: Reader) -> tuple[str, dict[str, int]] | None:
    """The facet to split by, with the counts of its values: each fits the window, all hold the board, and few overlap."""
    fitting = []
    for name, values in _facets(root.at("facets")):
        counts = {value.at("id").identifier(): value.at("count").count() or 0 for value in values}
        if max(counts.values(), default=WINDOW) < WINDOW <= sum(counts.values()):
            fitting.append((name, counts))
    return min(fitting, key=lambda facet: sum(facet[1].values()), default=None)


def _facets(listed: Reader) -> Iterator[tuple[str, list[Reader]]]:
    """Every facet; a group of facets holds them as its values."""
    for facet in listed.items():
        values = list(facet.at("values").items())
        if any(value.at("facetParameter").value is not None for value in values):
            yield from _facets(facet.at("values"))
        elif name := facet.at("facetParameter").text():
            yield name, values


def _api(board: Board) -> str:
    tenant, _, site = board.token.partition("/")
    return f"https://{urlsplit(board.url).netloc}/wday/cxs/{tenant}/{site}"


def _locations(info: Reader) -> tuple[Sourced, ...]:
    """The places as the company words them; the country is that of the first."""
    first = info.at("location").sourced()
    country = info.within("country", "descriptor").text()
    if first and country and country.lower() not in first.value.lower():
        first = stated(f"{first.value}, {country}", first.path)
    others = (entry.sourced() for entry in info.at("additionalLocations").items())
    return tuple(place for place in (first, *others) if place)
