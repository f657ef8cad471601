"""A person's profile on their own pages: what they say of themselves, export and erase."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from quiethire.clients import Clients
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput, Outdated
from quiethire.domain.journal import Deed
from services.api.dependencies import ClientsDep
from services.api.gate.access import KeyringDep
from services.api.gate.forms import Form, told
from services.api.journal import note
from services.api.pages.introductions_view import asked_of
from services.api.pages.profile_view import (
    changes_of,
    kept_otherwise,
    old_name,
    person_version,
    profile_view,
    sent_version,
    track_of,
    track_version,
    typed_person,
    typed_track,
)
from services.api.pages.visited import PRIVATE, onward, visited_page
from services.api.people.candidates import CandidateChange, changed, erase, held, with_track, without_track
from services.api.people.versions import only_of
from services.api.people.visits import FormDep, Mine, MineDep, checked_form
from services.api.publishing.saved_searches import ask_for_digest, digest_waits

router = APIRouter(prefix="/matches", include_in_schema=False, default_response_class=HTMLResponse)

_SAVED = {
    "resume": "Your résumé is in your profile. Look it over; your matches are being made.",
    "profile": "Saved. Your matches are being made anew.",
    "track": "The track is saved. Your matches are being made anew.",
    "removed": "The track is gone. Your matches are being made anew.",
}
"""Where somebody comes from → what became of it."""
_OUTDATED = (
    "This was changed meanwhile, in another window or with a match. What you typed stands below: save again to keep it in "
    "place of what is kept now."
)


@router.get("/profile")
async def profile_page(request: Request, mine: MineDep, clients: ClientsDep) -> Response:
    """Everything that somebody says of themselves, to be changed."""
    saved = _SAVED.get(request.query_params.get("from", ""), "")
    waits = await digest_waits(clients, mine.candidate)
    return await _page(clients, mine, profile_view(mine.candidate), saved=saved, waits=waits)


@router.post("/profile")
async def save_profile(form: FormDep, mine: MineDep, clients: ClientsDep, later: BackgroundTasks) -> Response:
    """Keep who somebody is and what they want."""
    typed = typed_person(form)
    try:
        changes = CandidateChange.model_validate(changes_of(form))
        person = await changed(
            clients, mine.candidate.id, only_of(sent_version(form), changes.of, current=person_version)
        )
    except (InvalidInput, ValidationError) as error:
        return await _page(clients, mine, profile_view(mine.candidate, typed=typed), problem=told(error), status=400)
    except Outdated:
        now = await _now(clients, mine)
        problem = f"{_OUTDATED} Kept now: {kept_otherwise(typed, now) or 'the same as you typed'}."
        again = replace(typed, version=person_version(now))
        return await _page(clients, mine, profile_view(now, typed=again), problem=problem, status=409)
    await ask_for_digest(clients, later, person)
    return onward("/matches/profile?from=profile")


@router.post("/tracks")
async def save_track(form: FormDep, mine: MineDep, clients: ClientsDep) -> Response:
    """Keep a track; one that is called otherwise now gives way to it."""
    try:
        change = only_of(sent_version(form), lambda person: _with_sent_track(form, person), _version_of_old(form))
        await changed(clients, mine.candidate.id, change)
    except (InvalidInput, ValidationError) as error:
        view = profile_view(mine.candidate, typed_track=typed_track(form))
        return await _page(clients, mine, view, problem=told(error), status=400)
    except Outdated:
        return await _outdated_track(clients, mine, form)
    return onward("/matches/profile?from=track")


def _with_sent_track(form: Form, candidate: Candidate) -> Candidate:
    """Raises InvalidInput where the track takes the name of another, and as `track_of` and `with_track`."""
    track, old = track_of(form), old_name(form)
    if track.name != old and any(each.name == track.name for each in candidate.tracks):
        raise InvalidInput("there is a track of this name already", where="track", hint="choose another name")
    return with_track(candidate if old in (None, track.name) else without_track(candidate, old), track)


@router.post("/tracks/remove")
async def remove_track(form: FormDep, mine: MineDep, clients: ClientsDep) -> Response:
    """Remove a track; a second time changes nothing."""
    versions = sent_version(form)
    try:
        # One that is gone already has no version.
        change = only_of(
            versions and (*versions, ""), lambda person: without_track(person, form.text("old")), _version_of_old(form)
        )
        await changed(clients, mine.candidate.id, change)
    except Outdated:
        return await _outdated_track(clients, mine, form)
    return onward("/matches/profile?from=removed")


def _version_of_old(form: Form) -> Callable[[Candidate], str]:
    """The version of the track that a form is of, as its person is now."""
    return partial(track_version, name=old_name(form))


async def _outdated_track(clients: Clients, mine: Mine, form: Form) -> Response:
    now = await _now(clients, mine)
    typed = replace(typed_track(form), version=track_version(now, old_name(form)))
    problem = f"{_OUTDATED} To see the track as it is kept now, load the page anew."
    return await _page(clients, mine, profile_view(now, typed_track=typed), problem=problem, status=409)


async def _now(clients: Clients, mine: Mine) -> Candidate:
    """Whose visit it is, as they are at this moment."""
    return await clients.candidates.get(mine.candidate.id) or mine.candidate


async def _page(
    clients: Clients,
    mine: Mine,
    view: Mapping[str, object],
    *,
    saved: str = "",
    problem: str = "",
    waits: bool = False,
    status: int = 200,
) -> Response:
    """The page of the profile. With a problem it shows what was typed, and nothing that would lead away from it."""
    introductions = () if problem else await asked_of(clients, mine.candidate.id)
    values = {"saved": saved, "problem": problem, "waits": waits, "introductions": introductions, **view}
    return visited_page(mine.visit, "profile.html", status, **values)


@router.get("/export", response_class=Response)
async def export(mine: MineDep, clients: ClientsDep) -> Response:
    """Everything that is held of somebody, as a file."""
    await note(clients, mine.caller, Deed.EXPORTED)
    everything = (await held(clients, mine.candidate)).model_dump_json(indent=2)
    name = {"Content-Disposition": 'attachment; filename="quiethire.json"'}
    return Response(everything, media_type="application/json", headers={**PRIVATE, **name})


@router.get("/erase")
async def ask_erase(mine: MineDep, clients: ClientsDep) -> Response:
    """What would go, and a button: who only looks leaves everything as it is."""
    return visited_page(
        mine.visit,
        "matches_erase.html",
        candidate=mine.candidate,
        has_reading=await clients.candidates.resume(mine.candidate.id) is not None,
        matches=len(await clients.matches.matches(mine.candidate.id, 200)),
        said=len(await clients.matches.feedback(mine.candidate.id)),
    )


@router.post("/erase", dependencies=[Depends(checked_form)])
async def erase_all(mine: MineDep, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """Erase everything that is held of somebody, in every store, for good. All their keys end with it."""
    await note(clients, mine.caller, Deed.ERASED)
    await erase(clients, keyring, mine.candidate.id)
    gone = visited_page(mine.visit, "matches_erased.html")
    del gone.headers["set-cookie"]
    mine.visit.forgotten(gone)
    return gone
