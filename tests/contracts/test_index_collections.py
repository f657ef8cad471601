"""Collections of the search index: mended, rebuilt, swapped and rolled back; and what is said where none answers."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from search_documents import document, found

from quiethire.domain.errors import Gone, InvalidInput, Permanent, Transient
from quiethire.domain.grid import cell
from quiethire.domain.search import CountryPart, SearchQuery, Sort
from quiethire.storage.typesense.asking import Asking
from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.matching import TypesenseMatcher
from quiethire.storage.typesense.schema import collection_schema


async def with_fields(
    stack, alias: str, left_out: set[str], uncounted: frozenset[str] | set[str] = frozenset()
) -> None:
    """A collection as an older version made it, with a document in it."""
    schema = dict(collection_schema(f"{alias}_1"))
    kept = [field for field in schema["fields"] if field["name"] not in left_out]
    schema["fields"] = [{**field, "facet": False} if field["name"] in uncounted else field for field in kept]
    key = {"X-TYPESENSE-API-KEY": stack.typesense_api_key}
    async with httpx.AsyncClient(base_url=stack.typesense_url, headers=key, timeout=60) as http:
        (await http.post("/collections", json=schema)).raise_for_status()
        (await http.put(f"/aliases/{alias}", json={"collection_name": f"{alias}_1"})).raise_for_status()
        old = document(1).model_dump(mode="json", exclude=left_out, exclude_none=True)
        (await http.post(f"/collections/{alias}_1/documents", json=old)).raise_for_status()


async def test_a_collection_of_an_older_version_gets_the_fields_that_came_later(stack):
    alias = f"old{uuid4().hex[:6]}"
    await with_fields(stack, alias, {"on_site_days", "visa_sponsorship"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await asyncio.gather(*(index.ensure() for _ in range(3)))
        async with httpx.AsyncClient(headers={"X-TYPESENSE-API-KEY": stack.typesense_api_key}, timeout=60) as http:
            told = (await http.get(f"{stack.typesense_url}/collections/{alias}_1")).json()["fields"]
        assert {"on_site_days", "visa_sponsorship"} <= {field["name"] for field in told}
        new = document(2, on_site_days=2, visa_sponsorship=True)
        assert await index.upsert([new]) == []
        hits = (await index.search(SearchQuery(q="data", sort=Sort.DATE))).hits
        assert [hit.document for hit in hits] == [new, document(1)]


async def test_a_collection_of_the_first_version_is_searched_and_counted_after_ensure(stack):
    alias = f"old{uuid4().hex[:6]}"
    late = {
        "seniority",
        "language",
        "countries",
        "remote_from",
        "pay_eur",
        "seen_at",
        "tie",
        "lot",
        "also",
        "company_domain",
    }
    await with_fields(stack, alias, late, uncounted={"title", "skills"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert([document(2, seniority="senior", countries=("DE",))])
        result = await index.search(SearchQuery(q="data", sort=Sort.DATE))
        assert [UUID(hit.document.id).int for hit in result.hits] == [2, 1]
        assert [(count.value, count.count) for count in result.facets["skills"]] == [("Python", 2)]
        assert await found(index, q="pyt", seniority=("senior",), country="DE") == [2]
        assert [(count.value, count.count) for count in (await index.suggest("eng", 5)).titles] == [
            ("Data Engineer", 2)
        ]


@pytest.fixture
def filters(monkeypatch):
    """How the server was asked to narrow each search."""
    asked, ask = list[str](), Asking.ask

    async def listening(asking, searches):
        asked.extend(search["filter_by"] for search in searches)
        return await ask(asking, searches)

    monkeypatch.setattr(Asking, "ask", listening)
    return asked


AROUND = {"lat": 52.4, "lon": 13.1, "km": 40}


def ways(filters: list[str]) -> list[str]:
    """Each once, in their order: one search may be several requests."""
    told = list(dict.fromkeys(each.partition(":")[0] for each in filters))
    filters.clear()
    return told


async def test_that_a_collection_was_made_without_rows_is_kept_in_mind(stack, filters):
    alias = f"old{uuid4().hex[:6]}"
    await with_fields(stack, alias, {"spot"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert([document(number, geopoint=((52.5, 13.4),)) for number in (1, 2)])
        for way in (["spot", "geopoint"], ["geopoint"]):
            assert await found(index, circle=AROUND) == [2, 1]
            assert ways(filters) == way


async def test_a_collection_with_rows_is_asked_by_them_when_it_has_followed_one_without(stack, filters, monkeypatch):
    monkeypatch.setattr("quiethire.storage.typesense.index.KEPT_IN_MIND", 0.0)
    alias, near = f"old{uuid4().hex[:6]}", document(1, geopoint=((52.5, 13.4),))
    await with_fields(stack, alias, {"spot"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert([near])
        assert await found(index, circle=AROUND) == [1]
        await index.create(f"{alias}_2")
        await index.upsert([near], f"{alias}_2")
        await index.swap(f"{alias}_2")
        filters.clear()
        assert await found(index, circle=AROUND) == [1]
        assert ways(filters) == ["spot"]


async def test_a_collection_without_rows_is_searched_and_walked_as_soon_as_it_serves_again(stack, filters):
    alias, near = f"old{uuid4().hex[:6]}", SearchQuery.model_validate({"q": "data", "circle": AROUND})
    await with_fields(stack, alias, {"spot"})
    documents = [document(number, geopoint=((52.5, 13.4),)) for number in range(1, 300)]
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert(documents)
        await index.create(f"{alias}_2")
        await index.upsert(documents, f"{alias}_2")
        await index.swap(f"{alias}_2")
        walk = index.walk(near)
        first = await anext(walk)
        assert filters[0].startswith("spot")
        await index.rollback()
        rest = [job_id async for step in walk for job_id in step]
        assert len({*first, *rest}) == len(first) + len(rest) == 299
        assert (await index.search(near)).found == 299
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as other:
        assert (await other.search(near)).found == 299


@pytest.mark.parametrize(("km", "way"), [(9.9, "geopoint"), (10, "spot"), (250, "spot"), (251, "geopoint")])
async def test_small_and_wide_circles_are_asked_by_the_radius(stack, filters, km, way):
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"new{uuid4().hex[:6]}") as index:
        await index.ensure()
        await index.upsert([document(1, geopoint=((52.4, 13.1),))])
        assert await found(index, circle=AROUND | {"km": km}) == [1]
    assert ways(filters) == [way]


async def test_a_collection_that_cannot_be_mended_is_to_be_built_anew(stack):
    alias = f"old{uuid4().hex[:6]}"
    await with_fields(stack, alias, {"company"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        with pytest.raises(InvalidInput, match="index rebuild") as error:
            await index.ensure()
    assert error.value.kind == "not_migrated"


async def test_a_rebuilt_index_replaces_the_old_one_at_the_swap(index):
    await index.upsert([document(1), document(2)])
    await index.create(f"{index.alias}_next")
    await index.upsert([document(3)], collection=f"{index.alias}_next")
    assert await index.count(f"{index.alias}_next") == 1
    assert await index.ids() == {UUID(int=1), UUID(int=2)}
    await index.swap(f"{index.alias}_next")
    await index.swap(f"{index.alias}_next")
    assert await index.ids() == {UUID(int=3)}
    assert await index.count(f"{index.alias}_1") == 2
    await index.create(f"{index.alias}_last")
    await index.swap(f"{index.alias}_last")
    with pytest.raises(Gone):
        await index.count(f"{index.alias}_1")


async def test_there_is_nothing_to_roll_back_to_before_the_first_swap(index):
    await index.upsert([document(1)])
    with pytest.raises(Gone):
        await index.rollback()
    assert await index.count() == 1


async def test_creating_again_empties_what_a_broken_try_left(index):
    name = f"{index.alias}_2"
    await index.create(name)
    await index.upsert([document(1)], collection=name)
    await index.create(name)
    assert await index.count(name) == 0


async def test_the_serving_collection_is_never_emptied(index):
    await index.upsert([document(1)])
    with pytest.raises(InvalidInput):
        await index.create(f"{index.alias}_1")
    assert await index.count() == 1


async def test_a_swap_to_nothing_changes_nothing(index):
    await index.upsert([document(1)])
    with pytest.raises(Gone):
        await index.swap(f"{index.alias}_missing")
    with pytest.raises(InvalidInput):
        await index.swap("another_index_1")
    assert await index.count() == 1


async def test_typesense_names_each_refused_line_and_keeps_the_others(typesense):
    refused = document(2).model_copy(update={"posted_at": None})
    failures = await typesense.upsert([document(1), refused, document(3)])
    assert [failure.job_id.int for failure in failures] == [2]
    assert failures[0].error
    assert await typesense.ids() == {UUID(int=1), UUID(int=3)}


@pytest.mark.parametrize("sign", ["\u2028", "\u0085"])
async def test_a_refused_line_that_tells_its_document_is_one_line_whatever_is_in_it(typesense, sign):
    """The answer quotes what was refused. Lines end with a line feed there, and with nothing else that ends lines elsewhere."""
    refused = document(2, description=f"Before{sign}and behind").model_copy(update={"posted_at": None})
    failures = await typesense.upsert([document(1), refused, document(3)])
    assert [failure.job_id.int for failure in failures] == [2]
    assert "posted_at" in failures[0].error
    assert await typesense.ids() == {UUID(int=1), UUID(int=3)}


async def test_a_swap_leaves_the_collections_of_other_indexes(stack, typesense):
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"{typesense.alias}_other") as other:
        await other.ensure()
        await other.upsert([document(1)])
        await typesense.create(f"{typesense.alias}_2")
        await typesense.swap(f"{typesense.alias}_2")
        assert await other.count() == 1


async def test_an_index_out_of_reach_is_transient_and_not_ready():
    async with TypesenseIndex("http://127.0.0.1:9", "key") as index:
        with pytest.raises(Transient) as caught:
            await index.search(SearchQuery())
        assert caught.value.where == "typesense"
        with pytest.raises(Transient):
            await index.ids()
        assert not await index.ready()


async def test_searching_an_index_never_built_is_transient(stack):
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, "neverbuilt") as index:
        with pytest.raises(Transient):
            await index.search(SearchQuery())
        with pytest.raises(Gone):
            await index.ids()
        assert not await index.ready()


async def test_a_wrong_key_says_so(stack):
    async with TypesenseIndex(stack.typesense_url, "wrong") as index:
        with pytest.raises(Permanent, match="API key"):
            await index.search(SearchQuery())


@pytest.mark.parametrize(("left_out", "expected"), [(set(), {1, 2}), ({"spot"}, {2})])
async def test_alerts_find_a_part_of_a_country_by_its_towns_where_the_collection_has_them(stack, left_out, expected):
    alias, glasgow = f"old{uuid4().hex[:6]}", (55.86515, -4.25763)
    await with_fields(stack, alias, left_out)
    scotland = CountryPart(country="GB", words=("Scotland",), cells=(cell(*glasgow),))
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert(
            [
                document(1, location=("Glasgow",), countries=("GB",), geopoint=(glasgow,)),
                document(2, location=("Remote, Scotland",), countries=("GB",)),
                document(3, location=("London",), countries=("GB",), geopoint=((51.50853, -0.12574),)),
            ]
        )
    queries = [SearchQuery(part=scotland), SearchQuery(part=scotland, q="engineer")]
    async with TypesenseMatcher(stack.typesense_url, stack.typesense_api_key, alias) as matcher:
        found_of_each = await matcher.matches(queries, [UUID(int=number) for number in (1, 2, 3)])
    assert found_of_each == [{UUID(int=number) for number in expected}] * 2


@pytest.mark.parametrize(("left_out", "expected"), [(set(), [1]), ({"regions"}, [1, 2]), ({"spot", "regions"}, [1, 2])])
async def test_a_collection_of_before_finds_a_state_by_the_code_in_its_places(stack, left_out, expected):
    alias, louisiana = f"old{uuid4().hex[:6]}", CountryPart(country="US", words=("Louisiana",), code="LA", cells=())
    await with_fields(stack, alias, left_out)
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert(
            [
                document(1, location=("Remote, LA",), countries=("US",), regions=("US-LA",)),
                document(2, location=("La Jolla, CA",), countries=("US",), regions=("US-CA",)),
            ]
        )
        assert sorted(await found(index, part=louisiana)) == expected


async def test_alerts_ask_circles_by_the_radius_whatever_serves(stack):
    alias = f"near{uuid4().hex[:6]}"
    edge = document(1, geopoint=((52.4 + 40.3 / 111.195, 13.1),))  # 0.3 km outside: within half a row.
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await index.ensure()
        await index.upsert([edge])
    async with TypesenseMatcher(stack.typesense_url, stack.typesense_api_key, alias) as matcher:
        near, wider = (
            SearchQuery.model_validate({"circle": AROUND}),
            SearchQuery.model_validate({"circle": AROUND | {"km": 41}}),
        )
        assert await matcher.matches([near, wider], [UUID(int=1)]) == [set(), {UUID(int=1)}]
