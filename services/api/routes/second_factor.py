"""The second factor of an account: /api/v1/auth/second-factor."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, StringConstraints

from quiethire.domain.base import Model
from services.api.accounts.accounts import AccountsDep
from services.api.gate.access import CallerDep
from services.api.routes.auth import HalfMine, Mine, Secret

router = APIRouter(prefix="/api/v1/auth", tags=["accounts"])

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]

_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  the documents' example
_URI = f"otpauth://totp/QuietHire:ada%40example.com?secret={_SECRET}&issuer=QuietHire"


class Beginning(Model):
    """Who begins knows the password."""

    password: Secret = Field(examples=["correct horse battery"])


class Begun(Model):
    """What the app needs; it counts once a code of it was shown."""

    model_config = ConfigDict(json_schema_extra={"example": {"secret": _SECRET, "uri": _URI}})

    secret: str
    uri: str
    """The same as an `otpauth:` address, which apps read as a QR code."""


class Shown(Model):
    """A code of the app, or one of those for who lost it."""

    code: Code = Field(examples=["492039"])


class Confirmed(Model):
    """Codes for who lost the app, each good once; they are shown this once."""

    model_config = ConfigDict(json_schema_extra={"example": {"recovery_codes": ["7f3k-92mq-x1zd", "c8vn-4t6w-p0re"]}})

    recovery_codes: tuple[str, ...]


class SwitchedOff(Model):
    """Password and code."""

    password: Secret = Field(examples=["correct horse battery"])
    code: Code = Field(examples=["492039"])


@router.post("/second-factor", status_code=201)
async def begin_second_factor(given: Beginning, mine: Mine, caller: CallerDep, accounts: AccountsDep) -> Begun:
    """Begin a second factor: enter the secret into an app, then confirm it by a code."""
    secret, uri = await accounts.second.begin(mine, given.password, caller.who)
    return Begun(secret=secret, uri=uri)


@router.put("/second-factor")
async def confirm_second_factor(given: Shown, mine: Mine, caller: CallerDep, accounts: AccountsDep) -> Confirmed:
    """Confirm it: from now on every session has to show a code, and this one has."""
    return Confirmed(recovery_codes=await accounts.second.confirm(mine, given.code, caller.session, caller.who))


@router.delete("/second-factor", status_code=204)
async def end_second_factor(given: SwitchedOff, mine: Mine, caller: CallerDep, accounts: AccountsDep) -> Response:
    """Switch it off. Staff can do nothing as such without one."""
    await accounts.second.end(mine, given.password, given.code, caller.who)
    return Response(status_code=204)


@router.post("/code", status_code=204)
async def show_code(given: Shown, mine: HalfMine, caller: CallerDep, accounts: AccountsDep) -> Response:
    """Show a code, after signing in to an account that asks for one: until then its session may do nothing else."""
    await accounts.second.show(mine, given.code, caller.session, caller.who)
    return Response(status_code=204)
