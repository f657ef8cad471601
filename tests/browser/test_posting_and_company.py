"""The pages of a posting and of a company in a real browser: for everybody, on any screen, and nothing runs in them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from quiethire.domain.lifecycle import close, observe
from quiethire.domain.posting import Location, Period, Provenance, Salary, Source
from quiethire.domain.search import SearchDocument

EVIL = "<script>window.hit=1</script><img src=x onerror='window.hit=1'> \"'>"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def told(site, posting) -> SimpleNamespace:
    """Addresses: a posting that was raised, one that is closed, a hostile one, a company, and one that is not there."""

    async def crawl(*postings, days_ago) -> None:
        known = await site.clients.postings.known({item.id for item in postings})
        advance = observe(known, postings, NOW - days_ago * DAY)
        await site.clients.postings.save(advance.rows, advance.events)
        assert await site.clients.index.upsert([SearchDocument.of(row) for row in advance.rows]) == []

    sources = {
        "salary": Provenance(source=Source.TEXT, path="“€6,500 to €7,900 a month”"),
        "title": Provenance(source=Source.ATS, path="$.jobs[0].title"),
    }
    company = {"company_name": "Fjordlight", "company_domain": "fjordlight.example", "posted_at": None}
    before, after = (Salary(min=low, max=8900, currency="EUR", period=Period.MONTH) for low in (6500, 7000))
    raised = posting(101, **company, salary=before, provenance=sources, requirements=("SQL",), description_text="One.")
    gone = posting(102, **company)
    await crawl(raised, gone, days_ago=60)
    raised = raised.model_copy(update={"salary": after, "description_text": "One.\nTwo."})
    await crawl(raised, posting(103, **company), days_ago=20)
    await site.clients.postings.save(*close((await site.clients.postings.known({gone.id})).values(), NOW - 5 * DAY))
    await site.clients.index.delete({gone.id})
    hostile = posting(
        104,
        title=EVIL + "W" * 200,
        company_name=EVIL + "w" * 120,
        company_domain=None,
        department="D" * 150,
        locations=tuple(Location(name="ß" * 90 + str(number)) for number in range(20)),
        requirements=("R" * 400,),
        skills=("ß" * 120,),
        description_html=f"<p>{'x' * 2000}</p><table><tr>{'<td>wide cell</td>' * 40}</tr></table><pre>{'y ' * 400}</pre>",
        provenance={"title": Provenance(source=Source.TEXT, path=EVIL + "p" * 280)},
    )
    await crawl(hostile, days_ago=1)
    return SimpleNamespace(
        raised=f"/jobs/{raised.id}",
        closed=f"/jobs/{gone.id}",
        hostile=f"/jobs/{hostile.id}",
        company="/companies/fjordlight.example",
        missing="/jobs/nothing",
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_every_page_is_accessible_fits_its_screen_and_runs_nothing(told, visit, scheme, width):
    visitor = await visit(width=width, color_scheme=scheme)
    for path in vars(told).values():
        await visitor.open(path)
        await visitor.page.evaluate("document.querySelectorAll('details').forEach((all) => { all.open = true; })")
        await visitor.sound()
        assert await visitor.page.evaluate("window.hit === undefined")
    # Of the page that is missing the browser tells its status.
    [complaint] = visitor.complaints
    assert "404" in complaint
    visitor.complaints.clear()


async def test_without_scripts_every_figure_can_be_asked_why_by_keyboard_alone(told, visit):
    page = (visitor := await visit(java_script_enabled=False)).page
    await visitor.open(told.raised)
    answer = page.locator(".facts .why-body").first
    assert not await answer.is_visible()
    await page.locator(".facts summary").first.focus()
    await page.keyboard.press("Enter")
    assert "€6,500 to €7,900 a month" in await answer.inner_text()
    await page.get_by_text("what changed?").click()
    assert await page.locator(".timeline ins").text_content() == "New: Two."
    await page.get_by_role("link", name="open 60 days").click()
    assert await page.get_by_role("heading", name="What we know about this posting").is_visible()
    await page.get_by_role("link", name="Fjordlight", exact=True).click()
    assert await page.get_by_role("heading", level=1).inner_text() == "Fjordlight"
    await page.get_by_text("The same as a table").click()
    assert await page.get_by_role("row").count() == 27


async def test_the_chart_is_a_picture_with_a_name_that_fills_its_width(told, visit):
    visitor = await visit(width=390)
    await visitor.open(told.company)
    box = await visitor.page.get_by_role("img", name="Postings opened and closed, week by week").bounding_box()
    assert box is not None
    assert 300 < box["width"] <= 390 - 32
    # Its colours come from classes, which the policy lets through.
    fill = await visitor.page.locator(".chart-area").evaluate("(area) => getComputedStyle(area).fill")
    assert fill == "rgb(230, 240, 236)"
