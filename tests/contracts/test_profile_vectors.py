"""One contract for the vectors of profiles: PostgreSQL and its twin in memory."""

import asyncio
import math
from uuid import UUID

import pytest
from people_kept import ADA, candidate

from quiethire.storage.postgres import MasterKeys, PostgresCandidates, migrate, open_pool
from quiethire.storage.postgres.memory_people import MemoryCandidates
from quiethire.storage.postgres.profile_vectors import MemoryProfileVectors, PostgresProfileVectors

ONE, TWO = "11" * 32, "22" * 32
BOB = UUID(int=2)


def vector(angle):
    return (math.cos(angle), math.sin(angle), *([0.0] * 382))


@pytest.fixture
def twins():
    candidates = MemoryCandidates()
    return candidates, MemoryProfileVectors(candidates.people)


@pytest.fixture
async def real(postgres_dsn):
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield PostgresCandidates(pool, MasterKeys("a-master-key-of-this-test")), PostgresProfileVectors(pool)


@pytest.fixture(params=["twins", "real"])
def stores(request):
    return request.getfixturevalue(request.param)


async def test_vectors_are_found_by_person_model_and_text(stores):
    candidates, vectors = stores
    for number in (1, 2):
        await candidates.save(candidate(number))
    await vectors.keep("m", ADA, {ONE: vector(0.3), TWO: vector(1.3)})
    await vectors.keep("m", BOB, {ONE: vector(0.5)})
    found = await vectors.of("m", [ADA, BOB, UUID(int=9)])
    assert {who: set(texts) for who, texts in found.items()} == {ADA: {ONE, TWO}, BOB: {ONE}}
    assert sum(a * b for a, b in zip(found[ADA][TWO], vector(1.3), strict=True)) > 0.9999
    assert await vectors.of("other", [ADA]) == {}
    assert await vectors.of("m", []) == {}
    assert await vectors.held(BOB) == found[BOB]


async def test_new_vectors_replace_all_the_old_ones(stores):
    candidates, vectors = stores
    await candidates.save(candidate())
    await vectors.keep("old", ADA, {ONE: vector(0.3)})
    for _ in range(2):
        await vectors.keep("m", ADA, {TWO: vector(1.3)})
    assert set((await vectors.of("m", [ADA]))[ADA]) == {TWO}
    assert await vectors.of("old", [ADA]) == {}
    assert await vectors.held(ADA) == (await vectors.of("m", [ADA]))[ADA]
    await vectors.keep("m", ADA, {})
    assert await vectors.of("m", [ADA]) == {}


async def test_two_runs_may_keep_the_same_vector_at_once(stores):
    candidates, vectors = stores
    await candidates.save(candidate())
    await asyncio.gather(*(vectors.keep("m", ADA, {ONE: vector(0.3)}) for _ in range(8)))
    assert set((await vectors.of("m", [ADA]))[ADA]) == {ONE}


async def test_nothing_is_left_of_an_erased_person_and_nothing_kept_of_nobody(stores):
    candidates, vectors = stores
    await candidates.save(candidate())
    await vectors.keep("m", ADA, {ONE: vector(0.3)})
    await candidates.erase(ADA)
    assert await vectors.held(ADA) == {}
    assert await vectors.of("m", [ADA]) == {}
    await vectors.keep("m", ADA, {ONE: vector(0.3)})
    assert await vectors.of("m", [ADA]) == {}
