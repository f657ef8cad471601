"""A person's résumé: /api/v1/candidates/me/resume."""

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request, Response
from pydantic import ConfigDict, Field

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate
from quiethire.domain.resume import Resume, ResumeFields
from services.api.dependencies import ClientsDep
from services.api.examples import shown
from services.api.gate.access import require
from services.api.gate.forms import in_words
from services.api.people.candidates import MeDep
from services.api.people.examples import CANDIDATE, JSON_RESUME, READING
from services.api.people.resumes import MAIN_TRACK, ReadResume, applied, read_file, read_resume
from services.api.publishing.saved_searches import ask_for_digest
from services.matching.resume.json_resume import to_json_resume

router = APIRouter(
    prefix="/api/v1/candidates/me/resume", tags=["candidates"], dependencies=[Depends(require(Scope.CANDIDATE))]
)

_FILE = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": _FILE}}}


class Corrected(Model):
    """The reading as you corrected it, and the track that it becomes. What you wrote yourself has confidence 1 and no span."""

    model_config = ConfigDict(json_schema_extra={"example": {"reading": READING, "track": "Data"}})

    reading: ResumeFields
    track: str = Field(MAIN_TRACK, min_length=1, max_length=100)


async def _reading(candidate: MeDep, clients: ClientsDep) -> Resume:
    found = await clients.candidates.resume(candidate.id)
    if found is None:
        raise HTTPException(404, "There is no résumé yet. PUT the file to this address.")
    return found


ReadingDep = Annotated[Resume, Depends(_reading)]


@router.put("", openapi_extra=_BODY)
async def put_resume(
    request: Request,
    candidate: MeDep,
    clients: ClientsDep,
    filename: Annotated[
        str | None, Query(max_length=300, examples=["ada.pdf"], description="What the file is called.")
    ] = None,
) -> ReadResume:
    """Read a résumé: PDF, DOCX, text or JSON Resume, the file as the body, 10 MB at most.

    The reading is kept in place of the one before, with how sure each field is and where it stands in the text; the file is not
    kept. Nothing of it becomes your profile before you apply it.
    """
    resume = await read_file(clients, await request.body(), filename)
    told = read_resume(resume)  # What cannot be told is not kept.
    await clients.candidates.save_resume(candidate.id, resume)
    return told


@router.delete("", status_code=204)
async def drop_resume(candidate: MeDep, clients: ClientsDep) -> Response:
    """Drop the reading of your résumé. What it made of your profile stays; a second time does nothing."""
    await clients.candidates.drop_resume(candidate.id)
    return Response(status_code=204)


@router.get("")
async def show_resume(resume: ReadingDep) -> ReadResume:
    """Show what was read of your résumé, and what it would make of your profile."""
    return read_resume(resume)


@router.get("/json-resume", responses=shown(JSON_RESUME))
async def export_json_resume(resume: ReadingDep) -> dict[str, Any]:
    """Give your résumé as JSON Resume."""
    return to_json_resume(resume)


@router.post("/apply", responses=shown(CANDIDATE))
async def apply_resume(
    corrected: Corrected, resume: ReadingDep, candidate: MeDep, clients: ClientsDep, later: BackgroundTasks
) -> Candidate:
    """Make your corrected reading a track of your profile, and fill in what you have not said yet."""
    with in_words():
        person = await applied(clients, candidate.id, resume, corrected.reading, corrected.track)
    await ask_for_digest(clients, later, person)
    return person
