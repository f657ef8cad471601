"""Greenhouse: GET boards-api.greenhouse.io/v1/boards/{token}/jobs?content=true answers with the whole board."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, span, stated
from services.parser.ats.markup import unescaped

_NAME = r"(?P<token>[A-Za-z0-9_-]+)"
_ADDRESSES = Addresses(
    rf"(?:job-)?boards(?P<eu>\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?/?\?(?:[^#\"'\s>]{{0,300}}&(?:amp;)?)?for={_NAME}",
    rf"(?:boards-)?api(?P<eu>\.eu)?\.greenhouse\.io/v1/boards/{_NAME}(?=[/?#\"'\s<]|$)",
    rf"(?:job-)?boards(?P<eu>\.eu)?\.greenhouse\.io/(?!embed(?:[/?#]|$)){_NAME}(?=[/?#\"'\s<]|$)",
    domains=(".greenhouse.io",),
)
"""`(job-)boards[.eu].greenhouse.io/{token}`, its API and its embeds."""
_STATE = re.compile(rf"\"urlToken\"\s*:\s*\"{_NAME}\"")

_SEVERAL = re.compile(r"\b(?:multiple|several|various)\b", re.IGNORECASE)
PAY_RANGE = ("min_cents", "max_cents", "currency_type", "title")
"""A range of pay, of a place or a level, in hundredths; the period is in its title, if at all."""


class Greenhouse(AtsAdapter):
    """The job board API, version 1."""

    name = "greenhouse"
    addresses = _ADDRESSES

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """By address; else by the state of a page that is built on it."""
        if (board := super().recognise(url, html)) is not None:
            return board
        state = _STATE.search(html) if html and '"urlToken"' in html else None
        return self._board(state["token"], "") if state else None

    def board(self, match: re.Match[str]) -> Board:
        """The board, on the host of its region."""
        return self._board(match["token"], match["eu"] or "")

    def _board(self, token: str, region: str) -> Board:
        token = token.lower()
        return Board(ats=self.name, token=token, url=f"https://job-boards{region.lower()}.greenhouse.io/{token}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        plain = f"https://boards-api.greenhouse.io/v1/boards/{quote(board.token)}/jobs?content=true"
        return (FetchSpec(url=f"{plain}&pay_transparency=true", accept="json", archived_as=(plain,)),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every job of the board."""
        del cursor
        root = Reader.of(page, board)
        total = root.within("meta", "total").count()
        postings = tuple(self._posting(job) for job in root.at("jobs").required_items())
        return BoardPage(postings=postings, total=len(postings) if total is None else total, uncounted=total is None)

    def _posting(self, job: Reader) -> RawPosting:
        content = job.at("content")
        html = content.text()
        departments = [name for item in job.at("departments").items() if (name := item.at("name").sourced())]
        return RawPosting(
            url=job.at("absolute_url").required_text(),
            external_id=job.at("id").identifier(),
            title=stated(job.at("title").required_text(), job.at("title").path),
            company=job.at("company_name").sourced(),
            locations=self._locations(job),
            workplace=self._metadata(job, "workplace", "remote", "location type"),
            job_type=self._metadata(job, "employment type", "job type", "time type", "contract type"),
            department=departments[0] if departments else None,
            description_html=stated(unescaped(html), content.path) if html else None,
            salary=span(pay(item, *PAY_RANGE, parts=100) for item in job.at("pay_input_ranges").items()),
            posted_at=job.at("first_published").sourced(),
            valid_through=job.at("application_deadline").sourced(),
            language=job.at("language").sourced(),
        )

    def _locations(self, job: Reader) -> tuple[Sourced, ...]:
        """The posting's own place; the offices where it has none, or says but that there are several."""
        place = job.within("location", "name").sourced()
        if place and _SEVERAL.search(place.value) is None:
            return (place,)
        offices = (
            office.at("location").sourced() or office.at("name").sourced() for office in job.at("offices").items()
        )
        return tuple(office for office in offices if office) or ((place,) if place else ())

    def _metadata(self, job: Reader, *names: str) -> Sourced | None:
        """A field that the company defined itself, by the names such fields usually bear."""
        for item in job.at("metadata").items():
            name, value = (item.at("name").text() or "").lower(), item.at("value")
            if any(name.startswith(wanted) for wanted in names) and isinstance(value.value, str):
                return value.sourced()
        return None
