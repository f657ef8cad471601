"""Scoring candidates against postings, and telling them."""

import asyncio
import json
import logging
import time
from collections.abc import Collection, Sequence
from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, Transient
from quiethire.domain.matching import Candidate, Hidden, Match, Matching
from quiethire.domain.posting import JobPosting
from quiethire.telemetry import ERRORS
from services.matching.engine import PostingMatrix, Rarity, match

logger = logging.getLogger(__name__)

KEPT = 200
"""Matches that are kept for one candidate."""

RARITY_AGE = 600.0
"""Seconds for which the rarity of skills is taken as known: it moves slowly, and counting it reads every posting."""

FEED = 100
"""Matches in a candidate's daily feed."""


class ScoreInput(Model):
    """What to score. None stands for all: all open postings, all active candidates."""

    job_ids: tuple[UUID, ...] | None = None
    candidate_id: UUID | None = None


class ScoreResult(Model):
    """Counts of a run."""

    candidates: int
    postings: int
    matches: int
    new: int
    hidden: tuple[Hidden, ...] = ()
    """Of a run for one candidate: what a hard filter kept from them, best first."""
    seconds: float


class MatchActivities:
    """`score_candidates`."""

    def __init__(self, clients: Clients) -> None:
        self._candidates = clients.candidates
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._cache = clients.cache
        self._rarity: tuple[float, Rarity] | None = None

    @activity.defn(name="score_candidates")
    async def score_candidates(self, input: ScoreInput) -> ScoreResult:
        """Score, store, refresh the feeds and tell each candidate of what is new to them."""
        began = time.perf_counter()
        async with heartbeating():
            candidates = await self._who(input.candidate_id)
            postings = await self._what(input.job_ids) if candidates else []
            rarity = await self._rarity_for(input, postings) if candidates else None
            matrix = await asyncio.to_thread(PostingMatrix.build, postings, rarity=rarity)
            matches = new = 0
            hidden: tuple[Hidden, ...] = ()
            for candidate in candidates:
                matching = await asyncio.to_thread(match, candidate.id, candidate.profile, matrix, limit=KEPT)
                fresh = await self._keep(candidate, matching, input.job_ids)
                matches += len(matching.matches)
                new += len(fresh)
                hidden = matching.hidden if input.candidate_id else ()
        seconds = time.perf_counter() - began
        return ScoreResult(
            candidates=len(candidates),
            postings=len(postings),
            matches=matches,
            new=new,
            hidden=hidden,
            seconds=seconds,
        )

    async def _who(self, candidate_id: UUID | None) -> Sequence[Candidate]:
        if candidate_id is None:
            return await self._candidates.active()
        candidate = await self._candidates.get(candidate_id)
        if candidate is None:
            raise Gone("there is no such candidate", where=str(candidate_id))
        return [candidate]

    async def _what(self, job_ids: Collection[UUID] | None) -> list[JobPosting]:
        """The open ones of these postings, of each job the one that is shown."""
        listings = await self._clusters.listings(job_ids)
        if job_ids is None:
            found = [row.posting async for rows in self._postings.scan() for row in rows]
        else:
            rows = await self._postings.known(set(job_ids))
            found = [row.posting for _, row in sorted(rows.items()) if row.is_open]
        return [posting for posting in found if listings.get(posting.id, 1)]

    async def _rarity_for(self, input: ScoreInput, postings: Sequence[JobPosting]) -> Rarity:
        """How rare each skill is among all open postings, so that a run over a few scores as a full run does."""
        now = time.monotonic()
        if input.job_ids is None:
            self._rarity = (now, await asyncio.to_thread(Rarity.of, postings))
        elif self._rarity is None or now - self._rarity[0] > RARITY_AGE:
            self._rarity = (now, await asyncio.to_thread(Rarity.of, await self._what(None)))
        return self._rarity[1]

    async def _keep(self, candidate: Candidate, matching: Matching, scored: Collection[UUID] | None) -> Sequence[Match]:
        fresh = await self._candidates.save_matches(candidate.id, matching.matches, scored=scored)
        best = await self._candidates.matches(candidate.id, FEED)
        try:
            await self._cache.put_daily_matches(candidate.id, {entry.job_id: entry.score for entry in best})
            for entry in fresh:
                note = {"job_id": str(entry.job_id), "score": round(entry.score, 1)}
                await self._cache.publish(f"user:{candidate.id}:notifications", json.dumps(note).encode())
        except Transient as error:
            # The matches themselves are in PostgreSQL; the feed and the notifications are only quicker ways to them.
            ERRORS.labels(kind="cache").inc()
            logger.warning("feed not refreshed: %s", error, extra={"candidate_id": str(candidate.id)})
        return fresh
