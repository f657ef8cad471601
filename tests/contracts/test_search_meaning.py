"""One contract for searching by words and by meaning together: Typesense and the twin in memory."""

import asyncio
import itertools
import math
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from quiethire.domain.errors import Transient
from quiethire.domain.ports import Meaning, Vector
from quiethire.domain.search import FACETS, SearchDocument, SearchQuery
from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.meaning import NEAREST, fuse, search_by_meaning
from quiethire.storage.typesense.memory import MemoryIndex
from quiethire.storage.typesense.schema import VECTOR_SIZE, Served

Index = MemoryIndex | TypesenseIndex
NUMBERS = itertools.count(1)


@pytest.fixture(params=["memory", "typesense"])
async def index(request: pytest.FixtureRequest, stack: Any) -> AsyncIterator[Index]:
    alias = f"meaning{next(NUMBERS)}{uuid4().hex[:6]}"
    if request.param == "memory":
        twin = MemoryIndex(alias)
        await twin.ensure()
        yield twin
        return
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as real:
        await real.ensure()
        yield real


def direction(degrees: float) -> Vector:
    turned = math.radians(degrees)
    return (math.cos(turned), math.sin(turned), *[0.0] * (VECTOR_SIZE - 2))


def at(degrees: float) -> Meaning:
    """What is asked, whose meaning is known."""
    known: Meaning = asyncio.get_running_loop().create_future()
    known.set_result(direction(degrees))
    return known


async def holds(index: Index, *documents: dict[str, Any]) -> None:
    """Put documents in, numbered from 1, each newer than the one before."""
    plain = {"title": "Data Engineer", "company": "Northwind", "location": ("Berlin",), "description": "Work."}
    plain |= {"remote": "none", "job_type": "full_time", "skills": (), "quality_score": 90}
    made = [
        SearchDocument.model_validate(
            plain | {"id": str(UUID(int=number)), "posted_at": 1_700_000_000 + number, "seen_at": number} | changes
        )
        for number, changes in enumerate(documents, start=1)
    ]
    assert await index.upsert(made) == []


async def found(index: Index, degrees: float, **query: Any) -> list[int]:
    """The numbers of what is found, in its order."""
    result = await index.search(SearchQuery.model_validate(query), at(degrees))
    return [UUID(hit.document.id).int for hit in result.hits]


async def test_what_means_the_same_in_other_words_is_found_and_what_does_not_is_not(index):
    await holds(
        index,
        {"title": "Chef de Cuisine", "embedding": direction(10)},
        {"title": "Kitchen Lead", "embedding": direction(20)},
        {"title": "Tax Adviser", "embedding": direction(90)},
        {"title": "Cook"},
    )
    assert sorted(await found(index, 0, q="cook")) == [1, 2, 4]
    assert await found(index, 0, q="nowhere") == [1, 2]


async def test_who_has_the_words_and_the_meaning_comes_before_who_has_one_of_them(index):
    await holds(
        index,
        {"title": "Chef", "embedding": direction(5)},
        {"title": "Cook", "embedding": direction(30)},
        {"title": "Cook", "embedding": direction(90)},
    )
    assert (await found(index, 0, q="cook"))[0] == 2


async def test_filters_hold_for_both_and_facets_count_what_is_told(index):
    await holds(
        index,
        {"title": "Cook", "remote": "remote"},
        {"title": "Chef", "remote": "remote", "embedding": direction(1)},
        {"title": "Chef", "remote": "none", "embedding": direction(1)},
    )
    result = await index.search(SearchQuery(q="cook", remote=("remote",)), at(0))
    assert sorted(UUID(hit.document.id).int for hit in result.hits) == [1, 2]
    assert result.found == 2
    assert tuple(result.facets) == FACETS
    assert {count.value: count.count for count in result.facets["remote"]} == {"remote": 2}
    asked = SearchQuery(q="cook", remote=("remote",), facets=("remote",))
    assert (await index.search(asked, at(0))).facets == {"remote": result.facets["remote"]}


async def test_words_are_marked_where_they_are_and_vectors_are_told_to_nobody(index):
    await holds(index, {"title": "Head Cook", "embedding": direction(0)}, {"title": "Chef", "embedding": direction(1)})
    hits = (await index.search(SearchQuery(q="cook"), at(0))).hits
    by_title = {hit.document.title: hit for hit in hits}
    assert by_title["Head Cook"].highlights["title"] == "Head <mark>Cook</mark>"
    assert by_title["Chef"].highlights == {}


