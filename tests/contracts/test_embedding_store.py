"""One contract for the vectors of postings: ClickHouse's own engine and the twin in memory."""

import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.ports import EmbeddedPosting, row_stamp
from quiethire.domain.posting import JobPosting, job_id
from quiethire.storage.clickhouse import ClickHouseEmbeddings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
MODEL = "a-model"


@pytest.fixture(params=["memory", "clickhouse"])
def stores(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        postings = MemoryPostings()
        return SimpleNamespace(postings=postings, embeddings=MemoryEmbeddings(postings))
    postings = request.getfixturevalue("clickhouse_postings")
    return SimpleNamespace(postings=postings, embeddings=ClickHouseEmbeddings(postings.client, postings.database))


def row(number: int, at: datetime = NOW, *, closed: bool = False) -> StoredPosting:
    posting = JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/jobs/{number}",
        ats="website",
        title=f"Engineer {number}",
        company_name="Northwind",
        quality_score=90,
    )
    return StoredPosting(
        posting=posting, first_seen_at=NOW, last_seen_at=at, updated_at=at, closed_at=at if closed else None
    )


def embedded(of: StoredPosting, angle: float = 0.3, text: str = "aa") -> EmbeddedPosting:
    return EmbeddedPosting(
        job_id=of.posting.id,
        row=row_stamp(of),
        text_hash=text * 32,
        vector=(math.cos(angle), math.sin(angle), 0.0),
    )


def cosine(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_a_kept_vector_points_where_it_pointed_and_has_length_one(stores: Any) -> None:
    given = [embedded(row(number), angle=number / 3) for number in range(5)]
    await stores.embeddings.keep(MODEL, given)
    found = await stores.embeddings.of_postings(MODEL, [each.job_id for each in given])
    assert set(found) == {each.job_id for each in given}
    for each in given:
        assert cosine(found[each.job_id], each.vector) > 0.999
        assert cosine(found[each.job_id], found[each.job_id]) == pytest.approx(1, abs=1e-5)


async def test_a_later_vector_replaces_an_earlier_one(stores: Any) -> None:
    await stores.embeddings.keep(MODEL, [embedded(row(1), angle=0)])
    await stores.embeddings.keep(MODEL, [embedded(row(1), angle=1.5)])
    (vector,) = (await stores.embeddings.of_postings(MODEL, [job_id("1")])).values()
    assert vector[1] > 0.9


async def test_a_text_is_found_by_its_hash_whoever_has_it(stores: Any) -> None:
    await stores.embeddings.keep(MODEL, [embedded(row(1), text="ab"), embedded(row(2), angle=1, text="cd")])
    found = await stores.embeddings.of_texts(MODEL, ["ab" * 32, "ef" * 32])
    assert set(found) == {"ab" * 32}
    assert cosine(found["ab" * 32], embedded(row(1)).vector) > 0.999
    assert await stores.embeddings.of_texts(MODEL, []) == {}


async def test_vectors_of_one_model_are_unknown_to_another(stores: Any) -> None:
    await stores.postings.save([row(1)], [])
    await stores.embeddings.keep(MODEL, [embedded(row(1))])
    assert await stores.embeddings.of_postings("another", [job_id("1")]) == {}
    assert await stores.embeddings.of_texts("another", ["aa" * 32]) == {}
    assert await stores.embeddings.missing("another", 10) == [job_id("1")]


async def test_open_postings_without_a_vector_of_their_row_are_missing_those_changed_last_first(stores: Any) -> None:
    later = NOW + timedelta(minutes=1, milliseconds=500)
    await stores.postings.save([row(1), row(2), row(3, closed=True), row(4)], [])
    await stores.embeddings.keep(MODEL, [embedded(row(1)), embedded(row(4))])
    assert await stores.embeddings.missing(MODEL, 10) == [job_id("2")]
    await stores.postings.save([row(4, later)], [])
    assert await stores.embeddings.missing(MODEL, 10) == [job_id("4"), job_id("2")]
    assert await stores.embeddings.missing(MODEL, 1) == [job_id("4")]
    await stores.embeddings.keep(MODEL, [embedded(row(4, later)), embedded(row(2))])
    assert await stores.embeddings.missing(MODEL, 10) == []


async def test_a_posting_that_is_to_be_looked_at_again_is_missing_and_keeps_its_vector_until_then(stores: Any) -> None:
    await stores.postings.save([row(1), row(2)], [])
    await stores.embeddings.keep(MODEL, [embedded(row(1), angle=0), embedded(row(2))])
    await stores.embeddings.look_again(MODEL, [job_id("1"), job_id("3")])
    assert await stores.embeddings.missing(MODEL, 10) == [job_id("1")]
    (vector,) = (await stores.embeddings.of_postings(MODEL, [job_id("1")])).values()
    assert vector[0] > 0.9
    assert set(await stores.embeddings.of_texts(MODEL, ["aa" * 32])) == {"aa" * 32}
    await stores.embeddings.keep(MODEL, [embedded(row(1), angle=1.5, text="bb")])
    assert await stores.embeddings.missing(MODEL, 10) == []
    await stores.embeddings.look_again(MODEL, [])


async def test_what_was_kept_since_a_moment_is_told(stores: Any) -> None:
    await stores.embeddings.keep(MODEL, [embedded(row(1))])
    now = datetime.now(UTC)
    assert await stores.embeddings.kept_since(MODEL, now - timedelta(minutes=1)) == {job_id("1")}
    assert await stores.embeddings.kept_since(MODEL, now + timedelta(minutes=1)) == set()
    assert await stores.embeddings.kept_since("another", now - timedelta(minutes=1)) == set()
