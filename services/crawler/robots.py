"""robots.txt by RFC 9309: fetched through the crawler's own exchange, so the guard and the slots hold here too."""

import asyncio
import time
from dataclasses import dataclass

import ada_url
from protego import Protego

from quiethire.domain.errors import Disallowed, InvalidInput, Throttled, Transient
from quiethire.domain.urls import parse_url
from services.crawler.exchange import REDIRECTS, Deadline, Exchange, Request

MAX_REDIRECTS = 5
MAX_BYTES = 500 * 1024
"""RFC 9309 2.5: at least the first 500 KiB are parsed; the rest is cut off."""
TTL = 24 * 3600.0
FAILED_TTL = 600.0
"""Seconds that rules are kept, and that a host stays closed whose robots.txt cannot be had."""
MAX_HOSTS = 5_000
"""Hosts whose rules are kept; the oldest go first."""

_DISALLOW_ALL = b"User-agent: *\nDisallow: /\n"


@dataclass(frozen=True)
class _Rules:
    rules: Protego
    until: float
    """On the monotonic clock."""


class Robots:
    """May this URL be fetched? Asked for every hop of every fetch."""

    def __init__(self, exchange: Exchange, user_agent: str, timeout: float) -> None:
        self._exchange = exchange
        self._agent = product_token(user_agent)
        self._timeout = timeout
        self._rules: dict[str, _Rules] = {}
        self._fetching: dict[str, asyncio.Task[_Rules]] = {}

    async def check(self, url: ada_url.URL) -> None:
        """Raise Disallowed `robots` where the host does not want this URL fetched by us.

        What keeps robots.txt from being read at all (no connection, a time-out, 429, 503) is raised as it is:
        nothing is fetched, and a retry asks again. Other 5xx close the host for ten minutes.
        """
        rules = await self._of(str(url.origin))
        if not rules.can_fetch(str(url.href), self._agent):
            raise Disallowed(f"robots.txt closes it to {self._agent}", where=url.hostname + url.pathname, kind="robots")

    async def _of(self, origin: str) -> Protego:
        known = self._rules.get(origin)
        if known is None or known.until <= time.monotonic():
            task = self._fetching.get(origin)
            if task is None:
                task = self._fetching[origin] = asyncio.create_task(self._fetch(origin))
                task.add_done_callback(lambda done: self._fetched(origin, done))
            # Many wait for one request; who stops waiting does not stop the others.
            known = await asyncio.shield(task)
        return known.rules

    def _fetched(self, origin: str, task: "asyncio.Task[_Rules]") -> None:
        del self._fetching[origin]
        if not task.cancelled() and task.exception() is None:
            self._rules.pop(origin, None)
            self._rules[origin] = task.result()
            if len(self._rules) > MAX_HOSTS:
                del self._rules[next(iter(self._rules))]

    async def _fetch(self, origin: str) -> _Rules:
        deadline = Deadline(self._timeout)
        url = parse_url(f"{origin}/robots.txt")
        for _ in range(MAX_REDIRECTS + 1):
            request = Request(
                url,
                where=str(url.href),
                headers={"Accept": "text/plain, */*;q=0.5"},
                limit=MAX_BYTES,
                cut=True,
                refusal_rests=False,  # 403 for robots.txt means that there are no rules
            )
            try:
                answer = await self._exchange.send(request, deadline)
            except InvalidInput:
                # A file that cannot be read (an encoding nobody asked for, say) is no leave to fetch.
                return _kept(parse_rules(_DISALLOW_ALL), FAILED_TTL)
            if answer.status not in REDIRECTS:
                break
            try:
                url = parse_url(answer.headers.get("location", ""), str(url.href))
            except InvalidInput:
                return _kept(parse_rules(b""), TTL)  # 2.3.1.3: unavailable, as with 4xx
        if isinstance(answer.error, Throttled):
            raise answer.error
        if isinstance(answer.error, Transient):
            return _kept(parse_rules(_DISALLOW_ALL), FAILED_TTL)
        # 4xx and more redirects than we follow have no body here: no rules.
        return _kept(parse_rules(answer.body), TTL)

    async def close(self) -> None:
        """Stop what is being fetched."""
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def product_token(user_agent: str) -> str:
    """`QuietHireBot` out of `QuietHireBot/0.1 (+https://…)`: what robots.txt files name."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]


def parse_rules(body: bytes) -> Protego:
    """Rules out of the bytes of a file. A byte order mark, even a broken one, hides no rule."""
    return Protego.parse(body.decode("utf-8-sig", "ignore"))


def _kept(rules: Protego, ttl: float) -> _Rules:
    return _Rules(rules, time.monotonic() + ttl)
