"""The proxy pool: which proxy is used next, how each does, and which rest.

A pool is a process's own: what it knows of its proxies it has learnt from its own requests and checks.
"""

import hashlib
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import SecretStr

from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, InvalidInput, Throttled
from quiethire.domain.ports import ForwardProxy
from quiethire.domain.urls import parse_url

FIRST_REST = 30.0
LONGEST_REST = 900.0
"""Seconds that a proxy rests after a failure; doubled by each further one in a row."""

STICKY = 600.0
"""Seconds for which a host keeps its proxy, so that what it takes for a visit comes from one address."""
MAX_HOSTS = 10_000
"""Hosts whose proxy is remembered."""

_MEMORY = 0.2
"""Weight of the newest report in the running averages of success and latency."""
_UNTRIED_LATENCY = 1.0
"""Seconds that a proxy is taken to need before it was tried."""


class Proxy(Model):
    """A proxy as others may see it: without credentials."""

    id: str
    url: str
    success_rate: float
    """Running average, 0 to 1."""
    latency_ms: int | None = None
    """Running average; None before the first success."""
    successes: int = 0
    failures: int = 0
    resting_seconds: float = 0.0
    """Until it is picked again; 0 = it may be picked now."""


@dataclass
class _State:
    url: str
    """With credentials: never shown, never logged."""
    shown: str
    success_rate: float = 1.0
    latency: float | None = None
    successes: int = 0
    failures: int = 0
    failures_in_row: int = 0
    rest_until: float = 0.0


class ProxyPool:
    """Picks good proxies more often than bad ones and lets failing ones rest. Not shared between threads."""

    def __init__(
        self,
        urls: Iterable[str],
        *,
        clock: Callable[[], float] = time.monotonic,
        choose: random.Random | None = None,
    ) -> None:
        """`clock` gives seconds; `choose` is where chance comes from. Raises InvalidInput for what is no proxy's URL."""
        self._clock = clock
        self._choose = choose or random.SystemRandom()
        self._proxies: dict[str, _State] = {}
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()
        """Host → its proxy, and until when it keeps it."""
        for number, url in enumerate(urls, 1):
            state = _parse(url, number)
            self._proxies[hashlib.sha256(state.url.encode()).hexdigest()[:12]] = state

    @property
    def ids(self) -> list[str]:
        """Every proxy's id, resting or not."""
        return list(self._proxies)

    def pick(self) -> Proxy:
        """One that does not rest, by chance weighted with success and speed.

        Raises Gone where no proxy is configured and Throttled while all rest.
        """
        if not self._proxies:
            raise Gone("no proxy is configured", hint="set QUIETHIRE_PROXIES", kind="no_proxy")
        now = self._clock()
        awake = [key for key, state in self._proxies.items() if state.rest_until <= now]
        if not awake:
            soonest = min(state.rest_until for state in self._proxies.values())
            raise Throttled(
                "every proxy rests after failures",
                where="QUIETHIRE_PROXIES",
                hint="nothing is sent without a proxy; GET /proxy/stats tells how they do",
                retry_after=soonest - now,
            )
        [key] = self._choose.choices(awake, weights=[_weight(self._proxies[key]) for key in awake])
        return self._shown(key)

    def choose(self, host: str) -> ForwardProxy:
        """One for this host, with its credentials: the same for ten minutes, as long as it does not rest.

        Raises as `pick` does.
        """
        now = self._clock()
        key, until = self._kept.get(host, ("", 0.0))
        if until <= now or self._proxies[key].rest_until > now:
            key = self.pick().id
            self._kept[host] = (key, now + STICKY)
            self._kept.move_to_end(host)
            if len(self._kept) > MAX_HOSTS:
                self._kept.popitem(last=False)
        return ForwardProxy(id=key, url=SecretStr(self._proxies[key].url))

    def doubt(self, proxy_id: str, host: str) -> None:
        """A host was not reached, be it the proxy's fault or its own: the proxy is picked less often, but does not rest.

        The host gets another next time. A proxy that reaches nothing is found by the checks. Raises Gone for an unknown id.
        """
        state = self._state(proxy_id)
        state.success_rate -= _MEMORY * state.success_rate
        if self._kept.get(host, ("", 0.0))[0] == proxy_id:
            del self._kept[host]

    def url_of(self, proxy_id: str) -> str:
        """The URL with credentials, for who checks it. Raises Gone for an unknown id."""
        return self._state(proxy_id).url

    def report(self, proxy_id: str, *, latency: float | None) -> None:
        """Say how a use went: seconds to the answer, or None for a failure. Raises Gone for an unknown id."""
        state = self._state(proxy_id)
        state.success_rate += _MEMORY * ((latency is not None) - state.success_rate)
        if latency is None:
            state.failures += 1
            state.failures_in_row += 1
            rest = min(FIRST_REST * 2 ** min(state.failures_in_row - 1, 10), LONGEST_REST)
            state.rest_until = self._clock() + rest
            return
        state.successes += 1
        state.failures_in_row, state.rest_until = 0, 0.0
        state.latency = latency if state.latency is None else state.latency + _MEMORY * (latency - state.latency)

    def stats(self) -> list[Proxy]:
        """All proxies, in the order they were given."""
        return [self._shown(key) for key in self._proxies]

    def _state(self, proxy_id: str) -> _State:
        if proxy_id not in self._proxies:
            raise Gone("no such proxy", where=proxy_id[:20], kind="no_proxy")
        return self._proxies[proxy_id]

    def _shown(self, key: str) -> Proxy:
        state = self._proxies[key]
        return Proxy(
            id=key,
            url=state.shown,
            success_rate=round(state.success_rate, 3),
            latency_ms=None if state.latency is None else round(state.latency * 1000),
            successes=state.successes,
            failures=state.failures,
            resting_seconds=round(max(0.0, state.rest_until - self._clock()), 1),
        )


def _weight(state: _State) -> float:
    """Success counts squared: a proxy that fails half the time is picked a quarter as often, speed being equal."""
    latency = _UNTRIED_LATENCY if state.latency is None else max(state.latency, 0.05)
    return max(state.success_rate, 0.05) ** 2 / latency


def _parse(text: str, number: int) -> _State:
    try:
        url = parse_url(text)
    except InvalidInput:
        # The text may hold a password: it is named by its place alone, and not chained.
        raise InvalidInput(
            "not a proxy's URL", where=f"QUIETHIRE_PROXIES[{number}]", hint="http(s)://user:password@host:port"
        ) from None
    return _State(url=str(url.href), shown=f"{url.protocol}//{url.host}")
