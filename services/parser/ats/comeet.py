"""Comeet: the board's page www.comeet.com/jobs/{company}/{uid} holds every position as JSON."""

import re

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, embedded_json, place, sections, stated

_ADDRESSES = Addresses(
    r"(?:www\.)?comeet\.com/jobs/(?P<token>[A-Za-z0-9_-]+)/(?P<uid>[A-Za-z0-9]{2}\.[A-Za-z0-9]{3})",
    domains=("comeet.com",),
)
_POSITIONS = re.compile(r"COMPANY_POSITIONS_DATA\s*=\s*")
_URLS = ("url_comeet_hosted_page", "url_recruit_hosted_page", "url_active_page", "url_detected_page")


class Comeet(AtsAdapter):
    """The hosted board; its page carries what the careers API would ask a token for."""

    name = "comeet"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`www.comeet.com/jobs/{company}/{uid}`."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        token = f"{match['token']}/{match['uid']}"
        return Board(ats=self.name, token=token, url=f"https://www.comeet.com/jobs/{token}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the page holds the whole board."""
        del cursor
        return (FetchSpec(url=board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every position. When it was posted is not said: `time_updated` is the last change."""
        del cursor
        positions = embedded_json(page, _POSITIONS, board).required_items()
        postings = tuple(self._posting(position) for position in positions)
        return BoardPage(postings=postings, total=len(postings))

    def _posting(self, position: Reader) -> RawPosting:
        url = next((url for name in _URLS if (url := position.at(name).text())), None)
        details = position.within("custom_fields", "details")
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


def _locations(position: Reader) -> tuple[Sourced, ...]:
    at = position.at("location")
    if at.value is None:
        return ()
    parts = place((at.at(name).text() for name in ("city", "state", "country")), at.path)
    found = parts if at.at("city").text() else at.at("name").sourced() or parts
    return (found,) if found else ()
