"""Comeet: the board's page www.comeet.com/jobs/{company}/{uid} holds every position as JSON.

A company's own page that shows the board by a widget names its id and the public token of the careers API, which gives the same:
GET www.comeet.co/careers-api/2.0/company/{uid}/positions?token=&details=true.
"""

import re

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, embedded_json, place, sections, stated

_UID = r"(?P<uid>[A-Za-z0-9]{2}\.[A-Za-z0-9]{3})"
_ADDRESSES = Addresses(
    rf"(?:www\.)?comeet\.com/jobs/(?P<token>[A-Za-z0-9_-]+)/{_UID}",
    rf"(?:www\.)?comeet\.co/careers-api/2\.0/company/{_UID}/positions\?(?:[^#\"'\s>]{{0,200}}&(?:amp;)?)?token=(?P<token>[A-Za-z0-9]+)",
    domains=("comeet.com", "comeet.co/"),
)
"""`www.comeet.com/jobs/{company}/{uid}`, and the careers API with its token."""
_POSITIONS = re.compile(r"COMPANY_POSITIONS_DATA\s*=\s*")
_URLS = ("url_comeet_hosted_page", "url_recruit_hosted_page", "url_active_page", "url_detected_page")


class Comeet(AtsAdapter):
    """The hosted board, or the careers API where only that is known: the token is `company/uid`, or the uid."""

    name = "comeet"
    addresses = _ADDRESSES

    def board(self, match: re.Match[str]) -> Board:
        """The hosted board; for the API its own address, which alone bears the token that it wants."""
        uid = match["uid"].upper()
        if "/careers-api/" in match.group():
            api = f"https://www.comeet.co/careers-api/2.0/company/{uid}/positions?token={match['token']}&details=true"
            return Board(ats=self.name, token=uid, url=api)
        token = f"{match['token']}/{match['uid']}"
        return Board(ats=self.name, token=token, url=f"https://www.comeet.com/jobs/{token}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the page, or the API, holds the whole board."""
        del cursor
        return (FetchSpec(url=board.url, accept="json" if _is_api(board) else "html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every public position. When it was posted is not said: `time_updated` is the last change."""
        del cursor
        listed = Reader.of(page, board) if _is_api(board) else embedded_json(page, _POSITIONS, board)
        positions = [position for position in listed.required_items() if position.at("is_internal").flag() is not True]
        postings = tuple(self._posting(position) for position in positions)
        return BoardPage(postings=postings, total=len(postings), uncounted=True)

    def _posting(self, position: Reader) -> RawPosting:
        url = next((url for name in _URLS if (url := position.at(name).text())), None)
        own = position.at("details")
        details = position.within("custom_fields", "details") if own.value is None else own
        return RawPosting(
            url=url or position.at(_URLS[0]).required_text(),
            external_id=position.at("uid").identifier(),
            title=stated(position.at("name").required_text(), position.at("name").path),
            company=position.at("company_name").sourced(),
            locations=_locations(position),
            workplace=position.at("workplace_type").sourced(),
            job_type=position.at("employment_type").sourced(),
            department=position.at("department").sourced(),
            description_html=sections(
                ((part.at("name").text(), part.at("value").text()) for part in details.items()), details.path
            ),
        )


def _is_api(board: Board) -> bool:
    return "/careers-api/" in board.url


def _locations(position: Reader) -> tuple[Sourced, ...]:
    at = position.at("location")
    if at.value is None:
        return ()
    parts = place((at.at(name).text() for name in ("city", "state")), at.at("country").text(), at.path)
    found = parts if at.at("city").text() else at.at("name").sourced() or parts
    return (found,) if found else ()
