"""The page of matches: coming without an account, coming back with a key, the matches, and what one says of them.

Nothing happens on GET. Every form carries the token of its visit, and no address holds a key.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from quiethire.clients import Clients
from quiethire.domain.candidate import Candidate, Verdict, Why
from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import JobPosting
from services.api.accounts.sessions import SessionsDep
from services.api.dependencies import ClientsDep
from services.api.gate.access import KeyringDep
from services.api.gate.forms import in_words, told
from services.api.pages.coming import begin_page, come
from services.api.pages.introductions_view import asked_of
from services.api.pages.matches_view import ALL, SHOWN, WHYS, matches_view, weights_of
from services.api.pages.visited import onward, visited_page
from services.api.people.feedback import Said, say, take_back
from services.api.people.introductions import answered
from services.api.people.match_feed import MOST, MatchFeed
from services.api.people.match_waits import MatchWaits
from services.api.people.renewal import renewed
from services.api.people.visits import FormDep, MineDep, VisitDep, begin, caller_of, checked_form, end, owner_of
from services.api.routes.notifications import event_stream

router = APIRouter(prefix="/matches", include_in_schema=False, default_response_class=HTMLResponse)

SHOWN_WITHIN = 2.0
"""Seconds that somebody waits for their matches before they are told that these are being made."""
_LOOK_AGAIN = "3"
_NOTHING = "nothing"
"""The verdict by which the page takes one back."""


@router.get("")
async def matches_page(request: Request, visit: VisitDep, clients: ClientsDep) -> Response:
    """The matches of whoever has a session, and for all others how to come by some."""
    person = visit.candidate
    if person is None:
        return visited_page(visit, "matches_welcome.html", problem="", key_problem="")
    if not person.tracks:
        has_reading = await clients.candidates.resume(person.id) is not None
        return begin_page(visit, "There is no profile to match yet", has_reading=has_reading)
    waits = cast("MatchWaits", request.app.state.match_waits)
    made = await waits.feed(person.id, within=SHOWN_WITHIN)
    if made is None:
        waiting = visited_page(visit, "matches_waiting.html")
        waiting.headers["Refresh"] = _LOOK_AGAIN
        return waiting
    feed = MatchFeed.model_validate_json(made.page(limit=MOST))
    shown = MOST if request.query_params.get(ALL) else SHOWN
    view = matches_view(feed, weights_of(request.query_params), datetime.now(UTC), shown)
    return visited_page(
        visit,
        "matches.html",
        view=view,
        whys=WHYS,
        candidate=person,
        is_being_read=view.lacks_meaning and clients.embedder.available,
        questions=[one for one in await asked_of(clients, person.id) if one.agreed is None],
        left=await _left(clients, person, request.query_params.get("left", "")),
    )


@router.post("/start")
async def start(form: FormDep, visit: VisitDep, clients: ClientsDep) -> Response:
    """Come with a name alone; all else is said on the page of the profile."""
    if visit.candidate is not None:
        return onward("/matches/profile")
    return await come(clients, visit, form, name=form.text("name"), onto="/matches/profile")


@router.post("/key")
async def sign_in(form: FormDep, visit: VisitDep, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """Come back with a key."""
    try:
        person = await owner_of(clients, keyring, form.text("key"))
    except InvalidInput as error:
        return visited_page(visit, "matches_welcome.html", 400, problem="", key_problem=told(error))
    back = onward("/matches")
    (await begin(clients, visit, person)).kept(back)
    return back


@router.post("/new-key")
async def renew_key(_: FormDep, mine: MineDep, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """Make a new key for somebody who lost theirs. Every other key and every other session of theirs ends."""
    visit, secret = await renewed(clients, keyring, mine)
    return visited_page(visit, "matches_key.html", secret=secret, onto="/matches/profile", renewed=True)


@router.post("/leave", dependencies=[Depends(checked_form)])
async def leave(mine: MineDep, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """Sign out: this session ends, here and wherever its cookie went."""
    await end(clients, keyring, mine)
    left = onward("/matches")
    mine.visit.forgotten(left)
    return left


@router.post("/feedback/{job_id}")
async def judge(job_id: UUID, form: FormDep, mine: MineDep, clients: ClientsDep) -> Response:
    """What somebody thinks of a match."""
    verdict, why = form.text("verdict"), form.text("why")
    if verdict == _NOTHING:
        await take_back(clients, mine.candidate.id, job_id)
        return onward("/matches")
    if verdict not in tuple(Verdict) or (why and why not in tuple(Why)):
        raise InvalidInput("nothing that can be said of a match", where="verdict", hint=" or ".join(Verdict))
    reason = Why(why) if why and verdict == Verdict.NOT_INTERESTED else None
    with in_words():
        said = Said(verdict=Verdict(verdict), why=reason, note=form.text("note"))
    await say(clients, mine.candidate.id, job_id, said)
    return onward(f"/matches?left={job_id}" if said.verdict is Verdict.NOT_INTERESTED else "/matches")


@router.post("/introductions/{job_id}")
async def answer(job_id: UUID, form: FormDep, mine: MineDep, clients: ClientsDep) -> Response:
    """Agree that one who asked learns name and addresses, or refuse; the newest answer counts."""
    said = form.text("agreed")
    if said not in {"yes", "no"}:
        raise InvalidInput("neither yes nor no", where="agreed", hint="press one of the two buttons")
    await answered(clients, mine.candidate.id, job_id, form.text("asked_by"), agreed=said == "yes")
    return onward("/matches/profile#introductions" if form.text("back") == "profile" else "/matches")


@router.get("/stream", response_class=StreamingResponse)
async def follow(
    request: Request,
    *,
    mine: MineDep,
    clients: ClientsDep,
    keyring: KeyringDep,
    sessions: SessionsDep,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The notifications of the API, for a browser that has a session and no key."""
    again = partial(caller_of, mine.visit.secret, keyring, sessions)
    return await event_stream(request, clients, mine.candidate.id, last_event_id, again)


async def _left(clients: Clients, person: Candidate, given: str) -> JobPosting | None:
    """The posting that somebody has just said no to, so that they can take it back."""
    try:
        job_id = UUID(given)
    except ValueError:
        return None
    said = {one.job_id for one in await clients.matches.feedback(person.id) if one.verdict is Verdict.NOT_INTERESTED}
    row = await clients.postings.get(job_id) if job_id in said else None
    return row.posting if row is not None else None
