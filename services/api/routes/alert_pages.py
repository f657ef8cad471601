"""Alerts for people: saving a search, confirming it, pausing, changing and leaving, and the secret feed.

No page keeps who somebody is: the secret token in the address of an e-mail is all there is, and each POST carries it in its
address. So no other site can make a browser do anything here that it could not do itself. Nothing happens on GET: mail scanners
follow every link.
"""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, BackgroundTasks, HTTPException, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import QueryParams

from quiethire.domain.alerts import AlertStatus, Channel, Frequency, SavedSearch
from quiethire.domain.errors import InvalidInput
from services.alerts.mail import email_address
from services.api.dependencies import ClientsDep
from services.api.gate.conditional import etag_of
from services.api.gate.forms import read_form
from services.api.pages.render import render
from services.api.pages.search_view import page_query, search_url
from services.api.publishing.feeds import MEDIA_TYPES, Entry, Feed, FeedFormat, render_feed
from services.api.publishing.saved_searches import (
    PAGE_OWNER,
    confirmed,
    end,
    name_of,
    need_mail,
    new_search,
    paused,
    save_and_ask,
    send_question,
)
from services.api.search.parameters import SearchParameters
from services.api.site import SiteDep

router = APIRouter(prefix="/alerts", include_in_schema=False, default_response_class=HTMLResponse)

Token = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{43}$")]
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_GONE = "This alert does not exist any more. Its link may be mistyped, or it was deleted."


@router.get("/new")
async def new_alert(request: Request, clients: ClientsDep) -> HTMLResponse:
    """The form; the search is in its address, as the search page writes it."""
    return _form(page_query(request.query_params), clients)


@router.post("")
async def create_alert(request: Request, clients: ClientsDep, later: BackgroundTasks) -> HTMLResponse:
    """Save a search and ask its address. The answer is the same for every address."""
    form = await read_form(request)
    parameters = page_query(QueryParams(list(form.fields)))
    need_mail(clients)
    frequency = _frequency(form.text("frequency") or Frequency.DAILY)
    try:
        address = email_address(form.text("email"))
    except InvalidInput:
        return _form(parameters, clients, email=form.text("email"), frequency=frequency, status=400)
    search, _ = new_search(parameters, channel=Channel.EMAIL, frequency=frequency, owner=PAGE_OWNER, address=address)
    if await save_and_ask(clients, search):
        later.add_task(send_question, clients, search)
    back = search_url(parameters.unpaged())
    return _page("alert_sent.html", address=address, name=search.name, search_url=back)


@router.get("/feeds/{token}.{format}", response_class=Response)
async def alert_feed(token: Token, format: FeedFormat, clients: ClientsDep, site: SiteDep) -> Response:
    """Exactly what an alert told, the last first. Its reader may keep it, and asks whether it is still good."""
    search = await clients.alerts.by_token(token)
    if search is None or search.channel is not Channel.FEED:
        raise HTTPException(404, _GONE)
    told = await clients.alerts.alerts(search.id)
    rows = await clients.postings.known([alert.posting.id for alert in told])
    feed = Feed(
        title=f"QuietHire: {search.name}",
        page_url=f"{site}{_search_url(search)}",
        feed_url=f"{site}/alerts/feeds/{token}.{format.value}",
        search=str(search.id),
        entries=tuple(Entry.of(rows[alert.posting.id], site) for alert in told if alert.posting.id in rows),
        asked_at=datetime.now(UTC),
    )
    body = render_feed(feed, format)
    known_by = {"Cache-Control": "private, no-cache", "ETag": etag_of(body).decode(), "X-Robots-Tag": "noindex"}
    return Response(body, media_type=MEDIA_TYPES[format], headers=known_by)


@router.get("/{token}")
async def manage_page(token: Token, clients: ClientsDep) -> HTMLResponse:
    """Where an alert is confirmed, paused, changed and deleted."""
    search = await _by_token(token, clients)
    page = "alert_confirm.html" if search.status is AlertStatus.UNCONFIRMED else "alert_manage.html"
    return _page(page, search=search, search_url=_search_url(search), token=token)


@router.post("/{token}")
async def manage(token: Token, request: Request, clients: ClientsDep) -> Response:
    """Do what a button says, and show the page anew."""
    search = await _by_token(token, clients)
    action = (await read_form(request)).text("action")
    if action == "delete":
        await end(clients, search)
        return _done(search)
    changed = _changed(search, action)
    if changed != search:
        await clients.alerts.change(changed, search)
    return RedirectResponse(f"/alerts/{token}", 303, headers=_PRIVATE)


@router.get("/{token}/unsubscribe")
async def unsubscribe_page(token: Token, clients: ClientsDep) -> HTMLResponse:
    """A button: who only looks leaves everything as it is."""
    search = await _by_token(token, clients)
    return _page("alert_unsubscribe.html", search=search, token=token)


@router.post("/{token}/unsubscribe")
async def unsubscribe(token: Token, clients: ClientsDep) -> HTMLResponse:
    """One click (RFC 8058), by the button or by the mail program. Asked twice, it is done once and said twice."""
    search = await clients.alerts.by_token(token)
    if search is not None and search.channel is Channel.EMAIL:
        await end(clients, search)
    return _done(search)


def _changed(search: SavedSearch, action: str) -> SavedSearch:
    if search.status is AlertStatus.UNCONFIRMED and action != "confirm":
        return search
    if action in ("confirm", "resume"):
        return search if search.status is AlertStatus.ACTIVE else confirmed(search)
    if action == "pause":
        return paused(search)
    if action in tuple(Frequency):
        return search.model_copy(update={"frequency": Frequency(action)})
    raise InvalidInput("is no action", where="action", hint="confirm, pause, resume, instant, daily or delete")


def _frequency(asked: str) -> Frequency:
    if asked not in tuple(Frequency):
        raise InvalidInput("is no frequency", where="frequency", hint="instant or daily")
    return Frequency(asked)


async def _by_token(token: str, clients: ClientsDep) -> SavedSearch:
    search = await clients.alerts.by_token(token)
    if search is None or search.channel is not Channel.EMAIL:
        raise HTTPException(404, _GONE)
    return search


def _form(
    parameters: SearchParameters,
    clients: ClientsDep,
    email: str | None = None,
    frequency: Frequency = Frequency.DAILY,
    status: int = 200,
) -> HTMLResponse:
    search = parameters.whole()
    return _page(
        "alert_new.html",
        status,
        name=name_of(search),
        whole=search == SearchParameters(),
        fields=tuple(parse_qsl(search_url(search).partition("?")[2])),
        search_url=search_url(search),
        feed_url=search_url(search, "/feeds/search.atom"),
        configured=clients.mailer.configured,
        email=email or "",
        frequency=frequency,
        wrong=email is not None,
    )


def _done(search: SavedSearch | None) -> HTMLResponse:
    is_digest = search is not None and search.is_digest
    return _page("alert_done.html", search_url=_search_url(search) if search else "/", is_digest=is_digest)


def _search_url(search: SavedSearch) -> str:
    return search_url(SearchParameters.model_validate_json(search.parameters))


def _page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(render(template, **values), status, headers=_PRIVATE)
