"""One contract for candidates and matches: PostgreSQL and its twin in memory."""

from uuid import UUID

import pytest

from quiethire.domain.errors import Gone
from quiethire.domain.matching import Candidate, FactorScore, Match, Proficiency, Profile, SalaryFloor
from quiethire.domain.ports import CandidateStore
from quiethire.domain.posting import Workplace
from quiethire.storage.postgres import PostgresCandidates
from quiethire.storage.postgres.memory import MemoryCandidates

ADA = UUID(int=1)


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> CandidateStore:
    if request.param == "memory":
        return MemoryCandidates()
    return PostgresCandidates(request.getfixturevalue("postgres_pool"))


def candidate(number: int = 1, **changes: object) -> Candidate:
    profile = Profile(
        titles=("Data Engineer",),
        skills={"SQL": Proficiency.EXPERT, "Go": Proficiency.LEARNING},
        years_experience=6.5,
        summary="Ünïcode \\ and 'quotes'",
        workplaces=(Workplace.REMOTE,),
        salary_floor=SalaryFloor(amount=2**40, currency="IDR"),
        verified={"titles": True},
    )
    fields: dict[str, object] = {"id": UUID(int=number), "name": f"Ada {number}", "profile": profile}
    return Candidate.model_validate(fields | changes)


def match(job: int, score: float = 80.0) -> Match:
    factors = (
        FactorScore(name="skills", value=0.1 + 0.2, weight=40, points=score, reason="SQL"),
        FactorScore(name="salary", value=None, weight=15, points=0.0, reason="not stated"),
    )
    return Match(candidate_id=ADA, job_id=UUID(int=job), score=score, factors=factors)


async def test_a_candidate_comes_back_as_saved_and_is_replaced(store: CandidateStore) -> None:
    for name in ("Ada", "Ada L.", "Ada L."):
        await store.save(candidate(name=name))
    assert await store.get(ADA) == candidate(name="Ada L.")
    assert await store.get(UUID(int=9)) is None


async def test_only_active_candidates_are_active(store: CandidateStore) -> None:
    for number, active in ((3, True), (2, False), (1, True)):
        await store.save(candidate(number, active=active))
    assert await store.active() == [candidate(1), candidate(3)]


async def test_matches_come_best_first_with_their_factors(store: CandidateStore) -> None:
    await store.save(candidate())
    given = [match(1, 70.1), match(2, 90.0), match(4, 70.1), match(3, 70.1)]
    await store.save_matches(ADA, given, scored=())
    assert await store.matches(ADA) == [match(2, 90.0), match(1, 70.1), match(3, 70.1), match(4, 70.1)]
    assert await store.matches(ADA, limit=1) == [match(2, 90.0)]


async def test_saving_matches_returns_those_that_are_new(store: CandidateStore) -> None:
    await store.save(candidate())
    assert await store.save_matches(ADA, [match(2), match(1)], scored=()) == [match(2), match(1)]
    assert await store.save_matches(ADA, [match(3), match(1, 95.0)], scored=()) == [match(3)]
    assert await store.save_matches(ADA, [match(3), match(1, 95.0)], scored=()) == []
    assert await store.matches(ADA) == [match(1, 95.0), match(2), match(3)]


async def test_a_full_run_drops_the_matches_not_given(store: CandidateStore) -> None:
    await store.save(candidate())
    await store.save_matches(ADA, [match(1), match(2)], scored=())
    for new in ([match(3)], []):
        assert await store.save_matches(ADA, [match(2), match(3)], scored=None) == new
    assert await store.matches(ADA) == [match(2), match(3)]
    await store.save_matches(ADA, [], scored=None)
    assert await store.matches(ADA) == []


async def test_a_full_run_of_one_candidate_leaves_the_others_alone(store: CandidateStore) -> None:
    other = UUID(int=2)
    await store.save(candidate())
    await store.save(candidate(2))
    await store.save_matches(ADA, [match(1)], scored=None)
    await store.save_matches(other, [match(1).model_copy(update={"candidate_id": other})], scored=None)
    await store.save_matches(ADA, [], scored=None)
    assert len(await store.matches(other)) == 1


async def test_matches_of_nobody_are_refused(store: CandidateStore) -> None:
    with pytest.raises(Gone):
        await store.save_matches(ADA, [match(1)], scored=())


async def test_closed_postings_match_nobody(store: CandidateStore) -> None:
    await store.save(candidate())
    await store.save_matches(ADA, [match(1), match(2)], scored=())
    for _ in range(2):
        await store.remove_matches_of([UUID(int=1), UUID(int=99)])
    await store.remove_matches_of([])
    assert await store.matches(ADA) == [match(2)]


async def test_a_run_over_some_postings_drops_only_their_matches(store: CandidateStore) -> None:
    await store.save(candidate())
    await store.save_matches(ADA, [match(1), match(2), match(3)], scored=())
    await store.save_matches(ADA, [match(2, 71.0)], scored=[UUID(int=1), UUID(int=2)])
    assert {each.job_id for each in await store.matches(ADA)} == {UUID(int=2), UUID(int=3)}


async def test_the_matches_of_a_posting_are_those_of_active_candidates_best_first(store: CandidateStore) -> None:
    scores = {1: 70.0, 2: 90.0, 3: 80.0}
    for number, score in scores.items():
        await store.save(candidate(number, active=number != 3))
        mine = match(5, score).model_copy(update={"candidate_id": UUID(int=number)})
        await store.save_matches(UUID(int=number), [mine], scored=())
    assert [each.score for each in await store.matches_of(UUID(int=5))] == [90.0, 70.0]
    assert len(await store.matches_of(UUID(int=5), limit=1)) == 1
    assert await store.matches_of(UUID(int=6)) == []
