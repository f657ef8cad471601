"""Lever: GET api.lever.co/v0/postings/{token}?mode=json, 100 at a time; the API names no total."""

import re
from html import escape
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, place, stated
from services.parser.normalise.location import country_code

PAGE_SIZE = 100

_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9._-]*)"
_ADDRESSES = Addresses(
    rf"jobs(?P<eu>\.eu)?\.lever\.co/{_NAME}",
    rf"api(?P<eu>\.eu)?\.lever\.co/v0/postings/{_NAME}",
    domains=(".lever.co",),
)
"""`jobs[.eu].lever.co/{token}`, its API, and links to either in a page."""


class Lever(AtsAdapter):
    """The postings API, version 0."""

    name = "lever"
    addresses = _ADDRESSES

    def board(self, match: re.Match[str]) -> Board:
        """The board, on the host of its region."""
        url = f"https://jobs{(match['eu'] or '').lower()}.lever.co/{match['token']}"
        return Board(ats=self.name, token=match["token"], url=url)

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 100; the cursor is how many to skip."""
        host = "api.eu.lever.co" if "//jobs.eu." in board.url else "api.lever.co"
        url = f"https://{host}/v0/postings/{quote(board.token)}?mode=json&limit={PAGE_SIZE}&skip={cursor or 0}"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """A full page is followed by another; a short one is the last, and then the count is known."""
        postings = tuple(self._posting(item) for item in Reader.of(page, board).required_items())
        last = len(postings) < PAGE_SIZE
        count = int(cursor or 0) + len(postings)
        # One short page alone tells no end: a server may give fewer at a time than it is asked for.
        only = last and not cursor
        total = count if last else None
        return BoardPage(postings=postings, cursor=None if last else str(count), total=total, uncounted=only)

    def _posting(self, item: Reader) -> RawPosting:
        categories = item.at("categories")
        has = categories.value is not None
        return RawPosting(
            url=item.at("hostedUrl").required_text(),
            external_id=item.at("id").identifier(),
            title=stated(item.at("text").required_text(), item.at("text").path),
            locations=self._locations(item, categories) if has else (),
            workplace=self._workplace(item),
            job_type=categories.at("commitment").sourced() if has else None,
            department=(categories.at("department").sourced() or categories.at("team").sourced()) if has else None,
            description_html=self._description(item),
            salary=pay(item.at("salaryRange"), "min", "max", "currency", "interval"),
            posted_at=self._created(item.at("createdAt")),
            application_url=item.at("applyUrl").sourced(),
        )

    def _locations(self, item: Reader, categories: Reader) -> tuple[Sourced, ...]:
        """All locations, each with the posting's country where there is but one place to be in it."""
        places = [found for entry in categories.at("allLocations").items() if (found := entry.sourced())]
        if not places and (main := categories.at("location").sourced()):
            places = [main]
        country = item.at("country").text()
        if country and len(places) == 1 and country_code(places[0].value.rpartition(",")[2]) is None:
            return (place((places[0].value,), country, places[0].path) or places[0],)
        return tuple(places)

    def _workplace(self, item: Reader) -> Sourced | None:
        place = item.at("workplaceType").sourced()
        return None if place is None or place.value == "unspecified" else place

    def _created(self, created: Reader) -> Sourced | None:
        number = created.number()
        return None if number is None else stated(str(int(number)), created.path)

    def _description(self, item: Reader) -> Sourced | None:
        """Description, lists and closing: `descriptionPlain` leaves the lists out."""
        parts = [item.at("description").text() or ""]
        for entry in item.at("lists").items():
            heading, content = entry.at("text").text(), entry.at("content").text()
            parts.append(f"<h3>{escape(heading)}</h3>" if heading else "")
            parts.append(f"<ul>{content}</ul>" if content else "")
        parts += [item.at("salaryDescription").text() or "", item.at("additional").text() or ""]
        html = "\n".join(part for part in parts if part)
        return stated(html, f"{item.path}.description+lists+additional") if html else None
