"""Companies and boards from GitHub: home pages of the repositories that a search finds, and what their READMEs link to.

Source of the formats: GitHub REST API, version 2022-11-28 (the default). "Search repositories" (`GET /search/repositories` with
`q`, `per_page` up to 100, `page`): `items[]` with `full_name`, `homepage`, `description`. "Get a repository README" (`GET
/repos/{owner}/{repo}/readme`): as JSON, with `content` in `encoding` base64. "Rate limits": ten searches a minute and 60
requests an hour, 30 and 5,000 with a token, which is sent as `Authorization: Bearer`; beyond that 403 or 429 say when to
go on. The crawler keeps to that, and a run that is sent away ends.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import unquote, urlencode

import orjson
from pydantic import SecretStr

from quiethire.domain.company import BoardCandidate, Company, DiscoveryMethod, Evidence, UrlType, company_id
from quiethire.domain.errors import Blocked, InvalidInput, QuietHireError, SchemaDrift, Throttled
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, parse_url
from services.osint.discovery import Discovery, Recognise, Requests, Web
from services.osint.methods.ats import MAX_LINKED_BOARDS, ats_candidate
from services.osint.names import company_domain, speaks_of_jobs
from services.osint.strangers import host_if_a_companys
from services.osint.words import CAREER, plain

API = "https://api.github.com"
PER_PAGE = 100
MAX_PAGES = 3
MAX_READMES = 20
MAX_README = 300_000
"""Bytes of one README that are read."""
MAX_LINKS = 1_000
"""Links of one README that are looked at."""
MIN_HEAD = 5
"""Characters of a name at the head of a longer one; fewer are there by chance."""
MAX_FOUND = 300
"""Candidates of one run."""
NOTE_CONFIDENCE, LINK_CONFIDENCE, PAGE_CONFIDENCE = 0.85, 0.7, 0.4
"""Of a board that a hiring note links to, of one that a README links to, and of a page that is only called a career page."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_NOTE = re.compile(
    r"(?<![^\W_])(we[’']?\s?(?:are|re)\s+(?:always\s+|currently\s+|also\s+)?(?:hiring|recruiting|looking\s+for\s+(?:\w+\s+){0,4}engineers?)"
    r"|(?:come\s+)?work\s+(?:with|for|at)\s+us|join\s+(?:us|our\s+team|the\s+team)|open\s+(?:positions|roles)|is\s+hiring"
    r"|wir\s+suchen|wir\s+stellen\s+ein|nous\s+recrutons|on\s+recrute|estamos\s+contratando|stiamo\s+assumendo)(?![^\W_])",
    re.IGNORECASE,
)
"""What a hiring note says."""
_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]{4,500}", re.IGNORECASE)


@dataclass(frozen=True)
class _Repository:
    """What a search says of a repository."""

    name: str
    description: str
    company: Company | None
    """At its home page."""


class GitHub:
    """Finds companies and boards by a search for repositories. Its subject is the query, in GitHub's syntax."""

    name = "github"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The companies behind the repositories, in GitHub's order, and the boards and career pages that READMEs link to."""
        query = subject.strip()
        if not query:
            raise InvalidInput("the query is empty", where="github", hint="for example: topic:hiring stars:>100")
        asking = _Asking(Requests(web.fetch, limit=MAX_PAGES + MAX_READMES), web.github_token)
        found = _Found(web.recognise)
        repositories = await _search(query, asking)
        for repository in repositories:
            found.company(repository.company)
        # A hiring note in the description goes first: the READMEs that may be read are few.
        for repository in sorted(repositories, key=lambda one: not _NOTE.search(one.description))[:MAX_READMES]:
            if asking.over:
                break
            found.take(repository, await _readme(repository.name, asking))
        return Discovery(
            candidates=tuple(sorted(found.candidates.values(), key=lambda one: -one.confidence)),
            companies=tuple(found.companies.values()),
            problems=tuple(asking.requests.problems),
            requests=asking.requests.made,
        )


