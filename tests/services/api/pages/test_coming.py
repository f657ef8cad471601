"""Coming to the pages of matches, and what follows where something goes wrong on the way."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from api_people import as_operator, come, operated
from made_up_resume import RESUME
from page_visitor import VALUES, Browser, as_ada, match_of, matched
from read_pages import HTML, texts, tree
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.journal import pseudonym_of
from services.api.people.visits import COOKIE


@pytest.fixture
def house(clients, resume_pool):
    return replace(operated(clients), resumes=resume_pool)


@pytest.fixture
async def browser(house, gateway):
    async with gateway(house) as client:
        yield Browser(client)


def shown_key(answer) -> str:
    return LexborHTMLParser(answer.text).css_first("#secret").attributes["value"]


@pytest.mark.parametrize("by", ["name", "resume"])
async def test_a_form_that_is_sent_twice_at_once_makes_one_person_and_both_answers_open_them(
    browser, house, gateway, by
):
    await browser.open()
    once = {name: browser.page.css_first(f"[name={name}]").attributes["value"] for name in ("token", "once")}
    cookies = {COOKIE.name: browser.client.cookies[COOKIE.name]}

    async def send():
        async with gateway(house) as client:
            client.cookies.update(cookies)
            if by == "name":
                return await client.post("/matches/start", data={**once, "name": "Ada"}, headers=HTML)
            files = {"resume": ("cv.txt", RESUME.encode())}
            return await client.post("/matches/resume", data=once, files=files, headers=HTML)

    answers = await asyncio.gather(send(), send())
    (known,) = await house.candidates.page(limit=10)
    for answer in answers:
        assert answer.status_code == 200
        mine = {"Authorization": f"Bearer {shown_key(answer)}"}
        assert (await browser.client.get("/api/v1/candidates/me", headers=mine)).json()["id"] == str(known.id)


async def test_another_page_of_the_same_visit_makes_another_person(browser, house):
    ids = set()
    for _ in range(2):
        await browser.open()
        fields = browser.fields("/matches/start")
        await browser.send("/matches/start", 200, **{**fields, "name": "Ada"})
        browser.client.cookies.clear()
        ids = {each.id for each in await house.candidates.page(limit=10)}
    assert len(ids) == 2


async def test_a_new_key_ends_the_one_before_and_every_other_session(browser, house, gateway):
    ada = await as_ada(browser, house)
    before = {key.prefix for key in await house.keys.of_candidate(ada.id)}
    async with gateway(house) as other:
        elsewhere = Browser(other)
        elsewhere.client.cookies.update(browser.client.cookies)
        await browser.open("/matches/profile")
        answer = await browser.send("/matches/new-key", 200)
        assert "The one before has ended" in browser.text()
        assert [(line.who, line.deed) for line in house.journal.kept] == [(pseudonym_of(ada.id), "key-made")]
        await browser.open("/matches/profile")
        await elsewhere.open("/matches")
        assert "Jobs that fit you" in elsewhere.text("h1")
    keys = await house.keys.of_candidate(ada.id)
    assert {key.prefix for key in keys if key.revoked_at is not None} == before
    mine = {"Authorization": f"Bearer {shown_key(answer)}"}
    assert (await browser.client.get("/api/v1/candidates/me", headers=mine)).json()["name"] == "Ada"
    assert {key.name for key in keys if key.revoked_at is None} == {"candidate", "browser"}


async def test_a_session_that_a_new_key_ended_makes_none_itself(browser, house, gateway):
    await as_ada(browser, house)
    await browser.open("/matches/profile")
    async with gateway(house) as other:
        taken = Browser(other)
        taken.client.cookies.update(browser.client.cookies)
        taken.page = browser.page
        await browser.send("/matches/new-key", 200)
        answer = await other.post(
            "/matches/new-key", data={"token": taken.page.css_first("[name=token]").attributes["value"]}, headers=HTML
        )
    assert answer.status_code in {303, 400}
    assert "secret" not in answer.text


async def test_cities_that_nobody_knows_are_told_at_once_and_kept(browser, house, gateway):
    ada = await as_ada(browser, house)
    await browser.open("/matches/profile")
    assert browser.page.css_first("#unknown-places") is None
    await browser.send("/matches/profile", **{**browser.fields("/matches/profile"), "places": "Berlni\nParis\nSpain"})
    told = browser.text("#unknown-places")
    assert "“Berlni”: No city of this name is known" in told
    assert "Did you mean Berlin, Germany?" in told
    assert "“Spain”: This is a country" in told
    assert "Paris" not in told
    assert (await house.candidates.get(ada.id)).preferences.places == ("Berlni", "Paris", "Spain")
    async with gateway(house) as client:
        bob = await come(client, preferences={"places": ["Berlni"]})
        (unknown,) = (await bob.get())["unknown"]
        assert (unknown["parameter"], unknown["near"]) == ("preferences.places", "Berlin, Germany")
        changed = await bob.ask("PATCH", "", json={"preferences": {"places": ["Berlin"]}})
        assert changed.json()["unknown"] == []


@pytest.mark.parametrize(
    ("asked", "status", "way"),
    [
        ("GET /nothing", 404, "/"),
        ("GET /matches/start", 405, "/matches"),
        ("POST /matches/start", 400, "/matches"),
        ("POST /matches/profile", 400, "/matches/profile"),
        ("POST /matches/tracks", 400, "/matches/profile"),
        ("POST /matches/resume/apply", 400, "/matches/resume"),
        ("GET /companies?after=odd", 400, "/companies"),
    ],
)
async def test_a_page_that_fails_leads_on(browser, house, asked, status, way):
    await as_ada(browser, house)
    answer = await browser.client.request(*asked.split(), headers=HTML)
    assert answer.status_code == status
    page = LexborHTMLParser(answer.text)
    assert page.css_first("[role=alert] a.button").attributes["href"] == way
    assert "/" in [link.attributes["href"] for link in page.css("[role=alert] a")]


async def test_what_is_away_is_tried_again_by_its_address_and_a_form_is_not(browser, house, monkeypatch):
    await as_ada(browser, house)
    await browser.open("/matches/profile")
    fields = {**browser.fields("/matches/profile"), "phone": "42"}
    token = browser.page.css_first("[name=token]").attributes["value"]

    async def away(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(house.candidates, "change", away)
    answer = await browser.client.post("/matches/profile", data={"token": token, **fields}, headers=HTML)
    ways = LexborHTMLParser(answer.text).css("[role=alert] a")
    assert (answer.status_code, ways[0].attributes["href"]) == (500, "/matches/profile")
    monkeypatch.setattr(house.candidates, "resume", away)
    page = await tree(browser.client, "/matches/resume", 500)
    assert texts(page, "[role=alert] a") == ["Try again", "See all jobs"]


@pytest.mark.parametrize(("body", "told"), [("null", "body: must be an object"), ("", "body: must be given")])
async def test_a_body_that_is_nothing_is_told_so(house, gateway, body, told):
    async with gateway(house) as client:
        headers = {**as_operator(), "Content-Type": "application/json"}
        path = f"/api/v1/matches/job/{UUID(int=1)}/introductions"
        answer = await client.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, told)
    assert answer.json()["errors"][0]["field"] == "body"


async def test_matches_that_nobody_has_read_for_their_meaning_yet_say_so(browser, house, crawl, posting, monkeypatch):
    job = posting(1)
    await crawl(house, job)
    ada = await as_ada(browser, house)
    unread, read = match_of(ada.id, job.id, (0.9, 0.5, None, 1.0, None, 0.5)), match_of(ada.id, job.id, VALUES[0])
    monkeypatch.setattr(house.embedder, "available", True)
    for match, told in ((unread, True), (read, False)):
        await matched(house, ada.id, [match], [])
        await browser.open()
        assert ("is being read" in browser.text()) is told
    monkeypatch.setattr(house.embedder, "available", False)
    await matched(house, ada.id, [unread], [])
    await browser.open()
    assert "is being read" not in browser.text()
