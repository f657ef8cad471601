"""The search that ClickHouse answers, and its twin in memory: the same contract."""

import pytest
from stored_postings import DAY, NOW, full, posting, row

from quiethire.domain.grid import cell
from quiethire.domain.ports import PostingStore
from quiethire.domain.posting import (
    JobType,
    Location,
    Period,
    Salary,
    Seniority,
    Workplace,
)
from quiethire.domain.search import Facet, FacetCount, SearchDocument, SearchQuery, Sort
from quiethire.storage.clickhouse.memory import MemoryPostings


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> PostingStore:
    return MemoryPostings() if request.param == "memory" else request.getfixturevalue("clickhouse_postings")


async def found(store: PostingStore, **query: object) -> list[str]:
    result = await store.search(SearchQuery.model_validate(query))
    return [hit.document.title.removeprefix("Engineer ") for hit in result.hits]


async def test_search_finds_every_word_in_any_case_and_hides_closed_postings(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", skills=("PostgreSQL",))),
            row(posting("b", description_text="You know postgresql well.")),
            row(posting("c", description_text="x" * 2_000 + " postgresql")),
            row(posting("d", skills=("PostgreSQL",)), closed_at=NOW),
            row(posting("e", company_name="PostgreSQL Ltd")),
        ],
        [],
    )
    assert sorted(await found(store, q="ENGINEER postgresql")) == ["a", "b", "e"]
    assert sorted(await found(store, q="postgresql well")) == ["b"]
    assert sorted(await found(store)) == ["a", "b", "c", "e"]


@pytest.mark.parametrize(
    "q", ["cafe manager", "Café Manager", "CAFE\u0301 manager", '"cafe manager"', "łódź", "reykjavik"]
)
async def test_accents_are_left_out_on_both_sides(store: PostingStore, q: str) -> None:
    places = (Location(name="Reykjavík"), Location(name="Łódź"))
    texts = ("Café Manager", "Cafe Manager", "Cafe\u0301 Manager")
    await store.save([row(posting(str(n), title=title, locations=places)) for n, title in enumerate(texts)], [])
    await store.save(
        [row(posting("other", title="Bar Manager", description_text="Führe unser Team, дизайнер データ."))], []
    )
    assert sorted(await found(store, q=q)) == sorted(texts)
    assert sorted(await found(store, q="manager -café")) == ["Bar Manager"]
    assert await found(store, q="Führe ДИЗАЙНЕР データ") == ["Bar Manager"], (
        "descriptions are searched as they are typed"
    )
    assert await found(store, q="bar manager", location="reykjavik") == []
    assert len(await found(store, location="reykjavik")) == 3


@pytest.mark.parametrize(
    "q", ["full-stack engineer", "full stack engineer", "engineer, full", "engineer/(stack)", "full_stack & engineer"]
)
@pytest.mark.parametrize("title", ["Full Stack Engineer", "Full-Stack Engineer (m/w/d)"])
async def test_signs_that_join_words_are_blanks_to_a_search(store: PostingStore, title: str, q: str) -> None:
    await store.save([row(posting("a", title=title)), row(posting("b", title="Data Engineer"))], [])
    assert await found(store, q=q) == [title]


@pytest.mark.parametrize("title", ["Chargé d'études", "Chargé d’études"])
@pytest.mark.parametrize("q", ["chargé d'études", "charge d’etudes", '"d’études"', "études -women’s -l’oréal"])
async def test_an_apostrophe_is_one_however_it_is_written(store: PostingStore, title: str, q: str) -> None:
    others = ("Études chez L'Oréal", "Women's Études")
    await store.save([row(posting(each, title=each)) for each in (title, *others)], [])
    assert await found(store, q=q) == [title]


@pytest.mark.parametrize(
    "q", ["%", "'; DROP TABLE jobs; --", "\\", "{w0:String}", "(", "*", '"', "[a-", "\\pL\\", "--", "?"]
)
async def test_no_sign_of_a_search_is_syntax(store: PostingStore, q: str) -> None:
    await store.save([row(posting(f"with {q} in it"))], [])
    assert await found(store, q=q) == [f"with {q} in it"]
    assert await found(store, q=f'"{q}"') in ([], [f"with {q} in it"])
    assert await found(store, q=f"with -nothing{q}") == [f"with {q} in it"]
    for field in ("company", "exclude_company", "skills", "remote_from"):
        await store.search(SearchQuery.model_validate({"location": q, field: [q]}))


