"""SuccessFactors: a career site lists its jobs by tiles, by a search in JSON or by a feed; job pages carry microdata.

GET {host}/tile-search-results/?startrow= is asked first. A site of the newer kind answers with a page of its own that holds no tiles:
then POST {host}/services/recruiting/v1/jobs is, 10 a page, for the language of that page. One that answers with nothing is asked for its
feed, GET {host}/googlefeed.xml, which holds whole postings but no date of posting.
"""

import json
import re
from html import unescape

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, stated
from services.parser.ats.markup import Element, links, unescaped
from services.parser.truncation import is_cut

_ADDRESSES = Addresses(
    r"(?P<token>[a-z0-9][a-z0-9-]*\.jobs\.hr\.cloud\.sap)(?=[/?#\"'\s<]|$)", domains=(".jobs.hr.cloud.sap",)
)
"""The vendor's own hosts for career sites."""
_MARKERS = ("//rmkcdn.successfactors.", "/platform/js/j2w/", "j2w.init(", "j2w.SearchResults")
_LANGUAGE = re.compile(r"<html[^>]{0,300}?\slang=[\"'](?P<language>[a-z]{2})[-_](?P<land>[A-Z]{2})[\"']")
_SEARCH = re.compile(r"search:(?P<locale>[a-z]{2}_[A-Z]{2}):(?P<page>\d+):(?P<seen>\d+)")
_FEED = "feed"
"""Cursors of the search and the feed; a number is the row that a batch of tiles starts with."""
_PLACE = re.compile(r"\s*\([^()]*,[^()]*\)\s*$")
"""What the feed appends to a title: "Plant Engineer (Graz, AT)"."""


class SuccessFactors(AtsAdapter):
    """Career sites on hosts of the company's own, which bear no vendor's name: the token is the host.

    The older `career*.successfactors.*/career?company=` portals list nothing without a session and are not claimed.
    """

    name = "successfactors"
    addresses = _ADDRESSES
    home = "https://{token}/search/"
    markers = _MARKERS
    own_home = home
    identifier = re.compile(r"/job/(?:[^/?#]+/)?(\d+)(?:-[a-z]{2}_[A-Z]{2})?(?=[/?#]|$)")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """A batch of tiles, a page of the search, or the feed."""
        if cursor == _FEED:
            return (FetchSpec(url=f"https://{board.token}/googlefeed.xml", accept="xml"),)
        if (search := _SEARCH.fullmatch(cursor or "")) is not None:
            url = f"https://{board.token}/services/recruiting/v1/jobs"
            return (FetchSpec(url=url, method="POST", body=json.dumps(_asked(search)), accept="json"),)
        url = f"https://{board.token}/tile-search-results/?q=&sortColumn=referencedate&sortDirection=desc&startrow={cursor or 0}"
        # A blank answer, which is no HTML, tells as much as tiles do.
        return (FetchSpec(url=url, accept="any"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages, or what to ask instead; the feed alone gives postings."""
        if cursor == _FEED:
            return self._feed(board, page)
        if (search := _SEARCH.fullmatch(cursor or "")) is not None:
            return _found(board, page, search)
        found = links(page, "a.jobTitle-link[href]")
        if not found and b"job-tile-list" not in page.body and (instead := _instead(board, page, cursor)) is not None:
            return BoardPage(cursor=instead)
        # How many there are is not said; an empty batch is the end.
        start = int(cursor or 0)
        return BoardPage(
            links=tuple(found),
            cursor=str(start + len(found)) if found else None,
            total=0 if not found and start == 0 else None,
            cut=is_cut(page.body),
        )

    def _feed(self, board: Board, page: Page) -> BoardPage:
        items = [item for channel in Element.of(page, board, "rss").all("channel") for item in channel.all("item")]
        postings = {posting.url: posting for posting in (self._posting(item, board) for item in items)}
        return BoardPage(postings=tuple(postings.values()), total=len(postings), uncounted=True)

    def _posting(self, item: Element, board: Board) -> RawPosting:
        link, title, text = item.text("link"), item.text("title"), item.text("description")
        if link is None or title is None:
            raise item.drift("link" if link is None else "title", board)
        number, where = self.identifier.search(link), item.sourced("location")
        function = item.sourced("job_function")
        return RawPosting(
            url=link,
            external_id=number[1] if number else None,
            title=stated((_PLACE.sub("", title) if where else "") or title, f"{item.path}/title"),
            company=item.sourced("employer"),
            locations=(where,) if where else (),
            department=function if function and function.value != "ATS_WEBFORM" else None,
            # The text is HTML that is escaped once more within its CDATA.
            description_html=stated(unescaped(text), f"{item.path}/description") if text else None,
            valid_through=item.sourced("expiration_date"),
        )


def _instead(board: Board, page: Page, cursor: str | None) -> str | None:
    """What a site without tiles is asked for; None at the end of the tiles, which may be blank."""
    text = page.body.decode("utf-8", "replace")
    if not text.strip():
        return _FEED if cursor is None else None
    if cursor is not None or not any(marker in text for marker in _MARKERS):
        raise SchemaDrift(
            "the answer holds no tiles", where=board.key, hint="see whether the site lists jobs otherwise"
        )
    match = _LANGUAGE.search(text)
    return f"search:{match['language']}_{match['land']}:0:0" if match else "search:en_US:0:0"


def _asked(search: re.Match[str]) -> dict[str, object]:
    """The body of a search for everything; the answers differ by locale."""
    words = dict.fromkeys(("sortBy", "keywords", "location", "brand", "alertId", "rcmCandidateId"), "")
    return {
        "locale": search["locale"],
        "pageNumber": int(search["page"]),
        **words,
        "facetFilters": {},
        "skills": [],
        "categoryId": 0,
    }


def _found(board: Board, page: Page, search: re.Match[str]) -> BoardPage:
    """Links to the job pages. A site that has no job in one language may have some in others: it is not known to be empty."""
    root = Reader.of(page, board)
    jobs = [item.at("response") for item in root.at("jobSearchResult").items()]
    total = root.at("totalJobs").required_count()
    seen = int(search["seen"]) + len(jobs)
    return BoardPage(
        links=tuple(_job_page(board, job, search["locale"]) for job in jobs),
        cursor=f"search:{search['locale']}:{int(search['page']) + 1}:{seen}" if jobs and seen < total else None,
        total=max(total, 1),
    )


def _job_page(board: Board, job: Reader, locale: str) -> str:
    """The address of a job page; the titles in it come percent-encoded, and escaped as in HTML."""
    title = job.at("urlTitle").text() or job.at("unifiedUrlTitle").required_text()
    brand = job.at("brandUrl").text()
    site = f"https://{board.token}" + (f"/{brand}" if brand and brand != "default" else "")
    return f"{site}/job/{unescape(title).replace('/', '-')}/{job.at('id').identifier()}-{locale}"
