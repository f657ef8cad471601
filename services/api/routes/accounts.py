"""Accounts of staff: /api/v1/accounts, for operators. Candidates make theirs themselves, and are not listed."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from quiethire.domain.access import Scope
from quiethire.domain.accounts import Account, Role
from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, InvalidInput
from services.api.accounts.accounts import AccountsDep
from services.api.examples import shown
from services.api.gate.access import CallerDep, require
from services.api.gate.once import ONCE
from services.api.people.candidates import MailAddress
from services.api.site import SiteDep

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"], dependencies=[Depends(require(Scope.OPERATE))])

_ID = "7c3a9f10-2b4d-4e6f-8a91-0c1d2e3f4a5b"
_ACCOUNT: JsonDict = {
    "id": _ID,
    "role": "recruiter",
    "created_at": "2026-11-01T09:30:00Z",
    "locked_at": None,
    "second_factor": True,
}
_LINK = "https://quiethire.example/account/reset?link=ql_4pXl0hPXO5iMGm5PSBbYYIoFhGv2qWqBv6aSxD1oC5k"

AccountId = Annotated[UUID, Path(examples=[_ID], description="The account's id.")]


class NewAccount(Model):
    """Who is invited, and as what."""

    email: MailAddress = Field(examples=["grace@example.com"])
    role: Role = Field(examples=["recruiter"])


class Invited(Model):
    """The account, and the link by which its owner chooses a password: it works once, for a day, and is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"account": {**_ACCOUNT, "second_factor": False}, "link": _LINK}}
    )

    account: Account
    link: str


class StaffAccount(Model):
    """An account of staff."""

    account: Account
    email: str


class StaffAccounts(Model):
    """All of them, the oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"accounts": [{"account": _ACCOUNT, "email": "grace@example.com"}]}}
    )

    accounts: tuple[StaffAccount, ...]


class AccountChange(Model):
    """What is to be otherwise; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"role": "company", "locked": False}})

    role: Role | None = None
    locked: bool | None = None


@router.post("", status_code=201, dependencies=[ONCE])
async def invite(new: NewAccount, caller: CallerDep, accounts: AccountsDep, site: SiteDep) -> Invited:
    """Make an account for a company, a recruiter or an admin. Hand its owner the link."""
    if new.role is Role.CANDIDATE:
        raise InvalidInput("candidates join by themselves", where="role", hint="company, recruiter or admin")
    account, path = await accounts.invite(new.email, new.role, caller)
    return Invited(account=account, link=f"{site}{path}")


@router.get("")
async def list_accounts(accounts: AccountsDep) -> StaffAccounts:
    """List the accounts of staff. Those of candidates are theirs alone."""
    found = await accounts.clients.accounts.staff()
    return StaffAccounts(accounts=tuple(StaffAccount(account=account, email=email) for account, email in found))


@router.post("/{account_id}/reset", dependencies=[ONCE])
async def reset_account(account_id: AccountId, accounts: AccountsDep, site: SiteDep) -> Invited:
    """Take password and second factor from an account of staff whose owner lost app and codes, and end its sessions. Hand them the link."""
    account, path = await accounts.invite_anew(account_id)
    return Invited(account=account, link=f"{site}{path}")


@router.patch("/{account_id}", responses=shown({**_ACCOUNT, "role": "company"}))
async def change_account(account_id: AccountId, change: AccountChange, accounts: AccountsDep) -> Account:
    """Give an account of staff another role; lock or unlock one. Locking ends its sessions; all holds everywhere within five seconds."""
    store = accounts.clients.accounts
    account = await store.get(account_id)
    if change.role is not None:
        account = await accounts.change_role(account_id, change.role)
    if change.locked is not None:
        account = await store.set_lock(account_id, datetime.now(UTC) if change.locked else None)
    accounts.sessions.forget()
    if account is None:
        raise Gone("There is no such account.")
    return account
