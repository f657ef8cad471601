"""One contract for what is asked of the search index: words, filters, counts, walks and suggestions."""

import asyncio
import itertools
from uuid import UUID, uuid4

import pytest
from asked_index import counted, found, holds, walked

from quiethire.domain.money import in_euros
from quiethire.domain.search import FACETS, SearchQuery
from quiethire.storage.typesense.index import TypesenseIndex


@pytest.mark.parametrize("q", ['"data engineer"', "“data engineer”", '"data-engineer"', "engineer -backend"])
async def test_a_phrase_is_matched_as_it_stands_and_a_dash_excludes(index, q):
    await holds(index, {}, {"title": "Engineer of Data, Backend"})
    assert await found(index, q=q) == [1]


@pytest.mark.parametrize("q", ["-full-stack engineer", '-"full stack" engineer', 'engineer -"Full-Stack"'])
async def test_an_excluded_phrase_leaves_those_that_have_its_words_apart(index, q):
    await holds(index, {"title": "Full-Stack Engineer"}, {"title": "Engineer, full time", "description": "A stack."})
    assert await found(index, q=q) == [2]


@pytest.mark.parametrize("title", ["Chargé d'études", "Chargé d’études"])
@pytest.mark.parametrize("q", ["chargé d'études", "charge d’etudes", '"d’études"', "chargé -women’s -l’oréal"])
async def test_an_apostrophe_is_one_however_it_is_written(index, title, q):
    await holds(index, {"title": title}, {"title": "Chargé chez L'Oréal"}, {"title": "Women's Chargé"})
    assert await found(index, q=q) == [1]


async def test_what_begins_with_a_dot_is_no_beginning_of_a_word(index):
    titles = ("Senior .NET Developer", "Network Developer", "Developer, C#/.Net Core", "Dotnet Developer")
    await holds(
        index, *({"title": title, "remote": "remote" if title.startswith("Senior") else "none"} for title in titles)
    )
    assert await found(index, q="developer .NET") == [1, 3, 4]
    assert await found(index, q="C#/.net") == [3]
    assert await found(index, q=".net remote") == [1]
    assert await found(index, q="developer net") == [1, 2, 3, 4]


async def test_only_exclusions_find_all_the_others(index):
    await holds(index, {}, {"title": "Nurse"}, {"title": "Cook"})
    assert await found(index, q="-nurse -cook") == [1]


@pytest.mark.parametrize(
    "q",
    [
        '"',
        '""',
        '"" engineer',
        'engineer "',
        '-"',
        '-""',
        "-",
        "---- engineer",
        "engineer -",
        "- -",
        "engineer - ",
        "Engineer (m/w/d)",
        "engineer f/m/x",
        "engineer job",
        "engineer in berlin",
        "engineer`",
        "engineer – ",
    ],
)
async def test_operators_without_words_narrow_nothing(index, q):
    await holds(index, {})
    assert await found(index, q=q) == [1]


@pytest.mark.parametrize(
    "q",
    [
        "-" * 300,
        '"' * 299,
        '-"' * 150,
        "a " * 150,
        "-a " * 100,
        '"a" ' * 75,
        "()[]{}:=<>&|!@^~\\/" * 15,
        "\u0000\ud7ff\u202e",
        "🦀" * 300,
        "engineer:=x && title:y",
        "%22%27",
    ],
)
async def test_a_hostile_query_is_answered(index, q):
    await holds(index, {})
    assert await found(index, q=q) in ([], [1])


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("swe", "Software Engineer"),
        ("software engineer", "SWE, Payments"),
        ("k8s", "Kubernetes Administrator"),
        ("senior js developer", "Senior JavaScript Developer"),
        ("krankenpfleger", "Infirmière"),
        ("developer", "Développeur"),
    ],
)
async def test_words_that_mean_the_same_find_each_other(index, q, title):
    await holds(index, {"title": title}, {"title": "Accountant"})
    assert await found(index, q=q) == [1]


