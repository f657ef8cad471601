"""Candidates for a posting, and asking them for their names: /api/v1/matches/job/{id}."""

import orjson
from fastapi import APIRouter, Depends, HTTPException
from pydantic import ConfigDict

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.notifications import News
from services.api.dependencies import ClientsDep, JobId
from services.api.gate.access import CallerDep, require
from services.api.people.examples import ASKED
from services.api.people.introductions import AskedIntroduction, JobCandidates, Question, ask, asked, fitting
from services.api.people.telling import tell

router = APIRouter(
    prefix="/api/v1/matches/job/{job_id}", tags=["matches"], dependencies=[Depends(require(Scope.MATCH))]
)


class AskedIntroductions(Model):
    """What you asked for a posting, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"introductions": [ASKED]}})

    introductions: tuple[AskedIntroduction, ...]


@router.post("/candidates")
async def job_candidates(job_id: JobId, caller: CallerDep, clients: ClientsDep) -> JobCandidates:
    """Show whom a posting fits, of those who agreed to be found: by pseudonym, with scores and reasons.

    Found is who has this job among the best 200 of their own matches: somebody whom 200 others fit better is not, however well it fits
    them. Any listing of a job finds the same people.
    """
    if await clients.postings.get(job_id) is None:
        raise HTTPException(404, "There is no posting with this id.")
    found = await fitting(clients, job_id, caller.who)
    return JobCandidates(job_id=job_id, candidates=tuple(seen for _, seen in found))


@router.post("/introductions", status_code=202)
async def ask_introduction(job_id: JobId, question: Question, caller: CallerDep, clients: ClientsDep) -> None:
    """Ask somebody for their name and addresses. They are told, and answer or do not; asking again changes nothing."""
    person = await ask(clients, job_id, caller.who, question)
    body = orjson.dumps({"type": "introduction", "job_id": str(job_id), "asked_by": caller.who})
    await tell(clients, person, News(f"introduction:{job_id}:{caller.who}", body))


@router.get("/introductions")
async def list_introductions(job_id: JobId, caller: CallerDep, clients: ClientsDep) -> AskedIntroductions:
    """Show what became of your questions for a posting: who somebody is, while they agree that you know."""
    return AskedIntroductions(introductions=tuple(await asked(clients, job_id, caller.who)))
