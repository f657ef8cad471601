"""Where the main frame of a page goes: by HTTP redirects and by its scripts, each hop asked about before its host is.

Chromium follows redirects by itself. Here every document of the main frame is held up until robots.txt has spoken, and what
leads to another host, or another scheme or port, ends the visit: it is a visit of its own, in that host's turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from quiethire.domain.errors import Permanent, QuietHireError, Transient
from quiethire.domain.urls import parse_url
from services.crawler.target import Target

MAX_NAVIGATIONS = 10
"""Documents that the main frame may load one after the other, and visits to which one page may lead."""
PERMIT_TIMEOUT = 5.0
"""Seconds to learn whether a hop is permitted: the origin's robots.txt was read before the visit."""

Permit = Callable[[Target, str], Awaitable[None]]
"""The URL, and as it may be logged; raises what must end the fetch."""


@dataclass(frozen=True)
class Elsewhere:
    """A page that leads to another origin."""

    url: str
    passed: tuple[str, ...]
    """The URLs that led there, in order."""


class Journey:
    """The main frame's way through one visit."""

    def __init__(self, opened: str, known_as: Callable[[str], str], permit: Permit) -> None:
        """`opened`: the URL that the tab is sent to, which is permitted. `known_as`: under which URL one is stored."""
        self._origin = Target.of(parse_url(opened)).origin
        self._known_as = known_as
        self._permit = permit
        self._passed: list[str] = []
        self._elsewhere: str | None = None
        self._refused: QuietHireError | None = None

    async def admits(self, url: str, method: str) -> bool:
        """Whether this document may be asked for now."""
        if self._over():
            return False
        try:
            await self._check(url, method)
        except QuietHireError as error:
            self._refused = error
        return not self._over()

    def _over(self) -> bool:
        return self._elsewhere is not None or self._refused is not None

    async def _check(self, url: str, method: str) -> None:
        origin, known = Target.of(parse_url(url)).origin, self._known_as(url)
        if len(self._passed) > MAX_NAVIGATIONS:
            raise _not_followed(f"leads on more than {MAX_NAVIGATIONS} times", known)
        if origin == self._origin:
            if self._passed:
                await self._ask(known)
            self._passed.append(known)
        elif method == "GET":
            self._elsewhere = known
        else:
            raise _not_followed("sends a form to another host", known)

    def passed(self, final_url: str) -> tuple[str, ...]:
        """The URLs that led to the final one, in order."""
        return tuple(url for url in dict.fromkeys(self._passed) if url != final_url)

    def elsewhere(self) -> Elsewhere | None:
        """Where the page leads, if it is another origin. Raises what kept it from going on."""
        if self._refused is not None:
            raise self._refused
        return Elsewhere(self._elsewhere, self.passed(self._elsewhere)) if self._elsewhere is not None else None

    async def _ask(self, known: str) -> None:
        try:
            async with asyncio.timeout(PERMIT_TIMEOUT):
                await self._permit(Target.of(parse_url(known)), known)
        except TimeoutError as error:
            # robots.txt has grown old meanwhile, and its host's turn is ours: the next try finds it fresh.
            raise Transient("not permitted in time", where=known, hint="try again later", kind="timeout") from error


def _not_followed(detail: str, where: str) -> Permanent:
    return Permanent(detail, where=where, hint="open it in a browser", kind="redirects")
