"""Accounts over the API: joining, signing in, tokens, sessions and passwords."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from account_holders import AUTH, EMAIL, PASSWORD, bearer, join, sign_in
from argon2 import PasswordHasher

from quiethire.domain.accounts import Session
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.settings import Settings
from services.api.accounts.mailed_links import make_link
from services.api.accounts.tokens import Tokens


async def test_joining_makes_a_candidate_with_an_account_who_is_signed_in(api, whole, outbox):
    tokens = await join(api, outbox)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    me = (await api.get("/api/v1/candidates/me", headers=bearer(tokens))).json()
    assert (me["name"], me["email"]) == ("Ada", EMAIL)
    mine = (await api.get(f"{AUTH}/me", headers=bearer(tokens))).json()
    assert (mine["id"], mine["role"], mine["email"]) == (me["id"], "candidate", EMAIL)
    assert "no-store" in (await api.get(f"{AUTH}/me", headers=bearer(tokens))).headers["Cache-Control"]


async def test_nothing_is_kept_of_an_address_that_did_not_prove_itself(api, whole, outbox):
    await api.post(f"{AUTH}/register", json={"email": EMAIL})
    assert await whole.accounts.by_address(EMAIL) is None
    assert await whole.candidates.page(limit=9) == []
    [(_, link)] = whole.accounts._links.items()
    assert EMAIL.encode() not in link[0]


async def test_a_link_works_once_and_a_wrong_one_not_at_all(api, outbox):
    await join(api, outbox)
    link = outbox.link("/account/join")
    for token in (link, "ql_" + "x" * 43, "x"):
        body = {"link": token, "password": PASSWORD, "name": "Eve"}
        answer = await api.post(f"{AUTH}/verify", json=body)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "invalid-request")


async def test_an_outage_leaves_the_link_good_and_nobody_behind(api, whole, outbox, monkeypatch):
    await api.post(f"{AUTH}/register", json={"email": EMAIL})
    body = {"link": outbox.link("/account/join"), "password": PASSWORD, "name": "Ada"}

    async def away(*_, **__):
        raise Transient("connection refused", where="postgresql")

    with monkeypatch.context() as broken:
        broken.setattr(whole.accounts, "add", away)
        assert (await api.post(f"{AUTH}/verify", json=body)).status_code == 503
    assert await whole.candidates.page(limit=9) == []
    assert (await api.post(f"{AUTH}/verify", json=body)).status_code == 201

    await api.post(f"{AUTH}/password/forgotten", json={"email": EMAIL})
    body = {"link": outbox.link("/account/reset"), "password": "another horse battery"}
    with monkeypatch.context() as broken:
        broken.setattr(whole.accounts, "change", away)
        assert (await api.post(f"{AUTH}/password/reset", json=body)).status_code == 503
    assert (await api.post(f"{AUTH}/password/reset", json=body)).status_code == 204
    assert (await api.post(f"{AUTH}/password/reset", json=body)).status_code == 400
    await sign_in(api, password="another horse battery")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "A\u202eda", "123"])
async def test_who_joins_is_called_by_a_name(api, outbox, name):
    await api.post(f"{AUTH}/register", json={"email": EMAIL})
    body = {"link": outbox.link("/account/join"), "password": PASSWORD}
    assert (await api.post(f"{AUTH}/verify", json={**body, "name": name})).status_code == 400
    assert (await api.post(f"{AUTH}/verify", json={**body, "name": "Ada"})).status_code == 201


async def test_a_link_is_over_after_half_an_hour(api, whole, outbox, monkeypatch):
    monkeypatch.setattr(make_link, "__defaults__", (timedelta(0),))
    await api.post(f"{AUTH}/register", json={"email": EMAIL})
    body = {"link": outbox.link("/account/join"), "password": PASSWORD, "name": "Ada"}
    assert (await api.post(f"{AUTH}/verify", json=body)).status_code == 400


async def test_a_candidate_with_a_key_takes_over_their_profile_and_the_key_stays_good(api, outbox):
    came = (await api.post("/api/v1/candidates", json={"name": "Ada by key"})).json()
    tokens = await join(api, outbox, key=came["secret"], name="")
    for authorization in (bearer(tokens), {"Authorization": f"Bearer {came['secret']}"}):
        me = (await api.get("/api/v1/candidates/me", headers=authorization)).json()
        assert (me["id"], me["name"]) == (came["candidate"]["id"], "Ada by key")


async def test_a_candidate_has_one_account_and_the_link_is_not_used_up_by_a_key_that_is_wrong(api, outbox):
    came = (await api.post("/api/v1/candidates", json={"name": "Ada"})).json()
    await join(api, outbox, key=came["secret"])
    await api.post(f"{AUTH}/register", json={"email": "second@north.example"})
    body = {"link": outbox.link("/account/join"), "password": PASSWORD, "name": ""}
    wrong = await api.post(f"{AUTH}/verify", json=body | {"key": came["secret"][:-1] + "!"})
    assert wrong.status_code == 400
    taken = await api.post(f"{AUTH}/verify", json=body | {"key": came["secret"]})
    assert (taken.status_code, "an account already" in taken.json()["detail"]) == (400, True)


@pytest.mark.parametrize("path", ["register", "password/forgotten"])
async def test_the_answer_does_not_tell_whether_an_address_has_an_account(api, outbox, path):
    await join(api, outbox)
    known = await api.post(f"{AUTH}/{path}", json={"email": EMAIL})
    strange = await api.post(f"{AUTH}/{path}", json={"email": "bob@north.example"})
    assert (known.status_code, known.content) == (strange.status_code, strange.content) == (202, known.content)


async def test_who_registers_again_is_led_to_a_new_password(api, outbox):
    await join(api, outbox)
    await api.post(f"{AUTH}/register", json={"email": EMAIL.upper()})
    assert outbox.sent[-1][0] == EMAIL
    assert outbox.link("/account/reset")


async def test_wrong_passwords_strange_addresses_and_locked_accounts_are_refused_alike(api, whole, outbox):
    tokens = await join(api, outbox)
    wrong = await sign_in(api, password="wrong horse battery", status=401)
    strange = await sign_in(api, email="bob@north.example", status=401)
    me = (await api.get(f"{AUTH}/me", headers=bearer(tokens))).json()["id"]
    await whole.accounts.set_lock(UUID(me), datetime.now(UTC))
    locked = await sign_in(api, status=401)
    assert wrong["detail"] == strange["detail"] == locked["detail"]


async def test_a_strange_address_costs_the_same_hash_as_a_known_one(api, outbox, monkeypatch):
    await join(api, outbox)
    await sign_in(api, email="first@north.example", status=401)
    hashes = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, given: hashes.append(kept) or verify(self, kept, given)
    )
    await sign_in(api, password="wrong horse battery", status=401)
    await sign_in(api, email="bob@north.example", status=401)
    assert len(hashes) == 2
    assert {kept.split("$")[3] for kept in hashes} == {"m=8,t=1,p=1"}


async def test_a_hash_of_other_costs_is_made_anew_when_its_owner_signs_in(api, whole, outbox, gateway):
    await join(api, outbox)
    dearer = replace(whole, settings=whole.settings.model_copy(update={"password_passes": 2}))
    async with gateway(dearer) as client:
        await sign_in(client)
        _, kept = await whole.accounts.by_address(EMAIL)
        assert "t=2" in kept.password
        await sign_in(client)


async def test_a_hash_that_cannot_be_made_anew_now_fails_nobodys_sign_in(api, whole, outbox, gateway, monkeypatch):
    await join(api, outbox)

    async def changed(*_):
        raise InvalidInput("another password was chosen meanwhile")

    monkeypatch.setattr(whole.accounts, "change", changed)
    dearer = replace(whole, settings=whole.settings.model_copy(update={"password_passes": 2}))
    async with gateway(dearer) as client:
        await sign_in(client)


async def test_who_signs_in_while_the_password_is_replaced_is_refused(api, whole, outbox, monkeypatch):
    await join(api, outbox)
    await api.post(f"{AUTH}/password/forgotten", json={"email": EMAIL})
    begin, reset = whole.accounts.begin, {"link": outbox.link("/account/reset"), "password": "another horse battery"}

    async def late(*given):
        if "link" in reset:
            assert (await api.post(f"{AUTH}/password/reset", json=dict(reset))).status_code == 204
            del reset["link"]
        await begin(*given)

    monkeypatch.setattr(whole.accounts, "begin", late)
    await sign_in(api, status=401)
    await sign_in(api, password="another horse battery")


async def test_two_who_sign_in_at_once_are_both_let_in_though_one_makes_the_hash_anew(api, whole, outbox, gateway):
    await join(api, outbox)
    dearer = replace(whole, settings=whole.settings.model_copy(update={"password_passes": 2}))
    async with gateway(dearer) as client:
        await asyncio.gather(*(sign_in(client) for _ in range(3)))


@pytest.mark.parametrize("password", ["short", "x" * 129, ""])
async def test_passwords_have_a_shortest_and_a_longest(api, outbox, password):
    await api.post(f"{AUTH}/register", json={"email": EMAIL})
    body = {"link": outbox.link("/account/join"), "password": password, "name": "Ada"}
    assert (await api.post(f"{AUTH}/verify", json=body)).status_code == 400
    assert (await api.post(f"{AUTH}/verify", json=body | {"password": PASSWORD})).status_code == 201


async def test_a_password_is_the_same_from_every_keyboard(api, outbox):
    await join(api, outbox, password="Zo\u0065\u0308 and the horse")
    await sign_in(api, password="Zo\u00eb and the horse")


async def test_refresh_tokens_rotate_and_one_that_is_used_twice_ends_the_session(api, outbox):
    first = await join(api, outbox)
    second = (await api.post(f"{AUTH}/refresh", json={"refresh_token": first["refresh_token"]})).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await api.get(f"{AUTH}/me", headers=bearer(second))).status_code == 200
    stolen = await api.post(f"{AUTH}/refresh", json={"refresh_token": first["refresh_token"]})
    assert (stolen.status_code, "used twice" in stolen.json()["detail"]) == (401, True)
    # Both the thief's and the owner's are over.
    assert (await api.post(f"{AUTH}/refresh", json={"refresh_token": second["refresh_token"]})).status_code == 401
    for tokens in (first, second):
        assert (await api.get(f"{AUTH}/me", headers=bearer(tokens))).status_code == 401
    assert (await api.post(f"{AUTH}/refresh", json={"refresh_token": "qr_strange"})).status_code == 401


async def test_sessions_are_listed_and_ended(api, outbox):
    first = await join(api, outbox)
    second, third = await sign_in(api), await sign_in(api)
    listed = (await api.get(f"{AUTH}/sessions", headers=bearer(third))).json()["sessions"]
    assert [one["is_this"] for one in listed] == [True, False, False]
    gone = await api.delete(f"{AUTH}/sessions/{listed[1]['id']}", headers=bearer(third))
    assert gone.status_code == 204
    assert (await api.delete(f"{AUTH}/sessions/{listed[1]['id']}", headers=bearer(third))).status_code == 404
    assert (await api.get(f"{AUTH}/me", headers=bearer(second))).status_code == 401
    assert (await api.get(f"{AUTH}/me", headers=bearer(first))).status_code == 200
    assert (await api.delete(f"{AUTH}/sessions", headers=bearer(third))).status_code == 204
    assert (await api.get(f"{AUTH}/me", headers=bearer(first))).status_code == 401
    assert (await api.post(f"{AUTH}/sign-out", headers=bearer(third))).status_code == 204
    assert (await api.get(f"{AUTH}/me", headers=bearer(third))).status_code == 401
    assert (await api.post(f"{AUTH}/refresh", json={"refresh_token": third["refresh_token"]})).status_code == 401


async def test_nobody_ends_somebody_elses_session(api, outbox):
    ada, bob = await join(api, outbox), await join(api, outbox, "bob@north.example")
    [bobs] = (await api.get(f"{AUTH}/sessions", headers=bearer(bob))).json()["sessions"]
    assert (await api.delete(f"{AUTH}/sessions/{bobs['id']}", headers=bearer(ada))).status_code == 404
    assert (await api.get(f"{AUTH}/me", headers=bearer(bob))).status_code == 200


async def test_a_forgotten_password_is_replaced_by_mail_and_every_session_ends(api, outbox):
    tokens = await join(api, outbox)
    await api.post(f"{AUTH}/password/forgotten", json={"email": EMAIL})
    first = outbox.link("/account/reset")
    await api.post(f"{AUTH}/register", json={"email": EMAIL})
    second = outbox.link("/account/reset")
    new = "another horse battery"
    assert (await api.post(f"{AUTH}/password/reset", json={"link": second, "password": new})).status_code == 204
    assert (await api.get(f"{AUTH}/me", headers=bearer(tokens))).status_code == 401
    await sign_in(api, status=401)
    await sign_in(api, password=new)
    # A link of before the change is over with it.
    for link in (first, second):
        assert (await api.post(f"{AUTH}/password/reset", json={"link": link, "password": PASSWORD})).status_code == 400
    await sign_in(api, password=new)


async def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(api, outbox):
    first = await join(api, outbox)
    second = await sign_in(api)
    change = {"password": "wrong horse battery", "new_password": "another horse battery"}
    assert (await api.put(f"{AUTH}/password", json=change, headers=bearer(second))).status_code == 401
    change["password"] = PASSWORD
    assert (await api.put(f"{AUTH}/password", json=change, headers=bearer(second))).status_code == 204
    assert (await api.get(f"{AUTH}/me", headers=bearer(first))).status_code == 401
    assert (await api.get(f"{AUTH}/me", headers=bearer(second))).status_code == 200
    await sign_in(api, password="another horse battery")


async def test_an_access_token_is_of_its_time_key_and_algorithm(whole):
    site = whole.settings.site
    tokens = Tokens("first-key-of-24-characters,second-key-of-24-characters", site)
    old = Tokens("second-key-of-24-characters", site)
    now = datetime.now(UTC)
    lasting = {"created_at": now, "last_used_at": now, "expires_at": now + timedelta(days=1)}
    session = Session(id=UUID(int=1), account_id=UUID(int=2), is_browser=False, **lasting)
    token = tokens.issue(session, now)
    assert tokens.read(token, now).session == session.id
    assert tokens.read(old.issue(session, now), now).account == session.account_id
    for moment in (now - timedelta(seconds=59), now + timedelta(seconds=900 + 59)):
        tokens.read(token, moment)
    head, body, signature = token.split(".")
    named = json.loads(urlsafe_b64decode(head + "=="))
    unsigned = urlsafe_b64encode(json.dumps({**named, "alg": "none"}).encode()).decode().rstrip("=") + f".{body}."
    for wrong, moment in (
        (token, now - timedelta(seconds=62)),
        (token, now + timedelta(seconds=900 + 62)),
        (token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), now),
        (f"{head}.{body}.", now),
        (unsigned, now),
        ("a.b.c", now),
        ("..", now),
        (f"{body}.{body}.{signature}", now),
    ):
        with pytest.raises(Exception, match="access token is not good"):
            tokens.read(wrong, moment)
    with pytest.raises(Exception, match="not good"):
        old.read(token, now)


async def test_erasing_a_person_takes_their_account_and_its_tokens(api, outbox):
    tokens = await join(api, outbox)
    assert (await api.delete("/api/v1/candidates/me", headers=bearer(tokens))).status_code == 204
    assert (await api.get(f"{AUTH}/me", headers=bearer(tokens))).status_code == 401
    await sign_in(api, status=401)
    await join(api, outbox)


def test_the_costs_of_a_password_are_at_least_those_that_owasp_asks_for():
    settings = Settings()
    assert settings.password_memory * settings.password_passes >= 19_456 * 2
    assert settings.password_memory >= 19_456
