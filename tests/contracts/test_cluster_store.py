"""One contract for clusters: ClickHouse's own engine and the twin in memory."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from quiethire.domain.cluster import SKETCH_BITS, Fingerprint, Placement, Standing
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobPosting, job_id
from quiethire.domain.search import SearchQuery
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "clickhouse"])
def stores(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        postings = MemoryPostings()
        return SimpleNamespace(postings=postings, clusters=MemoryClusters(postings))
    return SimpleNamespace(
        postings=request.getfixturevalue("clickhouse_postings"), clusters=request.getfixturevalue("clickhouse_clusters")
    )


def fingerprint(number: int, **changes: object) -> Fingerprint:
    fields: dict[str, object] = {
        "job_id": job_id(str(number)),
        "method": 1,
        "first_seen_at": NOW,
        "board": 2**64 - 1,
        "company": "ñandú",
        "domain": 0,
        "title": 2**32 - 1,
        "department": 7,
        "places": ("", "DE:berlin", "DE'\\"),
        "names": (1, 2**64 - 1),
        "text": bytes(range(SKETCH_BITS // 8)),
        "shingles": 65_535,
        "standing": Standing.AGENCY,
        "speaks_of_itself": True,
        "keys": (number,),
    }
    return Fingerprint.model_validate(fields | changes)


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
        posting=posting, first_seen_at=at, last_seen_at=at, updated_at=at, closed_at=NOW + DAY if closed else None
    )


def ids(*numbers: int) -> set[Any]:
    return {job_id(str(number)) for number in numbers}


def cluster(centre: int, **ranks: int) -> dict[Any, Placement]:
    """`cluster(1, _1=0, _2=10)`: the postings 1 and 2 around 1, with their ranks."""
    return {
        job_id(name.removeprefix("_")): Placement(cluster=job_id(str(centre)), rank=rank)
        for name, rank in ranks.items()
    }


async def test_a_fingerprint_comes_back_as_it_was_but_for_its_keys(stores: Any) -> None:
    first, second = fingerprint(1, keys=(5, 2**32 - 1)), fingerprint(2, text=b"\0" * 64, keys=(5,), names=(), places=())
    for _ in range(2):
        await stores.clusters.remember([first, second])
    [found] = [each for each in (await stores.clusters.around([second])).fingerprints if each.job_id == first.job_id]
    assert found == first.model_copy(update={"keys": ()})


async def test_the_like_of_a_posting_is_found_by_any_common_key_and_nothing_else(stores: Any) -> None:
    await stores.clusters.remember(
        [fingerprint(1, keys=(1, 2)), fingerprint(2, keys=(2, 3)), fingerprint(3, keys=(4,))]
    )
    near = await stores.clusters.around([fingerprint(9, keys=(3, 9))])
    assert {each.job_id for each in near.fingerprints} == ids(2, 9)
    assert near.placements == {}


async def test_what_is_found_comes_with_all_of_its_mates(stores: Any) -> None:
    await stores.clusters.remember([fingerprint(number) for number in (1, 2, 3, 4)])
    await stores.clusters.place(cluster(1, _1=0, _2=1) | cluster(3, _3=0, _4=0))
    near = await stores.clusters.around([fingerprint(9, keys=(2,))])
    assert {each.job_id for each in near.fingerprints} == ids(1, 2, 9)
    assert near.placements == cluster(1, _1=0, _2=1)


async def test_the_fingerprint_given_is_the_one_compared(stores: Any) -> None:
    await stores.clusters.remember([fingerprint(1, company="old")])
    new = fingerprint(1, company="new")
    assert (await stores.clusters.around([new])).fingerprints == (new,)


async def test_a_later_place_replaces_the_one_before(stores: Any) -> None:
    await stores.clusters.place(cluster(1, _1=0, _2=0))
    for _ in range(2):
        await stores.clusters.place(cluster(2, _2=0))
    assert await stores.clusters.mates(ids(1)) == cluster(1, _1=0)
    assert await stores.clusters.mates(ids(2, 7)) == cluster(2, _2=0)
    assert await stores.clusters.mates([]) == {}


async def test_one_of_a_cluster_stands_for_its_open_postings(stores: Any) -> None:
    await stores.postings.save([row(1), row(2, NOW - DAY), row(3, closed=True), row(4)], [])
    await stores.clusters.place(cluster(1, _1=0, _2=10, _3=0))
    stands_for = {job_id("1"): 2, job_id("2"): 0}
    assert await stores.clusters.listings() == stands_for
    assert await stores.clusters.listings(ids(1, 2, 3, 4, 9)) == stands_for
    assert await stores.clusters.listings(ids(2)) == {job_id("2"): 0}
    assert await stores.clusters.listings([]) == {}
    assert await stores.clusters.hidden() == 1


async def test_of_two_of_one_rank_the_first_seen_is_shown_and_when_it_closes_the_next(stores: Any) -> None:
    await stores.postings.save([row(1), row(2, NOW - DAY)], [])
    await stores.clusters.place(cluster(1, _1=0, _2=0))
    assert await stores.clusters.listings() == {job_id("1"): 0, job_id("2"): 2}
    closed = row(2, NOW - DAY).model_copy(update={"closed_at": NOW, "updated_at": NOW})
    await stores.postings.save([closed], [])
    assert await stores.clusters.listings() == {job_id("1"): 1}


async def test_of_two_of_one_rank_and_moment_the_least_id_is_shown(stores: Any) -> None:
    await stores.postings.save([row(number) for number in range(6)], [])
    await stores.clusters.place({job_id(str(number)): Placement(cluster=job_id("0")) for number in range(6)})
    [shown] = [job for job, count in (await stores.clusters.listings()).items() if count]
    assert shown == min(ids(*range(6)), key=str)


async def test_a_plain_search_shows_one_of_a_cluster(stores: Any) -> None:
    await stores.postings.save([row(1), row(2), row(3)], [])
    await stores.clusters.place(cluster(1, _1=1, _2=0))
    result = await stores.postings.search(SearchQuery(q="engineer"))
    assert sorted(hit.document.title for hit in result.hits) == ["Engineer 2", "Engineer 3"]
    assert result.found == 2
    assert [(count.value, count.count) for count in result.facets["company"]] == [("Northwind", 2)]


async def test_open_postings_without_a_fresh_fingerprint_of_the_method_are_strange(stores: Any) -> None:
    later = datetime.now(UTC) + DAY
    await stores.postings.save([row(1), row(2), row(3), row(4, closed=True), row(5, later)], [])
    await stores.clusters.remember([fingerprint(1), fingerprint(2, method=2), fingerprint(5)])
    assert await stores.clusters.strange(1) == ids(2, 3, 5)


async def test_what_was_kept_of_late_is_told(stores: Any) -> None:
    began = datetime.now(UTC)
    await stores.clusters.remember([fingerprint(1), fingerprint(2)])
    assert await stores.clusters.remembered_since(began) == ids(1, 2)
    assert await stores.clusters.remembered_since(began + DAY) == set()


async def test_keeping_nothing_is_no_error(stores: Any) -> None:
    await stores.clusters.remember([])
    await stores.clusters.remember([fingerprint(1, keys=())])
    await stores.clusters.place({})
    assert (await stores.clusters.around([])).fingerprints == ()


async def test_more_ids_than_fit_into_one_statement_are_asked_for_in_several(stores: Any) -> None:
    many = range(4_500)
    await stores.clusters.remember([fingerprint(number) for number in many])
    await stores.postings.save([row(0), row(1)], [])
    await stores.clusters.place({job_id(str(number)): Placement(cluster=job_id("0")) for number in many})
    assert len(await stores.clusters.mates(ids(*many))) == 4_500
    near = await stores.clusters.around([fingerprint(number) for number in many[:3_000]])
    assert len(near.fingerprints) == 4_500
    listings = await stores.clusters.listings(ids(*many))
    assert sorted(listings.values()) == [0, 2]
