"""The pages of matches over HTTP: coming, coming back, ranking, and what one says of a match. A browser without scripts does no more."""

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from api_people import as_operator, operated
from page_visitor import VALUES, Browser, as_ada, match_of, matched

from quiethire.domain.access import is_key
from quiethire.domain.candidate import Introduction, Verdict, Why
from quiethire.domain.matching import known_weight
from services.api.app import create_app
from services.api.pages.matches_view import rescored
from services.api.people.visits import COOKIE
from services.api.routes import match_pages
from services.matching.factors.registry import FACTORS

FORMS = (
    "/matches/start",
    "/matches/key",
    "/matches/leave",
    "/matches/resume",
    "/matches/resume/apply",
    "/matches/profile",
    "/matches/tracks",
    "/matches/tracks/remove",
    "/matches/erase",
    f"/matches/feedback/{UUID(int=7)}",
    f"/matches/introductions/{UUID(int=7)}",
)


@pytest.fixture
def house(clients):
    return operated(clients)


@pytest.fixture
async def browser(house, gateway):
    async with gateway(house) as client:
        yield Browser(client)


async def test_a_stranger_is_told_what_this_is_and_gets_a_cookie_of_nobody(browser):
    answer = await browser.open()
    assert "Jobs that fit you" in browser.text("h1")
    assert len(browser.page.css(".own-lines li")) == 3
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "Secure" not in cookie
    assert not is_key(browser.client.cookies[COOKIE.name])


async def test_behind_https_the_cookie_goes_over_https_alone_and_is_of_this_host(house):
    transport = httpx.ASGITransport(create_app(house))
    async with httpx.AsyncClient(transport=transport, base_url="https://gateway") as client:
        browser = Browser(client)
        cookie = (await browser.open()).headers["Set-Cookie"]
        # What browsers ask of a `__Host-` cookie: else they do not take it.
        assert cookie.startswith("__Host-quiethire_visit=")
        assert all(part in cookie for part in ("Secure", "Path=/;", "HttpOnly"))
        assert "Domain" not in cookie
        await as_ada(browser, house)
        mine = client.cookies["__Host-quiethire_visit"]
        client.cookies.clear()
        # A neighbour can plant the plain name, which nobody reads.
        planted = await client.get("/matches", headers={"Cookie": f"quiethire_visit={mine}"})
        assert "Jobs that fit you" in planted.text
        client.cookies.set("__Host-quiethire_visit", mine)
        await browser.open()
        assert "Nothing fits yet" in browser.text()
        token = browser.page.css_first("[name=token]").attributes["value"]
        left = await client.post("/matches/leave", data={"token": token})
        assert re.match('__Host-quiethire_visit="";.*Max-Age=0;.*Secure', left.headers["Set-Cookie"])


async def test_who_starts_from_a_form_sees_their_key_once_and_is_signed_in_by_another(browser, house):
    await browser.open()
    token = browser.page.css_first("[name=token]").attributes["value"]
    answer = await browser.send("/matches/start", 200, name="Ada")
    key = browser.page.css_first("#secret").attributes["value"]
    assert is_key(key)
    assert key not in str(answer.headers)
    assert browser.client.cookies[COOKIE.name] != key
    for path in ("/matches", "/matches/profile", "/matches/resume", "/matches/erase"):
        assert key not in (await browser.open(path)).text
    (known,) = await house.candidates.page(limit=10)
    assert [each.name for each in await house.keys.of_candidate(known.id)] == ["candidate", "browser"]
    again = await browser.client.post("/matches/start", data={"token": token, "name": "Ada"})
    assert again.status_code == 400
    assert len(await house.candidates.page(limit=10)) == 1


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_that_no_page_of_this_visit_made_is_refused_and_does_nothing(browser, house, path):
    ada = await as_ada(browser, house)
    for token in ({}, {"token": ""}, {"token": "é" * 64}, {"token": "0" * 64}):
        answer = await browser.client.post(path, data={**token, "name": "Eve", "verdict": "interested"})
        assert answer.status_code == 400
        assert "out of date" in answer.text
    assert await house.candidates.get(ada.id) == ada
    assert len(await house.keys.of_candidate(ada.id)) == 2


