"""The search page in a real browser: instant with its script, whole without it."""

import asyncio
from datetime import UTC, datetime

import pytest
from playwright.async_api import Route

from quiethire.domain.errors import Transient

EVIL = "<script>window.hit=1</script><img src=x onerror='window.hit=1'> engineer \"'>"


async def test_results_come_as_one_types_and_back_takes_the_typing_away(visit):
    visitor = await visit()
    await visitor.open("/?remote=hybrid")
    await visitor.found("20 jobs")
    await visitor.page.keyboard.press("/")
    await visitor.page.keyboard.type("senior data", delay=20)
    await visitor.page.wait_for_url("**/?q=senior+data&remote=hybrid")
    await visitor.found("5 jobs")
    assert await visitor.page.title() == "senior data · QuietHire"
    assert await visitor.address() == "/?q=senior+data&remote=hybrid"
    assert await visitor.page.locator("#q").evaluate("(field) => document.activeElement === field")
    await visitor.page.go_back()
    await visitor.found("20 jobs")
    assert await visitor.address() == "/?remote=hybrid"
    assert await visitor.page.locator("#q").input_value() == ""
    await visitor.page.go_forward()
    await visitor.found("5 jobs")
    assert await visitor.page.locator("#q").input_value() == "senior data"


async def test_an_older_answer_never_covers_a_newer_one(visit):
    visitor = await visit()
    held, gone_on = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        if "q=manager" in route.request.url:
            held.set()
            await gone_on.wait()
        await route.continue_()

    await visitor.page.route("**/results?*", slow)
    await visitor.open()
    await visitor.page.fill("#q", "manager")
    await held.wait()
    assert await visitor.page.locator("#results[aria-busy=true] .row").count() == 20
    await visitor.page.fill("#q", "executive")
    await visitor.found("15 jobs")
    gone_on.set()
    await visitor.page.wait_for_load_state("networkidle")
    assert set(await visitor.page.locator(".row h2").all_inner_texts()) <= {f"Account Executive {n}" for n in range(60)}
    assert await visitor.address() == "/?q=executive"
    assert await visitor.page.locator("#results[aria-busy]").count() == 0


