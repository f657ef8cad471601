"""robots.txt by RFC 9309: fetched through the crawler's own exchange, so the guard and the slots hold here too."""

import asyncio
import logging
import time
import zlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from quiethire.domain.errors import Disallowed, InvalidInput, QuietHireError, Throttled, Transient
from quiethire.domain.ports import Cache
from quiethire.domain.urls import host_of, parse_url
from quiethire.telemetry.metrics import ROBOTS
from services.crawler.exchange import REDIRECTS, Answer, Deadline, Exchange, Request, wait_as_asked
from services.crawler.politeness import Politeness
from services.crawler.robots_rules import Rule, Rules, parse_rules, target_of
from services.crawler.statuses import retry_after
from services.crawler.target import Target, WebUrl

MAX_REDIRECTS = 5
MAX_BYTES = 500 * 1024
"""RFC 9309 2.5: at least the first 500 KiB are parsed; the rest is cut off."""
TTL = 24 * 3600.0
FAILED_TTL = 600.0
"""Seconds that rules are kept, and that a host stays closed whose robots.txt cannot be had."""
MAX_HOSTS = 5_000
"""Hosts whose rules are kept; the oldest go first."""
MAX_KEPT = 32_000_000
"""Bytes of all rules that are kept, by and large."""
MAX_JUDGED = 1_000
"""Verdicts by large files that are kept, of all hosts together."""
LARGE = 8 * 1024
"""Bytes of a file above which it is read in a thread, as its author may mean to keep us busy."""
MAX_SHARED = 64 * 1024
"""Bytes of a compressed file that is still shared with other workers."""

logger = logging.getLogger(__name__)


class Source(StrEnum):
    """Where a verdict comes from."""

    FILE = "file"
    MISSING = "missing"
    """There is none, or we may not read it: everything is allowed (RFC 9309 2.3.1.3)."""
    UNREACHABLE = "unreachable"
    """The server failed or was too slow: nothing is allowed for now (2.3.1.4)."""


@dataclass(frozen=True)
class RobotsVerdict:
    """Whether a URL may be fetched, and what decided."""

    allowed: bool
    rule: str | None
    """The deciding line; None where none matches."""
    source: Source
    crawl_delay: float | None
    """Seconds between requests, as the file asks for."""


@dataclass(frozen=True)
class _File:
    """A robots.txt as it was found. It can be shared: who reads it may go by another name."""

    source: Source
    body: bytes
    at: float
    """Seconds since the epoch."""

    @property
    def until(self) -> float:
        return self.at + (FAILED_TTL if self.source is Source.UNREACHABLE else TTL)

    def packed(self) -> bytes:
        return f"{self.source.value} {self.at:.0f} ".encode() + zlib.compress(self.body)

    @classmethod
    def unpacked(cls, packed: bytes) -> "_File":
        source, at, body = packed.split(b" ", 2)
        return cls(Source(source.decode()), zlib.decompressobj().decompress(body, MAX_BYTES), float(at))


@dataclass(frozen=True)
class _Known:
    source: Source
    rules: Rules
    until: float

    @property
    def size(self) -> int:
        return 1_000 + len(self.rules.packed)