@pytest.mark.parametrize(
    "path", ["/matches/profile", "/matches/resume", "/matches/export", "/matches/erase", "/matches/stream"]
)
async def test_what_is_somebodys_own_leads_strangers_to_the_beginning(browser, path):
    answer = await browser.client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/matches")


async def test_a_key_brings_one_back_and_signing_out_ends_the_session_wherever_its_cookie_went(browser, house, gateway):
    ada = await as_ada(browser, house)
    assert "Nothing fits yet" in browser.text()
    copied = {"Cookie": f"{COOKIE.name}={browser.client.cookies[COOKIE.name]}"}
    async with gateway(house) as elsewhere:
        assert "Nothing fits yet" in (await elsewhere.get("/matches", headers=copied)).text
    await browser.send("/matches/leave")
    assert "Jobs that fit you" in browser.text("h1")
    async with gateway(house) as elsewhere:
        assert "Jobs that fit you" in (await elsewhere.get("/matches", headers=copied)).text
    assert len(await house.keys.of_candidate(ada.id)) == 2


@pytest.mark.parametrize("key", ["", "qh_aaaaaaaa_x", "the-operators-own-key-of-24", "x" * 300, "é"])
async def test_what_is_nobodys_key_opens_nothing(browser, key):
    await browser.open()
    await browser.send("/matches/key", 400, key=key)
    assert browser.text("#key-problem")
    assert not is_key(browser.client.cookies[COOKIE.name])


async def test_matches_show_their_factors_and_what_is_hidden_and_why(browser, house, crawl, posting):
    await crawl(house, *map(posting, range(6)))
    ada = await as_ada(browser, house)
    matches = [match_of(ada.id, posting(at).id, values) for at, values in enumerate(VALUES)]
    await matched(house, ada.id, matches, [posting(4).id, posting(5).id])
    await browser.open()
    best = max(matches, key=lambda match: match.score)
    cards = browser.page.css(".match")
    assert cards[0].attributes["data-id"] == str(best.job_id)
    assert cards[0].css_first("[data-shown]").text() == str(round(best.score))
    widths = [float(part.attributes["width"]) for part in cards[0].css("rect.part")]
    assert sum(widths) == pytest.approx(best.score, abs=0.001)
    known = {str(match.job_id): known_weight(match.factors) for match in matches}
    told = {card.attributes["data-id"]: [line.text() for line in card.css(".known")] for card in cards}
    assert told == {job: [f"{w:g} of 100 points’ worth is known."] if w < 100 else [] for job, w in known.items()}
    assert "Of skills." in cards[0].css_first(".factor p").text()
    assert "Hidden (17): 14 pay below your floor, 3 not where you can work" in browser.text(".own-hidden summary")
    assert len(browser.page.css(".own-hidden li")) == 2
    assert "€40k is below the floor." in browser.text(".own-hidden")


async def test_weights_in_the_address_rank_by_the_servers_own_formula(browser, house, crawl, posting):
    await crawl(house, *map(posting, range(3)))
    ada = await as_ada(browser, house)
    matches = [match_of(ada.id, posting(at).id, values) for at, values in enumerate(VALUES)]
    await matched(house, ada.id, matches, [])
    weights = {"skills": 0.0, "experience": 5.0, "semantic": 0.0, "salary": 80.0, "culture": 3.0, "validation": 0.0}
    await browser.open("/matches?" + "&".join(f"w_{name}={value}" for name, value in weights.items()))
    told = {card.attributes["data-id"]: float(card.attributes["data-score"]) for card in browser.page.css(".match")}
    expected = {str(match.job_id): sum(rescored(match.factors, weights)) for match in matches}
    assert told == pytest.approx(expected)
    assert list(told) == sorted(expected, key=lambda job: -expected[job])
    await browser.open("/matches?w_skills=many&w_salary=-1&w_culture=1e9&w_validation=nan")
    told = {card.attributes["data-id"]: float(card.attributes["data-score"]) for card in browser.page.css(".match")}
    assert told == pytest.approx({str(match.job_id): match.score for match in matches})


