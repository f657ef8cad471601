"""The made-up web behind the crawler's port: one board, its honest answers, and what becomes of them on the way."""

import hashlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from benchmarks.simulation import trouble
from benchmarks.simulation.shapes import Answer, Listing, Shape
from benchmarks.simulation.temporal import Clock
from benchmarks.simulation.trouble import Kind, Trouble
from benchmarks.simulation.truth import History
from quiethire.domain.errors import Blocked, QuietHireError, Throttled, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
from quiethire.domain.ports import PageArchive
from services.crawler.content import check_content
from services.crawler.politeness import BLOCKED_REST
from services.crawler.shell import is_unrendered
from services.crawler.statuses import failure, retry_after

SILENCE_SECONDS = 30.0

_WALLS = {
    Kind.COOKIE_WALL: """Your privacy
We and our partners store information on your device. Please accept all cookies to go on to our site. Accept all. Reject all.
Manage my choices. You may change your choice at any time in our privacy policy.""",
    Kind.LOGIN: """Sign in
Please sign in to go on. E-mail. Password. Forgot your password? New here? Create an account to see our offers.""",
    Kind.MAINTENANCE: """Maintenance
We will be back soon. Our site is down for planned maintenance. Thank you for your patience.""",
    Kind.CHALLENGE: """Just a moment...
Checking your browser before you go on. This is automatic. Please enable JavaScript and cookies.""",
    Kind.HOME: """Welcome
Welcome to our home page. Read of our products, our customers and our plans. Careers. News. Contact. We have made things that
people like for many years, and we mean to go on with it.""",
    Kind.SOFT_404: """Page not found
Sorry, the page that you are looking for does not exist or was moved. Go back to the home page.""",
}
"""What stands there instead, with status 200: its title, and its text."""

_STATUSES: dict[Kind, tuple[int, ...]] = {
    Kind.ERROR: (500, 502, 504),
    Kind.REFUSED: (403,),
    Kind.THROTTLED: (429,),
    Kind.GONE: (404,),
}


@dataclass(frozen=True)
class Site:
    """A board as it stands in the web."""

    shape: Shape
    history: History
    troubles: Sequence[Trouble]
    validates: bool
    """Whether it sends an ETag and answers 304."""
    soft_404: bool
    """Whether it says "not found" with 200."""


