"""The search page on a phone, in a real browser."""


async def test_on_a_phone_the_filters_are_a_sheet(visit):
    visitor = await visit(width=390, height=844, has_touch=True)
    page = visitor.page
    await visitor.open()
    assert not await page.get_by_role("checkbox", name="Hybrid").is_visible()
    await page.locator("summary", has_text="Filters").click()
    await page.get_by_role("checkbox", name="Hybrid").check()
    show = page.get_by_role("button", name="Show 20 jobs")
    await show.wait_for()
    await visitor.sound()
    await show.click()
    assert not await page.get_by_role("checkbox", name="Hybrid").is_visible()
    assert await page.locator("summary", has_text="Filters (1)").is_visible()


async def test_on_a_phone_what_cannot_be_read_is_shown_though_the_filters_are_closed(visit):
    visitor = await visit(width=390)
    page = visitor.page
    await visitor.open()
    await page.locator("summary", has_text="Filters").click()
    await page.get_by_label("Amount").fill("many")
    await page.locator("summary", has_text="Close filters").click()
    await page.locator("#q").press("Enter")
    await page.wait_for_function("document.activeElement.id === 'salary_min'")
    assert await page.get_by_label("Amount").is_visible()


async def test_on_a_narrow_phone_a_long_search_that_finds_nothing_fits(visit):
    visitor = await visit(width=320, height=640)
    await visitor.open(f"/?q={'+'.join(['programme'] * 8)}&remote=remote")
    await visitor.found("0 jobs")
    await visitor.sound()
