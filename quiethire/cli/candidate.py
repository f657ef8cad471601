"""`quiethire candidate`: people, as themselves with their key, and for operators by id alone."""

import asyncio
import mimetypes
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import quote
from uuid import UUID

import httpx
import orjson
import typer

from quiethire.cli.candidate_view import print_candidate
from quiethire.cli.find import answer_of
from quiethire.cli.output import data, print_json, run, settings, talk
from quiethire.domain.errors import InvalidInput
from quiethire.platform.api import open_api
from quiethire.processes import DONE

candidate = typer.Typer(no_args_is_help=True, help="People who are matched: add, show, edit, export, erase, list.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Key = Annotated[
    str,
    typer.Option(envvar="QUIETHIRE_CANDIDATE_KEY", help="The person's key, which add shows.", show_envvar=True),
]
Resume = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="A résumé: PDF, DOCX, text or JSON Resume.")
]
Profile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE|-]", help="A JSON file with fields of the profile (docs/candidates.md); - reads stdin."
    ),
]
Id = Annotated[UUID, typer.Argument(metavar="ID", help="The candidate's id, which list shows.")]

_PATH = "/api/v1/candidates"
_ME = f"{_PATH}/me"


@candidate.command()
def add(
    file: Profile = None,
    name: Annotated[str, typer.Option(help="Their name, where the file and the résumé do not tell it.")] = "",
    resume: Resume = None,
    json: Json = False,
) -> None:
    """Add a person, from a JSON file, a résumé, or both. The key that speaks for them is shown once, on stdout.

    Example: quiethire candidate add --resume ada.pdf
    """
    run(_add(_fields(file) | ({"name": name} if name else {}), resume, json=json))


@candidate.command()
def show(key: Key, json: Json = False) -> None:
    """Show everything that a person said of themselves.

    Example: QUIETHIRE_CANDIDATE_KEY=… quiethire candidate show
    """
    run(_show("GET", _ME, key, json=json))


@candidate.command()
def edit(key: Key, file: Profile = None, resume: Resume = None, json: Json = False) -> None:
    """Change fields of a profile: those in the file, and those that a résumé fills. What is left out stays.

    Tracks in the file replace those of their names.

    Example: QUIETHIRE_CANDIDATE_KEY=… quiethire candidate edit wanted.json --resume newer.docx
    """
    fields = _fields(file)
    if not fields and resume is None:
        _wrong_use("there is nothing to change", "give a JSON file, or --resume")
    run(_edit(key, fields, resume, json=json))


@candidate.command()
def export(key: Key) -> None:
    """Print everything that is held of a person, in every store, as one JSON object.

    Example: QUIETHIRE_CANDIDATE_KEY=… quiethire candidate export > everything.json
    """
    run(_show("GET", f"{_ME}/export", key, json=True))


