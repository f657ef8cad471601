"""A person's own matches."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import ConfigDict

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from services.api.dependencies import ClientsDep, JobId
from services.api.gate.access import CallerDep, own_candidate, require
from services.api.people.match_feed import MOST, Feeds, MatchFeed

router = APIRouter(prefix="/api/v1/candidates/me/matches", tags=["candidates"])

MINE = Depends(require(Scope.CANDIDATE))


class MatchInWords(Model):
    """Why a posting fits, in a few sentences."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "text": "Three of four skills, among them Python.",
                "facts": ["3 of 4 skills: Python (expert), SQL, Spark"],
            }
        }
    )

    text: str
    facts: tuple[str, ...]
    """What the text is made of, and all that it may say."""


@router.get("", dependencies=[MINE], response_class=Response, responses={200: {"model": MatchFeed}})
async def my_matches(
    request: Request,
    caller: CallerDep,
    limit: Annotated[int, Query(ge=1, le=MOST, examples=[20])] = 20,
    offset: Annotated[int, Query(ge=0, le=MOST, examples=[20])] = 0,
) -> Response:
    """List your matches, best first, those of interest before all others, and what your own limits hide from you."""
    feed = await cast("Feeds", request.app.state.feeds).of(own_candidate(caller))
    return Response(feed.page(limit=limit, offset=offset), media_type="application/json")


@router.get("/{job_id}/words", dependencies=[MINE])
async def match_in_words(job_id: JobId, caller: CallerDep, clients: ClientsDep) -> MatchInWords:
    """Say why one of your matches fits. Where the platform has a language model, it may rephrase the reasons, and nothing else."""
    matches = await clients.matches.matches(own_candidate(caller), 2 * MOST)
    match = next((match for match in matches if match.job_id == job_id), None)
    if match is None:
        raise HTTPException(404, "This posting is not among your matches.")
    facts = tuple(factor.reason for factor in match.factors if factor.reason and factor.value is not None)
    return MatchInWords(text=await clients.prose.paragraph(facts), facts=facts)