class SimulatedWeb:
    """The port `Fetcher`; raises what the crawler would."""

    def __init__(self, clock: Clock, archive: PageArchive, site: Site) -> None:
        self._clock, self._archive = clock, archive
        self._shape, self._history, self._troubles = site.shape, site.history, site.troubles
        self._validates, self._soft_404 = site.validates, site.soft_404
        self._chance = random.Random(site.shape.token)
        self._rests_until = clock.now
        self._blocked = 0
        self.requests = 0
        self.listed = False
        """Whether the list came with 200, or had not changed, since this was last set to False."""
        self.seconds = 0.0
        """CPU time spent here for the list: it is not the crawler's."""

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Every host is somewhere."""
        del host
        return ("203.0.113.7",)

    async def fetch(self, spec: FetchSpec, *, offline: bool = False) -> PageRef:
        """As `Fetcher.fetch`."""
        del offline
        if not self._shape.is_list(spec):
            return await self._fetch(spec)
        began = time.process_time()
        try:
            return await self._fetch(spec)
        finally:
            self.seconds += time.process_time() - began

    async def _fetch(self, spec: FetchSpec) -> PageRef:
        if not spec.probe and (rest := (self._rests_until - self._clock.now).total_seconds()) > 0:
            if self._blocked:
                raise Blocked("rests after a refusal", where=spec.url)
            raise Throttled("rests, as it asked to", where=spec.url, retry_after=rest)
        self._clock.advance(self._chance.uniform(0.2, 2.0))
        self.requests += 1
        wrong = trouble.at(self._clock.now, self._troubles)
        answer = self._answer(spec, wrong)
        if wrong is not None and wrong.kind is Kind.CUT_BODY:
            answer = replace(answer, body=answer.body[: int(len(answer.body) * wrong.share)])
        if (error := failure(answer.status, answer.headers, spec.url)) is not None:
            if not spec.probe:
                self._rest(error, answer)
            raise error
        self._blocked = 0
        self.listed |= self._shape.is_list(spec)
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"' if self._validates else None
        known = await self._archive.latest(spec) if etag else None
        if known is not None and known.etag == etag:
            return known.model_copy(update={"fetched_at": self._clock.now, "from_archive": True})
        check_content(spec.accept, answer.content_type, answer.body, spec.url)
        ref = PageRef(
            url=spec.url,
            final_url=answer.headers.get("location", spec.url),
            status=answer.status,
            content_type=answer.content_type,
            content_hash=await self._archive.put(answer.body),
            size=len(answer.body),
            fetched_at=self._clock.now,
            via=FetchedVia.HTTP,
            etag=etag,
        )
        if not spec.probe:
            await self._archive.record(spec, ref)
        return ref.model_copy(update={"unrendered": is_unrendered(spec, ref, answer.body)})

    def _rest(self, error: QuietHireError, answer: Answer) -> None:
        """As politeness has it: who was refused stays away, twice as long each time."""
        first, longest = BLOCKED_REST
        seconds = 0.0
        if isinstance(error, Throttled):
            seconds = retry_after(answer.headers)
        elif isinstance(error, Blocked):
            seconds = min(first * 2**self._blocked, longest)
            self._blocked += 1
        self._rests_until = self._clock.now + timedelta(seconds=seconds)

    def _answer(self, spec: FetchSpec, wrong: Trouble | None) -> Answer:
        """What arrives. Raises Transient for what does not."""
        openings = self._history.openings(self._clock.now)
        whole = Listing(openings, len(openings), self._clock.now)
        if wrong is None:
            return self._honest(spec, whole)
        if wrong.kind in _WALLS:
            return self._wall(wrong.kind)
        if (statuses := _STATUSES.get(wrong.kind)) is not None:
            headers = {"retry-after": f"{wrong.seconds:.0f}"} if wrong.kind is Kind.THROTTLED else {}
            return Answer(b"", "text/html", status=self._chance.choice(statuses), headers=headers)
        return self._broken(spec, wrong) or self._honest(spec, self._shortened(spec, wrong, whole))

    def _broken(self, spec: FetchSpec, wrong: Trouble) -> Answer | None:
        """Of an answer that does not come, or not whole."""
        if wrong.kind is Kind.SILENCE:
            self._clock.advance(SILENCE_SECONDS)
            raise Transient("not done within 30 s", where=spec.url, kind="timeout")
        if wrong.kind is Kind.CUT_OFF:
            raise Transient("the connection broke amid the body", where=spec.url, kind="truncated")
        return self._lost(spec, wrong) if wrong.kind is Kind.LOST_PAGES else None

    def _shortened(self, spec: FetchSpec, wrong: Trouble, whole: Listing) -> Listing:
        """What the board takes for its list."""
        if wrong.kind is Kind.EMPTY:
            return replace(whole, openings=(), counted=0)
        if wrong.kind in (Kind.HALF_LIST, Kind.MISCOUNT) and self._shape.is_list(spec):
            part = whole.openings[: int(len(whole.openings) * wrong.share)]
            return replace(whole, openings=part, counted=whole.counted if wrong.kind is Kind.MISCOUNT else len(part))
        return whole

    def _honest(self, spec: FetchSpec, listing: Listing) -> Answer:
        answer = self._shape.serve(spec, listing)
        return self._wall(Kind.SOFT_404) if answer.status == 404 and self._soft_404 else answer

    def _wall(self, kind: Kind) -> Answer:
        title, _, text = _WALLS[kind].partition("\n")
        head = f"<title>{title}</title>" + ("<script>check()</script>" if kind is Kind.CHALLENGE else "")
        html = f"<!doctype html><html><head>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>"
        elsewhere = {"location": f"https://www.{self._shape.employer.domain}/"} if kind is Kind.HOME else {}
        return Answer(html.encode(), "text/html; charset=utf-8", headers=elsewhere)

    def _lost(self, spec: FetchSpec, wrong: Trouble) -> Answer | None:
        """Some requests other than the first of the list fail, the same ones for as long as the trouble lasts."""
        first = self._shape.is_list(spec) and not any(mark in spec.key for mark in ("page=", "skip=1", "offset=1"))
        luck = int.from_bytes(hashlib.sha256(f"{spec.key}{wrong.start}".encode()).digest()[:2]) / 65_536
        if first or luck < wrong.share:
            return None
        return Answer(b"", "text/html", status=404 if luck > (1 + wrong.share) / 2 else 500)