@candidate.command()
def erase(
    key: Annotated[str, typer.Option(envvar="QUIETHIRE_CANDIDATE_KEY", help="The person's key.")] = "",
    id: Annotated[UUID | None, typer.Option("--id", help="For operators: the candidate's id.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Erase everything that is held of a person, in every store, for good.

    Example: quiethire candidate erase --id 4f2c9a51-0f5e-4c3e-9a55-1f0f4a0c8a11
    """
    if not key and id is None:
        _wrong_use("whom?", "give --key, or as an operator --id")
    if not yes:
        typer.confirm("Erase everything that is held of this person?", abort=True, err=True)
    run(_erase(key, id, json=json))


@candidate.command("list")
def list_candidates(json: Json = False) -> None:
    """List candidates by id, for operators: who they are is not told."""
    run(_list(json=json))


@candidate.command("key")
def new_key(candidate_id: Id, json: Json = False) -> None:
    """Make a new key for somebody who lost theirs; the old one ends.

    Example: quiethire candidate key 4f2c9a51-0f5e-4c3e-9a55-1f0f4a0c8a11

    Whoever has it reads everything of that person: this needs the database and the master key (QUIETHIRE_PERSON_KEY), as on the
    machine of the platform. An operator's API key is not enough.
    """
    run(_new_key(candidate_id, json=json))


@candidate.command()
def rekey(json: Json = False) -> None:
    """Seal the keys of all persons and alerts with the first key of QUIETHIRE_PERSON_KEY; after that and a backup, the others can go from it."""
    run(_rekey(json=json))


async def ask_as(api: httpx.AsyncClient, key: str, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
    """Ask as the person whose key it is; without one, as whoever the settings are."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    response = await api.request(method, path, headers=headers, **more)
    if key and response.status_code in {401, 403}:
        raise InvalidInput(
            response.json()["detail"], where="--key", hint="'quiethire candidate key ID' makes a new one"
        )
    return answer_of(response)


async def _add(fields: dict[str, Any], resume: Path | None, *, json: bool) -> int:
    if not fields.get("name") and resume is None:
        raise InvalidInput("who is it?", hint="give a name: --name, in the file, or --resume")
    async with open_api(settings(), say=talk.print) as api:
        added = await ask_as(api, "", "POST", _PATH, json={"name": "(not told)", **fields})
        if resume is not None:
            added["candidate"] = await _with_resume(api, added["secret"], fields, resume)
    if json:
        print_json(added)
        return DONE
    data.print(added["secret"], markup=False, soft_wrap=True)
    talk.print("  this key speaks for them and is not shown again: --key, or QUIETHIRE_CANDIDATE_KEY")
    print_candidate(added["candidate"], talk)
    talk.print("  their matches: 'quiethire match --explain' with this key, or the page /matches", markup=False)
    return DONE


async def _with_resume(api: httpx.AsyncClient, key: str, fields: dict[str, Any], resume: Path) -> Any:  # noqa: ANN401
    """The new candidate with their résumé; where that cannot be read, nobody was added."""
    try:
        changed = await _apply(api, key, resume)
    except BaseException:
        await ask_as(api, key, "DELETE", _ME)
        raise
    told = {name: fields[name] for name in ("name", "email", "phone") if name in fields}
    return await ask_as(api, key, "PATCH", _ME, json=told) if told else changed


async def _apply(api: httpx.AsyncClient, key: str, resume: Path) -> dict[str, Any]:
    """Upload a résumé, and apply it as it was read."""
    content = await asyncio.to_thread(resume.read_bytes)
    headers = {"Content-Type": mimetypes.guess_type(resume.name)[0] or "application/octet-stream"}
    read = await api.put(
        f"{_ME}/resume",
        params={"filename": resume.name},
        content=content,
        headers={"Authorization": f"Bearer {key}", **headers},
    )
    reading = {name: value for name, value in answer_of(read)["resume"].items() if name not in _OF_THE_FILE}
    applied: dict[str, Any] = await ask_as(api, key, "POST", f"{_ME}/resume/apply", json={"reading": reading})
    return applied


_OF_THE_FILE = ("kind", "text", "pages")


async def _edit(key: str, fields: dict[str, Any], resume: Path | None, *, json: bool) -> int:
    tracks = fields.pop("tracks", [])
    async with open_api(settings(), say=talk.print) as api:
        changed = await _apply(api, key, resume) if resume is not None else {}
        if fields:
            changed = await ask_as(api, key, "PATCH", _ME, json=fields)
        for track in tracks:
            changed = await ask_as(api, key, "PUT", f"{_ME}/tracks/{quote(_name_of(track), safe='')}", json=track)
    _tell(changed, json=json)
    return DONE


def _name_of(track: object) -> str:
    if isinstance(track, dict) and isinstance(name := track.get("name"), str) and name:
        return name
    raise InvalidInput("a track has no name", where="tracks", hint='each is an object with "name"')


async def _show(method: str, path: str, key: str, *, json: bool) -> int:
    async with open_api(settings(), say=talk.print) as api:
        _tell(await ask_as(api, key, method, path), json=json)
    return DONE


async def _erase(key: str, candidate_id: UUID | None, *, json: bool) -> int:
    async with open_api(settings(), say=talk.print) as api:
        if candidate_id is not None:
            await ask_as(api, "", "DELETE", f"{_PATH}/{candidate_id}")
        else:
            await ask_as(api, key, "DELETE", _ME)
    if json:
        print_json({"erased": True})
    else:
        data.print("  erased: nothing is held of them any more")
    return DONE


async def _list(*, json: bool) -> int:
    found: list[dict[str, Any]] = []
    async with open_api(settings(), say=talk.print) as api:
        while page := await _page(api, found[-1]["id"] if found else None):
            found += page
    if json:
        print_json({"candidates": found})
        return DONE
    for one in found:
        state = "active" if one["active"] else "resting"
        data.print(f"  {one['id']}  {state:<8} since {one['created_at'][:10]}", markup=False)
    talk.print(f"  {len(found):,} candidates")
    return DONE


async def _page(api: httpx.AsyncClient, after: str | None) -> list[dict[str, Any]]:
    params: dict[str, str | int] = {"limit": 1_000} | ({"after": after} if after else {})
    page: list[dict[str, Any]] = (await ask_as(api, "", "GET", _PATH, params=params))["candidates"]
    return page


async def _new_key(candidate_id: UUID, *, json: bool) -> int:
    # What opens stores takes longer to load than all the rest.
    from quiethire.platform.local import open_session  # noqa: PLC0415
    from quiethire.registry import renew_personal_key  # noqa: PLC0415

    async with open_session(settings(), say=talk.print) as session:
        secret = await renew_personal_key(session.settings, candidate_id)
    if json:
        print_json({"secret": secret})
    else:
        data.print(secret, markup=False, soft_wrap=True)
    return DONE


async def _rekey(*, json: bool) -> int:
    # What opens stores takes longer to load than all the rest, and nothing else here needs it.
    from quiethire.platform.local import open_session  # noqa: PLC0415
    from quiethire.registry import rewrap_person_keys  # noqa: PLC0415

    async with open_session(settings(), say=talk.print) as session:
        count = await rewrap_person_keys(session.settings)
    if json:
        print_json({"rewrapped": count})
    else:
        data.print(f"  {count:,} keys were sealed anew")
    return DONE


def _fields(file: Path | None) -> dict[str, Any]:
    """The fields of a profile in a JSON file. Ends the command as wrong use where it holds none."""
    if file is None:
        return {}
    try:
        read = orjson.loads(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        _wrong_use(str(error), "give a file with one JSON object; docs/candidates.md names its fields")
    if not isinstance(read, dict):
        _wrong_use(f"{file} holds no JSON object", "docs/candidates.md names its fields; a résumé goes to --resume")
    return read


def _wrong_use(detail: str, hint: str) -> NoReturn:
    raise typer.BadParameter(f"{detail}; {hint}")


def _tell(answer: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(answer)
    else:
        print_candidate(answer, data)
