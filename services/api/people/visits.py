"""Who opens our pages: a session that a cookie holds, and the forms that may act for it.

A session is one of an account, or a key of the person's own with an end: it is kept as a digest, ends with the person, stands in
their export, and works in every process. The key that they keep themselves is in no cookie, and no key is in any address. A cookie of nobody in
particular holds random letters; they change with signing in, so that nobody can be given a session to sign in with.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from quiethire.clients import Clients
from quiethire.domain.access import digest_of, is_key, personal_key
from quiethire.domain.acting import act_for
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput
from services.api.accounts.sessions import Sessions, SessionsDep, is_browser_secret
from services.api.dependencies import ClientsDep
from services.api.gate.access import Caller, Keyring, KeyringDep, Unauthorized
from services.api.gate.cookies import Cookie, is_secure
from services.api.gate.forms import Form, read_form

LASTS = timedelta(days=30)
COOKIE = Cookie("quiethire_visit", int(LASTS.total_seconds()), "strict")
_PATH = "/matches"


@dataclass(frozen=True)
class Visit:
    """One cookie, and whom it speaks for."""

    secret: str
    secure: bool
    is_new: bool = False
    caller: Caller | None = None
    candidate: Candidate | None = None

    @property
    def token(self) -> str:
        """What each form of this visit carries: other sites can send forms here, but cannot know it."""
        return hmac.new(self.secret.encode(), b"form", "sha256").hexdigest()

    def kept(self, response: Response) -> None:
        """Have the browser keep the cookie."""
        COOKIE.keep(response, self.secret, secure=self.secure)

    def forgotten(self, response: Response) -> None:
        """Have the browser drop the cookie."""
        COOKIE.drop(response, secure=self.secure)


async def caller_of(secret: str, keyring: Keyring, sessions: Sessions) -> Caller:
    """Whom the secret of a cookie speaks for now. Raises Unauthorized where its session has ended."""
    if is_browser_secret(secret):
        return await sessions.of_browser(secret)
    return await keyring.caller(f"Bearer {secret}")


async def _visit(request: Request, clients: ClientsDep, keyring: KeyringDep, sessions: SessionsDep) -> Visit:
    secure = is_secure(request, clients)
    secret = COOKIE.of(request, secure=secure)
    of_account = is_browser_secret(secret)
    if of_account or is_key(secret):
        try:
            caller = await caller_of(secret, keyring, sessions)
        except Unauthorized:
            secret = ""  # It has ended: whoever comes with it is asked for their key again.
        else:
            candidate = await clients.candidates.get(caller.candidate) if caller.candidate else None
            if candidate is not None or of_account:
                return Visit(secret, secure, caller=caller, candidate=candidate)
            secret = ""
    if len(secret) != 43:
        return Visit(secrets.token_urlsafe(32), secure, is_new=True)
    return Visit(secret, secure)


VisitDep = Annotated[Visit, Depends(_visit)]


@dataclass(frozen=True)
class Mine:
    """A visit of somebody whom we know."""

    visit: Visit
    caller: Caller
    candidate: Candidate


class SignInFirst(Exception):
    """There is no session: the way leads to where one begins."""

    def __init__(self, path: str = _PATH) -> None:
        self.path = path


async def lead_to_sign_in(_: Request, error: Exception) -> Response:
    """The answer to `SignInFirst`."""
    path = error.path if isinstance(error, SignInFirst) else _PATH
    return RedirectResponse(path, 303, headers={"Cache-Control": "no-store"})


async def _mine(visit: VisitDep) -> Mine:
    if visit.caller is None or visit.candidate is None:
        raise SignInFirst
    act_for(visit.candidate.id)
    return Mine(visit, visit.caller, visit.candidate)


MineDep = Annotated[Mine, Depends(_mine)]


async def checked_form(request: Request, visit: VisitDep) -> Form:
    """The form of a request. Raises InvalidInput for one that none of our pages made for this visit."""
    form = await read_form(request)
    if not hmac.compare_digest(form.text("token").encode(), visit.token.encode()):
        raise InvalidInput("this form is out of date", where="form", hint="load its page anew and send it again")
    return form


FormDep = Annotated[Form, Depends(checked_form)]
"""A form that one of our own pages made for this visit."""


async def begin(clients: Clients, before: Visit, candidate: Candidate) -> Visit:
    """A session of a candidate."""
    key, secret = personal_key(candidate.id, name="browser", now=datetime.now(UTC), lasts=LASTS)
    await clients.keys.add(key, digest_of(secret))
    return Visit(secret, before.secure, candidate=candidate)


async def owner_of(clients: Clients, keyring: Keyring, key: str) -> Candidate:
    """Whom a key speaks for. Raises InvalidInput for a key of nobody, and for an access token: what it began would outlast its session."""
    try:
        caller = await keyring.caller(f"Bearer {key}")
    except HTTPException as error:
        raise InvalidInput(str(error.detail).rstrip("."), where="key") from error
    if caller.candidate is None or caller.key is None:
        raise InvalidInput("This is no candidate's API key", where="key")
    # Nothing is done for them yet: an account of theirs must not be one of an address that somebody else has.
    found = await clients.candidates.get(caller.candidate)
    if found is None:
        raise InvalidInput("nothing is kept any more of whom this key spoke for", where="key")
    return found


async def end(clients: Clients, keyring: Keyring, mine: Mine) -> None:
    """Sign out: the cookie opens nothing any more, wherever it was copied to."""
    now, caller = datetime.now(UTC), mine.caller
    if caller.key is not None:
        await clients.keys.revoke(caller.key, now)
    if caller.account is not None:
        await clients.accounts.end(caller.account, now, only=caller.session)
    keyring.forget()
