"""A person's matches as the API tells them: made once, kept sealed in Redis, and by this process as long as nothing changes.

A feed is lines of JSON: its head, then the matches, then what was hidden. So a page of it is cut out without reading it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

import orjson
from pydantic import ConfigDict

from activities.opinions import Opinion, opinions_of
from activities.shown_jobs import shown_jobs
from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import FactorScore, Improvement, Match, Matching, known_weight
from quiethire.domain.notifications import FEEDS_CHANNEL
from services.api.jobs.postings import PostingSummary
from services.api.outage import Outage
from services.api.people.examples import MATCH_FEED
from services.api.people.match_runs import match_now

MOST = 100
"""Matches of a feed, and postings of it that were hidden."""
RUN_WITHIN = 25.0
"""Seconds that somebody waits for their matches to be made anew; those of before are there at once."""
KEPT_HERE = 500
"""Feeds that a process keeps, of some 300 kB each."""
_READ_AGAIN = 1.0


class MatchedJob(Model):
    """A posting that fits, with the points of each factor: they sum to the score."""

    score: float
    known_weight: float
    """Points of 100 that the factors with a value weigh: the score is the weighted mean of these alone."""
    job: PostingSummary
    factors: tuple[FactorScore, ...]
    track: str
    """The track that fits best, as its person calls it."""
    improvements: tuple[Improvement, ...]
    """What one more skill would do, the most first."""
    interested: bool = False
    """Whether they said so."""


class HiddenJob(Model):
    """A posting that would be a match but for a hard filter, and why it is not."""

    job: PostingSummary
    filter: str
    reason: str


class FeedHead(Model):
    """What is said of all matches together."""

    made_at: datetime
    found: int
    """Matches there are, of which the best hundred can be read."""
    considered: int | None
    """Open postings that were scored; null where only earlier matches could be had."""
    hidden_counts: dict[str, int] | None
    """Filter → how many postings it keeps away that would be matches; null where that could not be had."""


class MatchFeed(FeedHead):
    """A page of somebody's matches, best first and those of interest before all others."""

    model_config = ConfigDict(json_schema_extra={"example": MATCH_FEED})

    matches: tuple[MatchedJob, ...]
    hidden: tuple[HiddenJob, ...]


@dataclass(frozen=True)
class Feed:
    """A feed that is ready to be cut into pages."""

    head: bytes
    matches: tuple[bytes, ...]
    hidden: tuple[bytes, ...]
    whole: bool = True
    """Whether it is of a run over everything: else the next look tries again."""

    @classmethod
    def read(cls, kept: bytes) -> Self:
        """As `written` wrote it."""
        count, head, *lines = kept.split(b"\n")
        return cls(head, tuple(lines[: int(count)]), tuple(lines[int(count) :]))

    def written(self) -> bytes:
        """For Redis."""
        return b"\n".join((str(len(self.matches)).encode(), self.head, *self.matches, *self.hidden))

    def page(self, *, limit: int, offset: int = 0) -> bytes:
        """A `MatchFeed` as JSON."""
        shown, hidden = self.matches[offset : offset + limit], self.hidden[:limit]
        return b'%s,"matches":[%s],"hidden":[%s]}' % (self.head[:-1], b",".join(shown), b",".join(hidden))