@dataclass
class _Asking:
    """Requests to the API."""

    requests: Requests
    token: str
    over: bool = False
    """Whether GitHub sent us away, or the run has made its requests."""

    async def json(self, path: str, *, guess: bool = False) -> dict[str, Any] | None:
        """The object at a path; None where there is none, and a problem says why."""
        secret = SecretStr(f"Bearer {self.token}" if self.token else "")
        spec = FetchSpec(url=f"{API}{path}", accept="json", authorization=secret)
        page = await self.requests.ask(spec, guess=guess)
        self.over = self.requests.spent or isinstance(page, Throttled | Blocked)
        if not isinstance(page, Page):
            if isinstance(page, Blocked) and self.token:
                self.requests.advise("is QUIETHIRE_GITHUB_TOKEN right?")
            return None
        try:
            answer = orjson.loads(page.body)
            if isinstance(answer, dict):
                return answer
            error = SchemaDrift("the answer is no object", where=spec.url)
        except orjson.JSONDecodeError:
            error = SchemaDrift("the answer is not JSON", where=spec.url)
        self.drifted(error)
        return None

    def drifted(self, error: QuietHireError) -> None:
        """An answer could not be read."""
        self.requests.problems.append(Problem.of(error))


async def _search(query: str, asking: _Asking) -> list[_Repository]:
    found: dict[str, _Repository] = {}
    for number in range(1, MAX_PAGES + 1):
        path = "/search/repositories?" + urlencode({"q": query, "per_page": PER_PAGE, "page": number})
        answer = await asking.json(path)
        if answer is None:
            break
        items = answer.get("items")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            asking.drifted(SchemaDrift("the answer has no list `items`", where=f"{API}{path}"))
            break
        for item in items:
            if repository := _repository(item):
                found.setdefault(repository.name, repository)
        if len(items) < PER_PAGE or asking.over:
            break
    return list(found.values())


def _repository(item: dict[str, Any]) -> _Repository | None:
    name, homepage, description = (item.get(key) for key in ("full_name", "homepage", "description"))
    if not isinstance(name, str) or not _REPOSITORY.fullmatch(name) or name.endswith(("/.", "/..")):
        return None
    company = _company(homepage) if isinstance(homepage, str) else None
    return _Repository(name, description[:1_000] if isinstance(description, str) else "", company)


def _company(homepage: str) -> Company | None:
    """The company at a home page; None for hosts of others, for addresses and for what is no URL."""
    text = homepage.strip()
    host = host_if_a_companys(text if "://" in text else f"https://{text}")
    return None if host is None else _company_at(company_domain(host))


def _company_at(domain: str) -> Company:
    return Company(id=company_id(domain), domain=domain)


