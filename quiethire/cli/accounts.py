"""`quiethire accounts`: accounts of companies, recruiters and admins, made and locked through the API."""

from typing import Annotated, Any
from uuid import UUID

import typer

from quiethire.cli.find import ask_api
from quiethire.cli.output import data, plain, print_json, run, talk
from quiethire.domain.accounts import Role
from quiethire.processes import DONE

accounts = typer.Typer(
    no_args_is_help=True, help="Accounts of staff: invite one, list them, give a role, lock. Candidates make their own."
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Id = Annotated[UUID, typer.Argument(metavar="ID", help="The account's id, which list shows.")]

_PATH = "/api/v1/accounts"


@accounts.command()
def add(
    email: Annotated[str, typer.Argument(help="Whose it is.")],
    role: Annotated[Role, typer.Option(help="company, recruiter or admin.")],
    json: Json = False,
) -> None:
    """Make an account. The link by which its owner chooses a password is shown once, on stdout; it works for a day.

    Example: quiethire accounts add grace@example.com --role recruiter
    """
    run(_add(email, role, json=json))


@accounts.command("list")
def list_accounts(json: Json = False) -> None:
    """List the accounts of staff. Those of candidates are theirs alone."""
    run(_list(json=json))


@accounts.command()
def role(account: Id, role: Annotated[Role, typer.Argument(help="The new one.")], json: Json = False) -> None:
    """Give an account another role, at once.

    Example: quiethire accounts role 4f2c9a51-0f5e-4c3e-9a55-1f0f4a0c8a11 admin
    """
    run(_change(account, {"role": role.value}, json=json))


@accounts.command()
def lock(
    account: Id,
    undo: Annotated[bool, typer.Option("--undo", help="Unlock it.")] = False,
    json: Json = False,
) -> None:
    """Lock an account and end its sessions, at once.

    Example: quiethire accounts lock 4f2c9a51-0f5e-4c3e-9a55-1f0f4a0c8a11
    """
    run(_change(account, {"locked": not undo}, json=json))


@accounts.command()
def reset(account: Id, json: Json = False) -> None:
    """Let somebody begin anew who lost the app and the codes: password, second factor and sessions end, and a new link is shown once.

    Example: quiethire accounts reset 4f2c9a51-0f5e-4c3e-9a55-1f0f4a0c8a11
    """
    run(_reset(account, json=json))


async def _add(email: str, role: Role, *, json: bool) -> int:
    return _invited(await ask_api("POST", _PATH, body={"email": email, "role": role.value}), json=json)


async def _reset(account: UUID, *, json: bool) -> int:
    return _invited(await ask_api("POST", f"{_PATH}/{account}/reset"), json=json)


def _invited(answer: dict[str, Any], *, json: bool) -> int:
    if json:
        print_json(answer)
        return DONE
    data.print(answer["link"], markup=False, soft_wrap=True)
    talk.print(f"  hand it to its owner; the account is {answer['account']['id']}; the link is not shown again")
    return DONE


async def _list(*, json: bool) -> int:
    answer = await ask_api("GET", _PATH)
    if json:
        print_json(answer)
        return DONE
    if not answer["accounts"]:
        talk.print("  no account of staff yet; quiethire accounts add ADDRESS --role recruiter makes one")
        return DONE
    data.print(_row("id", "role", "state", "address"), style="dim")
    for one in answer["accounts"]:
        data.print(_line(one["account"], one["email"]), markup=False, soft_wrap=True)
    return DONE


async def _change(account: UUID, change: dict[str, Any], *, json: bool) -> int:
    answer = await ask_api("PATCH", f"{_PATH}/{account}", body=change)
    if json:
        print_json(answer)
    else:
        data.print(_line(answer, ""), markup=False, soft_wrap=True)
    return DONE


def _line(account: dict[str, Any], email: str) -> str:
    state = f"locked {account['locked_at'][:10]}" if account["locked_at"] else "good"
    return _row(account["id"], account["role"], state, plain(email)).rstrip()


def _row(account: str, role: str, state: str, email: str) -> str:
    return f"  {account:<36} {role:<9} {state:<17} {email}"
