"""What somebody does with their own account is done for them alone: the database shows nobody else's rows meanwhile."""

from dataclasses import replace

import pytest
from account_holders import AUTH, EMAIL, PASSWORD, bearer, code_of, join, switched_on
from page_visitor import Browser

from quiethire.domain.acting import acting_for

BEFORE = {"session", "by_secret", "used"}
"""They find out whom a session speaks for."""


class Watched:
    """A store that remembers what it was asked, and for whom."""

    def __init__(self, store):
        self._store = store
        self.asked = []

    def __getattr__(self, name):
        method = getattr(self._store, name)

        async def asked(*given, **named):
            if name not in BEFORE:
                self.asked.append((name, acting_for()))
            return await method(*given, **named)

        return asked


@pytest.fixture
def watched(clients):
    return Watched(clients.accounts)


@pytest.fixture
def whole(clients, outbox, watched):
    return replace(clients, accounts=watched, mailer=outbox)


async def test_every_route_of_ones_own_account_acts_for_its_owner(whole, gateway, watched, outbox):
    async with gateway(whole) as api:
        tokens = await join(api, outbox)
        [(who, _)] = watched._store._accounts.values()
        watched.asked.clear()
        secret, _ = await switched_on(api, tokens)
        for method, path, body in (
            ("GET", "me", None),
            ("GET", "sessions", None),
            ("DELETE", "sessions", None),
            ("PUT", "password", {"password": PASSWORD, "new_password": "another horse battery"}),
            ("POST", "code", {"code": code_of(secret)}),
            ("DELETE", "second-factor", {"password": "another horse battery", "code": code_of(secret, 1)}),
            ("POST", "sign-out", None),
        ):
            answer = await api.request(method, f"{AUTH}/{path}", json=body, headers=bearer(tokens))
            assert answer.status_code in {200, 204}, answer.text
    assert {"change", "credentials", "end", "get", "passed", "sessions"} <= {name for name, _ in watched.asked}
    assert {person for _, person in watched.asked} == {who.id}


async def test_an_account_that_is_added_to_a_profile_is_compared_with_everybodys(whole, gateway, watched, outbox):
    async with gateway(whole) as api:
        came = (await api.post("/api/v1/candidates", json={"name": "Ada"})).json()
        await join(api, outbox, key=came["secret"], name="")
    assert [person for name, person in watched.asked if name == "add"] == [None]


async def test_so_does_every_page_of_it(whole, gateway, watched, outbox):
    async with gateway(whole) as api:
        tokens = await join(api, outbox)
        secret, _ = await switched_on(api, tokens)
        [(who, _)] = watched._store._accounts.values()
        browser = Browser(api)
        await browser.open("/account/sign-in")
        await browser.send("/account/sign-in", email=EMAIL, password=PASSWORD)
        watched.asked.clear()
        await browser.send("/account/code", code=code_of(secret))
        await browser.open("/account")
        await browser.send("/account/password", 400, old="wrong horse battery", password=PASSWORD)
        await browser.send("/account/sessions/end", session="others")
        await browser.open("/account/second-factor")
        await browser.send("/account/sign-out")
    assert {"change", "credentials", "end", "get", "passed", "sessions"} <= {name for name, _ in watched.asked}
    assert {person for _, person in watched.asked} == {who.id}
