"""The second factor: begun, confirmed, shown, used up, and switched off."""

from datetime import UTC, datetime
from uuid import UUID

import pyotp
from account_holders import AUTH, EMAIL, PASSWORD, bearer, code_of, join, switched_on
from page_visitor import Browser

from quiethire.domain.accounts import Credentials, Role, SecondFactor
from services.api.accounts import second_factor
from services.api.accounts.turnstile import Rate

NOW = datetime.now(UTC)


async def sign_in(api, needs_code=True):
    answer = (await api.post(f"{AUTH}/sign-in", json={"email": EMAIL, "password": PASSWORD})).json()
    assert answer["needs_code"] is needs_code
    return answer


async def show(api, tokens, code) -> int:
    return (await api.post(f"{AUTH}/code", json={"code": code}, headers=bearer(tokens))).status_code


async def test_with_it_a_session_shows_a_code_before_anything_else(api, outbox):
    first = await join(api, outbox)
    elsewhere = await sign_in(api, needs_code=False)
    secret, _ = await switched_on(api, first)
    assert (await api.get("/api/v1/candidates/me", headers=bearer(first))).status_code == 200
    # What was signed in before has shown nothing.
    assert (await api.get(f"{AUTH}/me", headers=bearer(elsewhere))).status_code == 401
    half = await sign_in(api)
    half |= (await api.post(f"{AUTH}/refresh", json={"refresh_token": half["refresh_token"]})).json()
    assert half["needs_code"] is True
    for method, path in (
        ("GET", "candidates/me"),
        ("GET", "auth/me"),
        ("GET", "auth/sessions"),
        ("PUT", "auth/password"),
    ):
        answer = await api.request(method, f"/api/v1/{path}", headers=bearer(half), json={})
        assert answer.status_code == 403
    assert await show(api, half, "000000") == 401
    assert await show(api, half, code_of(secret)) == 204
    assert (await api.get("/api/v1/candidates/me", headers=bearer(half))).status_code == 200
    refreshed = (await api.post(f"{AUTH}/refresh", json={"refresh_token": half["refresh_token"]})).json()
    assert (await api.get("/api/v1/candidates/me", headers=bearer(refreshed))).status_code == 200


async def test_a_code_is_good_once(api, outbox):
    secret, _ = await switched_on(api, await join(api, outbox))
    half = await sign_in(api)
    now = code_of(secret)
    assert await show(api, half, now) == 204
    assert await show(api, await sign_in(api), now) == 401


async def test_each_code_for_a_lost_app_works_once(api, outbox):
    _, codes = await switched_on(api, await join(api, outbox))
    assert len(set(codes)) == 10
    assert await show(api, await sign_in(api), codes[3].upper()) == 204
    half = await sign_in(api)
    assert await show(api, half, codes[3]) == 401
    assert await show(api, half, codes[4]) == 204


async def test_an_admin_is_one_only_with_it(api, whole, outbox):
    tokens = await join(api, outbox)
    me = UUID((await api.get(f"{AUTH}/me", headers=bearer(tokens))).json()["id"])
    await whole.accounts.set_role(me, Role.ADMIN)
    tokens = await sign_in(api, needs_code=False)
    assert (await api.get("/api/v1/keys", headers=bearer(tokens))).status_code == 403
    _, codes = await switched_on(api, tokens)
    assert (await api.get("/api/v1/keys", headers=bearer(tokens))).status_code == 200
    given = {"password": PASSWORD, "code": codes[0]}
    assert (await api.request("DELETE", f"{AUTH}/second-factor", json=given, headers=bearer(tokens))).status_code == 204
    # What this session has shown is worth nothing without it.
    assert (await api.get("/api/v1/keys", headers=bearer(tokens))).status_code == 403


async def test_it_is_switched_off_by_password_and_code_together(api, outbox):
    tokens = await join(api, outbox)
    secret, codes = await switched_on(api, tokens)
    off = f"{AUTH}/second-factor"
    for given in ({"password": "wrong horse battery", "code": code_of(secret)}, {"password": PASSWORD, "code": "0"}):
        assert (await api.request("DELETE", off, json=given, headers=bearer(tokens))).status_code == 401
    given = {"password": PASSWORD, "code": codes[0]}
    assert (await api.request("DELETE", off, json=given, headers=bearer(tokens))).status_code == 204
    await sign_in(api, needs_code=False)


