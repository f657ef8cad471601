"""`quiethire keys`: API keys, made and ended through the API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

import typer

from quiethire.cli.find import ask_api
from quiethire.cli.output import data, plain, print_json, run, talk
from quiethire.domain.access import Scope
from quiethire.processes import DONE

keys = typer.Typer(no_args_is_help=True, help="API keys: make one, list them, replace one, end one.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Prefix = Annotated[str, typer.Argument(metavar="PREFIX", help="The key's prefix, which list shows.")]

_PATH = "/api/v1/keys"


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do, besides reading; can be repeated.")],
    days: Annotated[int | None, typer.Option(min=1, max=3_650, help="Days until it expires; left out, never.")] = None,
    json: Json = False,
) -> None:
    """Make a key. It is shown once, on stdout, and only its SHA-256 is kept.

    Example: quiethire keys create "feed reader" --scope export --days 90
    """
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    wanted = {"name": name, "scopes": [each.value for each in scope]}
    run(_show("POST", _PATH, wanted | ({"expires_at": expires.isoformat()} if expires else {}), json=json))


@keys.command("list")
def list_keys(json: Json = False) -> None:
    """List the keys: what each is for, what it may do, and when it was last used (to ten minutes)."""
    run(_list(json=json))


@keys.command()
def rotate(
    prefix: Prefix,
    grace_hours: Annotated[float, typer.Option(min=0, max=720, help="Hours that the old secret is good too.")] = 24,
    json: Json = False,
) -> None:
    """Give a key a new secret, which is shown once. The prefix stays.

    Example: quiethire keys rotate k3x9q2wd --grace-hours 1
    """
    run(
        _show(
            "POST", f"{_PATH}/{quote(prefix, safe='')}/rotate", {"grace_seconds": round(grace_hours * 3_600)}, json=json
        )
    )


@keys.command()
def revoke(prefix: Prefix, json: Json = False) -> None:
    """End a key at once, for good.

    Example: quiethire keys revoke k3x9q2wd
    """
    run(_revoke(prefix, json=json))


async def _show(method: str, path: str, body: dict[str, Any], *, json: bool) -> int:
    answer = await ask_api(method, path, body=body)
    if json:
        print_json(answer)
        return DONE
    data.print(answer["secret"], markup=False, soft_wrap=True)
    talk.print(
        f"  send it as 'Authorization: Bearer …'; its prefix is {answer['key']['prefix']}; it is not shown again"
    )
    return DONE


async def _list(*, json: bool) -> int:
    answer = await ask_api("GET", _PATH)
    if json:
        print_json(answer)
        return DONE
    if not answer["keys"]:
        talk.print("  no key yet; quiethire keys create NAME --scope export makes one")
        return DONE
    data.print(_row("prefix", "scopes", "state", "last used", "name"), style="dim")
    for key in answer["keys"]:
        used = (key["last_used_at"] or "never")[:16].replace("T", " ")
        line = _row(key["prefix"], ",".join(key["scopes"]), _state(key), used, plain(key["name"]))
        data.print(line, markup=False, soft_wrap=True)
    return DONE


def _row(prefix: str, scopes: str, state: str, used: str, name: str) -> str:
    return f"  {prefix:<9} {scopes:<20} {state:<17} {used:<16} {name}"


def _state(key: dict[str, Any]) -> str:
    if key["revoked_at"]:
        return "revoked"
    if key["expires_at"] is None:
        return "good"
    over = datetime.fromisoformat(key["expires_at"]) <= datetime.now(UTC)
    return "expired" if over else f"until {key['expires_at'][:10]}"


async def _revoke(prefix: str, *, json: bool) -> int:
    await ask_api("DELETE", f"{_PATH}/{quote(prefix, safe='')}")
    if json:
        print_json({"revoked": prefix})
    else:
        data.print(f"  {prefix} is revoked", markup=False)
    return DONE
