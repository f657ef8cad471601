"""Greenhouse: GET boards-api.greenhouse.io/v1/boards/{token}/jobs?content=true answers with the whole board."""

import re
from html import unescape
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, stated

_NAME = r"(?P<token>[A-Za-z0-9_-]+)"
_ADDRESSES = Addresses(
    rf"(?:job-)?boards(?P<eu>\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?/?\?(?:[^#\"'\s>]{{0,300}}&(?:amp;)?)?for={_NAME}",
    rf"(?:boards-)?api(?P<eu>\.eu)?\.greenhouse\.io/v1/boards/{_NAME}(?=[/?#\"'\s<]|$)",
    rf"(?:job-)?boards(?P<eu>\.eu)?\.greenhouse\.io/(?!embed(?:[/?#]|$)){_NAME}(?=[/?#\"'\s<]|$)",
    domains=(".greenhouse.io",),
)
_STATE = re.compile(rf"\"urlToken\"\s*:\s*\"{_NAME}\"")


class Greenhouse(AtsAdapter):
    """The job board API, version 1."""

    name = "greenhouse"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`boards.greenhouse.io/{token}`, its API and embed URLs, and the state of a page that is built on it."""
        if (match := _ADDRESSES.find(url, html)) is not None:
            return self._board(match["token"].lower(), eu=match["eu"] is not None)
        state = _STATE.search(html) if html and '"urlToken"' in html else None
        return self._board(state["token"].lower(), eu=False) if state else None

    def _board(self, token: str, *, eu: bool) -> Board:
        return Board(ats=self.name, token=token, url=f"https://job-boards{'.eu' if eu else ''}.greenhouse.io/{token}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        plain = f"https://boards-api.greenhouse.io/v1/boards/{quote(board.token)}/jobs?content=true"
        return (FetchSpec(url=f"{plain}&pay_transparency=true", accept="json", archived_as=(plain,)),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every job of the board."""
        del cursor
        root = Reader.of(page, board)
        total = root.at("meta").at("total").number() if root.at("meta").value is not None else None
        postings = tuple(self._posting(job) for job in root.at("jobs").required_items())
        return BoardPage(postings=postings, total=None if total is None else int(total))

    def _posting(self, job: Reader) -> RawPosting:
        location = job.at("location")
        place = location.at("name").sourced() if location.value is not None else None
        content = job.at("content")
        html = content.text()
        departments = [name for item in job.at("departments").items() if (name := item.at("name").sourced())]
        return RawPosting(
            url=job.at("absolute_url").required_text(),
            external_id=job.at("id").identifier(),
            title=stated(job.at("title").required_text(), job.at("title").path),
            company=job.at("company_name").sourced(),
            locations=(place,) if place else self._offices(job),
            workplace=self._metadata(job, "workplace", "remote", "location type"),
            job_type=self._metadata(job, "employment type", "job type", "time type", "contract type"),
            department=departments[0] if departments else None,
            description_html=stated(unescape(html), content.path) if html else None,
            salary=self._salary(job),
            posted_at=job.at("first_published").sourced(),
            valid_through=job.at("application_deadline").sourced(),
            language=job.at("language").text(),
        )

    def _offices(self, job: Reader) -> tuple[Sourced, ...]:
        offices = (
            office.at("location").sourced() or office.at("name").sourced() for office in job.at("offices").items()
        )
        return tuple(office for office in offices if office)

    def _metadata(self, job: Reader, *names: str) -> Sourced | None:
        """A field that the company defined itself, by the names such fields usually bear."""
        for item in job.at("metadata").items():
            name, value = (item.at("name").text() or "").lower(), item.at("value")
            if any(name.startswith(wanted) for wanted in names) and isinstance(value.value, str):
                return value.sourced()
        return None

    def _salary(self, job: Reader) -> RawSalary | None:
        """The first pay range. Amounts are in hundredths of the unit; no period is given, so its size tells it."""
        for item in job.at("pay_input_ranges").items():
            low, high = item.at("min_cents").number(), item.at("max_cents").number()
            currency = item.at("currency_type").text()
            if low is None and high is None:
                continue
            return RawSalary(
                source=Source.ATS,
                path=item.path,
                min=None if low is None else low / 100,
                max=None if high is None else high / 100,
                currency=currency,
                period=item.at("title").text(),
            )
        return None
