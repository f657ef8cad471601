"""A person's résumé: uploaded, corrected, applied."""

from dataclasses import replace

import pytest
from api_people import come, operated
from made_up_resume import RESUME

from quiethire.domain.resume import MAX_BYTES


@pytest.fixture
def house(clients, resume_pool):
    return replace(operated(clients), resumes=resume_pool)


def correction(resume: dict) -> dict:
    return {name: value for name, value in resume.items() if name not in {"kind", "text", "pages"}}


async def test_a_resume_is_read_shown_and_nothing_of_it_is_the_profile_yet(house, gateway):
    async with gateway(house) as client:
        ada = await come(client, tracks=[])
        before = await ada.get()
        assert (await ada.ask("GET", "/resume")).status_code == 404
        answer = await ada.ask("PUT", "/resume?filename=cv.txt", content=RESUME.encode())
        assert answer.status_code == 200, answer.text
        resume = answer.json()["resume"]
        assert resume["email"]["value"] == "grace@example.com"
        span = resume["email"]["span"]
        assert resume["text"][span["start"] : span["end"]] == "grace@example.com"
        assert await ada.get("/resume") == answer.json()
        assert await ada.get() == before
        exported = await ada.get("/export")
    assert exported["resume"] == resume


async def test_a_corrected_reading_becomes_a_track_and_fills_what_was_not_said(house, gateway):
    async with gateway(house) as client:
        ada = await come(client, tracks=[], preferences={"countries": ["FR"]})
        resume = (await ada.ask("PUT", "/resume", content=RESUME.encode())).json()["resume"]
        corrected = correction(resume) | {"name": {"value": "Grace B. Hopper", "confidence": 1}}
        answer = await ada.ask("POST", "/resume/apply", json={"reading": corrected, "track": "Data"})
        assert answer.status_code == 200, answer.text
        now = answer.json()
        assert (now["name"], now["email"]) == ("Grace B. Hopper", "grace@example.com")
        (track,) = now["tracks"]
        assert track["name"] == "Data"
        assert "Senior Data Engineer" in track["titles"]
        assert {"Python", "SQL"} <= set(track["skills"])
        assert now["preferences"]["countries"] == ["FR"]
        assert now["preferences"]["places"] == ["Berlin"]
        assert (await ada.get("/resume"))["resume"]["name"]["value"] == "Grace B. Hopper"
    assert house.temporal.ids == [f"match/candidate/{ada.id}"]


async def test_applying_again_keeps_how_well_the_person_said_they_know_a_skill(house, gateway):
    async with gateway(house) as client:
        ada = await come(client, tracks=[])
        resume = (await ada.ask("PUT", "/resume", content=RESUME.encode())).json()["resume"]
        applied = {"reading": correction(resume)}
        (track,) = (await ada.ask("POST", "/resume/apply", json=applied)).json()["tracks"]
        track["skills"]["Python"]["proficiency"] = "expert"
        await ada.ask("PUT", f"/tracks/{track['name']}", json=track | {"industries": ["energy"]})
        (again,) = (await ada.ask("POST", "/resume/apply", json=applied)).json()["tracks"]
    assert again["skills"]["Python"]["proficiency"] == "expert"
    assert again["industries"] == ["energy"]


@pytest.mark.parametrize("name", ["Ada Lovelace", "Jamal Washington", "李小龍"])
async def test_name_age_school_postcode_and_gaps_of_a_resume_change_nothing_of_the_profile(house, gateway, name):
    swapped = (
        RESUME.replace("Grace Hopper", name)
        .replace("TU Berlin, 2014", "Oxford University, 1984")
        .replace("Berlin, Germany", "10115 Berlin, Germany")
        .replace("Builds data platforms.", "Builds data platforms.\nBorn 12.03.1960, married, she/her")
    )
    async with gateway(house) as client:
        tracks = []
        for text in (RESUME, swapped):
            person = await come(client, tracks=[])
            resume = (await person.ask("PUT", "/resume", content=text.encode())).json()["resume"]
            applied = {"reading": correction(resume) | {"summary": None}}
            tracks.append((await person.ask("POST", "/resume/apply", json=applied)).json()["tracks"])
    assert tracks[0] == tracks[1]


async def test_a_reading_that_does_not_fit_its_text_is_refused_and_nothing_changes(house, gateway):
    async with gateway(house) as client:
        ada = await come(client, tracks=[])
        resume = (await ada.ask("PUT", "/resume", content=RESUME.encode())).json()["resume"]
        before = await ada.get()
        beyond = {"value": "x", "confidence": 1, "span": {"start": 0, "end": len(resume["text"]) + 1}}
        hidden, nowhere = ({"value": value, "confidence": 1} for value in ("\u202eAda", "no address"))
        for wrong in ({"headline": beyond}, {"email": nowhere}, {"name": hidden}):
            answer = await ada.ask("POST", "/resume/apply", json={"reading": correction(resume) | wrong})
            assert answer.status_code == 400
        assert await ada.get() == before
        assert (await ada.get("/resume"))["resume"] == resume


async def test_a_correction_that_fits_no_profile_is_told_field_by_field(house, gateway):
    async with gateway(house) as client:
        ada = await come(client, tracks=[])
        resume = (await ada.ask("PUT", "/resume", content=RESUME.encode())).json()["resume"]
        wrong = correction(resume) | {"work_authorisation": [{"value": "Germany", "confidence": 1}]}
        answer = await ada.ask("POST", "/resume/apply", json={"reading": wrong})
    assert answer.status_code == 400, answer.text
    assert "work_authorisation" in answer.text


@pytest.mark.parametrize("figure", ["99999999999999999999", "9" * 400], ids=["twenty", "four hundred"])
async def test_a_figure_that_is_nobodys_pay_is_none(house, gateway, figure):
    text = f"{RESUME}\nSalary expectation: {figure} EUR\n"
    async with gateway(house) as client:
        ada = await come(client, tracks=[])
        answer = await ada.ask("PUT", "/resume", content=text.encode())
        assert answer.status_code == 200, answer.text
        assert await ada.get("/resume") == answer.json()


async def test_a_resume_goes_out_as_json_resume(house, gateway):
    async with gateway(house) as client:
        ada = await come(client, tracks=[])
        await ada.ask("PUT", "/resume", content=RESUME.encode())
        out = await ada.get("/resume/json-resume")
    assert out["basics"]["email"] == "grace@example.com"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "resume_empty"),
        (b"\0\1\2" * 50, 400, "resume_unknown"),
        (b"Dear diary, it rained.", 400, "resume_unknown"),
        (b"{}", 400, "resume_unknown"),
        (b"\x89PNG", 400, "resume_scanned"),
        (b"x" * (MAX_BYTES + 1), 413, None),
    ],
)
async def test_what_is_no_resume_is_refused_with_a_reason_and_changes_nothing(house, gateway, body, status, kind):
    async with gateway(house) as client:
        ada = await come(client)
        answer = await ada.ask("PUT", "/resume", content=body)
        told = answer.json()
        assert (answer.status_code, bool(told["detail"]), told.get("kind")) == (status, True, kind)
        assert (await ada.ask("GET", "/resume")).status_code == 404


async def test_only_a_resume_may_be_as_long_as_a_file(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        answer = await ada.ask("PATCH", "", content=b"x" * 1_000_001)
    assert answer.status_code == 413
