"""`quiethire candidate`, as it is typed, over a gateway on a socket."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from api_people import operated
from api_terminal import terminal_of

from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.journal import pseudonym_of
from quiethire.registry import renew_personal_key
from quiethire.settings import Settings
from quiethire.storage.postgres import (
    MasterKeys,
    PostgresApiKeys,
    PostgresCandidates,
    PostgresJournal,
    migrate,
    open_pool,
)

PROFILE = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "tracks": [{"name": "Data", "titles": ["Data Engineer"], "skills": {"Python": {"proficiency": "expert"}}}],
    "preferences": {"places": ["London"], "salary_floor": {"amount": 70_000, "currency": "GBP"}},
}
RESUME = "Grace Hopper\nData Engineer\ngrace@example.com\n\nSkills\nPython, SQL, Airflow\n"


@pytest.fixture
def house(clients, resume_pool):
    return replace(operated(clients), resumes=resume_pool)


@pytest.fixture
async def terminal(house, tmp_path):
    async with terminal_of(house, tmp_path, "candidate") as opened:
        yield opened


async def test_a_person_is_added_from_json_shown_changed_and_erased(terminal, house):
    added = await terminal.type("add", terminal.file("ada.json", json.dumps(PROFILE)))
    assert added.code == 0, added.err
    key = added.out.strip()
    assert key.startswith("qh_")
    assert "Ada Lovelace" in added.err
    assert "quiethire match --explain" in added.err
    shown = await terminal.type("show", key=key)
    assert [word in shown.out for word in ("ada@example.com", "Data Engineer", "Python", "70,000 GBP a year")] == [
        True
    ] * 4

    misspelt = json.dumps({"preferences": {"places": ["Lodnon"]}})
    assert "Did you mean London" in (await terminal.type("edit", "-", key=key, stdin=misspelt)).out
    await terminal.type("edit", "-", key=key, stdin=json.dumps({"preferences": {"places": ["London"]}}))

    change = {"phone": "+44 20 7946 0000", "tracks": [{"name": "Lead", "titles": ["Head of Data"]}]}
    edited = await terminal.type("edit", "-", "--json", key=key, stdin=json.dumps(change))
    assert [track["name"] for track in json.loads(edited.out)["tracks"]] == ["Data", "Lead"]
    assert json.loads(edited.out)["email"] == "ada@example.com"
    blocking = json.dumps({"preferences": {"blocked_companies": ["Northwind"]}})
    blocked = json.loads((await terminal.type("edit", "-", "--json", key=key, stdin=blocking)).out)["preferences"]
    assert blocked == json.loads(edited.out)["preferences"] | {"blocked_companies": ["Northwind"]}
    assert blocked["salary_floor"]["amount"] == 70_000

    (known,) = await house.candidates.page(limit=9)
    by_operator = await terminal.type("key", str(known.id))
    assert (by_operator.code, by_operator.out, "more than the API" in by_operator.err) == (2, "", True)
    refused = await terminal.type("show", key=f"{key[:-1]}{'a' if key[-1] != 'a' else 'b'}")
    assert (refused.code, "candidate key ID" in refused.err) == (2, True)
    assert json.loads((await terminal.type("export", key=key)).out)["candidate"]["name"] == "Ada Lovelace"
    assert (await terminal.type("erase", key=key, stdin="n\n")).code == 1
    assert len(await house.candidates.page(limit=9)) == 1
    assert (await terminal.type("erase", "--id", str(known.id), "--yes")).code == 0
    assert await house.candidates.page(limit=9) == []


async def test_a_person_is_added_from_a_resume(terminal, house):
    added = await terminal.type("add", "--resume", terminal.file("cv.txt", RESUME), "--json")
    assert added.code == 0, added.err
    candidate = json.loads(added.out)["candidate"]
    assert (candidate["name"], candidate["email"]) == ("Grace Hopper", "grace@example.com")
    assert "Python" in candidate["tracks"][0]["skills"]
    kept = await house.candidates.resume(UUID(candidate["id"]))
    assert kept is not None
    assert kept.text.startswith("Grace Hopper")


async def test_a_resume_that_cannot_be_read_adds_nobody_and_says_why(terminal, house):
    added = await terminal.type("add", "--resume", terminal.file("cv.pdf", "%PDF-1.7 and nothing"))
    assert (added.code, added.out) == (2, "")
    assert "error" in added.err
    assert await house.candidates.page(limit=9) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add",), "give a name"),
        (("add", "[]"), "holds no JSON object"),
        (("edit",), "there is nothing to change"),
        (("erase", "--yes"), "whom?"),
        (("show",), "QUIETHIRE_CANDIDATE_KEY"),
    ],
)
async def test_what_makes_no_sense_is_wrong_use(terminal, house, words, told):
    key = "qh_aaaaaaaa_x" if words[0] == "edit" else ""
    typed = [terminal.file("list.json", word) if word == "[]" else word for word in words]
    ended = await terminal.type(*typed, key=key)
    assert ended.code == 2
    assert told in ended.err
    assert await house.candidates.page(limit=9) == []


async def test_a_lost_key_is_replaced_only_by_whoever_has_the_master_key(postgres_dsn):
    master, who = "the-master-key-of-this-test", uuid4()
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        keys = PostgresApiKeys(pool)
        await PostgresCandidates(pool, MasterKeys(master)).save(Candidate(id=who, name="Ada"))
        lost, secret = personal_key(who, name="candidate", now=datetime.now(UTC))
        await keys.add(lost, digest_of(secret))
        with pytest.raises(QuietHireError):
            await renew_personal_key(Settings(postgres_dsn=postgres_dsn, person_key="x" * 30), who)
        assert await keys.by_digest(digest_of(secret)) is not None
        fresh = await renew_personal_key(Settings(postgres_dsn=postgres_dsn, person_key=master), who)
        assert await keys.by_digest(digest_of(secret)) is None
        found = await keys.by_digest(digest_of(fresh))
        assert found is not None
        assert found.key.candidate_id == who
        lines = [(line.who, line.deed, line.whom) async for line in PostgresJournal(pool).lines()]
        assert lines == [("operator", "key-made", pseudonym_of(who))]
        with pytest.raises(InvalidInput, match="no such candidate"):
            await renew_personal_key(Settings(postgres_dsn=postgres_dsn, person_key=master), uuid4())
