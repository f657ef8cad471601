"""Phenom: {host}/sitemap.xml names sitemaps by language, which name the job pages; those carry JSON-LD.

A site of so many sitemaps that they cannot all be read is asked by its search instead, POST {host}/api/get-jobs, which gives whole
postings and a count. It is the second choice: it may turn those away who come without a session.
"""

import json
import re

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import AtsAdapter, BoardPage, Reader, place, stated
from services.parser.ats.markup import own, sitemap

MAX_SITEMAPS = 150
"""Sitemaps of one site that are read."""

PAGE_SIZE = 100

_JOB = re.compile(r"/job/|[?&]job_id=", re.IGNORECASE)
_LANGUAGE = re.compile(r"/sitemap\d*-[0-9a-f]+-(?P<language>[a-z]{2}(?:-[a-z]{2})?)\.xml$", re.IGNORECASE)
_SEARCH = re.compile(r"search:(?P<page>\d+):(?P<seen>\d+):(?P<language>[a-z-]+)")
"""The cursor of a site that is read by its search; else it is the JSON list of the sitemaps that are left."""


class Phenom(AtsAdapter):
    """Career sites on hosts of the company's own: the token is the host."""

    name = "phenom"
    markers = (".phenompeople.com/",)

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """The sitemap, then one by one those it names; or a page of the search."""
        if (search := _SEARCH.fullmatch(cursor or "")) is not None:
            url = f"https://{board.token}/api/get-jobs?page_number={search['page']}&page_size={PAGE_SIZE}"
            asked = {"disable_switch_search_mode": False, "site_available_languages": [search["language"]]}
            return (FetchSpec(url=url, method="POST", body=json.dumps(asked), accept="json"),)
        url = json.loads(cursor)[0] if cursor else f"https://{board.token}/sitemap.xml"
        return (FetchSpec(url=url, accept="xml"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """The sitemaps to read, or the job pages of one, or the postings of the search."""
        if (search := _SEARCH.fullmatch(cursor or "")) is not None:
            return self._found(board, page, search)
        named, pages = sitemap(page, board)
        if cursor is None and named:
            return _indexed(board, named)
        rest = [*(json.loads(cursor)[1:] if cursor else []), *own(named, board.token)]
        if len(rest) > MAX_SITEMAPS:
            raise SchemaDrift("the sitemaps name ever more sitemaps", where=board.key)
        jobs = [url for url in own(pages, board.token) if _JOB.search(url)]
        if cursor is None and pages and not jobs:
            raise SchemaDrift(
                "the sitemap names no job pages", where=board.key, hint="see whether jobs have another address"
            )
        return BoardPage(links=tuple(jobs), cursor=json.dumps(rest) if rest else None)

    def _found(self, board: Board, page: Page, search: re.Match[str]) -> BoardPage:
        root = Reader.of(page, board)
        jobs = root.at("jobs").required_items()
        total = root.at("totalJob").required_count()
        seen = int(search["seen"]) + len(jobs)
        after = f"search:{int(search['page']) + 1}:{seen}:{search['language']}"
        return BoardPage(
            postings=tuple(self._posting(job, board) for job in jobs if job.at("isInternal").text() != "true"),
            cursor=after if jobs and seen < total else None,
            total=total,
        )

    def _posting(self, job: Reader, board: Board) -> RawPosting:
        remote = job.at("isRemote")
        kinds = [kind for item in job.at("employmentType").items() if (kind := item.sourced())]
        return RawPosting(
            url=f"https://{board.token}/{job.at('originalURL').required_text().lstrip('/')}",
            external_id=job.at("uniqueID").identifier(),
            title=stated(job.at("title").required_text(), job.at("title").path),
            locations=tuple(found for at in job.at("locations").items() if (found := _place(at))),
            workplace=stated("remote", remote.path) if remote.flag() else None,
            job_type=kinds[0] if kinds else None,
            description_html=job.at("description").sourced(),
            application_url=job.at("applyURL").sourced(),
            language=job.at("lang").sourced(),
        )


def _indexed(board: Board, named: list[str]) -> BoardPage:
    """The sitemaps of one language, English where there is: the others name the same jobs again."""
    ours = own(named, board.token)
    if not ours:
        raise SchemaDrift("the sitemap names no other of this host", where=board.key)
    languages = {name: match["language"].lower() for name in ours if (match := _LANGUAGE.search(name))}
    known = sorted(set(languages.values()))
    chosen = next((language for language in known if language.startswith("en")), known[0] if known else "en")
    kept = [name for name in ours if languages.get(name, chosen) == chosen]
    return BoardPage(cursor=f"search:1:0:{chosen}" if len(kept) > MAX_SITEMAPS else json.dumps(kept))


def _place(at: Reader) -> Sourced | None:
    city = place((at.at(name).text() for name in ("city", "state")), at.at("country").text(), at.path)
    return city or at.at("locationText").sourced()
