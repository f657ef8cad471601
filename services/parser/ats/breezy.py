"""Breezy: GET {token}.breezy.hr/json?verbose=true answers with the whole board and its descriptions."""

import re
from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, place, stated

_ADDRESSES = Addresses(
    r"(?![a-z]+-cdn\.)(?P<token>[a-z0-9][a-z0-9-]*)\.breezy\.hr(?=[/?#\"'\s<]|$)", domains=(".breezy.hr",)
)
"""`{token}.breezy.hr`."""


class Breezy(AtsAdapter):
    """The portal's list in JSON; on a company's own host the token is the host.

    A position without its description is read by its page, which carries JSON-LD.
    """

    name = "breezy"
    addresses = _ADDRESSES
    home = "https://{token}.breezy.hr/"
    markers = ("breezy.hr/breezy-portal/",)
    identifier = re.compile(r"/p/([0-9a-f]{12,})(?=[-/?]|$)")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        plain = f"https://{urlsplit(board.url).netloc}/json"
        return (FetchSpec(url=f"{plain}?verbose=true", accept="json", archived_as=(plain,)),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every position; one in several places may stand in the list once for each."""
        del cursor
        postings: dict[str, RawPosting] = {}
        for job in Reader.of(page, board).required_items():
            posting = self._posting(job)
            known = postings.get(posting.url)
            places = dict.fromkeys((*known.locations, *posting.locations)) if known else posting.locations
            postings[posting.url] = posting.model_copy(update={"locations": tuple(places)})
        whole = tuple(posting for posting in postings.values() if posting.description_html)
        bare = tuple(posting.url for posting in postings.values() if not posting.description_html)
        return BoardPage(postings=whole, links=bare, total=len(postings), uncounted=True)

    def _posting(self, job: Reader) -> RawPosting:
        url = job.at("url").required_text()
        number = self.identifier.search(url)
        salary = job.at("salary").text()
        return RawPosting(
            url=url,
            external_id=number[1] if number else job.at("id").identifier(),
            title=stated(job.at("name").required_text(), job.at("name").path),
            company=job.within("company", "name").sourced(),
            locations=_locations(job),
            workplace=_workplace(job),
            job_type=job.within("type", "name").sourced(),
            department=job.at("department").sourced(),
            description_html=job.at("description").sourced(),
            salary=RawSalary(source=Source.ATS, path=job.at("salary").path, text=salary) if salary else None,
            posted_at=job.at("published_date").sourced(),
        )


def _locations(job: Reader) -> tuple[Sourced, ...]:
    """`locations` where the answer has it, else `location`; each by its parts, else by its name."""
    entries = [*job.at("locations").items()] or [job.at("location")]
    return tuple(found for entry in entries if entry.value is not None and (found := _place(entry)))


def _place(at: Reader) -> Sourced | None:
    city = at.at("city").text()
    region, country = at.within("state", "name").text(), at.within("country", "name").text()
    return (place((city, region), country, at.path) if city else None) or at.at("name").sourced()


def _workplace(job: Reader) -> Sourced | None:
    remote = job.within("location", "is_remote")
    return stated("remote", remote.path) if remote.flag() else None