async def test_search_filters_by_each_field(store: PostingStore) -> None:
    yearly = Salary(min=None, max=80_000, currency="EUR", period=Period.YEAR)
    hourly = Salary(min=50, max=None, currency="USD", period=Period.HOUR)
    await store.save(
        [
            row(posting("a", remote=Workplace.REMOTE, salary=yearly, locations=(Location(name="Berlin, Germany"),))),
            row(posting("b", remote=Workplace.HYBRID, salary=hourly, company_name="Acme")),
            row(posting("c", job_type=JobType.CONTRACT, locations=(Location(name="Paris"), Location(name="BERLIN")))),
        ],
        [],
    )
    assert await found(store, remote=["remote"]) == ["a"]
    assert sorted(await found(store, remote=["remote", "hybrid"])) == ["a", "b"]
    assert await found(store, company=["Acme"]) == ["b"]
    assert await found(store, job_type=["contract"]) == ["c"]
    assert sorted(await found(store, location="berlin")) == ["a", "c"]
    assert await found(store, location="berlin", q="engineer c") == ["c"]
    assert sorted(await found(store, salary_min={"amount": 80_000})) == ["a", "b"]
    assert await found(store, salary_min={"amount": 80_001}) == ["b"]
    assert await found(store, salary_min={"amount": 10**15}) == []


async def test_search_compares_pay_of_different_currencies(store: PostingStore) -> None:
    def paid(currency: str, amount: int, period: Period = Period.YEAR) -> Salary:
        return Salary(min=amount, max=None, currency=currency, period=period)

    await store.save(
        [
            row(posting("eur", salary=paid("EUR", 60_000))),
            row(posting("usd", salary=paid("USD", 100_000))),
            row(posting("idr", salary=paid("IDR", 300_000_000))),
            row(posting("hourly", salary=paid("GBP", 60, Period.HOUR))),
            row(posting("unknown money", salary=paid("XXX", 10**9))),
            row(posting("unpaid")),
        ],
        [],
    )
    in_order = ["hourly", "usd", "eur", "idr"]
    assert (await found(store, sort=Sort.SALARY))[:4] == in_order
    assert sorted(await found(store, salary_min={"amount": 59_000, "currency": "EUR"})) == ["eur", "hourly", "usd"]
    assert await found(store, salary_min={"amount": 10**9, "currency": "XXX"}) == ["unknown money"]
    assert await found(store, salary_min={"amount": 10**9 + 1, "currency": "XXX"}) == []


async def test_search_finds_a_part_of_a_country_by_its_names_and_by_its_code_in_its_country(
    store: PostingStore,
) -> None:
    places = {
        "Fresno, California": "US",
        "San Jose, CA": "US",
        "Little Rock, Arcalifornia": "US",
        "Casper, ca. 5 days": "US",
        "Toronto, CA": "CA",
        "Cagliari": "IT",
        "Remote, kalifornien": None,
    }
    await store.save(
        [row(posting(name, locations=(Location(name=name, country=land),))) for name, land in places.items()], []
    )
    part = {"country": "US", "words": ("California",), "code": "CA", "own_words": ("Kalifornien",), "cells": ()}
    expected = ["Fresno, California", "Remote, kalifornien", "San Jose, CA"]
    assert sorted(await found(store, part=part)) == expected
    assert await found(store, part=part, q="fresno") == ["Fresno, California"]


async def test_search_finds_a_part_of_a_country_by_its_towns(store: PostingStore) -> None:
    places = {
        "Perth, UK": ("GB", 56.39522, -3.43139),
        "Perth, Australia": ("AU", -31.95224, 115.8614),
        "Suva": ("FJ", -18.14161, 178.44149),
        "Scotland": ("GB", None, None),
        "Scotland, Ontario": ("CA", None, None),
        "New Scotland": ("GB", None, None),
        "scotland, United Kingdom": (None, None, None),
    }
    await store.save(
        [
            row(posting(name, locations=(Location(name=name, country=land, lat=lat, lon=lon),)))
            for name, (land, lat, lon) in places.items()
        ],
        [],
    )
    towns = (cell(56.39522, -3.43139), cell(-18.14161, 178.44149), *range(3_999_998_000, 4_000_000_998))
    names = ("Scotland", "Scotland, United Kingdom")
    by_words = await found(store, part={"country": "GB", "words": ("Scotland",), "cells": towns})
    assert sorted(by_words) == ["New Scotland", "Perth, UK", "Scotland", "Suva"]
    whole = await found(store, part={"country": "GB", "names": names, "cells": towns})
    assert sorted(whole) == ["Perth, UK", "Scotland", "Suva", "scotland, United Kingdom"]


