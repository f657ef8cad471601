"""A person's own: what they say of themselves, and change."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from api_people import ADA, as_operator, come, operated
from temporalio.service import RPCError, RPCStatusCode

from quiethire.domain.access import Scope
from quiethire.domain.candidate import MAX_TRACKS
from quiethire.domain.resume import Resume, ResumeKind

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def house(clients):
    return operated(clients)


async def test_a_person_comes_with_a_name_alone_and_gets_a_key_that_is_shown_once(house, gateway):
    async with gateway(house) as client:
        answer = await client.post("/api/v1/candidates", json={"name": "Ada"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
        who = answer.json()["candidate"]["id"]
        secret = answer.json()["secret"]
        shown = await client.get("/api/v1/candidates/me", headers={"Authorization": f"Bearer {secret}"})
    assert shown.json()["name"] == "Ada"
    assert shown.headers["Cache-Control"] == "no-store"
    (key,) = await house.keys.of_candidate(UUID(who))
    assert key.scopes == (Scope.CANDIDATE,)
    assert secret not in key.model_dump_json()
    assert house.temporal.ids == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"email": "no address"},
        {"work_authorisation": ["Germany"]},
        {"tracks": [{"name": "A"}, {"name": "A"}]},
        {"tracks": [{"name": "A", "skills": {"SQL": {"proficiency": "guru"}}}]},
        {"verified": {"skills": True}},
        {"id": str(uuid4())},
        {"gender": "f"},
        {"birth_date": "1815-12-10"},
    ],
)
async def test_what_makes_no_sense_or_is_never_asked_is_refused(house, gateway, wrong):
    async with gateway(house) as client:
        answer = await client.post("/api/v1/candidates", json={**ADA, **wrong})
    assert answer.status_code == 400
    assert await house.candidates.page(limit=10) == []


async def test_a_change_touches_what_is_named_and_starts_a_run(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        run = f"match/candidate/{ada.id}"
        assert house.temporal.ids == [run]
        wanted = {"preferences": {"places": ["London"], "salary_floor": {"amount": 70_000, "currency": "GBP"}}}
        changed = (await ada.ask("PATCH", "", json={**wanted, "phone": None})).json()
        assert (changed["phone"], changed["name"], changed["email"]) == (None, "Ada Lovelace", "ada@example.com")
        assert changed["preferences"]["places"] == ["London"]
        assert changed["tracks"][0]["name"] == "Data"
        assert house.temporal.ids == [run, run]
        assert (await ada.ask("PATCH", "", json=wanted)).json() == changed
        assert house.temporal.ids == [run, run]
        assert await ada.get() == changed


async def test_a_change_of_one_preference_leaves_the_others_and_null_clears(house, gateway):
    wanted = {
        "places": ["London"],
        "countries": ["GB"],
        "workplaces": ["hybrid"],
        "salary_floor": {"amount": 400, "currency": "GBP", "period": "day"},
        "culture": {"size": "small", "pace": "calm"},
        "blocked_companies": [],
    }
    async with gateway(house) as client:
        ada = await come(client)
        await ada.ask("PATCH", "", json={"preferences": wanted, "work_authorisation": ["GB"]})

        async def after(change: dict[str, object]) -> dict[str, object]:
            return (await ada.ask("PATCH", "", json={"preferences": change})).json()["preferences"]

        expected = wanted | {"blocked_companies": ["Northwind"]}
        assert await after({"blocked_companies": ["Northwind"]}) == expected
        expected["salary_floor"] = {"amount": 450, "currency": "GBP", "period": "day"}
        assert await after({"salary_floor": {"amount": 450}}) == expected
        assert await after({"culture": {"size": None}}) == expected | {"culture": {"pace": "calm"}}
        cleared = await after({"places": None, "salary_floor": None, "culture": None})
        assert cleared == expected | {"places": [], "salary_floor": None, "culture": {}}
        emptied = (await ada.ask("PATCH", "", json={"preferences": None, "work_authorisation": None})).json()
        assert emptied["work_authorisation"] == []
        assert not any(emptied["preferences"].values())


async def test_a_workplace_that_is_none_is_told_what_the_word_for_work_on_site_is(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        answer = await ada.ask("PATCH", "", json={"preferences": {"workplaces": ["on_site"]}})
    assert answer.status_code == 400
    assert "“on_site” is none of on site (none), hybrid or remote" in answer.json()["detail"]


async def test_a_floor_that_would_have_no_currency_is_refused(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        await ada.ask("PATCH", "", json={"preferences": {"salary_floor": None}})
        before = await ada.get()
        answer = await ada.ask("PATCH", "", json={"preferences": {"salary_floor": {"amount": 70_000}}})
        assert answer.status_code == 400
        assert "currency" in answer.text
        assert await ada.get() == before


async def test_codes_are_taken_in_any_letters_and_what_has_no_effect_is_told(house, gateway):
    wanted = {
        "countries": ["de", "ZZ"],
        "salary_floor": {"amount": 90_000, "currency": "eur"},
        "culture": {"size": "Small", "pace": "banana", "hats": "huge"},
    }
    async with gateway(house) as client:
        ada = await come(client)
        told = await ada.ask("PATCH", "", json={"preferences": wanted, "work_authorisation": ["pt", "EU", "QQ"]})
        assert told.status_code == 200
        kept = told.json()
        assert (kept["preferences"]["countries"], kept["work_authorisation"]) == (["DE", "ZZ"], ["PT", "EU", "QQ"])
        assert kept["preferences"]["salary_floor"]["currency"] == "EUR"
        assert {(each["parameter"], each["value"]) for each in kept["unknown"]} == {
            ("preferences.countries", "ZZ"),
            ("work_authorisation", "QQ"),
            ("preferences.culture.pace", "banana"),
            ("preferences.culture.hats", "huge"),
        }
        floor = await ada.ask("PATCH", "", json={"preferences": {"salary_floor": {"currency": "XXX"}}})
        assert ("preferences.salary_floor.currency", "XXX") in {
            (each["parameter"], each["value"]) for each in floor.json()["unknown"]
        }
        wrong = await ada.ask("PATCH", "", json={"preferences": {"salary_floor": {"currency": "EURO"}}})
        assert "“EURO” is no currency's code" in wrong.json()["detail"]
        wrong = await ada.ask("PATCH", "", json={"work_authorisation": ["Deutschland"]})
        assert "“Deutschland” is no country's code" in wrong.json()["detail"]


@pytest.mark.parametrize("wrong", [{"name": None}, {"name": ""}, {"id": str(uuid4())}, {"verified": {"skills": True}}])
async def test_a_change_of_what_is_not_theirs_to_change_is_refused(house, gateway, wrong):
    async with gateway(house) as client:
        ada = await come(client)
        before = await ada.get()
        assert (await ada.ask("PATCH", "", json=wrong)).status_code == 400
        assert await ada.get() == before


async def test_what_was_verified_is_so_until_it_changes_and_is_unknown_then(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        path = f"/api/v1/candidates/{ada.id}/verified"
        parts = {"skills": True, "work_authorisation": True}
        answer = await client.put(path, json=parts, headers=as_operator())
        assert answer.json() == parts
        assert (await ada.get())["verified"] == parts
        await ada.ask("PATCH", "", json={"phone": None})
        assert (await ada.get())["verified"] == parts
        await ada.ask("PUT", "/tracks/Data", json={"titles": ["Countess"]})
        assert (await ada.get())["verified"] == {"work_authorisation": True}
        assert (await client.put(path, json={"beauty": True}, headers=as_operator())).status_code == 400
        strange = f"/api/v1/candidates/{uuid4()}/verified"
        assert (await client.put(strange, json=parts, headers=as_operator())).status_code == 404


async def test_tracks_are_added_replaced_and_removed_by_name(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        await ada.ask("PUT", "/tracks/Team%20lead", json={"titles": ["Head of Data"]})
        await ada.ask("PUT", "/tracks/Data", json={"titles": ["Analyst"], "name": "ignored"})
        assert [(track["name"], track["titles"]) for track in (await ada.get())["tracks"]] == [
            ("Data", ["Analyst"]),
            ("Team lead", ["Head of Data"]),
        ]
        for _ in range(2):
            left = (await ada.ask("DELETE", "/tracks/Data")).json()["tracks"]
            assert [track["name"] for track in left] == ["Team lead"]
        answers = [await ada.ask("PUT", f"/tracks/{number}", json={}) for number in range(MAX_TRACKS)]
        assert [answer.status_code for answer in answers] == [200] * (MAX_TRACKS - 1) + [400]


async def test_a_key_opens_its_own_candidate_and_nothing_of_another(house, gateway):
    async with gateway(house) as client:
        ada, bob = await come(client), await come(client, name="Bob")
        assert (await bob.get())["name"] == "Bob"
        for method, path in (("DELETE", f"/{ada.id}"), ("PUT", f"/{ada.id}/verified")):
            answer = await client.request(
                method, f"/api/v1/candidates{path}", headers={"Authorization": f"Bearer {bob.secret}"}, json={}
            )
            assert answer.status_code == 403
        daily = await client.post(
            f"/api/v1/matches/candidate/{ada.id}/daily", headers={"Authorization": f"Bearer {bob.secret}"}
        )
        assert daily.status_code == 403
        assert (await ada.get())["name"] == "Ada Lovelace"


async def test_an_operator_sees_that_there_is_somebody_and_never_who(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        listed = await client.get("/api/v1/candidates", headers=as_operator())
        keys = await client.get("/api/v1/keys", headers=as_operator())
        own = await client.get("/api/v1/candidates/me", headers=as_operator())
    assert [one["id"] for one in listed.json()["candidates"]] == [str(ada.id)]
    for answer in (listed, keys, own):
        for text in ("Lovelace", "ada@example.com", "7946", "Data"):
            assert text not in answer.text
    assert own.status_code == 403


async def test_candidates_are_listed_page_by_page(house, gateway):
    async with gateway(house) as client:
        people = sorted([(await come(client)).id for _ in range(3)])
        first = await client.get("/api/v1/candidates", params={"limit": 2}, headers=as_operator())
        last = first.json()["candidates"][-1]["id"]
        second = await client.get("/api/v1/candidates", params={"limit": 2, "after": last}, headers=as_operator())
    listed = [one["id"] for answer in (first, second) for one in answer.json()["candidates"]]
    assert listed == [str(one) for one in people]


async def test_an_operators_key_gets_no_key_that_speaks_for_a_person(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        prefix = ada.secret[3:11]
        made = await client.post(f"/api/v1/candidates/{ada.id}/key", headers=as_operator())
        rotated = await client.post(f"/api/v1/keys/{prefix}/rotate", headers=as_operator(), json={})
        listed = await client.get("/api/v1/keys", headers=as_operator())
        assert (made.status_code, rotated.status_code, listed.json()) == (404, 404, {"keys": []})
        assert "qh_" not in made.text + rotated.text
        assert (await ada.get())["name"] == "Ada Lovelace"


async def test_no_key_that_speaks_for_nobody_is_made(house, gateway):
    async with gateway(house) as client:
        wanted = {"name": "x", "scopes": ["candidate"]}
        answer = await client.post("/api/v1/keys", json=wanted, headers=as_operator())
    assert answer.status_code == 400


async def test_a_change_stands_though_no_run_can_be_started(house, gateway, monkeypatch):
    async def away(*_: object, **__: object) -> None:
        raise RPCError("connection refused", RPCStatusCode.UNAVAILABLE, b"")

    async with gateway(house) as client:
        ada = await come(client)
        monkeypatch.setattr(house.temporal, "start_workflow", away)
        assert (await ada.ask("PATCH", "", json={"phone": None})).status_code == 200
        assert (await ada.get())["phone"] is None


@pytest.mark.parametrize(
    "asked",
    [
        ("PUT", "/tracks/Lead", {"titles": ["Engineering Manager"]}),
        ("DELETE", "/tracks/Data", None),
        ("PATCH", "", {"phone": "+44 20 7946 0001"}),
    ],
)
async def test_a_consent_that_is_withdrawn_meanwhile_stays_withdrawn(house, gateway, monkeypatch, asked):
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True, digest=True)
        get = house.candidates.get

        async def get_and_lose_the_race(candidate_id):
            found = await get(candidate_id)
            await house.candidates.save(found.model_copy(update={"open_to_employers": False, "digest": False}))
            return found

        with monkeypatch.context() as patch:
            patch.setattr(house.candidates, "get", get_and_lose_the_race)
            answer = await ada.ask(*asked[:2], json=asked[2])
        assert answer.status_code == 200
        assert (answer.json()["open_to_employers"], answer.json()["digest"]) == (False, False)
        assert await ada.get() == answer.json()


async def test_what_an_operator_verifies_takes_no_change_of_the_person_back(house, gateway, monkeypatch):
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        change = house.candidates.change

        async def change_after_another(candidate_id, wanted):
            await change(candidate_id, lambda person: person.model_copy(update={"open_to_employers": False}))
            return await change(candidate_id, wanted)

        with monkeypatch.context() as patch:
            patch.setattr(house.candidates, "change", change_after_another)
            address = f"/api/v1/candidates/{ada.id}/verified"
            answer = await client.put(address, json={"skills": True}, headers=as_operator())
        assert answer.status_code == 200
        assert ((await ada.get())["open_to_employers"], (await ada.get())["verified"]) == (False, {"skills": True})


async def test_a_change_shows_in_the_feed_at_once(house, gateway, monkeypatch):
    async with gateway(house) as client:
        ada = await come(client)
        dropped = []

        async def drop(candidate_id):
            dropped.append(candidate_id)

        monkeypatch.setattr(house.cache, "drop_feed", drop)
        await ada.ask("PATCH", "", json={"name": "Ada Lovelace"})
        assert dropped == []
        await ada.ask("PATCH", "", json={"preferences": {"blocked_companies": ["Northwind"]}})
        assert dropped == [ada.id]


@pytest.mark.parametrize(("name", "address"), [("C/C++", "C%2FC%2B%2B"), ("", ""), ("a?b#c", "a%3Fb%23c")])
async def test_a_track_of_any_name_is_replaced_and_removed(house, gateway, name, address):
    async with gateway(house) as client:
        ada = await come(client, tracks=[{"name": name, "titles": ["Engineer"]}])
        changed = await ada.ask("PUT", f"/tracks/{address}", json={"titles": ["Analyst"]})
        assert changed.status_code == 200, changed.text
        assert [(track["name"], track["titles"]) for track in (await ada.get())["tracks"]] == [(name, ["Analyst"])]
        await ada.ask("DELETE", f"/tracks/{address}")
        assert (await ada.get())["tracks"] == []


async def test_a_resume_goes_alone_and_the_profile_stays(house, gateway):
    async with gateway(house) as client:
        ada = await come(client)
        await house.candidates.save_resume(ada.id, Resume(kind=ResumeKind.TEXT, text="Ada"))
        for _ in range(2):
            assert (await ada.ask("DELETE", "/resume")).status_code == 204
        assert (await ada.ask("GET", "/resume")).status_code == 404
        assert (await ada.get())["tracks"][0]["name"] == "Data"