class Robots:
    """May this URL be fetched? Asked for every hop of every fetch."""

    def __init__(
        self,
        exchange: Exchange,
        politeness: Politeness,
        *,
        user_agent: str,
        timeout: float,
        cache: Cache | None = None,
    ) -> None:
        self._exchange = exchange
        self._politeness = politeness
        self._agent = product_token(user_agent)
        self._timeout = timeout
        self._cache = cache
        self._known: dict[str, _Known] = {}
        self._kept = 0
        """Bytes of what is known."""
        self._fetching: dict[str, asyncio.Task[_Known]] = {}
        self._judged: dict[tuple[str, float, str], Rule | None] = {}
        """Origin, until when its file holds, and target → the deciding rule. Of large files alone."""

    async def check(self, url: WebUrl, where: str | None = None) -> RobotsVerdict:
        """Raise Disallowed `robots` where the host does not want this URL fetched by us; heed its Crawl-delay.

        `where` names the URL in the error, if it holds what is private.

        A host whose robots.txt fails or takes too long is closed for ten minutes: Disallowed `robots_unreachable`. What else keeps it from being read
        (no connection, 429, 503) is raised as it is: nothing is fetched, and a retry asks again.
        """
        verdict = await self.verdict(url)
        self._politeness.heed(url.hostname, verdict.crawl_delay)
        if verdict.allowed:
            return verdict
        where = where or url.hostname + url.pathname
        if verdict.source is Source.UNREACHABLE:
            hint = f"it is asked for again after {FAILED_TTL / 60:.0f} minutes"
            raise Disallowed("robots.txt cannot be had", where=where, hint=hint, kind="robots_unreachable")
        detail, hint = f"robots.txt closes it to {self._agent}: {verdict.rule}", "its owner alone can open it"
        raise Disallowed(detail, where=where, hint=hint, kind="robots")

    async def verdict(self, url: WebUrl) -> RobotsVerdict:
        """May this URL be fetched, and by which rule? Raises as `check` where robots.txt cannot be read."""
        origin = str(url.origin)
        known = await self._of(origin)
        rule = await self._deciding(origin, known, target_of(str(url.href)))
        allowed = known.source is not Source.UNREACHABLE and (rule is None or rule.allow)
        return RobotsVerdict(allowed, str(rule) if rule else None, known.source, known.rules.crawl_delay)

    async def _deciding(self, origin: str, known: _Known, target: str) -> Rule | None:
        if len(known.rules.packed) <= LARGE:
            return known.rules.deciding(target)
        key = (origin, known.until, target)
        if key in self._judged:
            return self._judged[key]
        rule = self._judged[key] = await asyncio.to_thread(known.rules.deciding, target)
        if len(self._judged) > MAX_JUDGED:
            del self._judged[next(iter(self._judged))]
        return rule

    async def _of(self, origin: str) -> _Known:
        known = self._known.get(origin)
        if known is None or known.until <= time.time():
            task = self._fetching.get(origin)
            if task is None:
                task = self._fetching[origin] = asyncio.create_task(self._find(origin))
                task.add_done_callback(lambda done: self._found(origin, done))
            # Many wait for one request; who stops waiting does not stop the others.
            known = await asyncio.shield(task)
        return known

    def _found(self, origin: str, task: "asyncio.Task[_Known]") -> None:
        del self._fetching[origin]
        if not task.cancelled() and task.exception() is None:
            self._forget(origin)
            self._known[origin] = task.result()
            self._kept += task.result().size
            while len(self._known) > MAX_HOSTS or (self._kept > MAX_KEPT and len(self._known) > 1):
                self._forget(next(iter(self._known)))

    def _forget(self, origin: str) -> None:
        if (known := self._known.pop(origin, None)) is not None:
            self._kept -= known.size

    async def _find(self, origin: str) -> _Known:
        """The file that another worker has fetched, else fetched now."""
        file = await self._shared(origin)
        if file is None:
            answer = await self._fetch(origin)
            file = _File(*_read(answer), time.time())
            ROBOTS.labels(outcome=file.source.value).inc()
            await self._share(origin, file)
            rules = await self._parsed(file.body)
            await self._politeness.learn(host_of(origin), rules.crawl_delay)
        else:
            rules = await self._parsed(file.body)
        return _Known(file.source, rules, file.until)

    async def _parsed(self, body: bytes) -> Rules:
        if len(body) <= LARGE:
            return parse_rules(body, self._agent)
        return await asyncio.to_thread(parse_rules, body, self._agent)

    async def _shared(self, origin: str) -> _File | None:
        if self._cache is None:
            return None
        try:
            packed = await self._cache.get(cache_key(origin))
            file = _File.unpacked(packed) if packed is not None else None
        except (QuietHireError, ValueError, zlib.error) as error:
            logger.warning("robots.txt is fetched anew: %s", error, extra={"origin": origin})
            return None
        return file if file is not None and file.until > time.time() else None

    async def _share(self, origin: str, file: _File) -> None:
        packed = file.packed()
        if self._cache is None or len(packed) > MAX_SHARED:
            return
        try:
            await self._cache.set(cache_key(origin), packed, timedelta(seconds=file.until - file.at))
        except QuietHireError as error:
            logger.warning("robots.txt is not shared: %s", error, extra={"origin": origin})

    async def _fetch(self, origin: str) -> Answer | Source:
        """The answer that is no redirect, or what its absence means."""
        deadline = Deadline(self._timeout)
        url = parse_url(f"{origin}/robots.txt")
        for hop in range(MAX_REDIRECTS + 1):
            request = Request(
                Target.of(url),
                where=str(url.href),
                headers={"Accept": "text/plain, */*;q=0.5"},
                limit=MAX_BYTES,
                cut=True,
                refusal_rests=False,  # 403 for robots.txt means that there are no rules
            )
            try:
                answer = await self._exchange.send(request, deadline)
                if answer.status not in REDIRECTS:
                    return answer
                await wait_as_asked(answer, request.where)
            except Throttled:
                raise
            except QuietHireError as error:
                # A file that cannot be read (an encoding nobody asked for, say) is no leave to fetch; nor is one that a
                # host has put where nobody gets it. Of the host itself, a page would meet the same error.
                if hop or isinstance(error, InvalidInput) or error.kind == "timeout":
                    return Source.UNREACHABLE
                raise
            try:
                url = parse_url(answer.headers.get("location", ""), str(url.href))
            except InvalidInput:
                return Source.MISSING
        return Source.MISSING  # 2.3.1.2: more redirects than we follow

    async def close(self) -> None:
        """Stop what is being fetched."""
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def product_token(user_agent: str) -> str:
    """`QuietHireBot` out of `QuietHireBot/0.1 (+https://…)`: what robots.txt files name."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]


def cache_key(origin: str) -> str:
    """Where the robots.txt of an origin is shared."""
    return f"crawler:robots:{origin}"


def _read(answer: Answer | Source) -> tuple[Source, bytes]:
    """By its status first: what a challenge page is sent with says nothing of the rules."""
    if isinstance(answer, Source):
        return answer, b""
    if answer.error is None:
        return Source.FILE, answer.body
    if isinstance(answer.error, Throttled):
        raise answer.error
    if answer.status == 429:
        raise Throttled(
            "answered 429", where=answer.error.where, hint=answer.error.hint, retry_after=retry_after(answer.headers)
        )
    if isinstance(answer.error, Transient) or answer.status < 300 or 500 <= answer.status < 600:
        return Source.UNREACHABLE, b""
    return Source.MISSING, b""
