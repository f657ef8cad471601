"""The pages of matches in a real browser: from a résumé to a ranked list, with scripts and without."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace

import orjson
import pytest
from made_up_resume import RESUME
from match_people import ada_in, matched, with_temporal
from playwright.async_api import expect

from quiethire.domain.candidate import Introduction
from quiethire.domain.notifications import News
from quiethire.storage.postgres.memory_alerts import MemoryAlerts
from services.api.pages.matches_view import rescored
from services.api.people.candidates import new_key
from services.matching.factors.registry import FACTORS
from services.matching.resume.pool import ResumePool

FILE = {"name": "cv.txt", "mimeType": "text/plain", "buffer": RESUME.encode()}
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
async def pool():
    async with ResumePool(workers=1) as pool:
        yield pool


@pytest.fixture
async def ada(site, posting, pool):
    """Somebody with eight matches and four that are hidden, and their key."""
    with_temporal(site.clients)
    object.__setattr__(site.clients, "resumes", pool)
    object.__setattr__(site.clients, "alerts", MemoryAlerts())
    person = await ada_in(site.clients)
    matches = await matched(
        site.clients, person, [posting(at) for at in range(1, 9)], [posting(at) for at in range(20, 24)]
    )
    return SimpleNamespace(id=person.id, matches=matches, key=await new_key(site.clients, person.id))


async def signed_in(visitor, ada):
    await visitor.open("/matches")
    await visitor.page.get_by_label("Key begins").fill(ada.key)
    await visitor.page.get_by_role("button", name="Sign in").click()
    await visitor.page.locator(".match").first.wait_for()
    return visitor.page


async def asked_for(clients, ada):
    """Two employers ask for their name; one of them has an answer."""
    now = datetime.now(UTC)
    for match, words in zip(ada.matches, ("Shall we talk?\n" + "x" * 300, ""), strict=False):
        await clients.matches.ask(
            Introduction(candidate_id=ada.id, job_id=match.job_id, asked_by="key:none", message=words, asked_at=now)
        )
    await clients.matches.answer(ada.id, ada.matches[1].job_id, "key:none", agreed=True, now=now)


async def shown(page):
    """The cards as they stand: id → score."""
    cards = await page.locator(".match").evaluate_all("all => all.map(card => [card.dataset.id, card.dataset.score])")
    return {job: float(score) for job, score in cards}


@pytest.mark.parametrize(("width", "theme"), LOOKS)
async def test_every_page_is_sound_on_both_widths_and_in_both_themes(visit, ada, site, width, theme):
    await asked_for(site.clients, ada)
    visitor = await visit(width=width, color_scheme=theme)
    await visitor.open("/matches")
    await visitor.sound()
    await visitor.page.set_input_files("input[type=file]", FILE)
    await visitor.page.get_by_role("button", name="Read my résumé").click()
    await visitor.page.get_by_label("Your key").wait_for()
    await visitor.sound()
    await visitor.page.get_by_role("link", name="I have kept it").click()
    await visitor.page.get_by_label("E-mail", exact=True).focus()
    for entry in await visitor.page.locator(".entry > summary").all():
        await entry.click()
    await visitor.sound()
    await visitor.open("/matches")
    await visitor.sound()
    await visitor.page.get_by_role("button", name="Sign out").click()
    page = await signed_in(visitor, ada)
    await expect(page.locator("#introductions").get_by_role("button")).to_have_count(2)
    await page.locator(".factor summary").first.click()
    await page.locator(".refuse summary").nth(1).click()
    await page.locator(".own-hidden summary").click()
    if width < 500:
        await page.get_by_text("What counts").click()
    await visitor.sound()
    for path in ("/matches/profile", "/matches/resume", "/matches/erase"):
        await visitor.open(path)
        await visitor.sound()


@pytest.mark.parametrize(("width", "theme"), [LOOKS[0], LOOKS[3]])
async def test_what_went_wrong_or_is_not_known_is_told_on_pages_that_are_sound(visit, ada, site, width, theme):
    visitor = await visit(width=width, color_scheme=theme)
    await signed_in(visitor, ada)
    await visitor.open("/matches/profile")
    page = visitor.page
    await page.get_by_label("Cities").fill("Berlni")
    await site.clients.candidates.change(ada.id, lambda person: person.model_copy(update={"phone": "1"}))
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Phone: 1")
    await visitor.sound()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#unknown-places")).to_contain_text("Did you mean Berlin")
    await page.get_by_text("Make a new key…").click()
    await visitor.sound()
    await page.get_by_role("button", name="Make a new key").click()
    await expect(page.get_by_label("Your key")).to_have_value(re.compile("^qh_"))
    await visitor.sound()
    visitor.complaints.clear()  # The browser notes the status of a page that was refused on purpose.


async def test_sliders_rank_at_once_by_the_servers_own_formula(visit, ada):
    page = await signed_in(await visit(), ada)
    before = await shown(page)
    assert before == pytest.approx({str(match.job_id): match.score for match in ada.matches})
    assert not await page.get_by_role("link", name="As usual").is_visible()
    weights = dict(FACTORS)
    for label, name, value in (("Skills", "skills", 3), ("Pay", "salary", 61), ("Checked", "validation", 0)):
        await page.get_by_role("slider", name=label).fill(str(value))
        weights[name] = float(value)
    after = await shown(page)
    expected = {str(match.job_id): sum(rescored(match.factors, weights)) for match in ada.matches}
    assert after == pytest.approx(expected)
    assert list(after) != list(before)
    assert all(one >= other - 1e-6 for one, other in pairwise(after.values()))
    card = page.locator(".match").first
    assert await card.locator("[data-shown]").inner_text() == str(round(max(expected.values())))
    ends = await card.locator("rect.part").evaluate_all(
        "all => all.map(part => +part.getAttribute('x') + +part.getAttribute('width'))"
    )
    assert ends[-1] == pytest.approx(max(expected.values()), abs=1e-3)
    assert await page.locator(".learn").first.is_hidden()
    assert await page.locator(".known").first.is_hidden()
    await page.get_by_role("link", name="As usual").click()
    await page.wait_for_url("**/matches")
    assert await shown(page) == pytest.approx(before)
    assert list(await shown(page)) == list(before)


async def test_j_k_and_s_walk_the_matches_and_say_that_one_is_of_interest(visit, ada, site):
    page = await signed_in(await visit(), ada)
    first, second = list(await shown(page))[:2]
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("s")
    await expect(page.locator(f"#job-{second} .own-on")).to_be_focused()
    assert [(str(said.job_id), said.verdict) for said in await site.clients.matches.feedback(ada.id)] == [
        (second, "interested")
    ]
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/jobs/{first}")


async def test_what_is_of_no_interest_goes_at_once_and_for_good(visit, ada, site):
    page = await signed_in(await visit(), ada)
    first = page.locator(".match").first
    job, title = await first.get_attribute("data-id"), await first.locator("h2").inner_text()
    await first.locator(".refuse summary").click()
    await first.get_by_label("Why?").select_option("pay")
    await first.get_by_role("button", name="Take it away").click()
    await expect(page.get_by_text(f"{title} is not shown any more.")).to_be_focused()
    assert job not in await shown(page)
    (said,) = await site.clients.matches.feedback(ada.id)
    assert (str(said.job_id), said.verdict, said.why) == (job, "not_interested", "pay")
    before = await shown(page)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("link", name=title).first).to_be_focused()
    assert set(await shown(page)) == {*before, job}
    assert await site.clients.matches.feedback(ada.id) == []


async def test_other_weights_rank_those_too_that_were_not_shown(visit, ada, monkeypatch):
    monkeypatch.setattr("services.api.routes.match_pages.SHOWN", 3)
    page = await signed_in(await visit(), ada)
    assert len(await shown(page)) == 3
    await page.get_by_role("slider", name="Pay").fill("90")
    await page.locator(".match").nth(len(ada.matches) - 1).wait_for()
    weights = {**dict(FACTORS), "salary": 90.0}
    expected = {str(match.job_id): sum(rescored(match.factors, weights)) for match in ada.matches}
    after = await shown(page)
    assert after == pytest.approx(expected)
    assert all(one >= other - 1e-6 for one, other in pairwise(after.values()))
    await page.goto(page.url)
    await page.get_by_role("link", name="Show all 8").click()
    await page.locator(".match").nth(len(ada.matches) - 1).wait_for()
    assert set(await shown(page)) == set(expected)
    await expect(page.locator("#more")).to_have_count(0)


async def test_a_new_match_is_told_quietly_and_nothing_jumps(visit, ada, site):
    visitor = await visit()
    async with visitor.page.expect_response("**/matches/stream"):
        page = await signed_in(visitor, ada)
    before = await page.locator(".match").all_inner_texts()
    news = [News(f"n{at}", orjson.dumps({"type": "match", "job_id": str(at)})) for at in range(2)]
    await site.clients.cache.notify(ada.id, news)
    await page.get_by_text("2 new matches.").wait_for()
    assert await page.locator(".match").all_inner_texts() == before
    await visitor.sound()
    await page.get_by_role("link", name="Show", exact=True).click()
    await page.locator(".match").first.wait_for()


async def test_a_field_and_its_place_in_the_text_find_each_other(visit, ada):
    visitor = await visit()
    page = visitor.page
    await visitor.open("/matches")
    await page.set_input_files("input[type=file]", FILE)
    await page.get_by_role("button", name="Read my résumé").click()
    await page.get_by_role("link", name="I have kept it").click()
    await page.get_by_label("E-mail", exact=True).focus()
    assert await page.locator("mark.lit").all_inner_texts() == ["grace@example.com"]
    await page.get_by_label("Name", exact=True).hover()
    assert await page.locator("mark.lit").all_inner_texts() == ["Grace Hopper"]
    await page.locator("mark", has_text="Northwind GmbH").click()
    assert await page.evaluate("document.activeElement.value") == "Northwind GmbH"
    await page.get_by_label("Name", exact=True).fill("Grace B. Hopper")
    await page.get_by_role("button", name="Save to my profile").click()
    await page.get_by_text("Your résumé is in your profile.").wait_for()
    assert await page.get_by_label("Name", exact=True).input_value() == "Grace B. Hopper"
    assert await page.locator("[name=skill]").first.input_value() == "Python"


async def test_the_key_is_copied_and_no_address_or_page_holds_it_again(visit, ada):
    visitor = await visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    await visitor.open("/matches")
    await page.get_by_label("Name").fill("Grace")
    await page.get_by_role("button", name="Start from a form").click()
    key = await page.get_by_label("Your key").input_value()
    await page.get_by_role("button", name="Copy").click()
    await page.get_by_text("Copied.").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == key
    assert await page.evaluate("document.cookie") == ""
    await page.get_by_role("link", name="I have kept it").click()
    await page.get_by_role("heading", name="Your profile").wait_for()
    assert key not in page.url + await page.content()


async def test_without_scripts_everything_can_be_done(visit, ada, site):
    visitor = await visit(java_script_enabled=False)
    page = await signed_in(visitor, ada)
    await page.get_by_label("Pay", exact=True).fill("90")
    await page.get_by_role("button", name="Rank anew").click()
    await page.wait_for_url("**/matches?*w_salary=90*")
    weights = {**dict(FACTORS), "salary": 90.0}
    best = max(ada.matches, key=lambda match: sum(rescored(match.factors, weights)))
    first = page.locator(".match").first
    assert await first.get_attribute("data-id") == str(best.job_id)
    await first.locator(".factor summary").first.click()
    await first.get_by_text("3 of 4 skills").wait_for()
    await first.get_by_role("button", name="Interested").first.click()
    await page.wait_for_url("**/matches")
    assert [said.job_id for said in await site.clients.matches.feedback(ada.id)] == [best.job_id]
    await visitor.open("/matches/resume")
    await page.set_input_files("input[type=file]", FILE)
    await page.get_by_role("button", name="Read my résumé").click()
    await page.get_by_role("heading", name="What was read").wait_for()
    await page.get_by_role("link", name="E-mail: where it stands").click()
    await page.get_by_role("button", name="Save to my profile").click()
    await page.get_by_text("Your résumé is in your profile.").wait_for()
    await visitor.open("/matches/erase")
    await page.get_by_role("button", name="Erase everything").click()
    await page.get_by_role("heading", name="Everything is erased").wait_for()
    assert await site.clients.candidates.get(ada.id) is None