def test_with_the_usual_weights_the_sum_is_the_engines():
    for values in VALUES:
        match = match_of(UUID(int=1), UUID(int=2), values)
        assert rescored(match.factors, dict(FACTORS)) == tuple(factor.points for factor in match.factors)
    nothing = match_of(UUID(int=1), UUID(int=2), (None, 0.5, None, None, None, None))
    assert sum(rescored(nothing.factors, {name: 0.0 for name, _ in FACTORS})) == 0


async def test_what_somebody_says_of_a_match_is_kept_and_shown(browser, house, crawl, posting):
    await crawl(house, *map(posting, range(3)))
    ada = await as_ada(browser, house)
    matches = [match_of(ada.id, posting(at).id, values) for at, values in enumerate(VALUES)]
    await matched(house, ada.id, matches, [])
    await browser.open()
    liked = browser.page.css(".match")[-1].attributes["data-id"]
    token = browser.page.css_first("[name=token]").attributes["value"]
    form = {"token": token, "verdict": "interested"}
    assert (await browser.client.post(f"/matches/feedback/{liked}", data=form)).status_code == 303
    await matched(house, ada.id, matches, [])
    await browser.open()
    assert browser.page.css(".match")[0].attributes["data-id"] == liked
    form = {"token": token, "verdict": "not_interested", "why": "company"}
    assert (await browser.client.post(f"/matches/feedback/{liked}", data=form)).status_code == 303
    (said,) = await house.matches.feedback(ada.id)
    assert (said.verdict, said.why) == (Verdict.NOT_INTERESTED, Why.COMPANY)
    assert (await house.candidates.get(ada.id)).preferences.blocked_companies == ("northwind.example",)
    for wrong in (
        {"verdict": "hm"},
        {"verdict": "not_interested", "why": "hm"},
        {"verdict": "interested", "note": "x" * 1_001},
    ):
        answer = await browser.client.post(f"/matches/feedback/{liked}", data={"token": token, **wrong})
        assert answer.status_code == 400
    assert (
        await browser.client.post(f"/matches/feedback/{uuid4()}", data={"token": token, "verdict": "interested"})
    ).status_code == 404


async def test_who_is_being_scored_is_told_so_and_looks_again(browser, house, monkeypatch):
    monkeypatch.setattr(match_pages, "SHOWN_WITHIN", 0.02)
    ada = await as_ada(browser, house)
    assert "Nothing fits yet" in browser.text()
    done = asyncio.Event()

    async def start_workflow(*_: object, **__: object) -> None:
        await done.wait()
        raise TimeoutError

    house.temporal.start_workflow = start_workflow
    await house.cache.drop_feed(ada.id)
    answer = await browser.open()
    assert "Your matches are being made" in browser.text()
    assert answer.headers["Refresh"] == "3"
    done.set()
    monkeypatch.setattr(match_pages, "SHOWN_WITHIN", 10.0)
    answer = await browser.open()
    assert "Refresh" not in answer.headers
    assert "Matching does not answer right now" in browser.text()
    assert "Nothing fits yet" not in browser.text()


async def test_without_a_profile_one_is_asked_for(browser, house):
    await as_ada(browser, house, tracks=())
    assert "There is no profile to match yet" in browser.text("h1")


async def test_an_employers_question_is_answered_here(browser, house, gateway, crawl, posting):
    await crawl(house, posting(1))
    ada = await as_ada(browser, house, open_to_employers=True, email="ada@example.com")
    await matched(house, ada.id, [match_of(ada.id, posting(1).id, VALUES[0])], [])
    path = f"/api/v1/matches/job/{posting(1).id}"
    async with gateway(house) as employer:
        found = (await employer.post(f"{path}/candidates", headers=as_operator())).json()["candidates"]
        question = {"pseudonym": found[0]["pseudonym"], "message": "Shall we talk?"}
        assert (await employer.post(f"{path}/introductions", json=question, headers=as_operator())).status_code == 202
        await browser.open()
        assert "Shall we talk?" in browser.text(".own-question")
        asked = browser.text("#introductions")
        assert asked.startswith("An employer asks for your name")
        assert all(part in asked for part in (posting(1).title, posting(1).company_name, "today"))
        asked_by = browser.page.css_first("[name=asked_by]").attributes["value"]
        await browser.send(f"/matches/introductions/{posting(1).id}", asked_by=asked_by, agreed="yes")
        assert browser.page.css_first(".own-question") is None
        told = (await employer.get(f"{path}/introductions", headers=as_operator())).json()["introductions"]
    assert told[0]["contact"]["email"] == "ada@example.com"