@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("backend engineers", [1, 2]),
        ("engineers backend", [1, 2]),
        ("data scientists", [3]),
        ("nurses", [4]),
        ('"backend engineers"', [5]),
    ],
)
async def test_who_asks_for_several_finds_titles_that_name_one(index, q, numbers):
    await holds(
        index,
        {"title": "Backend Engineer"},
        {"title": "Backend Developer"},
        {"title": "Data Scientist"},
        {"title": "Registered Nurse"},
        {"title": "Accountant", "description": "You pay our backend engineers."},
    )
    assert set(numbers) <= set(await found(index, q=q))


async def test_the_word_remote_finds_remote_jobs(index):
    await holds(index, {"remote": "remote"}, {"remote": "hybrid"}, {"title": "Remote Sensing Engineer"})
    assert await found(index, q="remote engineer") == [1, 3]
    assert await found(index, q="engineer -remote") == [2]


async def test_a_phrase_stands_for_itself_alone(index):
    await holds(index, {"title": "SWE"}, {"title": "Software Engineer"})
    assert await found(index, q='"software engineer"') == [2]


async def test_companies_are_excluded_whole(index):
    await holds(index, {"company": "Acme"}, {"company": "Acme Robotics"}, {"company": "Globex"})
    assert await found(index, exclude_company=("acme", "Globex")) == [2]
    assert await found(index, exclude_company=("x`] || company:=[`Acme",)) == [1, 2, 3]


async def test_skills_are_all_wanted_and_other_lists_any(index):
    await holds(
        index,
        {"skills": ("Python", "C++"), "seniority": "senior", "language": "en"},
        {"skills": ("Python",), "seniority": "junior", "language": "de"},
        {"skills": ("C",), "seniority": "mid", "language": "fr"},
    )
    assert await found(index, skills=("python",)) == [1, 2]
    assert await found(index, skills=("Python", "C++")) == [1]
    assert await found(index, seniority=("senior", "mid")) == [1, 3]
    assert await found(index, language=("de", "fr")) == [2, 3]


async def test_sponsorship_is_what_is_said(index):
    await holds(index, {"visa_sponsorship": True}, {"visa_sponsorship": False}, {})
    assert await found(index, sponsorship=True) == [1]
    assert await found(index, sponsorship=False) == [2]
    assert await found(index) == [1, 2, 3]


async def test_remote_from_lets_in_what_states_nothing(index):
    await holds(index, {"remote_from": ("DE", "EU")}, {"remote_from": ("US",)}, {"remote_from": ("any",)})
    assert await found(index, remote_from=("EU", "DE")) == [1, 3]
    assert await found(index, remote_from=("FR",)) == [3]


async def test_times_bound_what_is_found(index):
    await holds(index, {}, {}, {})
    assert await found(index, posted_since=1_700_000_002) == [2, 3]
    assert await found(index, seen_by=2) == [1, 2]


async def test_only_those_named_are_looked_at(index):
    await holds(index, {}, {}, {"title": "Nurse"})
    assert await found(index, among=(UUID(int=2), UUID(int=3), UUID(int=9)), q="engineer") == [2]
    assert await found(index, among=()) == []
    assert await found(index, among=tuple(UUID(int=number) for number in range(1, 501))) == [1, 2, 3]


async def test_a_pay_floor_in_a_currency_is_compared_in_euros(index):
    dollars = in_euros(60_000, "USD")
    assert dollars is not None
    await holds(
        index,
        {"salary_max": 60_000, "salary_currency": "USD", "pay_eur": dollars},
        {"salary_max": 60_000, "salary_currency": "EUR", "pay_eur": 60_000},
        {"salary_max": 90_000, "salary_currency": "XXX"},
        {},
    )
    floor = {"amount": 60_000}
    assert await found(index, salary_min=floor) == [1, 2, 3]
    assert await found(index, salary_min=floor | {"currency": "EUR"}) == [
        number for number in (1, 2) if number == 2 or dollars >= 60_000
    ]
    assert await found(index, salary_min=floor | {"currency": "USD"}) == [1, 2]
    assert await found(index, salary_min=floor | {"currency": "XXX"}) == [3]
    assert await found(index, salary_min=floor | {"currency": "XXY"}) == []
    assert await found(index, salary_min={"amount": 0, "currency": "EUR"}) == [1, 2]


