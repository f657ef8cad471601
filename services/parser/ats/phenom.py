"""Phenom: {host}/sitemap.xml names sitemaps by language, which name the job pages; those carry JSON-LD."""

import json
import re
from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import AtsAdapter, BoardPage
from services.parser.ats.markup import Element

MAX_SITEMAPS = 150
"""Sitemaps of one site that are read; a site of more is cut, and so never complete."""

_MARKER = ".phenompeople.com/"
_JOB = re.compile(r"/job/|[?&]job_id=", re.IGNORECASE)
_LANGUAGE = re.compile(r"/sitemap\d*-[0-9a-f]+-(?P<language>[a-z]{2}(?:-[a-z]{2})?)\.xml$", re.IGNORECASE)


class Phenom(AtsAdapter):
    """Career sites on hosts of the company's own: the token is the host. The search itself turns crawlers away."""

    name = "phenom"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """A page that is built from the vendor's assets."""
        host = urlsplit(url).netloc.lower()
        if not host or not html or _MARKER not in html:
            return None
        return Board(ats=self.name, token=host, url=f"https://{host}/")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """The sitemap, then one by one those it names: the cursor is the list of what is left."""
        url = json.loads(cursor)[0] if cursor else f"https://{board.token}/sitemap.xml"
        return (FetchSpec(url=url, accept="xml"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """The sitemaps to read, or the job pages of one."""
        rest = json.loads(cursor)[1:] if cursor else []
        if cursor is None and b"<sitemapindex" in page.body:
            index = Element.of(page, board, "sitemapindex")
            names = [name for entry in index.all("sitemap") if (name := entry.text("loc"))]
            own = [name for name in names if urlsplit(name).netloc.lower() == board.token]
            if not own:
                raise SchemaDrift("the sitemap names no other of this host", where=board.key)
            kept = _one_language(own)
            return BoardPage(cursor=json.dumps(kept[:MAX_SITEMAPS]), total=None)
        urls = [url for entry in Element.of(page, board, "urlset").all("url") if (url := entry.text("loc"))]
        jobs = tuple(url for url in urls if _JOB.search(url) and urlsplit(url).netloc.lower() == board.token)
        if cursor is None and urls and not jobs:
            raise SchemaDrift(
                "the sitemap names no job pages", where=board.key, hint="see whether jobs have another address"
            )
        return BoardPage(links=jobs, cursor=json.dumps(rest) if rest else None)


def _one_language(sitemaps: list[str]) -> list[str]:
    """The sitemaps of one language, English where there is: the others name the same jobs again."""
    languages = {name: match["language"].lower() for name in sitemaps if (match := _LANGUAGE.search(name))}
    if len(set(languages.values())) < 2:
        return sitemaps
    known = sorted(set(languages.values()))
    chosen = next((language for language in known if language.startswith("en")), known[0])
    return [name for name in sitemaps if languages.get(name, chosen) == chosen]
