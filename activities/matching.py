"""Scoring candidates against postings."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import Field
from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from activities.match_results import MatchResults, Run
from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone
from quiethire.telemetry.metrics import MATCH_DURATION

if TYPE_CHECKING:
    from services.matching.engine import PostingIndex

AT_ONCE = 100
"""Candidates that are read, scored and kept together: all that a run has of people in memory."""

LOOK_AGAIN = 600.0
"""Seconds after which a run over all postings has them as they are by then: a night may last for hours."""


class ScoreInput(Model):
    """What to score. None stands for all: all open postings, all active candidates. Ids only: a history names nobody."""

    job_ids: tuple[UUID, ...] | None = None
    candidate_id: UUID | None = None
    shard: int = Field(0, ge=0)
    """Which part of the candidates, of as many as the settings say."""
    anew: bool = False
    """Read all postings anew, and count how rare each skill is."""


class ScoreResult(Model):
    """Counts of a run."""

    candidates: int
    postings: int
    matches: int
    new: int
    shards: int = 1
    """Into how many parts such a run is divided."""
    seconds: float

    def with_part(self, other: "ScoreResult") -> "ScoreResult":
        """Both, as one run."""
        return self.model_copy(
            update={
                "candidates": self.candidates + other.candidates,
                "postings": max(self.postings, other.postings),
                "matches": self.matches + other.matches,
                "new": self.new + other.new,
                "seconds": max(self.seconds, other.seconds),
            }
        )


class _Progress(Model):
    """How far a run is: a try that follows another goes on from here."""

    after: UUID | None = None
    """The last candidate whose matches are kept, and told; None = nobody's yet."""
    candidates: int = 0
    matches: int = 0
    new: int = 0

    @classmethod
    def of(cls, told: Sequence[object]) -> Self:
        """What the try before told by its heartbeats; from the beginning where it told nothing."""
        return cls.model_validate(told[0]) if told else cls()


class MatchActivities:
    """`match_parts` and `score_candidates`."""

    def __init__(self, clients: Clients) -> None:
        # Commands name this activity and run none of it: they need not load the engine, half a second.
        from activities.match_scoring import Scoring  # noqa: PLC0415
        from activities.open_postings import OpenPostings  # noqa: PLC0415

        self._shards = clients.settings.match_shards
        self._candidates = clients.candidates
        self._open = OpenPostings(clients)
        self._scoring = Scoring(clients)
        self._results = MatchResults(clients)

    @activity.defn(name="match_parts")
    async def match_parts(self) -> int:
        """Into how many parts a run over everybody is divided."""
        return self._shards

    @activity.defn(name="score_candidates")
    async def score_candidates(self, input: ScoreInput) -> ScoreResult:
        """Score, keep, refresh the feeds and tell each candidate of what is new to them. Raises Gone for a strange candidate."""
        began, info = time.perf_counter(), activity.info()
        progress = _Progress() if input.candidate_id else _Progress.of(info.heartbeat_details)
        index: PostingIndex | None = None
        looked_at = began
        async with heartbeating(lambda: [progress.model_dump(mode="json")]):
            engine = await self._open.engine()
            async for some in self._who(input, progress.after):
                if index is None:
                    index = await self._index(input)
                elif input.job_ids is None and time.perf_counter() - looked_at >= LOOK_AGAIN:
                    index, looked_at = await self._open.current(), time.perf_counter()
                run = Run(
                    # Each round and part of a workflow is an activity of its own, and every try is the same one.
                    id=f"{info.workflow_run_id}/{info.activity_id}",
                    engine=engine,
                    index=index,
                    scored=None if input.job_ids is None else frozenset(input.job_ids),
                    of_one=input.candidate_id is not None,
                    is_retry=info.attempt > 1,
                )
                # A night finds few matches that are otherwise than before; only these are put in words.
                found = await self._scoring.of(some, index, in_words=run.of_one or run.scored is not None)
                new = await self._results.keep(found, run)
                progress = _Progress(
                    after=some[-1].id,
                    candidates=progress.candidates + len(some),
                    matches=progress.matches + sum(len(each.matching.matches) for each in found),
                    new=progress.new + new,
                )
                activity.heartbeat(progress.model_dump(mode="json"))
        MATCH_DURATION.labels(scope=_scope(input)).observe(time.perf_counter() - began)
        return ScoreResult(
            **progress.model_dump(exclude={"after"}),
            postings=0 if index is None else len(index),
            shards=self._shards,
            seconds=time.perf_counter() - began,
        )

    async def _who(self, input: ScoreInput, after: UUID | None) -> AsyncIterator[Sequence[Candidate]]:
        """Those who look for work: whoever has no track has nothing to be scored, and loses the matches of before.

        Whoever rests keeps the matches of before, and gets no others, whoever asks.
        """
        if input.candidate_id is not None:
            candidate = await self._candidates.get(input.candidate_id)
            if candidate is None:
                raise Gone("there is no such candidate", where=str(input.candidate_id))
            if candidate.active:
                yield [candidate]
            return
        while some := await self._candidates.active(limit=AT_ONCE, after=after, shard=input.shard, shards=self._shards):
            yield some
            after = some[-1].id

    async def _index(self, input: ScoreInput) -> "PostingIndex":
        if input.job_ids is not None:
            return await self._open.only(input.job_ids)
        return await self._open.current(anew=input.anew)


def _scope(input: ScoreInput) -> str:
    return "one" if input.candidate_id else "all" if input.job_ids is None else "fresh"
