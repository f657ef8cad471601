"""What a person is told while they look: as server-sent events, and over a WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from quiethire.clients import Clients
from quiethire.domain.access import Scope
from quiethire.domain.errors import QuietHireError
from quiethire.domain.notifications import Notification
from services.api.dependencies import ClientsDep
from services.api.gate.access import Caller, CallerDep, Keyring, authorization_of, own_candidate, require
from services.api.people.notifications import SUBPROTOCOL, Again, Streams, as_event, as_message, follow, last_seen
from services.api.problems import socket_problem

router = APIRouter(prefix="/api/v1/candidates/me", tags=["candidates"])

_RETRY = b"retry: 2000\n\n"
_LAST = "1795168800000-0"
_NOT_BUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_TRY_AGAIN = 1013
"""A close code of the registry of RFC 6455."""


@router.get(
    "/stream",
    dependencies=[Depends(require(Scope.CANDIDATE))],
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "One event a notification, each with its id."}
    },
)
async def stream(
    request: Request,
    caller: CallerDep,
    clients: ClientsDep,
    last_event_id: Annotated[str | None, Header(examples=[_LAST])] = None,
    after: Annotated[
        str | None, Query(max_length=40, examples=[_LAST], description="As Last-Event-ID, for who cannot send it.")
    ] = None,
) -> StreamingResponse:
    """Notifications as server-sent events: those behind `Last-Event-ID`, then each as it comes.

    Ends after ten minutes, and with the key or session that it began with.
    """
    return await event_stream(request, clients, own_candidate(caller), last_event_id or after, _again(request))


async def event_stream(
    request: Request, clients: Clients, person: UUID, after: str | None, again: Again
) -> StreamingResponse:
    """The stream of a person's notifications, behind this id."""
    streams = cast("Streams", request.app.state.streams)
    following = follow(streams, clients.cache, person, last_seen(after), again)
    # A stream that cannot begin is a problem with a status, not an empty stream.
    await anext(following)
    return StreamingResponse(_events(following), media_type="text/event-stream", headers=_NOT_BUFFERED)


def _again(asked: HTTPConnection) -> Again:
    """Whom the key that came along speaks for, asked anew."""
    keyring = cast("Keyring", asked.app.state.keyring)
    return partial(keyring.caller, authorization_of(asked.scope))


async def _events(following: AsyncGenerator[Notification | None, None]) -> AsyncIterator[bytes]:
    async with aclosing(following):
        yield _RETRY
        async for told in following:
            yield as_event(told)


@router.websocket("/notifications")
async def notifications(socket: WebSocket, after: str | None = None) -> None:
    """The same over a WebSocket: `{"id", "notification"}` a message, `{"type": "alive"}` as a sign of life.

    The gateway has read the key: from `Authorization`, or for browsers from the subprotocol `quiethire.key.<key>`.
    """
    clients = cast("Clients", socket.app.state.clients)
    caller = cast("Caller", socket.state.caller)
    try:
        await require(Scope.CANDIDATE)(caller, None)
        following = follow(
            socket.app.state.streams, clients.cache, own_candidate(caller), last_seen(after), _again(socket)
        )
        await anext(following)
    except (QuietHireError, HTTPException) as error:
        await socket_problem(socket.scope, error)(socket.scope, socket.receive, socket.send)
        return
    async with aclosing(following):
        chosen = next((name for name in socket.scope["subprotocols"] if name == SUBPROTOCOL), None)
        await socket.accept(subprotocol=chosen)
        await _send(socket, following)


async def _send(socket: WebSocket, following: AsyncGenerator[Notification | None, None]) -> None:
    """Until the stream ends or the reader goes. What the reader sends means nothing here."""
    sending = asyncio.create_task(_send_all(socket, following))
    hearing = asyncio.create_task(_until_gone(socket))
    done, left = await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    if sending in done and await sending:
        await socket.close(_TRY_AGAIN, "Come again with the id of your last notification.")


async def _send_all(socket: WebSocket, following: AsyncGenerator[Notification | None, None]) -> bool:
    """Whether the reader is still there at the end."""
    try:
        async for told in following:
            await socket.send_text(as_message(told).decode())
    except (WebSocketDisconnect, RuntimeError):
        return False  # Gone in the middle of a message.
    return True


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