async def test_filters_narrow_at_once_and_chips_take_them_away(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open("/?q=data")
    await visitor.found("30 jobs")
    await page.get_by_role("checkbox", name="Senior").check()
    await visitor.found("15 jobs")
    assert await page.get_by_role("checkbox", name="Senior").evaluate("(box) => document.activeElement === box")
    await page.get_by_role("radio", name="Week").check()
    await visitor.found("2 jobs")
    assert await visitor.address() == "/?q=data&seniority=senior&posted_within=7"
    await page.get_by_role("link", name="Remove filter: Senior").click()
    await visitor.found("4 jobs")
    assert not await page.get_by_role("checkbox", name="Senior").is_checked()
    await page.get_by_label("Sort").select_option("salary")
    await page.wait_for_url("**/*sort=salary")
    await page.go_back()
    await page.go_back()
    await visitor.found("2 jobs")
    assert await page.get_by_role("checkbox", name="Senior").is_checked()


async def test_a_skill_is_added_and_a_company_left_out_by_their_fields(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open()
    await page.get_by_label("Add a skill").fill("Kafka")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Remove filter: Kafka").wait_for()
    assert await page.get_by_label("Add a skill").input_value() == ""
    await page.get_by_label("Leave one out").fill("Globex")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Remove filter: Not Globex").wait_for()
    assert await visitor.address() == "/?exclude_company=Globex&skills=Kafka"
    assert "Globex" not in await page.locator(".rows").inner_text()


async def test_the_slider_and_the_amount_follow_each_other(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open()
    await page.get_by_role("slider").focus()
    for _ in range(18):
        await page.keyboard.press("ArrowRight")
    await visitor.found("20 jobs")
    assert await page.locator("#salary_min").input_value() == "90000"
    assert await visitor.address() == "/?salary_min=90000&salary_currency=EUR"
    await page.fill("#salary_min", "108000")
    await visitor.found("2 jobs")
    assert await page.get_by_role("slider").input_value() == "110000"
    await page.fill("#salary_min", "108,000")
    assert await page.get_by_role("slider").input_value() == "110000"
    await page.fill("#salary_min", "many")
    await page.get_by_role("checkbox", name="Hybrid").click()
    assert await page.evaluate("document.activeElement.id") == "salary_min", "what cannot be read is told of"
    await page.get_by_role("checkbox", name="Hybrid").uncheck()
    await page.fill("#salary_min", "")
    await visitor.found("60 jobs")
    assert await visitor.address() == "/"


async def test_places_are_suggested_and_chosen_by_keyboard(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open()
    where = page.get_by_role("combobox", name="Where")
    await page.get_by_label("Where").focus()
    await page.keyboard.type("berl", delay=10)
    await page.get_by_role("option", name="Berlin, Germany").wait_for()
    assert await where.get_attribute("aria-expanded") == "true"
    await visitor.sound()
    await page.keyboard.press("ArrowDown")
    chosen = page.locator(".suggestions [aria-selected=true]")
    assert await where.get_attribute("aria-activedescendant") == await chosen.get_attribute("id")
    await page.keyboard.press("Enter")
    await visitor.found("30 jobs")
    await page.get_by_role("link", name="Remove filter: Berlin, Germany, 50 km").wait_for()
    assert await page.get_by_role("listbox").count() == 0
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("par", delay=10)
    await page.locator(".suggestions [role=option]").first.wait_for()
    await page.keyboard.press("Escape")
    assert await where.get_attribute("aria-expanded") == "false"


async def test_back_from_a_posting_finds_the_list_where_it_was(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open()
    await page.get_by_role("checkbox", name="Remote").check()
    await visitor.found("20 jobs")
    await page.evaluate("scrollTo(0, 700)")
    link = page.locator(".row h2 a").nth(9)
    title = await link.inner_text()
    await link.click()
    await page.get_by_role("heading", level=1, name=title).wait_for()
    await page.go_back()
    await visitor.found("20 jobs")
    await page.wait_for_function("() => scrollY === 700")
    assert await page.evaluate("document.activeElement.innerText") == title
    assert await page.get_by_role("checkbox", name="Remote").is_checked()


async def test_leafing_shows_the_next_page_from_its_top(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open("/?sort=salary")
    first = await page.locator(".row h2").first.inner_text()
    await page.get_by_role("link", name="Next →").click()
    await visitor.found("60 jobs, page 2")
    assert await page.evaluate("scrollY") == 0
    assert await page.evaluate("document.activeElement.id") == "results"
    assert await page.locator(".row h2").first.inner_text() != first
    await page.go_back()
    await visitor.found("60 jobs")
    assert await page.locator(".row h2").first.inner_text() == first


async def test_all_of_it_is_in_reach_of_the_keyboard(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open("/?q=data")
    await page.keyboard.press("?")
    await page.get_by_role("dialog", name="Keyboard").wait_for()
    await visitor.sound()
    await page.keyboard.press("Escape")
    assert await page.get_by_role("dialog").count() == 0
    titles = await page.locator(".row h2").all_inner_texts()
    for key, expected in zip("jjjk", (0, 1, 2, 1), strict=True):
        await page.keyboard.press(key)
        assert await page.evaluate("document.activeElement.innerText") == titles[expected]
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", level=1, name=titles[1]).wait_for()
    await page.go_back()
    await visitor.found("30 jobs")
    await page.keyboard.press("/")
    await page.keyboard.press("End")
    await page.keyboard.type(" / s")
    assert await page.locator("#q").input_value() == "data / s"
    await page.keyboard.press("Escape")
    await page.route("**/alerts/new?*", lambda route: route.fulfill(body="An alert"))
    async with page.expect_request("**/alerts/new?q=data*"):
        await page.keyboard.press("s")


async def test_the_theme_follows_the_system_until_one_is_chosen(visit):
    visitor = await visit(color_scheme="light")
    page = visitor.page

    async def ground() -> str:
        return await page.evaluate("getComputedStyle(document.body).backgroundColor")

    await visitor.open()
    light = await ground()
    button = page.get_by_role("button", name="Dark theme")
    assert await button.get_attribute("aria-pressed") == "false"
    await button.click()
    dark = await ground()
    assert dark != light
    assert await button.get_attribute("aria-pressed") == "true"
    await page.reload()
    assert await ground() == dark
    await page.emulate_media(color_scheme="dark")
    await button.click()
    assert await ground() == light
    await page.emulate_media(color_scheme="light")
    await button.click()
    await button.click()
    assert await page.evaluate("localStorage.length") == 0
    await page.emulate_media(color_scheme="dark")
    assert await ground() == dark


async def test_a_search_that_fails_says_so_and_can_be_tried_again(visit, site):
    visitor = await visit()
    page = visitor.page
    await visitor.open()
    await page.route("**/results?*", lambda route: route.abort())
    await page.fill("#q", "manager")
    await page.get_by_role("alert").get_by_text("did not get through").wait_for()
    await visitor.sound()
    await page.unroute("**/results?*")
    await page.get_by_role("button", name="Try again").click()
    await visitor.found("15 jobs")
    assert await page.get_by_role("alert").count() == 0
    await page.get_by_label("Remote from").fill("Atlantis")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").get_by_text("no country or area").wait_for()
    assert await page.locator("#q").input_value() == "manager"
    await page.get_by_label("Remote from").fill("")
    await page.keyboard.press("Enter")
    await visitor.found("15 jobs")
    failed = [entry for entry in visitor.complaints if entry.startswith("Failed to load resource")]
    assert len(failed) >= 2
    visitor.complaints[:] = [entry for entry in visitor.complaints if entry not in failed]


async def test_an_empty_list_offers_a_way_on(visit):
    visitor = await visit()
    page = visitor.page
    await visitor.open("/?q=product&seniority=senior")
    await visitor.found("0 jobs")
    await visitor.sound()
    await page.get_by_role("link", name="Without Senior").click()
    await visitor.found("15 jobs")
    assert await visitor.address() == "/?q=product"


async def test_without_scripts_the_form_does_all_of_it(visit):
    visitor = await visit(java_script_enabled=False)
    page = visitor.page
    await visitor.open()
    await page.get_by_label("Search jobs").fill("data")
    await page.get_by_role("checkbox", name="Senior").check()
    await page.get_by_label("Amount").fill("90000")
    await page.get_by_role("button", name="Apply filters").click()
    await visitor.found("5 jobs")
    assert await visitor.address() == "/?q=data&seniority=senior&salary_min=90000&salary_currency=EUR"
    assert not await page.get_by_role("slider").is_visible()
    assert not await page.get_by_role("button", name="Dark theme").is_visible()
    await page.get_by_role("link", name="Remove filter: Senior").click()
    await visitor.found("10 jobs")
    await page.get_by_label("Sort").select_option("date")
    await page.get_by_role("button", name="Sort").click()
    await page.wait_for_url("**/*sort=date*")


async def test_what_strangers_wrote_does_nothing_and_breaks_no_line(visit, site, posting):
    today = {"posted_at": datetime.now(UTC)}
    evil = {**today, "title": EVIL, "company_name": EVIL, "description_text": EVIL, "skills": (EVIL[:100],)}
    await site.crawl(
        posting(100, description_html=f"<p>{EVIL}</p>", **evil),
        posting(101, title=f"engineer {'W' * 290}", company_name="w" * 200, skills=("ß" * 100,) * 20, **today),
        posting(102, title="مهندس بيانات أول engineer", company_name="شركة الشمال", **today),
    )
    for width in (390, 1280):
        visitor = await visit(width=width)
        page = visitor.page
        await visitor.open()
        await page.fill("#q", EVIL)
        await page.fill("#q", "engineer")
        await page.wait_for_url("**/?q=engineer")
        await page.locator(".row", has_text="window.hit").wait_for()
        await visitor.sound()
        await page.locator(".row h2 a", has_text="window.hit").click()
        await page.get_by_role("heading", level=1, name=EVIL).wait_for()
        assert await page.evaluate("window.hit === undefined")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_a_wrong_value_keeps_all_that_was_chosen_without_scripts_too(visit):
    visitor = await visit(java_script_enabled=False)
    page = visitor.page
    await visitor.open("/?q=data&seniority=senior")
    await page.get_by_label("Remote from").fill("Germny")
    await page.get_by_role("button", name="Apply filters").click()
    await page.get_by_role("alert").get_by_text("did you mean Germany?").wait_for()
    assert await page.get_by_label("Remote from").input_value() == "Germny"
    assert await page.get_by_role("checkbox", name="Senior").is_checked()
    assert await page.locator("#q").input_value() == "data"
    await page.get_by_role("link", name="Search without it").click()
    await visitor.found("15 jobs")
    visitor.complaints[:] = [entry for entry in visitor.complaints if "400 (Bad Request)" not in entry]


async def test_a_name_that_is_not_known_leads_to_the_near_one(visit):
    visitor = await visit()
    await visitor.open("/?location=Berlni")
    await visitor.found("0 jobs")
    await visitor.sound()
    await visitor.page.get_by_role("link", name="Berlin, Germany", exact=True).click()
    await visitor.found("30 jobs")


async def test_meaning_is_searched_where_a_model_is(visit, site):
    site.clients.embedder.available = True
    visitor = await visit()
    page = visitor.page
    await visitor.open("/?q=data")
    await page.get_by_role("checkbox", name="Also by meaning").check()
    await page.wait_for_url("**/?q=data&semantic=true")
    await page.get_by_text("The nearest first").wait_for()
    await visitor.sound()
    assert await page.get_by_role("link", name="Save this search").count() == 0
    await page.get_by_role("checkbox", name="Also by meaning").uncheck()
    await page.get_by_label("Sort").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
async def test_companies_are_found_by_name(visit, width):
    visitor = await visit(width=width)
    page = visitor.page
    await visitor.open()
    await page.get_by_role("link", name="Companies", exact=True).click()
    await page.get_by_role("heading", level=1, name="Companies").wait_for()
    await visitor.sound()
    await page.get_by_label("Name or domain of a company").fill("glob")
    await page.get_by_role("button", name="Find").click()
    await page.wait_for_url("**/companies?q=glob")
    await page.get_by_role("link", name="Globex").click()
    await page.get_by_role("heading", level=1, name="Globex").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_axe_finds_nothing(visit, site, scheme, width):
    visitor = await visit(width=width, color_scheme=scheme)
    await visitor.open("/?q=data&remote=hybrid&skills=SQL&location=Berlin&salary_min=50000&posted_within=30")
    await visitor.sound()
    await visitor.open("/?q=nothing&remote=hybrid")
    await visitor.sound()

    async def gone(*asked: object, **options: object) -> None:
        raise Transient("refused", where="typesense")

    site.clients.index.search = gone
    await visitor.open("/?q=manager")
    await visitor.page.get_by_role("note").get_by_text("Plain search").wait_for()
    await visitor.sound()
    await visitor.open("/?page=0")
    await visitor.page.get_by_role("alert").wait_for()
    await visitor.sound()
    site.clients.postings.search = gone
    await visitor.open("/?q=engineer&remote=remote")
    await visitor.page.get_by_role("alert").get_by_role("link", name="Try again").wait_for()
    await visitor.sound()
    assert [entry.partition("status of ")[2][:3] for entry in visitor.complaints] == ["400", "503"]
    visitor.complaints.clear()
