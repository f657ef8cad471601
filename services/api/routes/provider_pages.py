"""Signing in by way of a provider: there, and back."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from quiethire.domain.errors import InvalidInput
from services.api.accounts.accounts import AccountsDep
from services.api.accounts.providers import Attempt, Provider, ProvidersDep, identity_of, way_there
from services.api.accounts.turnstile import SIGN_IN, pass_through
from services.api.gate.access import AddressDep
from services.api.gate.cookies import Cookie
from services.api.pages.visited import PRIVATE
from services.api.people.visits import VisitDep
from services.api.routes.account_pages import begun_page
from services.api.site import SiteDep

router = APIRouter(prefix="/account/with", include_in_schema=False, default_response_class=HTMLResponse)

COOKIE = Cookie("quiethire_way", 600, "lax")
"""For the way there and back, of which the second half begins at another site."""

Given = Annotated[str, Query(max_length=2_000)]


@router.get("/{provider}")
async def set_out(provider: str, providers: ProvidersDep, visit: VisitDep, site: SiteDep) -> Response:
    """To the provider. Nothing happens but that the browser is given a secret to come back with."""
    known = _known(providers, provider)
    attempt = Attempt(secrets.token_urlsafe(32), known.name)
    there = RedirectResponse(way_there(known, attempt, _back(site, known)), 303, headers=PRIVATE)
    COOKIE.keep(there, attempt.secret, secure=visit.secure)
    return there


@router.get("/{provider}/back")
async def come_back(
    provider: str,
    *,
    request: Request,
    providers: ProvidersDep,
    visit: VisitDep,
    address: AddressDep,
    accounts: AccountsDep,
    site: SiteDep,
    code: Given = "",
    state: Given = "",
) -> Response:
    """From the provider, with a code that only this browser can use, once."""
    known = _known(providers, provider)
    await pass_through(accounts.clients.cache, SIGN_IN, address)
    secret = COOKIE.of(request, secure=visit.secure)
    if not (secret and code and state):
        raise InvalidInput("this way was not begun here, or was given up", where=known.name, hint="sign in anew")
    identity = await identity_of(known, Attempt(secret, known.name), _back(site, known), code, state)
    page = await begun_page(accounts, visit, await accounts.by_provider(identity))
    COOKIE.drop(page, secure=visit.secure)
    return page


def _known(providers: dict[str, Provider], name: str) -> Provider:
    if name not in providers:
        raise HTTPException(404, "Not Found")
    return providers[name]


def _back(site: str, provider: Provider) -> str:
    return f"{site}/account/with/{provider.name}/back"
