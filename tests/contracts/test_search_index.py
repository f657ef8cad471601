"""One contract for the search index: Typesense and its twin in memory."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from quiethire.domain.errors import Gone, InvalidInput, Permanent, Transient
from quiethire.domain.posting import JobType, Workplace
from quiethire.domain.search import SearchDocument, SearchQuery, Sort
from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex
from quiethire.storage.typesense.schema import collection_schema

NUMBERS = itertools.count(1)
HOSTILE = "<script>alert(1)</script> & <img src=x onerror=alert(1)> engineer </mark><mark>"


def document(number: int, **changes: object) -> SearchDocument:
    fields: dict[str, object] = {
        "id": str(UUID(int=number)),
        "title": "Data Engineer",
        "company": "Northwind",
        "location": ("Berlin, Germany",),
        "description": "Build pipelines.",
        "remote": "none",
        "job_type": "full_time",
        "skills": ("Python",),
        "quality_score": 90,
        "posted_at": 1_700_000_000 + number,
    }
    return SearchDocument.model_validate(fields | changes)


@pytest.fixture(params=["memory", "typesense"])
async def index(request: pytest.FixtureRequest) -> AsyncIterator[MemoryIndex | TypesenseIndex]:
    alias = f"contract{next(NUMBERS)}{uuid4().hex[:6]}"
    if request.param == "memory":
        twin = MemoryIndex(alias)
        await twin.ensure()
        yield twin
        return
    stack = request.getfixturevalue("stack")
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as real:
        await real.ensure()
        yield real


@pytest.fixture
async def typesense(stack) -> AsyncIterator[TypesenseIndex]:
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"own{uuid4().hex[:6]}") as real:
        await real.ensure()
        yield real


async def found(index: MemoryIndex | TypesenseIndex, **query: object) -> list[int]:
    result = await index.search(SearchQuery.model_validate(query))
    assert result.found == len(result.hits)
    return [UUID(hit.document.id).int for hit in result.hits]


async def with_fields(
    stack, alias: str, left_out: set[str], uncounted: frozenset[str] | set[str] = frozenset()
) -> None:
    """A collection as an older version made it, with a document in it."""
    schema = dict(collection_schema(f"{alias}_1"))
    kept = [field for field in schema["fields"] if field["name"] not in left_out]
    schema["fields"] = [{**field, "facet": False} if field["name"] in uncounted else field for field in kept]
    key = {"X-TYPESENSE-API-KEY": stack.typesense_api_key}
    async with httpx.AsyncClient(base_url=stack.typesense_url, headers=key) as http:
        (await http.post("/collections", json=schema)).raise_for_status()
        (await http.put(f"/aliases/{alias}", json={"collection_name": f"{alias}_1"})).raise_for_status()
        old = document(1).model_dump(mode="json", exclude=left_out, exclude_none=True)
        (await http.post(f"/collections/{alias}_1/documents", json=old)).raise_for_status()


async def test_a_collection_of_an_older_version_gets_the_fields_that_came_later(stack):
    alias = f"old{uuid4().hex[:6]}"
    await with_fields(stack, alias, {"on_site_days", "visa_sponsorship"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        await asyncio.gather(*(index.ensure() for _ in range(3)))
        async with httpx.AsyncClient(headers={"X-TYPESENSE-API-KEY": stack.typesense_api_key}) as http:
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


async def test_a_collection_that_cannot_be_mended_is_to_be_built_anew(stack):
    alias = f"old{uuid4().hex[:6]}"
    await with_fields(stack, alias, {"company"})
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index:
        with pytest.raises(InvalidInput, match="index rebuild") as error:
            await index.ensure()
    assert error.value.kind == "not_migrated"


async def test_an_upserted_document_comes_back_whole(index):
    whole = document(
        1,
        salary_min=70_000,
        salary_max=2_400_000_000_000,
        salary_currency="IDR",
        on_site_days=0,
        visa_sponsorship=False,
        geopoint=((52.5, 13.4), (48.1, 11.6)),
        description='数据 工程师 🦀 \u202e "quoted" \\ \n line',
    )
    assert await index.upsert([whole]) == []
    hits = (await index.search(SearchQuery(q="data"))).hits
    assert [hit.document for hit in hits] == [whole]


async def test_upserting_twice_replaces(index):
    await index.upsert([document(1)])
    await index.upsert([document(1, title="Office Manager"), document(2)])
    assert await index.count() == 2
    assert await found(index, q="office manager") == [1]


async def test_more_documents_than_a_chunk_are_all_stored_listed_and_deleted(index):
    documents = [document(number) for number in range(1, 1203)]
    assert await index.upsert(documents) == []
    assert await index.count() == 1202
    assert await index.ids() == {UUID(item.id) for item in documents}
    await index.delete([UUID(int=number) for number in range(1, 1202)])
    await index.delete([UUID(int=number) for number in range(1, 3)])
    assert await index.ids() == {UUID(int=1202)}


async def test_nothing_in_gives_nothing_out(index):
    assert await index.upsert([]) == []
    await index.delete([])
    assert await index.ids() == set()
    result = await index.search(SearchQuery(q="anything"))
    assert (result.found, result.hits, result.degraded) == (0, (), False)


async def test_ensure_twice_keeps_what_is_there(index):
    await index.upsert([document(1)])
    await index.ensure()
    assert await index.count() == 1
    assert await index.ready()


async def test_all_words_must_match_and_the_last_may_be_a_beginning(index):
    await index.upsert([document(1), document(2, title="Data Scientist"), document(3, title="Nurse", skills=())])
    assert await found(index, q="data engineer") == [1]
    assert await found(index, q="data sci") == [2]
    assert await found(index, q="data nurse") == []


async def test_words_of_different_fields_meet(index):
    await index.upsert([document(1), document(2, company="Globex")])
    assert await found(index, q="engineer globex") == [2]


async def test_a_match_in_the_title_comes_before_one_in_the_description(index):
    await index.upsert([document(1, title="Rust Developer"), document(2, title="Cook", description="We know Rust")])
    assert await found(index, q="rust") == [1, 2]


async def test_c_c_plus_plus_and_c_sharp_are_three_words(index):
    await index.upsert([document(1, title="C++ Developer"), document(2, title="C# Developer")])
    assert await found(index, q="c++ developer") == [1]
    assert await found(index, q="c# developer") == [2]


@pytest.mark.parametrize("q", ["stack", "full stack", "full-stack", "FULL"])
async def test_parts_of_joined_words_are_found(index, q):
    await index.upsert([document(1, title="Full-Stack/Python Developer (m/w/d)"), document(2)])
    assert await found(index, q=q) == [1]


async def test_accents_and_other_scripts(index):
    await index.upsert([document(1, title="Développeur"), document(2, title="データ エンジニア")])
    assert await found(index, q="developpeur") == [1]
    assert await found(index, q="データ") == [2]


async def test_lists_mean_any_of_and_fields_mean_all_of(index):
    await index.upsert(
        [
            document(1, remote="remote", job_type="contract"),
            document(2, remote="hybrid", job_type="contract"),
            document(3, remote="none", job_type="contract"),
            document(4, remote="remote", job_type="internship", company="Globex"),
        ]
    )
    anywhere = (Workplace.REMOTE, Workplace.HYBRID)
    assert await found(index, remote=anywhere, sort=Sort.DATE) == [4, 2, 1]
    assert await found(index, remote=anywhere, job_type=(JobType.CONTRACT,), sort=Sort.DATE) == [2, 1]
    assert await found(index, company=("Globex", "Northwind"), remote=(Workplace.REMOTE,), sort=Sort.DATE) == [4, 1]


async def test_a_company_is_matched_whole(index):
    await index.upsert([document(1, company="Acme"), document(2, company="Acme Robotics")])
    assert await found(index, company=("Acme",)) == [1]


async def test_a_location_is_matched_by_its_words(index):
    await index.upsert([document(1), document(2, location=("Paris", "Munich, Germany"))])
    assert await found(index, location="germany", sort=Sort.DATE) == [2, 1]
    assert await found(index, location="Munich, Germany") == [2]
    assert await found(index, location="  ", sort=Sort.DATE) == [2, 1]


async def test_the_salary_filter_asks_for_either_end(index):
    await index.upsert(
        [
            document(1, salary_min=50_000, salary_max=80_000),
            document(2, salary_min=80_000),
            document(3, salary_max=70_000),
            document(4),
        ]
    )
    assert await found(index, salary_min={"amount": 75_000}, sort=Sort.DATE) == [2, 1]
    assert await found(index, salary_min={"amount": 10**15}) == []
    assert await found(index, salary_min={"amount": 0}, sort=Sort.DATE) == [3, 2, 1]


async def test_sorting_by_date_and_by_pay(index):
    await index.upsert([document(1, pay_eur=90), document(2), document(3, pay_eur=10**13), document(4)])
    assert await found(index, sort=Sort.DATE) == [4, 3, 2, 1]
    assert await found(index, sort=Sort.SALARY) == [3, 1, 4, 2]


async def test_pages_do_not_overlap(index):
    await index.upsert([document(number) for number in range(1, 6)])
    pages = [await index.search(SearchQuery(sort=Sort.DATE, page=page, per_page=2)) for page in (1, 2, 3, 4)]
    assert [[UUID(hit.document.id).int for hit in page.hits] for page in pages] == [[5, 4], [3, 2], [1], []]
    assert [(page.found, page.page) for page in pages] == [(5, 1), (5, 2), (5, 3), (5, 4)]


async def test_facets_count_what_was_found(index):
    await index.upsert(
        [
            document(1, location=("Berlin", "Paris")),
            document(2, location=("Berlin",), remote="remote"),
            document(3, company="Globex", title="Nurse", skills=()),
        ]
    )
    facets = (await index.search(SearchQuery(q="engineer"))).facets
    counts = {name: {count.value: count.count for count in counts} for name, counts in facets.items()}
    assert counts == {
        "company": {"Northwind": 2},
        "location": {"Berlin": 2, "Paris": 1},
        "remote": {"none": 1, "remote": 1},
        "job_type": {"full_time": 2},
        "seniority": {"unknown": 2},
        "skills": {"Python": 2},
        "language": {"unknown": 2},
    }


async def test_marks_are_the_only_markup_in_highlights(index):
    await index.upsert([document(1, title="<b> Engineer </b> & more", description=HOSTILE, company="<i> engineer")])
    (hit,) = (await index.search(SearchQuery(q="engineer"))).hits
    assert "<mark>" in hit.highlights["title"]
    assert "description" in hit.highlights
    for text in hit.highlights.values():
        rest = text.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in rest
        assert ">" not in rest
        assert text.count("<mark>") == text.count("</mark>")


@pytest.mark.parametrize(
    "value",
    [
        "`",
        "Nobody`||company:=`Northwind",
        "Nobody`] || company:=[`Northwind",
        "Nobody && Northwind",
        "x) || (posted_at:>0",
        "\\",
        "",
        "\x00",
        "||",
        "^*",
    ],
)
async def test_a_filter_value_is_never_syntax(index, value):
    await index.upsert([document(1), document(2, company="Globex")])
    assert await found(index, company=(value,)) == []
    if value.strip():
        assert await found(index, location=value) == []


async def test_a_company_with_a_backtick_is_found_by_its_name(index):
    await index.upsert([document(1, company="Acme`s & Co"), document(2)])
    assert await found(index, company=("Acme`s & Co",)) == [1]


@pytest.mark.parametrize(
    "q", ["x" * 300, "- engineer", "\u202e\u0000", "{}[]<>&%$", "'; DROP TABLE jobs; --", "* && *"]
)
async def test_any_query_is_answered(index, q):
    await index.upsert([document(1)])
    result = await index.search(SearchQuery(q=q))
    assert result.found in (0, 1)


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


async def test_typesense_forgives_typos(typesense):
    await typesense.upsert([document(1, title="Engineering Manager")])
    assert await found(typesense, q="enginering") == [1]
    assert await found(typesense, q="engneerng maneger") == [1]


async def test_typesense_names_each_refused_line_and_keeps_the_others(typesense):
    refused = document(2).model_copy(update={"posted_at": 10**30})
    failures = await typesense.upsert([document(1), refused, document(3)])
    assert [failure.job_id.int for failure in failures] == [2]
    assert failures[0].error
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


async def test_what_is_like_a_posting_is_found_without_carrying_vectors(typesense):
    vector = (1.0, *[0.0] * 383)
    await typesense.upsert([document(number, embedding=vector) for number in range(1, 4)])
    hits = await typesense.similar(UUID(int=1), 5)
    assert {UUID(hit.document.id).int for hit in hits} == {2, 3}
    assert all(hit.document.embedding is None for hit in hits)


async def test_a_wrong_key_says_so(stack):
    async with TypesenseIndex(stack.typesense_url, "wrong") as index:
        with pytest.raises(Permanent, match="API key"):
            await index.search(SearchQuery())