class Feeds:
    """The feeds of a process. Between `hearing` begins and ends, what it keeps is dropped the moment that it changes."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._kept: OrderedDict[UUID, Feed] = OrderedDict()
        self._making: dict[UUID, int] = {}
        """Feeds that are made now, and how often they have changed since."""
        self._hears = False
        self._outage = Outage("feeds are made from what is stored")

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """Hear of changes, and so keep feeds in memory."""
        task = asyncio.create_task(self._hear())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def kept(self, candidate_id: UUID) -> Feed | None:
        """Somebody's feed where this process has it."""
        return self._kept.get(candidate_id)

    async def of(self, candidate_id: UUID) -> Feed:
        """Somebody's feed. Raises Gone where there is no such candidate."""
        feed = self._kept.get(candidate_id)
        if feed is not None:
            return feed
        changes = self._making.setdefault(candidate_id, 0)
        feed = await self._from_cache(candidate_id) or await self._made(candidate_id)
        if feed.whole and self._hears and self._making.get(candidate_id) == changes:
            self._kept[candidate_id] = feed
            if len(self._kept) > KEPT_HERE:
                self._kept.popitem(last=False)
        self._making.pop(candidate_id, None)
        return feed

    async def _hear(self) -> None:
        while True:
            try:
                async with self._clients.cache.listen(FEEDS_CHANNEL) as listening:
                    self._hears = True
                    while True:
                        self._drop(UUID((await listening.next()).decode()))
            except Transient as error:
                self._outage.note(error)
            finally:
                # Nothing is known of what changes from now on.
                self._hears = False
                self._kept.clear()
                self._making = dict.fromkeys(self._making, -1)
            await asyncio.sleep(_READ_AGAIN)

    def _drop(self, candidate_id: UUID) -> None:
        self._kept.pop(candidate_id, None)
        if candidate_id in self._making:
            self._making[candidate_id] += 1

    async def _from_cache(self, candidate_id: UUID) -> Feed | None:
        try:
            kept = await self._clients.cache.feed(candidate_id)
        except Transient as error:
            self._outage.note(error)
            return None
        return Feed.read(kept.feed) if kept.feed is not None else None

    async def _made(self, candidate_id: UUID) -> Feed:
        """By a run over all postings, where none has been since something changed; else of the matches that are stored."""
        clients = self._clients
        try:
            kept = await clients.cache.feed(candidate_id)
            if kept.hidden is None:
                await match_now(clients, candidate_id, within=RUN_WITHIN)
                kept = await clients.cache.feed(candidate_id)
            feed = await composed(clients, candidate_id, kept.hidden)
            if kept.hidden is not None:
                await clients.cache.put_feed(candidate_id, feed.written(), kept.state)
        except Transient as error:
            self._outage.note(error)
            return await composed(clients, candidate_id, None)
        return feed


async def composed(clients: Clients, candidate_id: UUID, hidden: bytes | None) -> Feed:
    """The feed of what is stored now, and of what the last run hid: without what its person wants no more."""
    matching = None if hidden is None else Matching.model_validate_json(hidden)
    matches = await clients.matches.matches(candidate_id, 2 * MOST)
    opinion = (await opinions_of(clients, await clients.candidates.some([candidate_id]))).get(candidate_id, Opinion())
    hidden_ids = [each.job_id for each in matching.hidden] if matching else []
    rows = dict(await clients.postings.known({*(match.job_id for match in matches), *hidden_ids}))
    # As they were scored: with the places and the pay that another listing of the job states.
    rows |= {row.posting.id: row for row, _ in await shown_jobs(clients, rows.values())}
    # What they refuse is gone at once, whenever the next run is.
    open_ = {job_id: row for job_id, row in rows.items() if row.is_open and not opinion.refuses(row.posting)}
    shown = [match for match in matches if match.job_id in open_]
    shown.sort(key=lambda match: match.job_id not in opinion.liked)
    head = FeedHead(
        made_at=datetime.now(UTC),
        found=len(shown),
        considered=matching.considered if matching else None,
        hidden_counts=matching.hidden_counts if matching else None,
    )
    return Feed(
        head=_line(head),
        matches=tuple(_line(_matched(match, open_, opinion.liked)) for match in shown[:MOST]),
        hidden=tuple(
            _line(HiddenJob(job=PostingSummary.of(open_[each.job_id]), filter=each.filter, reason=each.reason))
            for each in (matching.hidden if matching else ())
            if each.job_id in open_
        ),
        whole=matching is not None,
    )


def _matched(match: Match, rows: Mapping[UUID, StoredPosting], liked: Collection[UUID]) -> MatchedJob:
    return MatchedJob(
        score=match.score,
        known_weight=known_weight(match.factors),
        job=PostingSummary.of(rows[match.job_id]),
        factors=match.factors,
        track=match.track,
        improvements=match.improvements,
        interested=match.job_id in liked,
    )


def _line(model: Model) -> bytes:
    return orjson.dumps(model.model_dump(mode="json"))
