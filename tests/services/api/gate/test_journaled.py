"""What requests leave in the journal."""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from api_people import OPERATOR, come, operated
from fastapi import Request
from test_access import SCOPES, routes_of

from quiethire.domain.access import Scope
from quiethire.domain.errors import Transient
from quiethire.domain.journal import pseudonym_of
from services.api.app import create_app
from services.api.journal import JOURNALED, journaled

ID = UUID(int=7)
SHOWS_NOBODY = {
    "GET /api/v1/index",
    "GET /api/v1/keys",
    "POST /api/v1/matches/job/{job_id}/introductions",
    "POST /api/v1/matches/profile",
    "POST /api/v1/matches/recalculate",
}
"""What staff may do that is not written down: it tells of no person, or, as a question to one, of nobody but by their answer."""
NAMES_WHAT_IT_MAKES = {"POST /api/v1/accounts", "POST /api/v1/keys"}
"""What writes its own line, since what it makes has no name before."""
HEADERS = {"Authorization": f"Bearer {OPERATOR}"}


def deeds(clients) -> list[tuple[str, str, str]]:
    return [(line.who, line.deed, line.whom) for line in clients.journal.kept]


def test_the_table_names_routes_that_there_are(clients):
    assert set(JOURNALED) <= set(routes_of(create_app(clients)))


def test_what_staff_may_do_is_written_down_or_shows_nobody():
    staff = {route for route, scope in SCOPES.items() if scope in (Scope.OPERATE, Scope.MATCH)}
    assert staff - set(JOURNALED) == SHOWS_NOBODY | NAMES_WHAT_IT_MAKES


async def test_what_is_never_written_down_does_not_ask(clients):
    app, asked = create_app(operated(clients)), []

    async def ask(request: Request) -> None:
        asked.append(request.scope["route"].path)

    app.dependency_overrides[journaled] = ask
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        for path in ("/api/v1/search", "/api/v1/suggest?q=d", "/", "/api/v1/keys"):
            assert (await client.get(path, headers=HEADERS)).status_code == 200, path
    assert asked == ["/api/v1/keys"]


async def test_what_operators_do_is_written_down(clients, gateway):
    clients = operated(clients)
    async with gateway(clients) as client:
        made = await client.post("/api/v1/keys", json={"name": "x", "scopes": ["match"]}, headers=HEADERS)
        prefix = made.json()["key"]["prefix"]
        await client.delete(f"/api/v1/keys/{prefix}", headers={**HEADERS, "X-Request-Id": "asked-1"})
        await client.delete(f"/api/v1/candidates/{ID}", headers=HEADERS)
        await client.get("/api/v1/candidates", headers=HEADERS)
    assert deeds(clients) == [
        ("operator", "key-made", f"prefix:{prefix}"),
        ("operator", "key-revoked", f"prefix:{prefix}"),
        ("operator", "erased", pseudonym_of(ID)),
        ("operator", "people-read", ""),
    ]
    assert clients.journal.kept[1].request_id == "asked-1"


async def test_who_is_invited_is_named(clients, gateway):
    clients = operated(clients)
    async with gateway(clients) as client:
        wanted = {"email": "grace@north.example", "role": "admin"}
        made = await client.post("/api/v1/accounts", json=wanted, headers=HEADERS)
        await client.post("/api/v1/accounts", json={"role": "admin"}, headers=HEADERS)
    assert deeds(clients) == [("operator", "account-made", pseudonym_of(UUID(made.json()["account"]["id"])))]


async def test_a_persons_export_and_end_are_written_down_without_saying_who_they_are(clients, gateway):
    clients = operated(clients)
    async with gateway(clients) as client:
        person = await come(client)
        await person.ask("GET", "/export")
        await person.ask("DELETE", "")
    who = pseudonym_of(person.id)
    assert deeds(clients) == [(who, "exported", ""), (who, "erased", "")]
    assert not any(str(person.id) in str(line) for line in clients.journal.kept)


@pytest.mark.parametrize("route", sorted({*JOURNALED, *NAMES_WHAT_IT_MAKES}))
async def test_what_is_refused_leaves_no_line(clients, gateway, route):
    method, _, path = route.partition(" ")
    for name in ("candidate_id", "account_id", "job_id"):
        path = path.replace(f"{{{name}}}", str(ID))
    async with gateway(clients) as client:
        answer = await client.request(method, path.replace("{prefix}", "aaaaaaaa"))
    assert answer.status_code == 401
    assert deeds(clients) == []


async def test_what_cannot_be_written_down_is_not_done(clients, gateway):
    class Away:
        async def add(self, *_):
            raise Transient("connection refused", where="postgresql")

    clients = operated(clients)
    async with gateway(replace(clients, journal=Away())) as client:
        made = await client.post("/api/v1/keys", json={"name": "x", "scopes": ["match"]}, headers=HEADERS)
    assert made.status_code == 503
    assert await clients.keys.issued() == []
