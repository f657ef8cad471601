"""Personio: GET {token}.jobs.personio.(de|com)/xml answers with the whole board, where the company left the feed on."""

import re
from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, sections, stated
from services.parser.ats.markup import Element

_ADDRESSES = Addresses(
    r"(?P<token>[a-z0-9][a-z0-9-]*)\.jobs\.personio\.(?P<tld>de|com)(?=[/?#\"'\s<]|$)", domains=(".jobs.personio.",)
)


class Personio(AtsAdapter):
    """The XML feed, in English where the company wrote it so."""

    name = "personio"
    addresses = _ADDRESSES

    def board(self, match: re.Match[str]) -> Board:
        """The board, below the domain that the company chose."""
        token = match["token"].lower()
        return Board(ats=self.name, token=token, url=f"https://{token}.jobs.personio.{match['tld'].lower()}/")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the feed is never paged."""
        del cursor
        return (FetchSpec(url=f"https://{urlsplit(board.url).netloc}/xml?language=en", accept="xml"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every position; one that stands in the feed twice counts once."""
        del cursor
        root = Element.of(page, board, "workzag-jobs")
        postings = [self._posting(position, board) for position in root.all("position")]
        unique = {posting.url: posting for posting in postings}
        return BoardPage(postings=tuple(unique.values()), total=len(unique), uncounted=True)

    def _posting(self, position: Element, board: Board) -> RawPosting:
        number, title = position.text("id"), position.sourced("name")
        if number is None or title is None:
            raise position.drift("id" if number is None else "name", board)
        offices = [position.sourced("office"), *_others(position)]
        kinds = [position.text("schedule"), position.text("employmentType")]
        kind = ", ".join(kind for kind in kinds if kind)
        return RawPosting(
            url=f"https://{urlsplit(board.url).netloc}/job/{number}",
            external_id=number,
            title=title,
            company=position.sourced("subcompany"),
            locations=tuple(office for office in offices if office),
            # An internship or a temporary job says more than its hours.
            job_type=stated(_telling(kind), f"{position.path}/schedule+employmentType") if kind else None,
            department=position.sourced("department") or position.sourced("recruitingCategory"),
            description_html=sections(
                (
                    (part.text("name"), part.text("value"))
                    for part in position.within("jobDescriptions", "jobDescription")
                ),
                f"{position.path}/jobDescriptions",
            ),
            salary=next((found for at in position.all("salaryInformation") if (found := _salary(at))), None),
            posted_at=position.sourced("createdAt"),
        )


def _others(position: Element) -> list[Sourced]:
    offices = position.within("additionalOffices", "office")
    return [stated(text, office.path) for office in offices if (text := office.content())]


def _telling(kinds: str) -> str:
    schedule, _, employment = kinds.partition(", ")
    return f"{employment}, {schedule}" if employment and employment != "permanent" else kinds


def _salary(at: Element) -> RawSalary | None:
    """`<min>`, `<max>`, `<currencyCode>` and what they cover, where the company shows them."""
    low, high = (_figure(at.text(name)) for name in ("min", "max"))
    if low is None and high is None:
        return None
    return RawSalary(
        source=Source.ATS, path=at.path, min=low, max=high, currency=at.text("currencyCode"), period=at.text("type")
    )


def _figure(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", text) else None
