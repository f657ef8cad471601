"""POST /api/v1/matches/profile."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quiethire.domain.access import Scope
from services.api.dependencies import ClientsDep
from services.api.gate.access import require
from services.api.people.profile_matches import GivenProfile, ProfileMatches, matches_of

router = APIRouter(prefix="/api/v1/matches", tags=["matches"])


@router.post("/profile", dependencies=[Depends(require(Scope.MATCH))])
async def match_profile(
    given: GivenProfile, clients: ClientsDep, limit: Annotated[int, Query(ge=1, le=100, examples=[20])] = 20
) -> ProfileMatches:
    """The open postings that fit a profile best, with the reasons; the profile is kept nowhere.

    Scored are those postings, 400 at most, that the titles and skills of the profile find; how rare a skill is counts among
    these. A candidate who is kept has all open postings scored: `POST /api/v1/matches/candidate/{id}/daily`.
    """
    return await matches_of(clients, given, limit)
