"""Accounts under pressure: guessing, mails in mass, servers that are away; and what the log tells of all that."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from account_holders import AUTH, EMAIL, PASSWORD, Outbox, join, sign_in

from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.gate import Endpoint


async def test_guessing_is_slowed_down_for_one_account_and_for_one_address(api, outbox):
    await join(api, outbox)
    codes = []
    for number in range(20):
        body = {"email": EMAIL, "password": f"wrong horse battery {number}"}
        codes.append((await api.post(f"{AUTH}/sign-in", json=body)).status_code)
    assert codes == [401] * 15 + [429] * 5
    refused = await api.post(f"{AUTH}/sign-in", json={"email": EMAIL, "password": PASSWORD})
    assert int(refused.headers["Retry-After"]) >= 1
    codes = [
        (await api.post(f"{AUTH}/sign-in", json={"email": f"{n}@north.example", "password": "x"})).status_code
        for n in range(45)
    ]
    assert (codes[0], codes[-1]) == (401, 429)


async def test_other_peoples_keys_do_not_let_one_address_of_the_net_try_more_often(whole, gateway):
    codes: dict[str, list[int]] = {"sign-in": [], "register": []}
    # What the address may write at all is not what is asked here.
    settings = whole.settings.model_copy(update={"rate_limits": {Endpoint.WRITE: (1_000, 1_000)}})
    async with gateway(replace(whole, settings=settings)) as api:
        for n in range(62):
            key, secret = personal_key(uuid4(), name="x", now=datetime.now(UTC))
            await whole.keys.add(key, digest_of(secret))
            for path, body in (("sign-in", {"password": "x"}), ("register", {})):
                given = {"email": f"{n}@north.example", **body}
                answer = await api.post(f"{AUTH}/{path}", json=given, headers={"Authorization": f"Bearer {secret}"})
                codes[path].append(answer.status_code)
    assert (codes["sign-in"][:60].count(401), codes["sign-in"][-1]) == (60, 429)
    assert (codes["register"][:15], codes["register"][-1]) == ([202] * 15, 429)


async def test_mails_to_one_address_are_few(api, outbox):
    answers = [await api.post(f"{AUTH}/register", json={"email": EMAIL}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429, 429]
    # Whoever asks for more sends its owner one link in the time that a link is good for.
    assert int(answers[-1].headers["Retry-After"]) > 25 * 60
    assert len(outbox.sent) == 3


async def test_without_redis_nobody_signs_in_and_no_mail_goes_out(whole, gateway, outbox):
    async with gateway(whole) as client:
        await join(client, outbox)

    class Away:
        async def enter(self, *_):
            raise Transient("connection refused", where="redis")

    async with gateway(replace(whole, cache=Away())) as client:
        await sign_in(client, status=503)
        assert (await client.post(f"{AUTH}/register", json={"email": EMAIL})).status_code == 503
    assert len(outbox.sent) == 1


async def test_without_a_mail_server_or_a_token_key_it_is_said(whole, gateway, outbox):
    outbox.configured = False
    async with gateway(whole) as client:
        assert (await client.post(f"{AUTH}/register", json={"email": EMAIL})).status_code == 503
    keyless = replace(whole, settings=whole.settings.model_copy(update={"token_key": ""}))
    async with gateway(keyless) as client:
        await sign_in(client, status=503)


async def test_a_mail_that_is_not_taken_is_told_in_the_log_without_its_address(whole, gateway, caplog):
    class Refusing(Outbox):
        async def notify(self, address, notice):
            raise Permanent("550 refused", where="mail")

    async with gateway(replace(whole, mailer=Refusing())) as client:
        with caplog.at_level(logging.DEBUG):
            assert (await client.post(f"{AUTH}/register", json={"email": EMAIL})).status_code == 202
    assert "550 refused" in caplog.text
    assert EMAIL not in caplog.text


async def test_a_store_that_is_away_when_a_mail_is_due_is_told_as_an_outage(api, whole, caplog, monkeypatch):
    async def away(*_):
        raise Transient("connection refused", where="postgresql")

    monkeypatch.setattr(whole.accounts, "by_address", away)
    for path in ("register", "password/forgotten"):
        assert (await api.post(f"{AUTH}/{path}", json={"email": EMAIL})).status_code == 202
    told = [record for record in caplog.records if "was not sent: connection refused" in record.message]
    assert [record.levelname for record in told] == ["WARNING"] * 2
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_the_log_holds_no_password_no_token_and_no_address(api, outbox, caplog):
    with caplog.at_level(logging.DEBUG):
        tokens = await join(api, outbox)
        await sign_in(api)
        await sign_in(api, password="wrong horse battery", status=401)
        await api.post(f"{AUTH}/refresh", json={"refresh_token": tokens["refresh_token"]})
        await api.get("/account/join", params={"link": "ql_secret"})
    text = "\n".join(
        f"{line.getMessage()} {line.__dict__}" for line in caplog.records if not line.name.startswith("httpx")
    )
    assert "POST /api/v1/auth/sign-in" in text
    for secret in (PASSWORD, "wrong horse", EMAIL, tokens["access_token"], tokens["refresh_token"], "ql_"):
        assert secret not in text
