"""Recruitee: GET {host}/api/offers answers with the whole board, on the vendor's hosts and on a company's own."""

from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, place, sections, stated

_ADDRESSES = Addresses(r"(?P<token>[a-z0-9][a-z0-9-]*)\.recruitee\.com(?=[/?#\"'\s<]|$)", domains=(".recruitee.com",))


class Recruitee(AtsAdapter):
    """The careers site's API. On a company's own host the token is the host."""

    name = "recruitee"
    addresses = _ADDRESSES
    home = "https://{token}.recruitee.com/"
    markers = ("recruiteecdn.com/",)

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=f"https://{urlsplit(board.url).netloc}/api/offers", accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every published offer."""
        del cursor
        offers = Reader.of(page, board).at("offers").required_items()
        shown = [offer for offer in offers if offer.at("status").text() in (None, "published")]
        return BoardPage(postings=tuple(self._posting(offer) for offer in shown), total=len(shown), uncounted=True)

    def _posting(self, offer: Reader) -> RawPosting:
        return RawPosting(
            url=offer.at("careers_url").required_text(),
            external_id=offer.at("id").identifier(),
            title=stated(offer.at("title").required_text(), offer.at("title").path),
            company=offer.at("company_name").sourced(),
            locations=_locations(offer),
            workplace=_workplace(offer),
            job_type=offer.at("employment_type_code").sourced(),
            department=offer.at("department").sourced(),
            description_html=sections(
                ((None, offer.at(name).text()) for name in ("description", "requirements")),
                f"{offer.path}.description+requirements",
            ),
            salary=pay(offer.at("salary"), "min", "max", "currency", "period"),
            posted_at=offer.at("published_at").sourced(),
            valid_through=offer.at("close_at").sourced(),
            application_url=offer.at("careers_apply_url").sourced(),
        )


def _locations(offer: Reader) -> tuple[Sourced, ...]:
    found = [
        place((entry.at(name).text() for name in ("city", "state")), entry.at("country").text(), entry.path)
        for entry in offer.at("locations").items()
    ]
    own = place((offer.at("city").text(),), offer.at("country").text(), f"{offer.path}.city")
    other = own or offer.at("location").sourced()
    return tuple(entry for entry in found if entry) or ((other,) if other else ())


def _workplace(offer: Reader) -> Sourced | None:
    """An offer may allow several; hybrid covers remote and on site, remote covers neither."""
    for name in ("hybrid", "remote", "on_site"):
        if offer.at(name).flag():
            return stated(name.replace("_", "-"), offer.at(name).path)
    return None
