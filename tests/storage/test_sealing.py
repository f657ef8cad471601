"""What is kept of persons: nothing of it in clear, and nothing of it opens elsewhere."""

import asyncio
from uuid import UUID

import psycopg
import pytest

from quiethire.domain.candidate import Candidate, Feedback, Introduction, Track, Verdict
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.matching import Decision, FactorScore, Match
from quiethire.domain.resume import Resume, ResumeKind
from quiethire.storage.postgres import MasterKeys, Pool, PostgresCandidates, PostgresMatches, migrate, open_pool
from quiethire.storage.postgres.connection import rows, transaction
from quiethire.storage.postgres.person_keys import PersonKeys
from quiethire.storage.postgres.sealing import place

OLD, NEW = "the old master key of these tests", "the new master key of these tests"
ADA, BOB, JOB = UUID(int=1), UUID(int=2), UUID(int=5)
CANARY = "Canary Lovelace"
NOW = "2026-11-20T09:00:00Z"


@pytest.fixture
async def pool(postgres_dsn: str):
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


async def live(pool: Pool, who: UUID = ADA) -> None:
    """A life that leaves something in every table of people."""
    masters = MasterKeys(OLD)
    candidates, matches = PostgresCandidates(pool, masters), PostgresMatches(pool, masters)
    track = Track(name=CANARY, titles=(CANARY,), summary=CANARY)
    await candidates.save(Candidate(id=who, name=CANARY, email="a@b.example", phone=CANARY, tracks=(track,)))
    await candidates.save_resume(who, Resume(kind=ResumeKind.TEXT, text=CANARY))
    factor = FactorScore(name="skills", value=1, weight=40, points=40, reason=CANARY)
    match = Match(candidate_id=who, job_id=JOB, score=90, factors=(factor,), track=CANARY)
    await matches.save_matches([match])
    said = {"candidate_id": who, "job_id": JOB, "verdict": Verdict.INTERESTED, "note": CANARY, "at": NOW}
    await matches.give_feedback(Feedback.model_validate(said))
    asked = {"candidate_id": who, "job_id": JOB, "asked_by": "key:a", "message": CANARY, "asked_at": NOW}
    await matches.ask(Introduction.model_validate(asked))
    hashes = {"profile_hash": "p", "posting_hash": "q", "engine": "engine/1"}
    line = {"run": "r", "at": NOW, "candidate_id": who, "job_id": JOB, "values": {}, "score": 90, "rank": 1}
    await matches.log([Decision.model_validate(line | hashes)])


async def everything(pool: Pool) -> dict[str, str]:
    """Every table of people, as text."""
    tables = ("person_keys", "candidates", "resumes", "matches", "feedback", "introductions", "decisions")
    found = {}
    for table in tables:
        found[table] = "\n".join(row["it"] for row in await rows(pool, f"SELECT t::text AS it FROM {table} t", {}))
    return found


async def test_nothing_of_a_person_stands_in_clear_in_any_table(pool: Pool) -> None:
    await live(pool)
    kept = await everything(pool)
    assert all(kept.values())
    for text in (CANARY, CANARY.encode().hex(), "a@b.example", b"a@b.example".hex()):
        assert not any(text in table for table in kept.values())


async def test_erasing_leaves_a_row_in_no_table(pool: Pool) -> None:
    await live(pool)
    await PostgresCandidates(pool, MasterKeys(OLD)).erase(ADA)
    assert not any((await everything(pool)).values())


async def test_what_is_sealed_opens_in_its_own_row_alone(pool: Pool) -> None:
    await live(pool)
    await live(pool, BOB)
    async with transaction(pool) as connection:
        await connection.execute(
            "UPDATE candidates SET sealed = (SELECT sealed FROM candidates WHERE id = %s) WHERE id = %s", (BOB, ADA)
        )
    with pytest.raises(InvalidInput, match="does not open"):
        await PostgresCandidates(pool, MasterKeys(OLD)).get(ADA)


def test_what_is_sealed_opens_in_its_own_table_alone() -> None:
    masters = MasterKeys(OLD)
    key = masters.unwrap(ADA, masters.new(ADA))
    sealed = key.seal(place("matches", JOB), b"secret")
    assert key.open(place("matches", JOB), sealed) == b"secret"
    for other in (place("feedback", JOB), place("matches", BOB), place("matches")):
        with pytest.raises(InvalidInput):
            key.open(other, sealed)
    with pytest.raises(InvalidInput):
        key.open(place("matches", JOB), sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_key_opens_for_its_own_person_alone() -> None:
    masters = MasterKeys(OLD)
    with pytest.raises(InvalidInput):
        masters.unwrap(BOB, masters.new(ADA))


async def test_a_new_master_key_seals_every_persons_key_anew_and_the_old_one_can_go(pool: Pool) -> None:
    await live(pool)
    await live(pool, BOB)
    before = (await rows(pool, "SELECT sealed FROM candidates ORDER BY id", {}))[0]["sealed"]
    both = MasterKeys(f"{NEW},{OLD}")
    assert await PostgresCandidates(pool, both).get(ADA) is not None
    assert await PersonKeys(both).rewrap(pool) == 2
    assert await PersonKeys(both).rewrap(pool) == 0
    found = await PostgresCandidates(pool, MasterKeys(NEW)).get(ADA)
    assert found is not None
    assert found.name == CANARY
    with pytest.raises(InvalidInput, match="is not at hand"):
        await PostgresCandidates(pool, MasterKeys(OLD)).get(ADA)
    assert (await rows(pool, "SELECT sealed FROM candidates ORDER BY id", {}))[0]["sealed"] == before


async def test_without_a_master_key_nothing_of_a_person_is_kept(pool: Pool) -> None:
    with pytest.raises(InvalidInput) as error:
        await PostgresCandidates(pool, MasterKeys("")).save(Candidate(id=ADA, name="Ada"))
    assert error.value.where == "QUIETHIRE_PERSON_KEY"
    assert await PostgresCandidates(pool, MasterKeys("")).get(ADA) is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE decisions SET score = 1", "DELETE FROM decisions", "TRUNCATE decisions", "TRUNCATE person_keys CASCADE"],
)
async def test_the_log_of_decisions_is_only_added_to(pool: Pool, statement: str) -> None:
    await live(pool)
    with pytest.raises(psycopg.errors.RestrictViolation, match="only added to"):
        await rows(pool, statement, {})
    assert len(await PostgresMatches(pool, MasterKeys(OLD)).decisions(ADA)) == 1


async def test_saves_that_are_under_way_bring_nobody_back(pool: Pool) -> None:
    store = PostgresCandidates(pool, MasterKeys(OLD))
    for number in range(1, 9):
        who = UUID(int=number)
        await store.save(Candidate(id=who, name="Ada"))
        saves = [store.save(Candidate(id=who, name=f"Ada {turn}")) for turn in range(3)]
        done = await asyncio.gather(*saves, store.erase(who), return_exceptions=True)
        assert all(one is None or isinstance(one, Gone) for one in done)
        assert await store.get(who) is None
    assert await rows(pool, "SELECT person FROM person_keys", {}) == []
