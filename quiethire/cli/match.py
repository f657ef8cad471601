"""`quiethire match`: the postings that fit a résumé or a person, with the reasons."""

import asyncio
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from quiethire.cli.candidate import ask_as
from quiethire.cli.candidate_view import track_line
from quiethire.cli.find import answer_of
from quiethire.cli.match_view import print_matches
from quiethire.cli.output import plain, print_json, run, settings, talk
from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_BYTES
from quiethire.platform.api import open_api
from quiethire.processes import DONE
from quiethire.settings import Settings
from services.matching.resume.pool import ResumePool
from services.matching.resume.proposal import CandidateFields, as_candidate_fields
from services.matching.resume.whole import read_whole

_TITLES, _SKILLS, _PLACES, _COUNTRIES = 10, 60, 20, 20
"""As many as the API takes with a profile that it does not keep."""


def match(
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE|CANDIDATE_ID",
            help="A résumé (PDF, DOCX, text, JSON Resume), or for operators a candidate's id. Neither: whoever has the key.",
        ),
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Each factor's value, weight and reason, what would help, what is hidden.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Matches to show.")] = 10,
    key: Annotated[
        str, typer.Option(envvar="QUIETHIRE_CANDIDATE_KEY", help="The person's key, for their own feed.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="The API's answer on stdout.")] = False,
) -> None:
    """Show the open postings that fit, best first, scored 0-100; those below 60 are no matches.

    A résumé is read on this machine and kept nowhere: its titles, skills, years and wishes alone are sent to be scored, against
    the 400 postings that they find. Who is added (quiethire candidate add) has all open postings scored, and scored anew
    with each crawl; QUIETHIRE_CANDIDATE_KEY opens that feed.

        quiethire match ada.pdf --explain

        quiethire match --limit 20

        quiethire match 8e10130d-4662-5c5d-86ac-2414f0a75e5a --json
    """
    if not target and not key:
        raise typer.BadParameter("whose matches? give a résumé, a candidate's id, or --key (QUIETHIRE_CANDIDATE_KEY)")
    run(_match(target, key, limit, explain=explain, json=json))


async def _match(target: str, key: str, limit: int, *, explain: bool, json: bool) -> int:
    own = settings()
    given = _given(target)
    body = await _profile_in(given, own) if isinstance(given, Path) else {}
    async with open_api(own, say=talk.print) as api:
        if isinstance(given, Path):
            answer = answer_of(await api.post("/api/v1/matches/profile", json=body, params={"limit": limit}))
        elif isinstance(given, UUID):
            answer = answer_of(await api.post(f"/api/v1/matches/candidate/{given}/daily"))
            answer["matches"] = answer["matches"][:limit]
        else:
            answer = await ask_as(api, key, "GET", "/api/v1/candidates/me/matches", params={"limit": limit})
    print_json(answer) if json else print_matches(answer, explain=explain)
    return DONE


def _given(target: str) -> Path | UUID | None:
    """A file where there is one of this name, else an id. Raises InvalidInput for what is neither."""
    if not target or Path(target).is_file():
        return Path(target) if target else None
    try:
        return UUID(target)
    except ValueError as error:
        hint = "give a PDF, DOCX, text or JSON Resume file, or an id of 'quiethire candidate list'"
        raise InvalidInput("there is no such file, and it is no candidate's id", where=target, hint=hint) from error


async def _profile_in(file: Path, own: Settings) -> dict[str, Any]:
    """What a résumé tells, as the API takes a profile. Raises InvalidInput where it names neither a job nor a skill."""
    content = await asyncio.to_thread(_content, file)
    async with ResumePool(workers=1) as pool:
        resume = await read_whole(pool, content, file.name, own.cache_path)
    fields = as_candidate_fields(resume)
    (track,) = fields.tracks
    if not track.titles and not track.skills:
        hint = "name your titles and skills in it, or write them down: docs/candidates.md, quiethire candidate add FILE"
        raise InvalidInput("no job title and no skill could be read", where=str(file), hint=hint)
    told = plain(track_line(track.model_dump(mode="json")))
    talk.print(f"  read, and kept nowhere: {told}", markup=False, soft_wrap=True)
    return _profile(fields)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "give a file that you may read"
        raise InvalidInput(f"cannot be read: {error.strerror}", where=str(file), hint=hint) from error


def _profile(fields: CandidateFields) -> dict[str, Any]:
    """Name, addresses and the text of the résumé stay here."""
    (track,) = fields.tracks
    wanted = fields.preferences
    skills = dict(list(track.skills.items())[:_SKILLS])
    return {
        "titles": track.titles[:_TITLES],
        "skills": {name: level.proficiency.value for name, level in skills.items()},
        "skill_years": {name: level.years for name, level in skills.items() if level.years is not None},
        "years_experience": track.years_experience,
        "industries": track.industries,
        "places": wanted.places[:_PLACES],
        "countries": wanted.countries[:_COUNTRIES],
        "salary_floor": wanted.salary_floor.model_dump(mode="json") if wanted.salary_floor else None,
        "work_authorisation": fields.work_authorisation,
    }