async def _readme(name: str, asking: _Asking) -> str:
    """A repository's README; empty where it has none that can be read."""
    answer = await asking.json(f"/repos/{name}/readme", guess=True)
    if answer is None:
        return ""
    content, encoding = answer.get("content"), answer.get("encoding")
    if encoding == "none":
        return ""  # So is a file of over 1 MB told: it is nobody's note.
    if not isinstance(content, str) or encoding != "base64":
        asking.drifted(SchemaDrift("the README is not in base64", where=f"{API}/repos/{name}/readme"))
        return ""
    try:
        return b64decode("".join(content.split())[: MAX_README // 3 * 4], validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        asking.drifted(SchemaDrift("the README's base64 is broken", where=f"{API}/repos/{name}/readme"))
        return ""


@dataclass
class _Found:
    """What repositories lead to."""

    recognise: Recognise
    companies: dict[str, Company] = field(default_factory=dict)
    candidates: dict[str, BoardCandidate] = field(default_factory=dict)

    def company(self, company: Company | None) -> None:
        """Keep a company."""
        if company is not None and len(self.companies) < MAX_PAGES * PER_PAGE + MAX_FOUND:
            self.companies.setdefault(company.domain, company)

    def take(self, repository: _Repository, readme: str) -> None:
        """Keep what a README links to. One that links to many boards is a list of companies, and speaks for none."""
        note = _NOTE.search(f"{repository.description}\n{readme}")
        links = list(dict.fromkeys(_links(readme)))
        boards = {board.key: (url, board) for url in reversed(links) if (board := self.recognise(url, None))}
        owner = repository.company if len(boards) <= MAX_LINKED_BOARDS else None
        for url, board in reversed(boards.values()):
            # Anybody may call anybody's site the home page of a repository: the board must bear the company's name.
            domain = owner.domain if owner is not None and _same_name(owner.domain, board.token) else None
            sure = NOTE_CONFIDENCE if note and domain else LINK_CONFIDENCE
            owned = board.model_copy(update={"company_domain": domain}) if domain else board
            reason = f"the README of {repository.name} links to {url}"
            self._keep(_noted(ats_candidate(owned, sure, "readme", reason, DiscoveryMethod.GITHUB), repository, note))
        for url in links:
            if self.recognise(url, None) is None and (domain := _career_page_of(url)):
                self.company(_company_at(domain))
                self._keep(_noted(_career_page(url, repository), repository, note))

    def _keep(self, candidate: BoardCandidate) -> None:
        known = self.candidates.get(candidate.url)
        if known is None and len(self.candidates) >= MAX_FOUND:
            return
        if known is None or known.confidence < candidate.confidence:
            self.candidates[candidate.url] = candidate


def _links(readme: str) -> Iterator[str]:
    """The URLs in a README, in Markdown, HTML or as they are, in canonical form."""
    for count, match in enumerate(_URL.finditer(readme)):
        if count == MAX_LINKS:
            return
        text = match[0].rstrip(".,;:!?*_~")
        # A closing bracket ends a Markdown link, unless it was opened within the URL.
        while text.endswith(")") and text.count(")") > text.count("("):
            text = text[:-1].rstrip(".,;:!?*_~")
        try:
            yield canonical_url(text)
        except InvalidInput:
            continue


def _career_page_of(url: str) -> str | None:
    """The domain of the company whose career page a URL is called, by its host or its path."""
    host = host_if_a_companys(url)
    if host is None:
        return None
    domain = company_domain(host)
    parts = [plain(unquote(part)) for part in parse_url(url).pathname.split("/") if part]
    own = host != domain and speaks_of_jobs(host, domain)
    return domain if own or any(CAREER.search(part) for part in parts[-2:]) else None


def _same_name(domain: str, token: str) -> bool:
    """Whether a board's token and a company's domain bear one name: the same, or one begins with the words of the other."""
    parts = [re.findall(r"[a-z0-9]+", name.lower()) for name in (domain.partition(".")[0], token)]
    one, other = ("".join(words) for words in parts)
    if one == other:
        return bool(one)
    return any(
        len(short) >= MIN_HEAD and short in accumulate(words) for short, words in ((one, parts[1]), (other, parts[0]))
    )


def _career_page(url: str, repository: _Repository) -> BoardCandidate:
    reason = Evidence(kind="readme", detail=f"the README of {repository.name} links to {url}"[:500])
    return BoardCandidate(
        url=url,
        url_type=UrlType.CAREER_PAGE,
        discovered_via=DiscoveryMethod.GITHUB,
        confidence=PAGE_CONFIDENCE,
        evidence=(reason,),
    )


def _noted(candidate: BoardCandidate, repository: _Repository, note: re.Match[str] | None) -> BoardCandidate:
    """With the hiring note as evidence, where there is one."""
    if note is None:
        return candidate
    reason = Evidence(kind="hiring_note", detail=f"{repository.name} says {' '.join(note[0].split())[:120]!r}")
    return candidate.model_copy(update={"evidence": (*candidate.evidence, reason)})
