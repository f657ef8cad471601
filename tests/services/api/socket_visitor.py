"""How the gateway answers somebody who wants to open a WebSocket."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import httpx

from quiethire.clients import Clients
from services.api.app import create_app


async def knock(clients: Clients, path: str, headers: dict[str, str]) -> httpx.Response:
    """The answer to opening one, which is 101 where it is accepted; then it is closed at once."""
    path, _, query = path.partition("?")
    given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": given,
        "subprotocols": [],
        "client": ("127.0.0.1", 1),
        # A refusal is an answer of HTTP, as from servers that can.
        "extensions": {"websocket.http.response": {}},
    }
    told = iter(("websocket.connect", "websocket.disconnect"))
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(told), "code": 1000}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async with asyncio.timeout(10):
        await create_app(clients)(scope, receive, send)
    first = sent[0]
    if first["type"] == "websocket.accept":
        return httpx.Response(101)
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return httpx.Response(first["status"], headers=first["headers"], content=body)
