"""Writing down who does what to whom, before it is done: which requests, in one table."""

from typing import cast
from uuid import UUID

from fastapi import Request

from quiethire.clients import Clients
from quiethire.domain.access import Scope
from quiethire.domain.journal import Deed, pseudonym_of
from quiethire.telemetry.context import request_id
from services.api.dependencies import ClientsDep
from services.api.gate.access import Caller

JOURNALED: dict[str, tuple[Deed, Scope]] = {
    "DELETE /api/v1/candidates/me": (Deed.ERASED, Scope.CANDIDATE),
    "GET /api/v1/candidates/me/export": (Deed.EXPORTED, Scope.CANDIDATE),
    "DELETE /api/v1/candidates/{candidate_id}": (Deed.ERASED, Scope.OPERATE),
    "PUT /api/v1/candidates/{candidate_id}/verified": (Deed.VERIFIED, Scope.OPERATE),
    "GET /api/v1/candidates": (Deed.PEOPLE_READ, Scope.OPERATE),
    "POST /api/v1/matches/candidate/{candidate_id}/daily": (Deed.PEOPLE_READ, Scope.OPERATE),
    "POST /api/v1/matches/job/{job_id}/candidates": (Deed.PEOPLE_READ, Scope.MATCH),
    "GET /api/v1/matches/job/{job_id}/introductions": (Deed.PEOPLE_READ, Scope.MATCH),
    "POST /api/v1/keys/{prefix}/rotate": (Deed.KEY_ROTATED, Scope.OPERATE),
    "DELETE /api/v1/keys/{prefix}": (Deed.KEY_REVOKED, Scope.OPERATE),
    "PATCH /api/v1/accounts/{account_id}": (Deed.ACCOUNT_CHANGED, Scope.OPERATE),
    "POST /api/v1/accounts/{account_id}/reset": (Deed.SECOND_FACTOR_OFF, Scope.OPERATE),
    "GET /api/v1/accounts": (Deed.PEOPLE_READ, Scope.OPERATE),
}
"""Route → what it is written down as, and what its caller must be allowed: who may not is refused, and does nothing.

What is made anew has no name before its route gives it one: `POST /api/v1/keys` and `POST /api/v1/accounts` write their lines themselves.
"""

_PEOPLE = ("candidate_id", "account_id")
_OTHERS = ("job_id", "prefix")


async def journaled(request: Request, clients: ClientsDep) -> None:
    """Write the request down, where the table says so, before its route does anything. For all routers that the table has a route of."""
    row = JOURNALED.get(f"{request.method} {request.scope['route'].path}")
    if row is None:
        return
    deed, scope = row
    # Only here: what machines watch has no caller.
    caller = cast("Caller", request.state.caller)
    if scope is Scope.CANDIDATE and caller.candidate is None:
        return
    if caller.may(scope):
        await note(clients, caller, deed, _whom(request.path_params))


async def note(clients: Clients, caller: Caller | UUID, deed: Deed, whom: str = "") -> None:
    """A line of the journal. `caller`: who does it; the person's id where they have just proved who they are.

    Raises Transient where it cannot be written: then nothing is done.
    """
    await clients.journal.add(_who(caller), deed, whom[:200], request_id() or "")


def _who(caller: Caller | UUID) -> str:
    if isinstance(caller, UUID):
        return pseudonym_of(caller)
    person = caller.account or caller.candidate
    return caller.who if person is None else pseudonym_of(person)


def _whom(parameters: dict[str, object]) -> str:
    """Of the path as it came: what is none of these names was refused before, or is no more than a word in a line."""
    for name in _PEOPLE:
        if name in parameters:
            return _pseudonym(str(parameters[name]))
    return next((f"{name}:{parameters[name]}" for name in _OTHERS if name in parameters), "").replace("\n", " ")


def _pseudonym(given: str) -> str:
    try:
        return pseudonym_of(UUID(given))
    except ValueError:
        return ""
