"""A résumé on the page of matches: sent, read, corrected beside its text, and made a profile."""

from fastapi import APIRouter, BackgroundTasks, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import Resume
from services.api.dependencies import ClientsDep
from services.api.gate.forms import told
from services.api.pages.coming import begin_page, come
from services.api.pages.resume_view import ResumeView, correction_of, resume_view
from services.api.pages.visited import onward, visited_page
from services.api.people.resumes import MAIN_TRACK, applied, read_file
from services.api.people.visits import FormDep, Mine, MineDep, Visit, VisitDep
from services.api.publishing.saved_searches import ask_for_digest

router = APIRouter(prefix="/matches/resume", include_in_schema=False, default_response_class=HTMLResponse)

_NO_NAME = "Name not given"
"""Of somebody whose résumé has none that could be read. They are asked for it beside the text."""


@router.post("")
async def send_resume(form: FormDep, visit: VisitDep, clients: ClientsDep) -> Response:
    """Read a résumé. Who comes with it for the first time gets a key; nothing of it is a profile yet."""
    try:
        sent = form.file("resume")
        resume = await read_file(clients, sent.data, sent.name)
    except InvalidInput as error:
        return _again(visit, told(error))
    if visit.candidate is not None:
        await clients.candidates.save_resume(visit.candidate.id, resume)
        return onward("/matches/resume")
    name = resume.name.value[:200] if resume.name else _NO_NAME
    return await come(clients, visit, form, name=name, onto="/matches/resume", resume=resume)


@router.get("")
async def resume_page(mine: MineDep, clients: ClientsDep) -> Response:
    """The text of the résumé, and beside it what was read."""
    resume = await clients.candidates.resume(mine.candidate.id)
    if resume is None:
        return begin_page(mine.visit, "No résumé was read yet")
    return _beside(mine, resume, resume_view(resume))


@router.post("/apply")
async def apply(form: FormDep, mine: MineDep, clients: ClientsDep, later: BackgroundTasks) -> Response:
    """Make the corrected reading a track of the profile."""
    resume = await clients.candidates.resume(mine.candidate.id)
    if resume is None:
        return onward("/matches")
    track = form.text("track")[:100] or MAIN_TRACK
    try:
        person = await applied(clients, mine.candidate.id, resume, correction_of(form, resume), track)
    except (InvalidInput, ValidationError) as error:
        return _beside(mine, resume, resume_view(resume, form), track, problem=told(error))
    await ask_for_digest(clients, later, person)
    return onward("/matches/profile?from=resume")


def _beside(mine: Mine, resume: Resume, view: ResumeView, track: str = "", problem: str = "") -> Response:
    """The page of a reading, or of a form that could not be kept."""
    tracks = tuple(each.name for each in mine.candidate.tracks) or (MAIN_TRACK,)
    values = {"view": view, "resume": resume, "tracks": tracks, "track": track or tracks[0], "problem": problem}
    return visited_page(mine.visit, "resume.html", 400 if problem else 200, **values)


def _again(visit: Visit, problem: str) -> Response:
    """The page that the file came from, and what is wrong with it."""
    if visit.candidate is None:
        return visited_page(visit, "matches_welcome.html", 400, problem=problem, key_problem="")
    return begin_page(visit, "This file could not be read", problem=problem, status=400)
