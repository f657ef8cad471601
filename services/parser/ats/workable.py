"""Workable: GET apply.workable.com/api/v1/widget/accounts/{token}?details=true answers with the whole board."""

from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, place, sections, stated

_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9-]*)"
_ADDRESSES = Addresses(
    rf"(?:apply|www)\.workable\.com/api/(?:v\d/)?(?:widget/)?accounts/{_NAME}",
    rf"apply\.workable\.com/(?!(?:api|j|v\d|js|css|assets|accounts|jobs)(?:[/?#]|$)){_NAME}",
    rf"(?!(?:apply|jobs|careers|find|tracking)\.){_NAME}\.workable\.com(?=[/?#\"'\s<]|$)",
    domains=("workable.com",),
)
"""`apply.workable.com/{token}`, `{token}.workable.com` and the API."""

_SECTIONS = ((None, "description"), ("Requirements", "requirements"), ("Benefits", "benefits"))
"""Boards differ in whether the description holds the others."""


class Workable(AtsAdapter):
    """The widget's API. It counts requests strictly: one is all that a board takes."""

    name = "workable"
    addresses = _ADDRESSES
    home = "https://apply.workable.com/{token}/"

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        url = f"https://apply.workable.com/api/v1/widget/accounts/{quote(board.token)}?details=true"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every job; one in several places stands in the list once for each, under the same short code."""
        del cursor
        root = Reader.of(page, board)
        company = root.at("name").sourced()
        postings: dict[str, RawPosting] = {}
        for job in root.at("jobs").required_items():
            posting = self._posting(job, company)
            known = postings.get(posting.url)
            places = dict.fromkeys((*known.locations, *posting.locations)) if known else posting.locations
            postings[posting.url] = posting.model_copy(update={"locations": tuple(places)})
        return BoardPage(postings=tuple(postings.values()), total=len(postings), uncounted=True)

    def _posting(self, job: Reader, company: Sourced | None) -> RawPosting:
        return RawPosting(
            url=job.at("url").required_text(),
            external_id=job.at("shortcode").identifier(),
            title=stated(job.at("title").required_text(), job.at("title").path),
            company=company,
            locations=_locations(job),
            workplace=stated("remote", job.at("telecommuting").path) if job.at("telecommuting").flag() else None,
            job_type=job.at("employment_type").sourced(),
            department=job.at("department").sourced() or job.at("function").sourced(),
            description_html=sections(
                ((head, job.at(name).text()) for head, name in _SECTIONS), f"{job.path}.description"
            ),
            posted_at=job.at("published_on").sourced() or job.at("created_at").sourced(),
            application_url=job.at("application_url").sourced(),
        )


def _locations(job: Reader) -> tuple[Sourced, ...]:
    """`locations` where the answer has it, less those the company hides; else the job's own place."""
    shown = [entry for entry in job.at("locations").items() if not entry.at("hidden").flag()]
    found = [
        place((entry.at(name).text() for name in ("city", "region")), entry.at("country").text(), entry.path)
        for entry in shown
    ]
    own = place((job.at(name).text() for name in ("city", "state")), job.at("country").text(), f"{job.path}.city")
    return tuple(entry for entry in found if entry) or ((own,) if own else ())
