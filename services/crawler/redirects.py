"""A fetch over HTTP: one exchange per hop, each hop checked by the guard and by robots.txt."""

from dataclasses import dataclass, replace

from quiethire.domain.errors import InvalidInput, Permanent
from quiethire.domain.page import FetchSpec, PageRef, validator
from quiethire.domain.urls import parse_url
from services.crawler.content import ACCEPT_HEADERS
from services.crawler.exchange import REDIRECTS, Answer, Deadline, Exchange, Request, wait_as_asked
from services.crawler.guard import Guard
from services.crawler.private import Private
from services.crawler.robots import Robots
from services.crawler.steps import step
from services.crawler.target import Target

MAX_REDIRECTS = 10


@dataclass(frozen=True)
class Fetched:
    """The answer of the last hop."""

    final_url: str
    answer: Answer
    redirects: tuple[str, ...] = ()
    """The URLs that led there, in order."""

    @property
    def not_modified(self) -> bool:
        """Whether what the archive holds is still what the host would send."""
        return self.answer.status == 304


@dataclass(frozen=True)
class _Hop:
    url: Target
    public: str
    """The URL as it may be stored and logged."""
    method: str
    body: bytes | None


class Redirects:
    """Follows redirects to the answer."""

    def __init__(self, exchange: Exchange, robots: Robots, guard: Guard, max_bytes: int) -> None:
        self._exchange = exchange
        self._robots = robots
        self._guard = guard
        self._max_bytes = max_bytes

    async def follow(self, spec: FetchSpec, known: PageRef | None, timeout: float) -> Fetched:  # noqa: ASYNC109
        """Fetch. `known` makes the request conditional; `timeout` (seconds) holds for all hops together."""
        hop, deadline, passed = _first(spec), Deadline(timeout), list[str]()
        if spec.authorization and not self._is_private(hop):
            raise InvalidInput(
                "credentials are not sent in the clear", where=hop.public, hint="ask over https", kind="credentials"
            )
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._hop(spec, hop, known, deadline)
            if answer.status not in REDIRECTS:
                public = replace(answer, headers=_private(spec).headers(answer.headers))
                return Fetched(hop.public, public, tuple(passed))
            passed.append(hop.public)
            await wait_as_asked(answer, hop.public)
            hop = _next(spec, hop, answer)
        raise Permanent(
            f"more than {MAX_REDIRECTS} redirects", where=hop.public, hint="open it in a browser", kind="redirects"
        )

    async def permit(self, url: Target, public: str) -> None:
        """Raise unless the guard and the host's robots.txt allow the URL."""
        # The guard first: of a URL that must not be fetched, its host is not called at all.
        with step("guard", public):
            self._guard.check_url(url)
        with step("robots", public) as facts:
            verdict = await self._robots.check(url, public)
            facts.update(rule=verdict.rule, source=verdict.source.value, crawl_delay=verdict.crawl_delay)

    async def _hop(self, spec: FetchSpec, hop: _Hop, known: PageRef | None, deadline: Deadline) -> Answer:
        """One request, if the guard and the host's robots.txt allow it. Raises what its status means."""
        await self.permit(hop.url, hop.public)
        with step("request", hop.public):
            answer = await self._exchange.send(self._request(spec, hop, known), deadline)
            if answer.error is not None:
                raise answer.error
        return answer

    def _is_private(self, hop: _Hop) -> bool:
        """Whether nobody can listen on the way: over TLS, or to a mapped host, which is ours."""
        return hop.url.protocol == "https:" or self._guard.mapped(hop.url.hostname) is not None

    def _request(self, spec: FetchSpec, hop: _Hop, known: PageRef | None) -> Request:
        headers = {"Accept": ACCEPT_HEADERS[spec.accept]}
        if hop.body is not None:
            headers["Content-Type"] = "application/json"
        # Credentials are for the host they were given for: a redirect must not carry them elsewhere (RFC 9110 15.4).
        if spec.authorization and hop.url.host == Target.of(parse_url(spec.url)).host and self._is_private(hop):
            headers["Authorization"] = spec.authorization.get_secret_value()
        # Validators belong to the resource that gave them: they are sent to that hop alone.
        if known is not None and hop.method == "GET" and hop.public == known.final_url:
            if etag := validator(known.etag):
                headers["If-None-Match"] = etag
            if date := validator(known.last_modified):
                headers["If-Modified-Since"] = date
        return Request(
            hop.url, hop.public, hop.method, headers, hop.body, self._max_bytes, refusal_rests=not spec.probe
        )


def _first(spec: FetchSpec) -> _Hop:
    url = parse_url(spec.url)
    target = Target.of(url)
    public = target.href
    if spec.private_query:
        url.search = f"{url.search}&{spec.private_query}" if url.search else spec.private_query
        target = Target.of(url)
    return _Hop(target, public, spec.method, spec.body.encode() if spec.body is not None else None)


def _next(spec: FetchSpec, hop: _Hop, answer: Answer) -> _Hop:
    location = answer.headers.get("location")
    if not location:
        raise Permanent(
            f"answered {answer.status} without a Location",
            where=hop.public,
            hint="open it in a browser",
            kind=f"http_{answer.status}",
        )
    try:
        url = parse_url(location, hop.url.href)
    except InvalidInput as error:  # its text holds the URL, and that may hold what is private
        raise Permanent(
            "redirects to what is no web URL",
            where=hop.public,
            hint="only http and https are followed",
            kind="redirects",
        ) from error
    url.hash = ""
    method, body = hop.method, hop.body
    if method == "POST":
        if answer.status in (301, 302, 303):
            method, body = "GET", None
        elif url.host != hop.url.host:
            raise Permanent(
                "redirects a POST to another host",
                where=hop.public,
                hint="has the board's API a new address?",
                kind="redirects",
            )
        elif hop.url.protocol == "https:" and url.protocol != "https:":
            raise Permanent(
                "redirects a POST to where it could be read on its way",
                where=hop.public,
                hint="has the board's API a new address?",
                kind="redirects",
            )
    target = Target.of(url)
    return _Hop(target, _private(spec).url(target.href), method, body)


def _private(spec: FetchSpec) -> Private:
    return Private(spec.private_query, spec.authorization.get_secret_value())