async def test_a_facet_is_counted_without_its_own_narrowing(index):
    await holds(
        index,
        {"company": "Acme", "seniority": "senior", "skills": ("Python",)},
        {"company": "Globex", "seniority": "senior", "skills": ("Python", "Go")},
        {"company": "Globex", "seniority": "junior", "location": ("Paris",), "countries": ("FR",)},
        {"company": "Globex", "title": "Nurse"},
    )
    counts = await counted(index, q="engineer", company=("Acme",), seniority=("senior",), skills=("Python",))
    assert counts["company"] == {"Acme": 1, "Globex": 1}
    assert counts["seniority"] == {"senior": 1}
    assert counts["skills"] == {"Python": 1}
    assert (await counted(index, q="engineer", company=("Acme",)))["seniority"] == {"senior": 1}
    assert (await counted(index, country="FR"))["location"] == {"Berlin, Germany": 3, "Paris": 1}


async def test_a_walk_passes_every_hit_once_newest_first(index):
    same_second = [{"posted_at": 1_600_000_000 + number // 300} for number in range(700)]
    await holds(index, *same_second, {"title": "Nurse"})
    passed = await walked(index, q="data engineer", sort="salary", page=9, per_page=1)
    assert passed == sorted(range(1, 701), key=lambda number: ((number - 1) // 300, number), reverse=True)


async def test_a_walk_over_nothing_passes_nothing(index):
    assert await walked(index, q="anything") == []


async def test_suggestions_count_titles_companies_and_skills(index):
    await holds(
        index,
        {"skills": ("Databricks", "Python")},
        {"skills": ("Python",)},
        {"title": "Nurse", "company": "Data Corp"},
        {"title": "Head of Data", "company": "Acme"},
    )
    told = await index.suggest("dat", 5)
    assert [(count.value, count.count) for count in told.titles] == [("Data Engineer", 2), ("Head of Data", 1)]
    assert [(count.value, count.count) for count in told.companies] == [("Data Corp", 1)]
    assert [(count.value, count.count) for count in told.skills] == [("Databricks", 1)]
    assert [count.value for count in (await index.suggest("data eng", 5)).titles] == ["Data Engineer"]
    assert len((await index.suggest("dat", 1)).titles) == 1


@pytest.mark.parametrize("prefix", ["", "  ", '"', "-", "zzz", "`", "a:b", "(((", "x" * 300])
async def test_a_beginning_of_nothing_suggests_nothing(index, prefix):
    await holds(index, {})
    told = await index.suggest(prefix, 5)
    assert (told.titles, told.companies, told.skills) == ((), (), ())


async def test_similar_postings_are_of_the_same_trade_the_likest_first(index):
    await holds(
        index,
        {"skills": ("Python", "Spark")},
        {"title": "Senior Data Engineer", "skills": ("Python", "Spark")},
        {"title": "Data Analyst", "skills": ("Excel",)},
        {"title": "Platform Developer", "skills": ("Python", "Spark")},
        {"title": "Nurse", "skills": ("Care",)},
    )
    assert [UUID(hit.document.id).int for hit in await index.similar(UUID(int=1), 10)] == [2, 4, 3]
    assert [UUID(hit.document.id).int for hit in await index.similar(UUID(int=1), 1)] == [2]
    assert await index.similar(UUID(int=99), 10) == ()


async def test_a_swap_keeps_the_one_before_and_a_rollback_serves_it_again(index):
    await holds(index, {}, {})
    for number in (2, 3):
        await index.create(f"{index.alias}_{number}")
        await index.swap(f"{index.alias}_{number}")
    assert await index.count() == 0
    there = await index.collections()
    assert [(one.name, one.serves, one.previous) for one in there] == [
        (f"{index.alias}_2", False, True),
        (f"{index.alias}_3", True, False),
    ]
    await holds(index, {})
    assert await index.rollback() == f"{index.alias}_2"
    assert await index.count() == 0
    assert await index.rollback() == f"{index.alias}_3"
    assert [one.documents for one in await index.collections()] == [0, 1]


async def test_of_very_many_hits_a_part_is_counted_and_the_rest_inferred(stack):
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"many{uuid4().hex[:6]}") as index:
        await index.ensure()
        await holds(index, *({"remote": "hybrid" if number // 16 % 4 else "remote"} for number in range(6_000)))
        result = await index.search(SearchQuery(q="engineer"))
        counts = {count.value: count.count for count in result.facets["remote"]}
        assert result.found == 6_000
        assert result.facets_estimated
        assert counts["hybrid"] == pytest.approx(4_500, rel=0.05)
        assert counts["remote"] == pytest.approx(1_500, rel=0.15)
        narrowed = await index.search(SearchQuery(q="data engineer", posted_since=0))
        assert not narrowed.facets_estimated
        assert {count.value: count.count for count in narrowed.facets["remote"]} == {
            "hybrid": 4_496,
            "remote": 1_504,
        }
        of_the_few = await index.search(
            SearchQuery(q="engineer", among=tuple(itertools.islice(await index.ids(), 400)))
        )
        assert not of_the_few.facets_estimated
        assert sum(count.count for count in of_the_few.facets["remote"]) == of_the_few.found == 400


async def test_what_is_not_counted_is_not_estimated(stack):
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"many{uuid4().hex[:6]}") as index:
        await index.ensure()
        await holds(index, *({} for _ in range(1_100)))
        counted = await index.search(SearchQuery(q="engineer", facets=("remote",)))
        plain = await index.search(SearchQuery(q="engineer", facets=()))
    assert (counted.found, counted.facets_estimated) == (1_100, True)
    assert (plain.found, plain.facets_estimated, plain.facets) == (1_100, False, {})


async def test_searches_at_once_are_told_what_each_is_told_alone(stack):
    """One alone has its facets, or most of them, counted beside its page; one of several has them counted with or after it."""
    many, few = SearchQuery(q="data engineer"), SearchQuery(q="data nurse")
    narrow = few.model_copy(update={"skills": ("skill 3",)})
    asked = (many, few, narrow)
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"many{uuid4().hex[:6]}") as index:
        await index.ensure()
        titles = ("Data Engineer", "Data Engineer", "Data Nurse")
        await holds(
            index, *({"title": titles[number % 3], "skills": [f"skill {number % 7}"]} for number in range(1_800))
        )
        alone = [await index.search(query) for query in asked]
        together = await asyncio.gather(*(index.search(query) for query in asked * 3))
    assert [(result.found, result.facets_estimated) for result in alone] == [(1_200, True), (600, False), (85, False)]
    assert [result.facets for result in together] == [result.facets for result in alone] * 3
    assert sum(count.count for count in alone[1].facets["skills"]) == 600
    assert {facet: sum(count.count for count in counts) for facet, counts in alone[2].facets.items()} == dict.fromkeys(
        FACETS, 85
    )


async def test_parts_of_words_are_found_in_titles_and_whole_words_in_descriptions(index):
    await holds(index, {"title": "Kubernetes Administrator"}, {"title": "Cook", "description": "We run Kubernetes."})
    assert await found(index, q="kuber") == [1]
    assert await found(index, q="kubernetes") == [1, 2]
