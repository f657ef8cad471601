"""The pages of accounts, as a browser without scripts sees them."""

from dataclasses import replace

import pytest
from account_holders import EMAIL, PASSWORD, Outbox, join
from page_visitor import Browser

from quiethire.domain.accounts import Account, Credentials, Role
from services.api.people.visits import COOKIE

NEW = "another horse battery"


@pytest.fixture
async def house(clients, outbox):
    return replace(clients, mailer=outbox)


@pytest.fixture
async def client(house, gateway):
    async with gateway(house) as client:
        yield client


@pytest.fixture
def browser(client):
    return Browser(client)


async def joined(browser: Browser, outbox: Outbox) -> None:
    """Register, open the mail's link, choose a password."""
    await browser.open("/account/register")
    await browser.send("/account/register", 200, email=EMAIL)
    await browser.open(f"/account/join?link={outbox.link('/account/join')}")
    await browser.send("/account/join", link=outbox.link("/account/join"), name="Ada", key="", password=PASSWORD)


def ways(browser: Browser) -> dict[str, str | None]:
    """What leads from one page of theirs to the others."""
    return {link.text(): link.attributes["href"] for link in browser.page.css(".own-nav a")}


async def test_who_has_a_key_alone_is_led_to_make_an_account_not_to_sign_in_to_one(browser, outbox):
    await browser.open("/matches")
    await browser.send("/matches/start", 200, name="Ada")
    await browser.open("/matches")
    assert "Account" not in ways(browser)
    assert ways(browser)["New account"] == "/account/register"


async def test_somebody_joins_sees_their_pages_signs_out_and_in_again(browser, outbox):
    await joined(browser, outbox)
    assert ways(browser)["Account"] == "/account"
    cookie = browser.client.cookies[COOKIE.name]
    await browser.open("/account")
    assert EMAIL in browser.text()
    assert "Browser, this one" in browser.text()
    await browser.send("/account/sign-out")
    assert browser.text("h1") == "Sign in"
    await browser.send("/account/sign-in", email=EMAIL, password=PASSWORD)
    assert browser.client.cookies[COOKIE.name] != cookie
    assert browser.page.css_first(".own-nav") is not None


async def test_signing_out_ends_the_cookie_wherever_it_was_copied_to(browser, outbox, client, house, gateway):
    await joined(browser, outbox)
    copied = browser.client.cookies[COOKIE.name]
    await browser.open("/account")
    await browser.send("/matches/leave")
    async with gateway(house) as thief:
        thief.cookies.set(COOKIE.name, copied)
        answer = await thief.get("/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sign-in")


async def test_what_does_not_fit_is_told_and_the_address_need_not_be_typed_anew(browser, outbox):
    await joined(browser, outbox)
    await browser.open("/account")
    await browser.send("/account/sign-out")
    await browser.send("/account/sign-in", 400, email=EMAIL, password="wrong horse battery")
    assert "do not fit" in browser.text("[role=alert]")
    assert browser.fields("/account/sign-in") == {"email": EMAIL, "password": ""}
    await browser.send("/account/sign-in", 400, email="nobody", password="x")
    assert "e-mail address" in browser.text("[role=alert]")


async def test_the_page_is_the_same_whether_an_address_has_an_account(browser, outbox):
    await joined(browser, outbox)
    pages = []
    for email in (EMAIL, "bob@north.example"):
        await browser.open("/account/forgotten")
        pages.append((await browser.send("/account/forgotten", 200, email=email)).text)
    assert pages[0] == pages[1]
    assert len(outbox.sent) == 2


async def test_a_forgotten_password_is_replaced(browser, outbox):
    await joined(browser, outbox)
    await browser.open("/account/forgotten")
    await browser.send("/account/forgotten", 200, email=EMAIL)
    link = outbox.link("/account/reset")
    await browser.open(f"/account/reset?link={link}")
    await browser.send("/account/reset", 400, link=link, password="short")
    assert "12 to 128 characters" in browser.text("[role=alert]")
    await browser.send("/account/reset", link=link, password=NEW)
    await browser.open("/account/reset")
    await browser.send("/account/reset", 400, link=link, password=PASSWORD)
    assert "used already" in browser.text("[role=alert]")


async def test_sessions_are_ended_and_the_password_changed_on_the_page(browser, outbox, house, gateway):
    await joined(browser, outbox)
    async with gateway(house) as elsewhere:
        other = Browser(elsewhere)
        await other.open("/account/sign-in")
        await other.send("/account/sign-in", email=EMAIL, password=PASSWORD)
        await other.open("/account")
        assert len(other.page.css("li button")) == 1
        [only] = other.page.css("li input[name=session] ~ button")
        session = only.parent.css_first("[name=session]").attributes["value"]
        await other.send("/account/sessions/end", session=session)
        assert other.page.css("li button") == []
        assert (await browser.client.get("/account")).status_code == 200  # so long it is believed
        await other.send("/account/password", 400, old="wrong horse battery", password=NEW)
        assert "another one" in other.text("[role=alert]")
        await other.send("/account/password", 200, old=PASSWORD, password=NEW)
        assert "another one now" in other.text("[role=status]")
        await other.send("/account/sessions/end", 400, session="x")


async def test_an_access_token_is_no_key_that_begins_a_session(browser, outbox, client):
    tokens = await join(client, outbox)
    await browser.open("/matches")
    await browser.send("/matches/key", 400, key=tokens["access_token"])
    assert "no candidate's API key" in browser.text()
    await browser.open("/matches")
    assert browser.page.css_first('form[action="/matches/key"]') is not None


async def test_staff_has_an_account_and_no_pages_of_a_candidate(browser, house):
    account = Account(id="00000000-0000-0000-0000-000000000009", role=Role.RECRUITER, created_at="2026-11-01T00:00:00Z")
    from services.api.accounts.passwords import Passwords

    password = await Passwords(house.settings).hashed(PASSWORD)
    await house.accounts.add(account, Credentials(email="grace@north.example", password=password))
    await browser.open("/account/sign-in")
    await browser.send("/account/sign-in", email="grace@north.example", password=PASSWORD)
    assert "recruiter" in browser.text()
    assert browser.page.css_first(".own-nav") is None
    await browser.open("/matches")
    assert "Jobs that fit you" in browser.text("h1")
    answer = await browser.client.get("/matches/profile")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/matches")


async def test_a_form_of_another_site_does_nothing(browser, outbox):
    await joined(browser, outbox)
    for path in ("password", "sessions/end", "sign-out", "sign-in", "register", "forgotten", "join", "reset"):
        answer = await browser.client.post(f"/account/{path}", data={"token": "x", "session": "others"})
        assert answer.status_code == 400
    await browser.open("/account")
    assert EMAIL in browser.text()
