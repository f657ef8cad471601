"""A person's own pages over HTTP: a résumé that is read and corrected, the profile, a copy, and the end."""

import re
import tempfile
from dataclasses import replace

import pytest
from api_people import operated
from made_up_resume import RESUME
from page_visitor import Browser, as_ada

from quiethire.domain.candidate import Track
from quiethire.domain.journal import pseudonym_of
from services.api.people.visits import COOKIE


@pytest.fixture
def house(clients, resume_pool):
    return replace(operated(clients), resumes=resume_pool)


@pytest.fixture
async def browser(house, gateway):
    async with gateway(house) as client:
        yield Browser(client)


async def test_a_resume_is_read_corrected_beside_its_text_and_made_a_track(browser, house):
    await browser.open()
    await browser.send("/matches/resume", 200, files={"resume": ("cv.txt", RESUME.encode())})
    assert browser.page.css_first("a.primary").attributes["href"] == "/matches/resume"
    (known,) = await house.candidates.page(limit=10)
    assert (await house.candidates.get(known.id)).tracks == ()
    await browser.open("/matches")
    assert "Correct what was read" in browser.text()

    await browser.open("/matches/resume")
    assert browser.page.css_first("#text").text() == (await house.candidates.resume(known.id)).text
    marked = browser.page.css_first('mark[data-of~="email"]')
    assert marked.text() == "grace@example.com"
    assert browser.page.css_first("#at-email") is not None
    before = await house.candidates.resume(known.id)
    fields = browser.fields("/matches/resume/apply")
    fields |= {"name": "Grace B. Hopper", "more_skills": "Kafka, dbt", "skills.0": "", "track": "Platform"}
    await browser.send("/matches/resume/apply", **fields)
    assert "Your résumé is in your profile" in browser.text()

    grace, kept = await house.candidates.get(known.id), await house.candidates.resume(known.id)
    assert (grace.name, grace.email) == ("Grace B. Hopper", "grace@example.com")
    assert [track.name for track in grace.tracks] == ["Platform"]
    assert {"Kafka", "dbt"} < set(grace.tracks[0].skills)
    assert before.skills[0].name.value not in grace.tracks[0].skills
    assert (kept.name.confidence, kept.name.span) == (1.0, None)
    assert (kept.email, kept.work, kept.years_experience) == (before.email, before.work, before.years_experience)
    assert f"match/candidate/{grace.id}" in house.temporal.ids


async def test_a_file_that_cannot_be_read_says_why_and_nobody_is_kept(browser, house):
    await browser.open()
    await browser.send("/matches/resume", 400, files={"resume": ("cv.pdf", b"%PDF-1.7 nothing")})
    assert len(browser.text("#resume-problem")) > 20
    await browser.send("/matches/resume", 400)
    assert "No file was chosen" in browser.text("#resume-problem")
    assert await house.candidates.page(limit=10) == []


