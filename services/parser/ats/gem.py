"""Gem: GET api.gem.com/job_board/v0/{token}/job_posts/ answers with the whole board."""

from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, pay, span, stated
from services.parser.ats.greenhouse import PAY_RANGE

_NAME = r"(?P<token>[A-Za-z0-9][A-Za-z0-9_.-]*)"
_ADDRESSES = Addresses(rf"jobs\.gem\.com/{_NAME}", rf"api\.gem\.com/job_board/v0/{_NAME}", domains=("gem.com/",))
"""`jobs.gem.com/{token}` and the API."""


class Gem(AtsAdapter):
    """The job board API, version 0, whose posts are shaped as Greenhouse's are."""

    name = "gem"
    addresses = _ADDRESSES
    home = "https://jobs.gem.com/{token}"
    keeps_case = True

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=f"https://api.gem.com/job_board/v0/{quote(board.token)}/job_posts/", accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every post of the board."""
        del cursor
        postings = tuple(self._posting(post) for post in Reader.of(page, board).required_items())
        return BoardPage(postings=postings, total=len(postings), uncounted=True)

    def _posting(self, post: Reader) -> RawPosting:
        departments = (entry.at("name").sourced() for entry in post.at("departments").items())
        return RawPosting(
            url=post.at("absolute_url").required_text(),
            external_id=post.at("id").identifier(),
            title=stated(post.at("title").required_text(), post.at("title").path),
            locations=_locations(post),
            workplace=post.at("location_type").sourced(),
            job_type=post.at("employment_type").sourced(),
            department=next((name for name in departments if name), None),
            description_html=post.at("content").sourced() or post.at("content_plain").sourced(),
            salary=span(pay(item, *PAY_RANGE, parts=100) for item in post.at("pay_input_ranges").items()),
            posted_at=post.at("first_published_at").sourced(),
        )


def _locations(post: Reader) -> tuple[Sourced, ...]:
    """The places of all offices; where they have none, the post's own label, else the names of the offices."""
    offices = list(post.at("offices").items())
    placed = [found for office in offices if (found := office.within("location", "name").sourced())]
    if placed:
        return tuple(placed)
    if own := post.within("location", "name").sourced():
        return (own,)
    return tuple(found for office in offices if (found := office.at("name").sourced()))
