"""SuccessFactors: GET {host}/tile-search-results/?startrow= lists the jobs of a career site; job pages carry microdata."""

from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import AtsAdapter, BoardPage
from services.parser.ats.markup import links

_MARKERS = ("//rmkcdn.successfactors.", "/platform/js/j2w/", "j2w.init(", "j2w.SearchResults")


class SuccessFactors(AtsAdapter):
    """Career sites on hosts of the company's own, which bear no vendor's name: the token is the host.

    The older `career*.successfactors.*/career?company=` portals list nothing without a session and are not claimed.
    """

    name = "successfactors"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """A page that is built from the career site builder's scripts."""
        host = urlsplit(url).netloc.lower()
        if not host or not html or not any(marker in html for marker in _MARKERS):
            return None
        return Board(ats=self.name, token=host, url=f"https://{host}/search/")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """A batch of tiles; the cursor is the row that it starts with."""
        url = f"https://{board.token}/tile-search-results/?q=&sortColumn=referencedate&sortDirection=desc&startrow={cursor or 0}"
        return (FetchSpec(url=url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages. How many there are is not said; an empty batch is the end."""
        found = links(page, "a.jobTitle-link[href]")
        # Past the last tile the answer may be blank; a site that lists its jobs otherwise is blank from the start.
        if not found and b"job-tile" not in page.body and (page.body.strip() or cursor is None):
            raise SchemaDrift(
                "the answer holds no tiles", where=board.key, hint="see whether the site lists jobs otherwise"
            )
        start = int(cursor or 0)
        return BoardPage(
            links=tuple(found),
            cursor=str(start + len(found)) if found else None,
            total=0 if not found and start == 0 else None,
        )
