"""Pinpoint: GET {token}.pinpointhq.com/postings.json answers with the whole board."""

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, place, sections, stated

_ADDRESSES = Addresses(r"(?P<token>[a-z0-9][a-z0-9-]*)\.pinpointhq\.com(?=[/?#\"'\s<]|$)", domains=(".pinpointhq.com",))
"""`{token}.pinpointhq.com`."""
_PARTS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")


class Pinpoint(AtsAdapter):
    """The postings feed. It says when a posting ends, never when it began."""

    name = "pinpoint"
    addresses = _ADDRESSES
    home = "https://{token}.pinpointhq.com/"

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=f"https://{board.token}.pinpointhq.com/postings.json", accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every posting of the board."""
        del cursor
        postings = tuple(self._posting(item) for item in Reader.of(page, board).at("data").required_items())
        return BoardPage(postings=postings, total=len(postings), uncounted=True)

    def _posting(self, item: Reader) -> RawPosting:
        parts = ((item.at(f"{name}_header").text(), item.at(name).text()) for name in _PARTS)
        return RawPosting(
            url=item.at("url").required_text(),
            external_id=item.at("id").identifier(),
            title=stated(item.at("title").required_text(), item.at("title").path),
            locations=_locations(item),
            workplace=item.at("workplace_type").sourced(),
            job_type=item.at("employment_type").sourced() or item.at("employment_type_text").sourced(),
            department=item.within("job", "department", "name").sourced(),
            description_html=sections(parts, f"{item.path}.description+"),
            salary=_salary(item),
            valid_through=item.at("deadline_at").sourced(),
        )


def _locations(item: Reader) -> tuple[Sourced, ...]:
    at = item.at("location")
    if at.value is None:
        return ()
    city = at.at("city").text()
    found = place((city, at.at("province").text()), None, at.path) if city else None
    found = at.at("name").sourced() or found
    return (found,) if found else ()


def _salary(item: Reader) -> RawSalary | None:
    """The figures, else the words, unless the company hides them."""
    if item.at("compensation_visible").flag() is False:
        return None
    names = ("minimum", "maximum", "currency", "frequency")
    figures = pay(item, *(f"compensation_{name}" for name in names))
    text = item.at("compensation").text()
    if figures is None and text:
        return RawSalary(source=Source.ATS, path=item.at("compensation").path, text=text)
    return figures
