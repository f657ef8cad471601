"""What a person says of their matches, and to employers who ask for them: /api/v1/candidates/me."""

from fastapi import APIRouter, Depends, Response
from pydantic import ConfigDict, Field

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.candidate import Feedback
from services.api.dependencies import ClientsDep, JobId
from services.api.examples import shown
from services.api.gate.access import require
from services.api.people.candidates import MeDep
from services.api.people.examples import EMPLOYER, FEEDBACK, REQUEST
from services.api.people.feedback import Said, say, take_back
from services.api.people.introductions import IntroductionRequest, answered, requests_to

router = APIRouter(
    prefix="/api/v1/candidates/me", tags=["candidates"], dependencies=[Depends(require(Scope.CANDIDATE))]
)


class AllFeedback(Model):
    """Everything that you said, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"feedback": [FEEDBACK]}})

    feedback: tuple[Feedback, ...]


class IntroductionRequests(Model):
    """Everybody who asked, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"introductions": [REQUEST]}})

    introductions: tuple[IntroductionRequest, ...]


class Answer(Model):
    """Your answer to one who asked. It can be taken back: they see your name only while you agree."""

    model_config = ConfigDict(json_schema_extra={"example": {"asked_by": EMPLOYER, "agreed": True}})

    asked_by: str = Field(max_length=200)
    agreed: bool


@router.get("/feedback")
async def list_feedback(candidate: MeDep, clients: ClientsDep) -> AllFeedback:
    """Show what you said of your matches."""
    return AllFeedback(feedback=tuple(await clients.matches.feedback(candidate.id)))


@router.put("/feedback/{job_id}", responses=shown(FEEDBACK))
async def give_feedback(job_id: JobId, said: Said, candidate: MeDep, clients: ClientsDep) -> Feedback:
    """Say what you think of a match, in place of what you said before. It shows in your feed at once."""
    return await say(clients, candidate.id, job_id, said)


@router.delete("/feedback/{job_id}", status_code=204)
async def take_feedback_back(job_id: JobId, candidate: MeDep, clients: ClientsDep) -> Response:
    """Take back what you said of a match, as if you had said nothing; a company that it blocked is not blocked any more."""
    await take_back(clients, candidate.id, job_id)
    return Response(status_code=204)


@router.get("/introductions")
async def list_introductions(candidate: MeDep, clients: ClientsDep) -> IntroductionRequests:
    """Show who asked for your name and addresses, and what you answered."""
    return IntroductionRequests(introductions=await requests_to(clients, candidate.id))


@router.put("/introductions/{job_id}")
async def answer_introduction(
    job_id: JobId, answer: Answer, candidate: MeDep, clients: ClientsDep
) -> IntroductionRequest:
    """Agree that one who asked learns your name and addresses, or refuse; the newest answer counts."""
    return await answered(clients, candidate.id, job_id, answer.asked_by, agreed=answer.agreed)