async def test_pages_follow_one_another_and_end(index):
    await holds(index, *({"title": f"Chef {number}", "embedding": direction(number)} for number in range(7)))
    pages = [await found(index, 0, q="nowhere", page=page, per_page=3) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [number for page in pages for number in page] == [1, 2, 3, 4, 5, 6, 7]


async def test_the_nearest_alone_are_fused_however_many_there_are(index):
    await holds(index, *({"title": "Chef", "embedding": direction(number / 10)} for number in range(NEAREST + 20)))
    result = await index.search(SearchQuery(q="nowhere"), at(0))
    assert result.found == NEAREST


async def test_a_vector_is_told_of_documents_that_are_there_and_changes_nothing_else(index):
    await holds(index, {"title": "Chef", "salary_min": 40_000})
    before = (await index.search(SearchQuery())).hits
    await index.embed({UUID(int=1): direction(0), UUID(int=2): direction(0)})
    assert await index.count() == 1
    assert await found(index, 0, q="nowhere") == [1]
    (after,) = (await index.search(SearchQuery())).hits
    assert after.document.model_copy(update={"embedding": None}) == before[0].document


async def test_the_few_that_a_filter_leaves_are_all_looked_at_among_many_nearer_ones(stack):
    alias = f"meaning{next(NUMBERS)}{uuid4().hex[:6]}"
    generator = random.Random(2)
    many, companies, each = 2_500, 12, 5

    def near(pull: float) -> tuple[float, ...]:
        parts = [generator.gauss(0, 1) for _ in range(VECTOR_SIZE)]
        parts[0] += pull
        length = math.hypot(*parts)
        return tuple(round(part / length, 4) for part in parts)

    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        common = [{"company": f"Common {number % 7}", "embedding": near(40)} for number in range(many)]
        rare = [{"company": f"Rare {number % companies}", "embedding": near(16)} for number in range(companies * each)]
        await holds(index, *common, *rare)
        counts = [len(await found(index, 0, q="nowhere", company=(f"Rare {n}",))) for n in range(companies)]
    assert counts == [each] * companies


async def test_postings_that_changed_are_found_by_what_they_mean_now_whatever_else_narrows(index):
    everything = [{"title": f"Chef {number}", "embedding": direction(90 + number)} for number in range(20)]
    await holds(index, *everything)
    changed = [each | {"embedding": direction(number)} for number, each in enumerate(everything[:10])]
    await holds(index, *changed)
    await index.embed({UUID(int=number): direction(number) for number in range(11, 21)})
    for narrowed in ({}, {"company": ("Northwind",)}, {"exclude_company": ("Globex",)}):
        assert sorted(await found(index, 0, q="nowhere", **narrowed)) == list(range(1, 21))


@pytest.mark.parametrize("part", [0, 1])
async def test_an_answer_that_was_ranked_or_told_of_a_part_says_so(stack, part):
    alias = f"meaning{next(NUMBERS)}{uuid4().hex[:6]}"
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await holds(index, *({"title": "Chef", "embedding": direction(number)} for number in range(3)))
        told: list[dict[str, Any]] = []

        async def asked(searches: Any) -> list[dict[str, Any]]:
            answers = [dict(answer) for answer in await index._asking.ask(searches)]
            for answer in answers:
                # As a server says that has loaded two documents when it is asked this, and three by the next time.
                answer["out_of"] -= len(told) == part
                told.append(answer)
            return answers

        result = await search_by_meaning(SearchQuery(q="chef"), at(0), Served(alias), asked)
    assert len(told) == 2
    assert (result.found, result.held) == (3, 2)


async def test_words_are_searched_while_it_is_found_out_what_they_mean(stack):
    alias = f"meaning{next(NUMBERS)}{uuid4().hex[:6]}"
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await holds(index, {"title": "Chef", "embedding": direction(0)})
        searched = asyncio.Event()

        async def asked(searches: Any) -> Any:
            searched.set()
            return await index._asking.ask(searches)

        async def meant() -> Vector:
            await searched.wait()
            return direction(0)

        meaning = asyncio.create_task(meant())
        result = await asyncio.wait_for(search_by_meaning(SearchQuery(q="chef"), meaning, Served(alias), asked), 30)
    assert result.found == 1


async def test_what_ails_the_model_is_told_by_the_search(index):
    away: Meaning = asyncio.get_running_loop().create_future()
    away.set_exception(Transient("the model is away", where="embedding"))
    await holds(index, {"title": "Chef"})
    with pytest.raises(Transient, match="the model is away"):
        await index.search(SearchQuery(q="chef"), away)


async def test_a_search_whose_words_fail_looks_for_no_neighbours_and_leaves_the_meaning_to_others():
    unknown: Meaning = asyncio.get_running_loop().create_future()
    asked = 0

    async def refused(searches: Any) -> Any:
        nonlocal asked
        asked += 1
        raise Transient("out of reach", where="typesense")

    with pytest.raises(Transient):
        await search_by_meaning(SearchQuery(q="chef"), unknown, Served("none"), refused)
    assert not unknown.cancelled()
    unknown.set_result(direction(0))
    await asyncio.sleep(0)
    assert asked == 1


def test_ranks_are_fused_by_their_reciprocals():
    assert fuse([["a", "b"], ["b", "c"]]) == ["b", "a", "c"]
    assert fuse([[], ["x", "y"]]) == ["x", "y"]
    assert fuse([]) == []
