"""Two who change a person at once: neither undoes the other's change unseen."""

import pytest
from api_people import come, operated
from page_visitor import Browser, as_ada


@pytest.fixture
def house(clients):
    return operated(clients)


@pytest.fixture
async def browser(house, gateway):
    async with gateway(house) as client:
        yield Browser(client)


async def test_a_change_of_a_version_that_is_not_there_any_more_is_refused(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        seen = (await ada.ask("GET", "")).headers["ETag"]
        first = await ada.ask("PATCH", "", json={"phone": "1"}, match=seen)
        assert first.status_code == 200
        assert first.headers["ETag"] != seen
        second = await ada.ask("PATCH", "", json={"phone": "2"}, match=seen)
        assert second.status_code == 412
        assert second.json()["type"].endswith("/outdated")
        assert "read it anew" in second.json()["detail"]
        assert (await ada.get())["phone"] == "1"
        for of in (first.headers["ETag"], f"{seen}, {first.headers['ETag']}", "*", None):
            changed = await ada.ask("PATCH", "", json={"phone": "3"}, match=of)
            assert changed.status_code == 200
            await ada.ask("PATCH", "", json={"phone": "1"})


@pytest.mark.parametrize(("method", "path"), [("PUT", "/tracks/Data"), ("DELETE", "/tracks/Data")])
async def test_a_track_too_is_changed_only_of_the_version_that_is_named(house, gateway, method, path):
    async with gateway(house) as client:
        ada = await come(client)
        body = {"json": {"titles": ["Analyst"]}} if method == "PUT" else {}
        for of, status in (('"another"', 412), ('W/"weak"', 412), ((await ada.ask("GET", "")).headers["ETag"], 200)):
            answer = await ada.ask(method, path, match=of, **body)
            assert answer.status_code == status
        assert answer.headers["ETag"] == (await ada.ask("GET", "")).headers["ETag"]


async def test_a_change_that_was_made_already_is_done_whoever_sends_it_again(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        seen = (await ada.ask("GET", "")).headers["ETag"]
        for _ in range(2):
            answer = await ada.ask("PATCH", "", json={"phone": "1"}, match=seen)
            assert answer.status_code == 200


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("PUT", "/tracks/Data"), ("DELETE", "/tracks/Data")])
async def test_who_changes_something_is_told_of_it_whatever_they_know(house, gateway, method, path):
    async with gateway(house) as client:
        ada = await come(client)
        headers = {"Authorization": f"Bearer {ada.secret}", "If-None-Match": "*"}
        body = {} if method == "DELETE" else {"json": {}}
        answer = await client.request(method, f"/api/v1/candidates/me{path}", headers=headers, **body)
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada Lovelace")


async def test_a_form_of_the_profile_that_is_out_of_date_keeps_nothing_and_shows_both(browser, house):
    ada = await as_ada(browser, house)
    await browser.open("/matches/profile")
    old = browser.fields("/matches/profile")
    await browser.send("/matches/profile", **{**old, "places": "Hamburg"})
    await browser.send("/matches/profile", 409, **{**old, "phone": "42"})
    told = browser.text("[role=alert]")
    assert "changed meanwhile" in told
    assert "Cities: Hamburg" in told
    assert "Phone: nothing" in told
    assert (await house.candidates.get(ada.id)).preferences.places == ("Hamburg",)
    again = browser.fields("/matches/profile")
    assert (again["phone"], again["places"].strip()) == ("42", "")
    await browser.send("/matches/profile", **again)
    kept = await house.candidates.get(ada.id)
    assert (kept.phone, kept.preferences.places) == ("42", ())


async def test_a_form_that_was_wrong_and_out_of_date_is_still_out_of_date_when_it_is_mended(browser, house):
    await as_ada(browser, house)
    await browser.open("/matches/profile")
    old = browser.fields("/matches/profile")
    await browser.send("/matches/profile", **{**old, "places": "Hamburg"})
    await browser.send("/matches/profile", 400, **{**old, "countries": "Atlantis"})
    mended = {**browser.fields("/matches/profile"), "countries": "DE"}
    await browser.send("/matches/profile", 409, **mended)


async def test_tracks_have_versions_of_their_own(browser, house):
    ada = await as_ada(browser, house)
    await browser.open("/matches/profile")
    person, version = browser.fields("/matches/profile"), browser.page.css_first("#tracks [name=version]")
    mine = {"old": "Data", "track": "Data", "version": version.attributes["value"]}
    await browser.send("/matches/tracks", **mine, titles="Analyst")
    await browser.send("/matches/tracks", **mine, titles="Analyst")
    await browser.send("/matches/tracks", 409, **mine, titles="Engineer")
    assert "changed meanwhile" in browser.text("[role=alert]")
    assert browser.page.css_first("#tracks [name=titles]").text().strip() == "Engineer"
    await browser.send("/matches/tracks/remove", 409, **mine)
    assert [track.titles for track in (await house.candidates.get(ada.id)).tracks] == [("Analyst",)]
    await browser.send("/matches/profile", **{**person, "phone": "42"})
    await browser.open("/matches/profile")
    version = browser.page.css_first("#tracks [name=version]").attributes["value"]
    for _ in range(2):
        await browser.send("/matches/tracks/remove", **{**mine, "version": version})
    assert (await house.candidates.get(ada.id)).tracks == ()
