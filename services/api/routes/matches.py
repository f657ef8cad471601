"""Matches, in both directions, and their recalculation."""

from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from temporalio.common import WorkflowIDConflictPolicy

from activities.matching import ScoreInput
from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.matching import FactorScore, Match
from quiethire.settings import TASK_QUEUE
from services.api.access import require
from services.api.dependencies import ClientsDep
from services.api.postings import PostingSummary
from workflows.match import MatchWorkflow
from workflows.policies import Urgency, priority

router = APIRouter(prefix="/api/v1/matches", tags=["matches"])

MAY_MATCH = Depends(require(Scope.MATCH))
"""What is told here is about persons."""


class JobMatch(Model):
    """A posting that fits, with the points of each factor: they sum to the score."""

    score: float
    job: PostingSummary
    factors: tuple[FactorScore, ...]


class HiddenJob(Model):
    """A posting that would be a match but for a hard filter, and why it is not."""

    job: PostingSummary
    filter: str
    reason: str


class DailyMatches(Model):
    """A candidate's matches, best first."""

    candidate_id: UUID
    considered: int
    new: int
    """Matches that were not there before this run."""
    matches: tuple[JobMatch, ...]
    hidden: tuple[HiddenJob, ...]


class JobCandidates(Model):
    """Candidates who fit a posting, best first, by id: names are theirs to give."""

    job_id: UUID
    candidates: tuple[Match, ...]


class Recalculation(Model):
    """The workflow that scores all candidates against all open postings."""

    workflow_id: str


@router.post("/candidate/{candidate_id}/daily", dependencies=[MAY_MATCH])
async def daily(candidate_id: UUID, clients: ClientsDep) -> DailyMatches:
    """Score one candidate against all open postings now, and give the best hundred with their reasons."""
    if await clients.candidates.get(candidate_id) is None:
        raise HTTPException(404, "There is no candidate with this id.")
    result = await clients.temporal.execute_workflow(
        MatchWorkflow.run,
        ScoreInput(candidate_id=candidate_id),
        id=f"match/candidate/{candidate_id}",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
        priority=priority(Urgency.PERSON, str(candidate_id)),
    )
    kept = await clients.candidates.matches(candidate_id, 100)
    shown = {match.job_id for match in kept} | {hidden.job_id for hidden in result.hidden}
    rows = await clients.postings.known(shown)
    return DailyMatches(
        candidate_id=candidate_id,
        considered=result.postings,
        new=result.new,
        matches=tuple(
            JobMatch(score=match.score, job=PostingSummary.of(rows[match.job_id]), factors=match.factors)
            for match in kept
            if match.job_id in rows
        ),
        hidden=tuple(
            HiddenJob(job=PostingSummary.of(rows[each.job_id]), filter=each.filter, reason=each.reason)
            for each in result.hidden
            if each.job_id in rows
        ),
    )


@router.post("/job/{job_id}/candidates", dependencies=[MAY_MATCH])
async def job_candidates(job_id: UUID, clients: ClientsDep) -> JobCandidates:
    """The active candidates whose matches hold the posting, with the very scores that they see."""
    if await clients.postings.get(job_id) is None:
        raise HTTPException(404, "There is no posting with this id.")
    return JobCandidates(job_id=job_id, candidates=tuple(await clients.candidates.matches_of(job_id)))


@router.post("/recalculate", status_code=202, dependencies=[Depends(require(Scope.OPERATE))])
async def recalculate(clients: ClientsDep) -> Recalculation:
    """Start a full run; a run that is under way already is the answer too."""
    handle = await clients.temporal.start_workflow(
        MatchWorkflow.run,
        ScoreInput(),
        id="match/all",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
        priority=priority(Urgency.PERSON, "all"),
    )
    return Recalculation(workflow_id=handle.id)
