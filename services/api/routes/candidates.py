"""People: /api/v1/candidates. A person's key opens `/me` and nothing of anybody else; operators see ids alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Body, Depends, HTTPException, Path, Query, Response
from pydantic import ConfigDict

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate, KnownCandidate, Track, VerifiedPart
from quiethire.domain.errors import Gone
from services.api.dependencies import CandidateId, ClientsDep
from services.api.examples import shown
from services.api.gate.access import KeyringDep, require
from services.api.gate.once import ONCE
from services.api.people.candidates import (
    AddedCandidate,
    CandidateChange,
    Held,
    MeDep,
    NewCandidate,
    add,
    changed,
    erase,
    held,
    new_key,
    with_track,
    without_track,
)
from services.api.people.examples import CANDIDATE_ID, TRACK
from services.api.people.told import ToldCandidate
from services.api.people.versions import IfMatchDep, only_of, version_of
from services.api.publishing.saved_searches import ask_for_digest

router = APIRouter(prefix="/api/v1/candidates", tags=["candidates"])

MINE = Depends(require(Scope.CANDIDATE))
OPERATORS = Depends(require(Scope.OPERATE))

_CHECKED = {VerifiedPart.SKILLS: True}

TrackName = Annotated[
    str,
    Path(max_length=100, examples=["Data"], description="What they call this track; nothing where it has no name."),
]


class KnownCandidates(Model):
    """Candidates by id. Whoever has more to see asks for those after the last id."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "candidates": [
                    {
                        "id": CANDIDATE_ID,
                        "active": True,
                        "created_at": "2026-11-01T09:30:00Z",
                        "updated_at": "2026-11-20T10:00:00Z",
                    }
                ]
            }
        }
    )

    candidates: tuple[KnownCandidate, ...]


def told(response: Response, person: Candidate) -> ToldCandidate:
    """Somebody as an answer, with the `ETag` of their version."""
    response.headers["ETag"] = f'"{version_of(person)}"'
    return ToldCandidate.of(person)


class TrackContent(Track):
    """A track; its name stands in the address."""

    model_config = ConfigDict(json_schema_extra={"example": TRACK})


@router.post("", status_code=201, dependencies=[Depends(require(Scope.READ)), ONCE])
async def add_candidate(new: NewCandidate, clients: ClientsDep, later: BackgroundTasks) -> AddedCandidate:
    """Come as a candidate. The answer holds a key that speaks for them; it is shown in this answer and nowhere else.

    A `digest` begins once whoever reads the address has confirmed it, by a mail that is sent now.
    """
    person = await add(clients, new)
    secret = await new_key(clients, person.id)
    await ask_for_digest(clients, later, person)
    return AddedCandidate(candidate=ToldCandidate.of(person), secret=secret)


@router.get("", dependencies=[OPERATORS])
async def list_candidates(
    clients: ClientsDep,
    limit: Annotated[int, Query(ge=1, le=1_000, examples=[100])] = 100,
    after: Annotated[UUID | None, Query(examples=[CANDIDATE_ID], description="The last id of the page before.")] = None,
) -> KnownCandidates:
    """List candidates by id, for operators: no name, no address, no profile."""
    return KnownCandidates(candidates=tuple(await clients.candidates.page(limit=limit, after=after)))


@router.get("/me", dependencies=[MINE])
async def show_me(candidate: MeDep, response: Response) -> ToldCandidate:
    """Show everything that you said of yourself. `ETag` is its version, for `If-Match` of a change."""
    return told(response, candidate)


@router.patch("/me", dependencies=[MINE])
async def change_me(
    changes: CandidateChange,
    *,
    candidate: MeDep,
    clients: ClientsDep,
    versions: IfMatchDep,
    later: BackgroundTasks,
    response: Response,
) -> ToldCandidate:
    """Change what you said of yourself; what is left out stays. Whatever was verified of it has to be verified anew.

    With `If-Match`, only what you have seen is changed. A `digest` to an address that has not confirmed it asks that address.
    """
    person = await changed(clients, candidate.id, only_of(versions, changes.of))
    await ask_for_digest(clients, later, person)
    return told(response, person)


@router.delete("/me", status_code=204, dependencies=[MINE])
async def erase_me(candidate: MeDep, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """Erase everything that is held of you, in every store, for good. The key ends with it."""
    await erase(clients, keyring, candidate.id)
    return Response(status_code=204)


@router.get("/me/export", dependencies=[MINE])
async def export_me(candidate: MeDep, clients: ClientsDep) -> Held:
    """Give everything that is held of you, in every store, with each decision that was made."""
    return await held(clients, candidate)


@router.put("/me/tracks/{name:path}", dependencies=[MINE])
async def put_track(
    name: TrackName,
    track: TrackContent,
    *,
    candidate: MeDep,
    clients: ClientsDep,
    versions: IfMatchDep,
    response: Response,
) -> ToldCandidate:
    """Add a track, or replace the one of this name. A name in the body is left aside."""
    named = Track(**track.model_dump(exclude={"name"}), name=name)
    change = only_of(versions, lambda person: with_track(person, named))
    return told(response, await changed(clients, candidate.id, change))


@router.delete("/me/tracks/{name:path}", dependencies=[MINE])
async def remove_track(
    name: TrackName, candidate: MeDep, clients: ClientsDep, versions: IfMatchDep, response: Response
) -> ToldCandidate:
    """Remove a track; a second time changes nothing."""
    change = only_of(versions, lambda person: without_track(person, name))
    return told(response, await changed(clients, candidate.id, change))


@router.put("/{candidate_id}/verified", dependencies=[OPERATORS], responses=shown(_CHECKED))
async def verify(
    candidate_id: CandidateId,
    parts: Annotated[dict[VerifiedPart, bool], Body(examples=[_CHECKED])],
    clients: ClientsDep,
) -> dict[VerifiedPart, bool]:
    """Keep which parts of a profile somebody has checked. It is answered what was given: nothing of the person."""
    verified = {"verified": {str(part): parts[part] for part in parts}}
    try:
        await changed(clients, candidate_id, lambda person: person.model_copy(update=verified))
    except Gone as error:
        raise HTTPException(404, "There is no candidate with this id.") from error
    return parts


@router.delete("/{candidate_id}", status_code=204, dependencies=[OPERATORS])
async def erase_candidate(candidate_id: CandidateId, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """Erase everything that is held of somebody, in every store, for good; a second time does nothing."""
    await erase(clients, keyring, candidate_id)
    return Response(status_code=204)