async def test_search_finds_an_area_by_its_name_and_by_its_countries(store: PostingStore) -> None:
    places = {"Wien": "AT", "Zürich": "CH", "Paris": "FR", "Remote, DACH": None}
    await store.save(
        [row(posting(name, locations=(Location(name=name, country=land),))) for name, land in places.items()], []
    )
    assert sorted(await found(store, location="DACH", area=("AT", "CH", "DE"))) == ["Remote, DACH", "Wien", "Zürich"]
    assert await found(store, location="DACH") == ["Remote, DACH"]


async def test_search_finds_places_by_circle_and_country(store: PostingStore) -> None:
    berlin = Location(name="Berlin", country="DE", lat=52.52, lon=13.405)
    potsdam = Location(name="Potsdam", country="DE", lat=52.39, lon=13.065)
    paris = Location(name="Paris", country="FR", lat=48.857, lon=2.352)
    somewhere = Location(name="Somewhere")
    await store.save(
        [
            row(posting("berlin", locations=(somewhere, berlin))),
            row(posting("potsdam", locations=(potsdam,))),
            row(posting("paris", locations=(paris,))),
            row(posting("nowhere", locations=(somewhere,))),
        ],
        [],
    )
    around = {"lat": 52.52, "lon": 13.405}
    assert await found(store, circle={**around, "km": 5}) == ["berlin"]
    assert sorted(await found(store, circle={**around, "km": 40})) == ["berlin", "potsdam"]
    assert sorted(await found(store, country="DE")) == ["berlin", "potsdam"]
    assert await found(store, country="FR", circle={**around, "km": 40}) == []
    result = await store.search(SearchQuery(country="FR"))
    assert {each.value for each in result.facets["location"]} == {"Berlin", "Potsdam", "Paris", "Somewhere"}


async def test_search_asks_where_remote_work_may_be_done_from(store: PostingStore) -> None:
    remote = {"remote": Workplace.REMOTE}
    await store.save(
        [
            row(
                posting(
                    "stated",
                    remote_allowed_in=("Portugal", "DE"),
                    locations=(Location(name="x", country="FR"),),
                    **remote,
                )
            ),
            row(posting("by place", locations=(Location(name="x", country="PT"),), **remote)),
            row(posting("anywhere", **remote)),
            row(posting("elsewhere", remote_allowed_in=("US",), **remote)),
        ],
        [],
    )
    assert sorted(await found(store, remote_from=["portugal", "PT"])) == ["anywhere", "by place", "stated"]
    assert sorted(await found(store, remote_from=["FR"])) == ["anywhere"]
    assert len(await found(store)) == 4


async def test_search_filters_by_what_else_is_known(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", seniority=Seniority.SENIOR, language="de", skills=("Python", "SQL"), posted_at=NOW)),
            row(posting("b", company_name="Acme", skills=("python",), visa_sponsorship=True, posted_at=NOW - 9 * DAY)),
            row(posting("c", seniority=Seniority.LEAD, visa_sponsorship=False), NOW + DAY),
        ],
        [],
    )
    assert sorted(await found(store, seniority=["senior", "lead"])) == ["a", "c"]
    assert await found(store, language=["de", "fr"]) == ["a"]
    assert sorted(await found(store, skills=["Python"])) == ["a", "b"]
    assert await found(store, skills=["python", "sql"]) == ["a"]
    assert sorted(await found(store, exclude_company=["Acme"])) == ["a", "c"]
    assert await found(store, sponsorship=True) == ["b"]
    assert await found(store, sponsorship=False) == ["c"]
    since = int((NOW - DAY).timestamp())
    assert sorted(await found(store, posted_since=since)) == ["a", "c"]
    assert sorted(await found(store, seen_by=int(NOW.timestamp()))) == ["a", "b"]
    assert await found(store, among=[posting("b").id, posting("gone").id]) == ["b"]
    assert await found(store, among=[]) == []


async def test_search_knows_phrases_and_what_must_not_be_there(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", description_text="You build full-stack things in Java.")),
            row(posting("b", description_text="A full house, a stack of JavaScript.")),
            row(posting("c", skills=("C++",))),
        ],
        [],
    )
    assert await found(store, q='"full stack"') == ["a"]
    assert sorted(await found(store, q="full stack")) == ["a", "b"]
    assert sorted(await found(store, q="engineer -java")) == ["b", "c"]
    assert sorted(await found(store, q="-javascript")) == ["a", "c"]
    assert sorted(await found(store, q='-"c++"')) == ["a", "b"]
    assert await found(store, q='engineer -"full stack" -c++') == ["b"]


