"""Ashby: GET api.ashbyhq.com/posting-api/job-board/{token}?includeCompensation=true answers with the whole board."""

import re
from urllib.parse import quote, unquote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, place, span, stated

_NAME = r"(?P<token>(?:[A-Za-z0-9_.-]|%[0-9A-Fa-f]{2})+)"
_ADDRESSES = Addresses(
    rf"jobs\.ashbyhq\.com/{_NAME}",
    rf"api\.ashbyhq\.com/posting-api/job-board/{_NAME}",
    domains=(".ashbyhq.com",),
)
"""`jobs.ashbyhq.com/{token}`, its API, and embeds in a page."""


class Ashby(AtsAdapter):
    """The public posting API. Tokens are case-sensitive."""

    name = "ashby"
    addresses = _ADDRESSES

    def board(self, match: re.Match[str]) -> Board:
        """The board; its token may be any text, and its capitals count."""
        token = unquote(match["token"])
        return Board(ats=self.name, token=token, url=f"https://jobs.ashbyhq.com/{quote(token)}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        url = f"https://api.ashbyhq.com/posting-api/job-board/{quote(board.token)}?includeCompensation=true"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every listed job of the board; unlisted ones are reached by their link only and are left out."""
        del cursor
        jobs = Reader.of(page, board).at("jobs").required_items()
        postings = tuple(self._posting(job) for job in jobs if job.at("isListed").flag() is not False)
        return BoardPage(postings=postings, total=len(postings), uncounted=True)

    def _posting(self, job: Reader) -> RawPosting:
        return RawPosting(
            url=job.at("jobUrl").required_text(),
            external_id=job.at("id").identifier(),
            title=stated(job.at("title").required_text(), job.at("title").path),
            locations=self._locations(job),
            workplace=self._workplace(job),
            job_type=job.at("employmentType").sourced(),
            department=job.at("department").sourced() or job.at("team").sourced(),
            description_html=job.at("descriptionHtml").sourced() or job.at("descriptionPlain").sourced(),
            salary=_salary(job.at("compensation")),
            posted_at=job.at("publishedAt").sourced(),
            application_url=job.at("applyUrl").sourced(),
        )

    def _workplace(self, job: Reader) -> Sourced | None:
        """`workplaceType` beats `isRemote`, which is also set for hybrid work."""
        if (place := job.at("workplaceType").sourced()) is not None:
            return place
        return stated("Remote", job.at("isRemote").path) if job.at("isRemote").flag() else None

    def _locations(self, job: Reader) -> tuple[Sourced, ...]:
        places = [self._place(job), *(self._place(entry) for entry in job.at("secondaryLocations").items())]
        return tuple(place for place in places if place)

    def _place(self, entry: Reader) -> Sourced | None:
        """The label of a place; where its address names a city, the address, for the label may be an office's name."""
        label, address = entry.at("location"), entry.at("address")
        postal = address.at("postalAddress") if address.value is not None else address
        if postal.value is None:
            return label.sourced()
        names = [postal.at(name).text() for name in ("addressLocality", "addressRegion")]
        country, text = postal.at("addressCountry").text(), label.text() or ""
        if names[0] and "remote" not in text.lower():
            return place(names, country, postal.path)
        if country and country.lower() not in text.lower():
            return place((text,) if text else names, country, label.path)
        return label.sourced()


def _salary(compensation: Reader) -> RawSalary | None:
    """The span of the salary components of all tiers; bonus and equity are components of their own."""
    if compensation.value is None:
        return None
    parts = [part for tier in compensation.at("compensationTiers").items() for part in tier.at("components").items()]
    return span(
        pay(part, "minValue", "maxValue", "currencyCode", "interval")
        for part in parts
        if part.at("compensationType").text() == "Salary"
    )