async def test_it_is_begun_by_who_knows_the_password_confirmed_by_a_code_and_never_replaced(api, outbox):
    tokens = await join(api, outbox)
    path, headers = f"{AUTH}/second-factor", bearer(tokens)
    assert (await api.post(path, json={"password": "wrong horse battery"}, headers=headers)).status_code == 401
    assert (await api.put(path, json={"code": "123456"}, headers=headers)).status_code == 400
    await api.post(path, json={"password": PASSWORD}, headers=headers)
    assert (await api.put(path, json={"code": "000000"}, headers=headers)).status_code == 400
    await sign_in(api, needs_code=False)
    await switched_on(api, tokens)
    assert (await api.post(path, json={"password": PASSWORD}, headers=headers)).status_code == 400


async def test_guessing_codes_is_slowed_down(api, outbox):
    await switched_on(api, await join(api, outbox))
    half = await sign_in(api)
    assert [await show(api, half, f"{n:06}") for n in range(12)][-2:] == [429, 429]


async def test_codes_are_few_a_day_too(api, outbox, monkeypatch):
    await switched_on(api, await join(api, outbox))
    half = await sign_in(api)
    monkeypatch.setattr("services.api.accounts.accounts.CODE", Rate("code", 1_000, 0))
    assert [await show(api, half, "000000") for _ in range(50)] == [401] * 49 + [429]


async def test_a_new_password_by_mail_does_not_switch_it_off(api, outbox):
    await switched_on(api, await join(api, outbox))
    await api.post(f"{AUTH}/password/forgotten", json={"email": EMAIL})
    body = {"link": outbox.link("/account/reset"), "password": PASSWORD}
    assert (await api.post(f"{AUTH}/password/reset", json=body)).status_code == 204
    await sign_in(api)


async def test_on_the_pages_it_is_read_as_a_picture_and_asked_for(whole, gateway, outbox):
    async with gateway(whole) as client:
        await join(client, outbox)
        browser = Browser(client)
        await browser.open("/account/sign-in")
        await browser.send("/account/sign-in", email=EMAIL, password=PASSWORD)
        await browser.open("/account/second-factor")
        answer = await browser.send("/account/second-factor", password=PASSWORD)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        svg = browser.page.css_first("[role=img] svg")
        assert svg is not None
        assert "style" not in svg.attributes
        secret = browser.page.css_first("code").text()
        await browser.send("/account/second-factor/confirm", 200, code=code_of(secret, -1))
        codes = [one.text() for one in browser.page.css("#recovery code")]
        assert len(codes) == 10
        await browser.open("/account")
        await browser.send("/account/sign-out")
        await browser.send("/account/sign-in", email=EMAIL, password=PASSWORD)
        assert browser.text("h1") == "Your second factor"
        for path, onto in (
            ("/account", "/account/code"),
            ("/account/second-factor", "/account/code"),
            ("/matches/profile", "/matches"),
        ):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, onto)
        await browser.open("/account/code")
        await browser.send("/account/code", 400, code="000000")
        await browser.send("/account/code", code=code_of(secret))
        await browser.open("/account/second-factor")
        assert "10 codes are left" in browser.text()
        await browser.send("/account/second-factor/off", 400, password=PASSWORD, code="0")
        await browser.send("/account/second-factor/off", password=PASSWORD, code=codes[0])
        assert "nobody signs in by your password alone" in browser.text()


def test_a_code_of_before_one_that_was_used_is_over():
    known = Credentials(email=EMAIL, second=SecondFactor(secret=pyotp.random_base32(), confirmed=True))
    at, step = pyotp.TOTP(known.second.secret).at, int(NOW.timestamp())
    used = second_factor.shown(known, at(step), NOW)
    assert second_factor.shown(used, at(step), NOW) is None
    assert second_factor.shown(used, at(step - 30), NOW) is None
    assert second_factor.shown(used, at(step + 30), NOW) is not None


def test_a_clock_may_be_off_by_half_a_minute_and_no_more():
    known = Credentials(email=EMAIL, second=SecondFactor(secret=pyotp.random_base32(), confirmed=True))
    at = pyotp.TOTP(known.second.secret).at
    step = int(NOW.timestamp())
    assert all(second_factor.shown(known, at(step + 30 * off), NOW) for off in (-1, 0, 1))
    assert not any(second_factor.shown(known, at(step + 30 * off), NOW) for off in (-3, -2, 2, 3))