async def test_answers_to_employers_stand_on_the_profile_and_are_changed_there(browser, house, crawl, posting):
    await crawl(house, posting(1))
    ada = await as_ada(browser, house)
    await browser.open("/matches/profile")
    assert browser.page.css_first("#introductions") is None
    gone = uuid4()
    for job_id, message in ((posting(1).id, "Shall we <b>talk</b>?"), (gone, "")):
        asked = Introduction(
            candidate_id=ada.id, job_id=job_id, asked_by="key:none", message=message, asked_at=datetime.now(UTC)
        )
        await house.matches.ask(asked)

    async def answered(job_id, said):
        """Press this button of a question: the page that follows, and what is kept."""
        await browser.open("/matches/profile")
        form = browser.page.css_first(f'form[action="/matches/introductions/{job_id}"]')
        assert said in [button.attributes["value"] for button in form.css("button")]
        sent = {one.attributes["name"]: one.attributes["value"] or "" for one in form.css("input")}
        await browser.send(form.attributes["action"], **sent, agreed=said)
        kept = await house.matches.introductions(candidate_id=ada.id, job_id=job_id)
        return browser.text("#introductions"), [one.agreed for one in kept if one.job_id == job_id]

    shown, kept = await answered(posting(1).id, "yes")
    assert ("You agreed today" in shown, "Shall we <b>talk</b>?" in shown, kept) == (True, True, [True])
    shown, kept = await answered(posting(1).id, "no")
    assert ("You refused today" in shown, kept) == (True, [False])
    shown, kept = await answered(posting(1).id, "yes")
    assert ("You agreed today" in shown, kept) == (True, [True])
    shown, kept = await answered(gone, "no")
    assert ("a posting that is not kept any more" in shown, kept) == (True, [False])
    await browser.open("/matches")
    assert browser.page.css_first("#introductions") is None


async def test_a_no_can_be_taken_back_with_the_company_that_it_blocked(browser, house, crawl, posting):
    await crawl(house, posting(0))
    ada = await as_ada(browser, house)
    address = f"/matches/feedback/{posting(0).id}"

    async def say(**fields):
        form = {"token": browser.page.css_first("[name=token]").attributes["value"], **fields}
        answer = await browser.client.post(address, data=form)
        await matched(house, ada.id, [match_of(ada.id, posting(0).id, VALUES[0])], [])
        await browser.open(answer.headers["Location"])

    await say(verdict="not_interested", why="company")
    assert "Data Engineer is not shown any more." in browser.text(".own-question")
    assert (await house.candidates.get(ada.id)).preferences.blocked_companies == ("northwind.example",)
    assert browser.page.css_first(f'form.undo[action="{address}"] button').attributes["value"] == "nothing"
    await say(verdict="nothing")
    assert browser.page.css(".own-question") == []
    assert await house.matches.feedback(ada.id) == []
    assert (await house.candidates.get(ada.id)).preferences.blocked_companies == ()
    for strange in (posting(0).id, uuid4(), "<b>"):
        await browser.open(f"/matches?left={strange}")
        assert browser.page.css(".own-question") == []


async def test_the_best_twenty_are_shown_first_and_all_on_demand_under_the_same_weights(browser, house, crawl, posting):
    await crawl(house, *map(posting, range(23)))
    ada = await as_ada(browser, house)
    matches = [match_of(ada.id, posting(at).id, (0.7 + at / 100, *VALUES[0][1:])) for at in range(23)]
    await matched(house, ada.id, matches, [])
    await browser.open("/matches?w_salary=7")
    best = [str(posting(at).id) for at in reversed(range(23))]
    assert [card.attributes["data-id"] for card in browser.page.css(".match")] == best[:20]
    assert "23 matches" in browser.text("h1")
    await browser.open(browser.page.css_first("#more").attributes["href"])
    assert [card.attributes["data-id"] for card in browser.page.css(".match")] == best
    assert browser.page.css("#more") == []
    assert browser.page.css_first("#w_salary").attributes["value"] == "7"
