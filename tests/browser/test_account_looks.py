"""The pages of accounts in a real browser: joining, signing in, a second factor, another password."""

import pyotp
import pytest
from match_people import with_temporal

from quiethire.domain.accounts import AccountNotice

EMAIL, PASSWORD = "ada@north.example", "correct horse battery"


class Outbox:
    """In place of the mail server: where its mails lead."""

    configured = True

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def notify(self, _: str, notice: AccountNotice) -> None:
        self.paths.append(notice.path)


@pytest.fixture
def outbox(site):
    with_temporal(site.clients)
    outbox = Outbox()
    object.__setattr__(site.clients, "mailer", outbox)
    return outbox


async def sent(visitor, button, fields=()):
    """Fill the form in, and send it; the page before and the page after are sound."""
    for label, value in dict(fields).items():
        await visitor.page.locator("input").and_(visitor.page.get_by_label(label)).fill(value)
    await visitor.sound()
    async with visitor.page.expect_event("load"):
        await visitor.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    await visitor.sound()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
async def test_every_page_of_an_account_is_sound_from_joining_to_signing_in_with_a_code(visit, outbox, width, theme):
    visitor = await visit(width=width, color_scheme=theme)
    page = visitor.page
    await visitor.open("/account/register")
    await sent(visitor, "Send the link", {"E-mail": EMAIL})
    await visitor.open(outbox.paths[-1])
    await sent(visitor, "Make the account", {"Name": "Ada", "New password": PASSWORD})

    await visitor.open("/account/second-factor")
    await sent(visitor, "Begin", {"Password": PASSWORD})
    secret = await page.get_by_role("main").locator("code").inner_text()
    assert await page.get_by_role("link", name="open the app").get_attribute("href") == address_of(secret)
    await sent(visitor, "Switch it on", {"Code": "000000"})
    assert "not the code of now" in await page.get_by_role("alert").inner_text()
    await sent(visitor, "Switch it on", {"Code": pyotp.TOTP(secret).now()})
    kept = await page.locator("#recovery code").first.inner_text()
    await page.get_by_role("link", name="I have kept them").click()
    await page.get_by_role("heading", name="Your account").wait_for()
    await sent(visitor, "Change the password", {"Present password": "wrong horse battery", "New password": PASSWORD})
    await page.get_by_role("link", name="Change it").click()
    await page.get_by_role("heading", name="Second factor", level=1).wait_for()
    await visitor.sound()
    await visitor.open("/account")
    await sent(visitor, "Sign out")

    await visitor.open("/account/forgotten")
    await sent(visitor, "Send the link", {"E-mail": EMAIL})

    await visitor.open("/account/sign-in")
    await sent(visitor, "Sign in", {"E-mail": EMAIL, "Password": "wrong horse battery"})
    assert "do not fit" in await page.get_by_role("alert").inner_text()
    await sent(visitor, "Sign in", {"Password": PASSWORD})
    await sent(visitor, "Go on", {"Code": kept})
    assert await visitor.address() == "/matches"
    await visitor.open("/account/reset?link=ql_x")
    await sent(visitor, "Keep this password", {"New password": PASSWORD})
    assert "used already" in await page.get_by_role("alert").inner_text()
    assert all("400 (Bad Request)" in entry for entry in visitor.complaints)
    visitor.complaints.clear()


def address_of(secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=EMAIL, issuer_name="QuietHire")