async def test_a_facet_is_counted_without_its_own_narrowing(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", remote=Workplace.REMOTE, job_type=JobType.CONTRACT, skills=("SQL",))),
            row(posting("b", remote=Workplace.HYBRID, job_type=JobType.CONTRACT, skills=("SQL", "Go"))),
            row(posting("c", remote=Workplace.REMOTE, job_type=JobType.FULL_TIME, company_name="Acme")),
            row(posting("d", remote=Workplace.HYBRID, job_type=JobType.FULL_TIME)),
        ],
        [],
    )
    result = await store.search(SearchQuery(remote=(Workplace.REMOTE,), job_type=(JobType.CONTRACT,)))
    counts = {name: {each.value: each.count for each in facet} for name, facet in result.facets.items()}
    assert result.found == 1
    assert counts["remote"] == {"remote": 1, "hybrid": 1}
    assert counts["job_type"] == {"contract": 1, "full_time": 1}
    assert counts["company"] == {"Northwind": 1}
    both = await store.search(SearchQuery(skills=("SQL",)))
    assert {each.value: each.count for each in both.facets["skills"]} == {"SQL": 2, "Go": 1}


@pytest.mark.parametrize("facets", [(), ("remote",), ("company", "skills")])
async def test_only_the_facets_that_are_asked_for_are_counted(store: PostingStore, facets: tuple[Facet, ...]) -> None:
    await store.save([row(posting("a", remote=Workplace.REMOTE)), row(posting("b", skills=("SQL",)))], [])
    every = await store.search(SearchQuery(remote=(Workplace.REMOTE,)))
    result = await store.search(SearchQuery(remote=(Workplace.REMOTE,), facets=facets))
    assert result.facets == {name: every.facets[name] for name in facets}
    assert (result.found, result.hits) == (1, every.hits)


async def test_search_sorts_and_pages(store: PostingStore) -> None:
    def paid(amount: int) -> Salary:
        return Salary(min=amount, max=amount, currency="EUR", period=Period.YEAR)

    await store.save(
        [
            row(posting("old", salary=paid(90_000), posted_at=NOW - 9 * DAY)),
            row(posting("seen yesterday"), NOW - DAY),
            row(posting("new", posted_at=NOW, salary=paid(50_000), skills=("old",))),
        ],
        [],
    )
    assert await found(store, sort=Sort.DATE) == ["new", "seen yesterday", "old"]
    assert await found(store, sort=Sort.SALARY) == ["old", "new", "seen yesterday"]
    assert await found(store, q="old") == ["old", "new"]
    pages = [await found(store, sort=Sort.DATE, per_page=2, page=page) for page in (1, 2, 3)]
    assert pages == [["new", "seen yesterday"], ["old"], []]


async def test_a_search_result_says_how_many_and_that_it_is_degraded(store: PostingStore) -> None:
    places = (Location(name="Berlin"), Location(name="Berlin"), Location(name="Paris"))
    rows = [row(full("f")), row(posting("b", locations=places)), row(posting("c", company_name="Acme"))]
    await store.save(rows, [])
    result = await store.search(SearchQuery(per_page=1, sort=Sort.DATE, page=2))
    assert (result.found, result.page, result.degraded, len(result.hits)) == (3, 2, True, 1)
    assert result.facets == {
        "company": (FacetCount(value="Northwind", count=2), FacetCount(value="Acme", count=1)),
        "location": tuple(
            FacetCount(value=name, count=1) for name in ("Berlin", "Berlin, Germany", "Paris", "Somewhere")
        ),
        "remote": (FacetCount(value="none", count=2), FacetCount(value="hybrid", count=1)),
        "job_type": (FacetCount(value="unknown", count=2), FacetCount(value="full_time", count=1)),
        "seniority": (FacetCount(value="unknown", count=2), FacetCount(value="senior", count=1)),
        "skills": (FacetCount(value="Python", count=1), FacetCount(value="SQL", count=1)),
        "language": (FacetCount(value="unknown", count=2), FacetCount(value="de", count=1)),
    }
    last = await store.search(SearchQuery(sort=Sort.DATE, q="Ingénieur"))
    assert [hit.document for hit in last.hits] == [SearchDocument.of(rows[0])]
    nothing = await store.search(SearchQuery(q="nowhere to be found"))
    assert (nothing.found, nothing.hits) == (0, ())
    assert set(nothing.facets.values()) == {()}