async def test_bodies_that_no_browser_sends_are_refused(browser):
    await browser.open()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    odd = [
        {"content": b"--x\r\nno form", "headers": kind},
        {"content": b"nothing", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"&".join([b"a=1"] * 6_000), "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"token=%00", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"{}", "headers": {"Content-Type": "application/json"}},
    ]
    for each in odd:
        assert (await browser.client.post("/matches/start", **each)).status_code == 400
    large = {"content": b"x" * 1_000_001, "headers": kind}
    assert (await browser.client.post("/matches/start", **large)).status_code == 413


async def test_a_profile_is_said_in_plain_words_and_kept(browser, house):
    ada = await as_ada(browser, house, preferences={"culture": {"other": "kept"}})
    await browser.open("/matches/profile")
    fields = browser.fields("/matches/profile")
    fields |= {"places": "Berlin\nParis\n\nBerlin", "countries": "germany; PT", "authorisation": "DE, France"}
    fields |= {"floor": "70,000", "currency": "EUR", "period": "year", "workplaces": ["remote", "hybrid"]}
    fields |= {"email": "ada@example.com", "culture_pace": "steady", "blocked": "evil.example", "digest": "on"}
    del fields["active"]
    await browser.send("/matches/profile", **fields)
    assert "Saved." in browser.text()
    kept = await house.candidates.get(ada.id)
    wanted = kept.preferences
    assert (wanted.places, wanted.countries, kept.work_authorisation) == (
        ("Berlin", "Paris"),
        ("DE", "PT"),
        ("DE", "FR"),
    )
    assert (wanted.salary_floor.amount, wanted.culture) == (70_000, {"other": "kept", "pace": "steady"})
    assert {str(one) for one in wanted.workplaces} == {"remote", "hybrid"}
    assert (kept.active, kept.digest, kept.open_to_employers) == (False, True, False)
    assert (kept.email, kept.tracks) == ("ada@example.com", ada.tracks)
    assert (await house.cache.feed(ada.id)).hidden is None


@pytest.mark.parametrize(
    "wrong", [{"countries": "Atlantis"}, {"floor": "much"}, {"email": "no address"}, {"name": ""}, {"name": "x" * 201}]
)
async def test_a_profile_that_makes_no_sense_changes_nothing(browser, house, wrong):
    ada = await as_ada(browser, house)
    await browser.open("/matches/profile")
    fields = {**browser.fields("/matches/profile"), "currency": "EUR", "period": "year"}
    await browser.send("/matches/profile", 400, **(fields | wrong | {"blocked": "typed.example"}))
    assert "Not saved." in browser.text("[role=alert]")
    assert "typed.example" in browser.text("#blocked")
    assert await house.candidates.get(ada.id) == ada


async def test_tracks_are_added_renamed_and_removed(browser, house):
    ada = await as_ada(browser, house)
    lead = {"track": "Lead", "titles": "Head of Data\nTeam Lead", "skill": ["Coaching", "", "SQL"]}
    lead |= {"level": ["expert", "working", "learning"], "years": ["3,5", "", ""], "years_experience": "12"}
    await browser.open("/matches/profile")
    await browser.send("/matches/tracks", **lead)
    kept = (await house.candidates.get(ada.id)).tracks
    assert [track.name for track in kept] == ["Data", "Lead"]
    assert {name: (level.proficiency, level.years) for name, level in kept[1].skills.items()} == {
        "Coaching": ("expert", 3.5),
        "SQL": ("learning", None),
    }
    await browser.send("/matches/tracks", old="Data", track="Platform", titles="Platform Engineer")
    assert [track.name for track in (await house.candidates.get(ada.id)).tracks] == ["Lead", "Platform"]
    for taken in ({"old": "Lead", "track": "Platform"}, {"track": "Platform"}):
        await browser.open("/matches/profile")
        await browser.send("/matches/tracks", 400, **taken)
        assert "There is a track of this name already" in browser.text("[role=alert]")
    await browser.open("/matches/profile")
    await browser.send("/matches/tracks", 400, old="Lead", **{**lead, "years_experience": "many"})
    assert "“many” is no number" in browser.text("[role=alert]")
    assert browser.page.css_first("[name=skill]").attributes["value"] == "Coaching"
    await browser.send("/matches/tracks/remove", old="Lead")
    assert [track.name for track in (await house.candidates.get(ada.id)).tracks] == ["Platform"]


async def test_a_copy_of_everything_can_be_taken(browser, house):
    ada = await as_ada(browser, house)
    answer = await browser.client.get("/matches/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json()["candidate"]["id"] == str(ada.id)


async def test_erasing_asks_first_and_leaves_nothing_not_even_the_session(browser, house):
    ada = await as_ada(browser, house)
    await browser.open("/matches/erase")
    assert "1 track" in browser.text()
    assert await house.candidates.get(ada.id) == ada
    answer = await browser.send("/matches/erase", 200)
    assert "Everything is erased" in browser.text("h1")
    assert re.search(f'{COOKIE.name}="?"?;', answer.headers["Set-Cookie"])
    assert await house.candidates.get(ada.id) is None
    assert await house.keys.of_candidate(ada.id) == []
    await browser.open()
    assert "Jobs that fit you" in browser.text("h1")


async def test_what_is_exported_and_erased_on_the_pages_is_written_down(browser, house):
    ada = await as_ada(browser, house)
    await browser.open("/matches/erase")
    assert (await browser.client.get("/matches/export")).status_code == 200
    await browser.send("/matches/erase", 200)
    who = pseudonym_of(ada.id)
    assert [(line.who, line.deed) for line in house.journal.kept] == [(who, "exported"), (who, "erased")]


async def test_a_file_is_read_in_memory_and_never_put_on_a_disk(browser, house, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was put on a disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    await browser.open()
    await browser.send("/matches/resume", 400, files={"resume": ("cv.bin", bytes(2_000_000))})
    assert len(browser.text("#resume-problem")) > 20


async def test_a_track_without_a_name_is_shown_and_named(browser, house):
    ada = await as_ada(browser, house, tracks=(Track(titles=("Data Engineer",)),))
    await browser.open("/matches/profile")
    assert "A track without a name" in browser.text("#tracks summary")
    await browser.send("/matches/tracks", track="New", titles="Analyst")
    await browser.send("/matches/tracks", old="", track="Data", titles="Data Engineer")
    assert [track.name for track in (await house.candidates.get(ada.id)).tracks] == ["New", "Data"]


async def test_a_correction_that_cannot_be_kept_is_shown_as_it_was_sent(browser, house):
    await browser.open()
    await browser.send("/matches/resume", 200, files={"resume": ("grace.txt", RESUME.encode())})
    await browser.open("/matches/resume")
    fields = browser.fields("/matches/resume/apply")
    typed = {
        "name": "Grace B. Hopper",
        "more_skills": "Kafka, dbt",
        "track": "Platform",
        "work.1.title": "Admiral",
        "work.1.current": "on",
        "work.0.remove": "on",
        "skills.0.years": "9",
    }
    for wrong, words in (({"email": "no address"}, "e-mail"), ({"years_experience": "many"}, "“many” is no number")):
        await browser.send("/matches/resume/apply", 400, **(fields | typed | wrong))
        assert words in browser.text("[role=alert]")
        shown = browser.fields("/matches/resume/apply")
        assert {name: shown[name] for name in (typed | wrong)} == typed | wrong
        assert shown["phone"] == fields["phone"]
    (person,) = await house.candidates.page(limit=2)
    assert (await house.candidates.get(person.id)).tracks == ()


async def test_a_profile_tells_that_its_daily_mail_waits_for_a_yes(browser, house):
    ada = await as_ada(browser, house, email="ada@example.com")
    await browser.open("/matches/profile")
    assert browser.page.css("#digest-waits") == []
    await house.candidates.save(ada.model_copy(update={"digest": True}))
    await browser.open("/matches/profile")
    assert "ada@example.com" in browser.text("#digest-waits")
