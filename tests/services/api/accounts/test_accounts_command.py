"""`quiethire accounts`, as it is typed, over a gateway on a socket."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from account_holders import PASSWORD
from api_people import operated
from api_terminal import terminal_of

GRACE = "grace@north.example"


@pytest.fixture
def house(clients):
    return operated(clients)


async def test_staff_is_invited_signs_in_is_listed_gets_another_role_and_is_locked(house, gateway, tmp_path):
    async with terminal_of(house, tmp_path, "accounts") as terminal, gateway(house) as api:
        assert "no account of staff yet" in (await terminal.type("list")).err
        added = await terminal.type("add", GRACE, "--role", "recruiter")
        assert (added.code, GRACE in added.err) == (0, False), added.err
        link = urlsplit(added.out.strip())
        assert f"{link.scheme}://{link.netloc}" == terminal.url
        body = {"link": parse_qs(link.query)["link"][0], "password": PASSWORD}
        assert (await api.post("/api/v1/auth/password/reset", json=body)).status_code == 204
        assert await signed_in(api) == 200

        who = re.search(r"the account is ([0-9a-f-]{36});", added.err)[1]
        assert " company " in (await terminal.type("role", who, "company")).out
        assert " locked " in (await terminal.type("lock", who)).out
        assert await signed_in(api) == 401
        assert json.loads((await terminal.type("lock", who, "--undo", "--json")).out)["locked_at"] is None
        assert await signed_in(api) == 200
        shown = (await terminal.type("list")).out
        assert [word in shown for word in (who, "company", "good", GRACE)] == [True] * 4


async def test_who_lost_app_and_codes_gets_a_link_as_at_first(house, gateway, tmp_path):
    async with terminal_of(house, tmp_path, "accounts") as terminal, gateway(house) as api:
        added = await terminal.type("add", GRACE, "--role", "recruiter", "--json")
        who = json.loads(added.out)["account"]["id"]
        reset = await terminal.type("reset", who)
        assert (reset.code, who in reset.err) == (0, True), reset.err
        body = {"link": parse_qs(urlsplit(reset.out.strip()).query)["link"][0], "password": PASSWORD}
        assert (await api.post("/api/v1/auth/password/reset", json=body)).status_code == 204
        assert await signed_in(api) == 200


async def signed_in(api) -> int:
    return (await api.post("/api/v1/auth/sign-in", json={"email": GRACE, "password": PASSWORD})).status_code


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", GRACE, "--role", "candidate"), 2, "candidates join by themselves"),
        (("add", "grace", "--role", "admin"), 2, "email"),
        (("lock", "00000000-0000-0000-0000-000000000001"), 1, "no such account"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(house, tmp_path, words, code, told):
    async with terminal_of(house, tmp_path, "accounts") as terminal:
        ended = await terminal.type(*words)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err
    assert await house.accounts.staff() == []
