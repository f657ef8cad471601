"""BambooHR: GET {token}.bamboohr.com/careers/list, then /careers/{id}/detail for each posting."""

import re
from urllib.parse import quote, urlsplit

from quiethire.domain.board import Board
from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, place, stated

_ADDRESSES = Addresses(
    r"(?P<token>[a-z0-9][a-z0-9-]*)\.bamboohr\.com/(?:careers|jobs)(?=[/?#\"'\s<]|$)", domains=(".bamboohr.com",)
)
"""`{token}.bamboohr.com/careers` and the older `/jobs`."""
_WORKPLACES = {"0": "onsite", "1": "remote", "2": "hybrid"}
"""`locationType`."""


class BambooHR(AtsAdapter):
    """The API behind the careers page."""

    name = "bamboohr"
    addresses = _ADDRESSES
    home = "https://{token}.bamboohr.com/careers"
    details = re.compile(r"https://[^/]+\.bamboohr\.com/careers/[^/]+/detail$")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged. What a board that is gone leads to is a page of the vendor's."""
        del cursor
        return (FetchSpec(url=f"{board.url}/list", accept="any"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the details, which alone hold description and date."""
        del cursor
        if not urlsplit(page.url).path.startswith("/careers"):
            raise Gone("the board leads to another page", where=board.key, hint=page.url)
        root = Reader.of(page, board)
        jobs = root.at("result").required_items()
        total = root.within("meta", "totalCount").count()
        return BoardPage(
            links=tuple(f"{board.url}/{quote(job.at('id').identifier())}/detail" for job in jobs),
            total=len(jobs) if total is None else total,
            uncounted=total is None,
        )

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The opening."""
        job = Reader.of(page, board).at("result").at("jobOpening")
        number = page.url.rsplit("/", 2)[1]
        kind = job.at("locationType")
        words = _WORKPLACES.get(kind.identifier()) if kind.value is not None else None
        pay = job.at("compensation").text()
        return RawPosting(
            url=job.at("jobOpeningShareUrl").text() or f"{board.url}/{number}",
            external_id=number,
            title=stated(job.at("jobOpeningName").required_text(), job.at("jobOpeningName").path),
            locations=_locations(job),
            workplace=stated(words, kind.path) if words else None,
            job_type=job.at("employmentStatusLabel").sourced(),
            department=job.at("departmentLabel").sourced(),
            description_html=job.at("description").sourced(),
            salary=RawSalary(source=Source.ATS, path=job.at("compensation").path, text=pay) if pay else None,
            posted_at=job.at("datePosted").sourced(),
        )


def _locations(job: Reader) -> tuple[Sourced, ...]:
    """The office; for a remote job, which has none, the area it is open to."""
    for name in ("location", "atsLocation"):
        at = job.at(name)
        if at.value is None:
            continue
        country = at.at("addressCountry").text() or at.at("country").text()
        if found := place((at.at("city").text(), at.at("state").text() or at.at("province").text()), country, at.path):
            return (found,)
    return ()
