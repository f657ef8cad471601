"""One contract for the search index: Typesense and its twin in memory."""

from uuid import UUID

import pytest
from search_documents import document, found

from quiethire.domain.posting import JobType, Workplace
from quiethire.domain.search import Circle, SearchQuery, Sort

HOSTILE = "<script>alert(1)</script> & <img src=x onerror=alert(1)> engineer </mark><mark>"


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


@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"q": "engineer"},
        {"q": "engineer", "remote": ("remote",)},
        {"q": "data engineer", "skills": ("Python",)},
        {"q": "engineer", "circle": Circle(lat=52.52, lon=13.4, km=20)},
        {"q": "-nurse"},
    ],
)
async def test_only_the_facets_that_are_asked_for_are_counted(index, narrowed):
    there = {"geopoint": ((52.52, 13.4),)}
    await index.upsert(
        [document(1, **there), document(2, remote="remote", **there), document(3, title="Nurse", skills=())]
    )
    every = await index.search(SearchQuery(**narrowed))
    for facets in ((), ("remote",), ("company", "skills", "language")):
        result = await index.search(SearchQuery(facets=facets, **narrowed))
        assert result.facets == {name: every.facets[name] for name in facets}
        assert (result.found, result.hits) == (every.found, every.hits)
        assert result.found > 0


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


async def test_typesense_forgives_typos(typesense):
    await typesense.upsert([document(1, title="Engineering Manager")])
    assert await found(typesense, q="enginering") == [1]
    assert await found(typesense, q="engneerng maneger") == [1]


async def test_what_is_like_a_posting_is_found_without_carrying_vectors(typesense):
    vector = (1.0, *[0.0] * 383)
    await typesense.upsert([document(number, embedding=vector) for number in range(1, 4)])
    hits = await typesense.similar(UUID(int=1), 5)
    assert {UUID(hit.document.id).int for hit in hits} == {2, 3}
    assert all(hit.document.embedding is None for hit in hits)
