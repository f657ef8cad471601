"""Matches, in both directions, and their recalculation."""

from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import ConfigDict

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from services.api.dependencies import CandidateId, ClientsDep
from services.api.gate.access import require
from services.api.gate.once import ONCE
from services.api.people.examples import CANDIDATE_ID, MATCH_FEED
from services.api.people.match_feed import MOST, MatchFeed, composed
from services.api.people.match_runs import match_everybody, match_now

router = APIRouter(prefix="/api/v1/matches", tags=["matches"])

RUN_WITHIN = 60.0
"""Seconds."""


class DailyMatches(MatchFeed):
    """A candidate's best matches, and how many of them were not there before this run."""

    model_config = ConfigDict(json_schema_extra={"example": {"candidate_id": CANDIDATE_ID, "new": 1, **MATCH_FEED}})

    candidate_id: UUID
    new: int


class Recalculation(Model):
    """The workflow that scores all candidates against all open postings."""

    model_config = ConfigDict(json_schema_extra={"example": {"workflow_id": "match/all"}})

    workflow_id: str


@router.post(
    "/candidate/{candidate_id}/daily", dependencies=[Depends(require(Scope.OPERATE))], response_model=DailyMatches
)
async def daily(candidate_id: CandidateId, clients: ClientsDep) -> Response:
    """Score one candidate against all open postings now, and give the best hundred with their reasons.

    For operators: reasons tell what somebody wants and can, and employers know them by a pseudonym alone.
    """
    if await clients.candidates.get(candidate_id) is None:
        raise HTTPException(404, "There is no candidate with this id.")
    result = await match_now(clients, candidate_id, within=RUN_WITHIN)
    kept = await clients.cache.feed(candidate_id)
    feed = await composed(clients, candidate_id, kept.hidden)
    told = b'{"candidate_id":"%s","new":%d,%s' % (str(candidate_id).encode(), result.new, feed.page(limit=MOST)[1:])
    return Response(told, media_type="application/json")


@router.post("/recalculate", status_code=202, dependencies=[Depends(require(Scope.OPERATE)), ONCE])
async def recalculate(clients: ClientsDep) -> Recalculation:
    """Start a full run; one that is under way already, the night's too, is the answer. A night that begins meanwhile runs beside it."""
    return Recalculation(workflow_id=await match_everybody(clients))
