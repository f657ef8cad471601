"""Companies from GitHub: the home pages of repositories that a search finds.

Source of the format: GitHub REST API, "Search repositories" (`GET /search/repositories`), version 2022-11-28.
Unauthenticated callers may ask ten times a minute; beyond that GitHub answers 403 or 429.
"""

from urllib.parse import urlencode

import orjson

from quiethire.domain.company import Company, company_id
from quiethire.domain.errors import InvalidInput, SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem
from quiethire.domain.urls import domain_of
from services.osint.discovery import Discovery, Requests, Web

API = "https://api.github.com/search/repositories"
PER_PAGE = 100
MAX_PAGES = 3

_NO_COMPANY = (
    "github.com", "github.io", "gitlab.com", "gitlab.io", "bitbucket.org", "readthedocs.io",
    "readthedocs.org", "docs.rs", "pkg.go.dev", "vercel.app", "netlify.app", "herokuapp.com", "pages.dev", "web.app", "firebaseapp.com",
    "onrender.com", "fly.dev", "medium.com", "youtube.com", "youtu.be", "twitter.com", "x.com", "linkedin.com", "facebook.com",
    "discord.gg", "discord.com", "t.me", "notion.site", "wordpress.com", "blogspot.com", "google.com", "wikipedia.org", "huggingface.co",
    "arxiv.org", "hub.docker.com", "chromewebstore.google.com", "apple.com", "streamlit.app", "gitbook.io",
)  # fmt: skip
"""Hosts whose pages belong to others than the company."""


class GitHub:
    """Finds companies by a search for repositories. Its subject is the query, in GitHub's syntax."""

    name = "github"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The companies behind the home pages of the repositories found, in GitHub's order."""
        if not subject.strip():
            raise InvalidInput("the query is empty", where="github", hint="for example: topic:hiring stars:>100")
        requests, found = Requests(web.fetch, limit=MAX_PAGES), dict[str, Company]()
        for number in range(1, MAX_PAGES + 1):
            query = urlencode({"q": subject, "per_page": PER_PAGE, "page": number})
            page = await requests.get(FetchSpec(url=f"{API}?{query}", accept="json"))
            if page is None:
                break
            try:
                homepages, items = _homepages(page)
            except SchemaDrift as error:
                requests.problems.append(Problem.of(error))
                break
            for homepage in homepages:
                if company := _company(homepage):
                    found.setdefault(company.domain, company)
            if items < PER_PAGE:
                break
        return Discovery(companies=tuple(found.values()), problems=tuple(requests.problems), requests=requests.made)


def _homepages(page: Page) -> tuple[list[str], int]:
    """The home pages of one page of results, and how many repositories it has."""
    try:
        answer = orjson.loads(page.body)
    except orjson.JSONDecodeError as error:
        raise SchemaDrift("the answer is not JSON", where=page.url) from error
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SchemaDrift("the answer has no list `items`", where=page.url)
    homepages = (item.get("homepage") for item in items)
    return [homepage for homepage in homepages if isinstance(homepage, str) and homepage.strip()], len(items)


def _company(homepage: str) -> Company | None:
    """The company at a home page; None for hosts of others, for addresses and for what is no URL."""
    try:
        domain = domain_of(homepage.strip())
    except InvalidInput:
        return None
    foreign = any(domain == host or domain.endswith(f".{host}") for host in _NO_COMPANY)
    if foreign or "." not in domain or domain.replace(".", "").isdigit() or domain.startswith("["):
        return None
    return Company(id=company_id(domain), domain=domain)
