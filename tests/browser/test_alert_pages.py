"""The pages of alerts in a real browser: saving a search, confirming, changing, and leaving."""

import asyncio
from datetime import UTC, datetime

import pytest

from quiethire.domain.alerts import AlertStatus, SavedSearch
from quiethire.storage.postgres.memory_alerts import MemoryAlerts

EMAIL = "ada.king-noel.countess-of-lovelace@correspondence.north.example"
LONG = (
    "/alerts/new?q=distributed+systems+engineer&location=Berlin&remote=hybrid&skills=Kubernetes&company=Acme+Robotics"
)


class Outbox:
    """In place of the mail server: the questions that it would mail."""

    configured = True

    def __init__(self) -> None:
        self.asked: asyncio.Queue[SavedSearch] = asyncio.Queue()

    async def confirm(self, search: SavedSearch) -> None:
        self.asked.put_nowait(search)


@pytest.fixture
def outbox(site):
    outbox = Outbox()
    object.__setattr__(site.clients, "mailer", outbox)
    object.__setattr__(site.clients, "alerts", MemoryAlerts())
    return outbox


async def pressed(visitor, button, heading):
    """Press a button; the page that comes is sound."""
    async with visitor.page.expect_event("load"):
        await visitor.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    await visitor.page.get_by_role("heading", level=1, name=heading).wait_for()
    await visitor.sound()


async def shown(visitor, path, heading):
    await visitor.open(path)
    await visitor.page.get_by_role("heading", level=1, name=heading).wait_for()
    await visitor.sound()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_every_page_of_an_alert_is_sound_from_saving_a_search_to_leaving(visit, outbox, width, theme):
    visitor = await visit(width=width, color_scheme=theme)
    page = visitor.page
    await shown(visitor, "/alerts/new", "Get new jobs by mail")
    await shown(visitor, LONG, "Get new jobs by mail")
    await page.get_by_label("E-mail address").fill("ada@nowhere")
    await pressed(visitor, "Save and confirm by mail", "Get new jobs by mail")
    assert "no e-mail address" in await page.get_by_role("alert").inner_text()
    await page.get_by_label("E-mail address").fill(EMAIL)
    await pressed(visitor, "Save and confirm by mail", "Now confirm it by mail")

    alert = f"/alerts/{(await asyncio.wait_for(outbox.asked.get(), 30)).token}"
    await shown(visitor, alert, "Do you want this alert?")
    await pressed(visitor, "Yes, start the alert", "Your alert")
    await pressed(visitor, "Pause", "Your alert")
    await pressed(visitor, "Start again", "Your alert")
    await shown(visitor, f"{alert}/unsubscribe", "End this alert?")
    await pressed(visitor, "Unsubscribe", "Done. The alert is deleted.")
    await shown(visitor, alert, "Not Found")
    assert [entry.partition("status of ")[2][:3] for entry in visitor.complaints] == ["400", "404"]
    visitor.complaints.clear()


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
async def test_what_ails_an_alert_is_told_on_pages_that_are_sound(visit, outbox, width, theme):
    visitor = await visit(width=width, color_scheme=theme)
    alerts = visitor.site.clients.alerts
    await visitor.open(LONG)
    await visitor.page.get_by_label("E-mail address").fill(EMAIL)
    await pressed(visitor, "Save and confirm by mail", "Now confirm it by mail")
    asked = await asyncio.wait_for(outbox.asked.get(), 30)
    failing = asked.model_copy(update={"status": AlertStatus.ACTIVE, "failing_since": datetime.now(UTC)})
    await alerts.change(failing, asked)
    await shown(visitor, f"/alerts/{asked.token}", "Your alert")
    await visitor.page.get_by_role("status").get_by_text("Mails do not arrive").wait_for()
    off = failing.model_copy(update={"status": AlertStatus.DISABLED, "failure": "550 5.1.1 there is no such mailbox"})
    await alerts.change(off, failing)
    await shown(visitor, f"/alerts/{asked.token}", "Your alert")
    await visitor.page.get_by_role("status").get_by_text("Switched off").wait_for()
    outbox.configured = False
    await shown(visitor, LONG, "Get new jobs by mail")
    await visitor.page.get_by_text("Alerts by mail are not set up on this site").wait_for()
