"""What the parameters of a search mean, leafing by cursor, and sparse answers."""

from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import Location, Period, Salary
from quiethire.domain.search import FACETS, PayFloor
from services.api.search.cursors import SearchCursor
from services.api.search.parameters import SearchParameters

NOW = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)
BERLIN = Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52, lon=13.41)
POTSDAM = Location(name="Potsdam, Germany", city="Potsdam", country="DE", lat=52.39886, lon=13.06566)
VIENNA = Location(name="Vienna, Austria", city="Vienna", country="AT", lat=48.21, lon=16.37)


async def found(client, **params):
    answer = await client.get("/api/v1/search", params={"per_page": 50, **params})
    assert answer.status_code == 200, answer.text
    assert answer.json()["degraded"] is False
    return {hit["title"] for hit in answer.json()["hits"]}


async def test_a_place_means_a_circle_a_country_a_part_of_one_an_area_or_words(any_clients, gateway, crawl, posting):
    await crawl(
        any_clients,
        posting(1, title="B", locations=(BERLIN,)),
        posting(2, title="P", locations=(POTSDAM,)),
        posting(3, title="V", locations=(VIENNA,)),
        posting(4, title="E", locations=(Location(name="Anywhere in Europe"),)),
    )
    async with gateway(any_clients) as client:
        assert await found(client, location="berlin") == {"B", "P"}
        assert await found(client, location="Berlin", radius_km=10) == {"B"}
        assert await found(client, location="Deutschland") == {"B", "P"}
        assert await found(client, location="AT") == {"V"}
        assert await found(client, location="europe") == {"B", "P", "V", "E"}
        assert await found(client, location="DACH") == {"B", "P", "V"}
        assert await found(client, location="Brandenburg") == {"P"}
        assert await found(client, geo="48.2, 16.4, 20") == {"V"}
        assert await found(client, geo="50,14,900") == {"B", "P", "V"}
        # As many figures as a browser tells of where it is.
        assert await found(client, geo="52.520006599999996,13.404953999999975,20.5") == {"B"}


async def test_initials_are_found_as_they_stand(any_clients, gateway, crawl, posting):
    await crawl(
        any_clients,
        posting(1, title="R&D Manager", skills=()),
        posting(2, title="R Data Manager", skills=("R",)),
        posting(3, title="Retail Associate", company_name="AT&T"),
        posting(4, title="Teacher"),
    )
    async with gateway(any_clients) as client:
        assert await found(client, q="R&D") == await found(client, q="r&d mana") == {"R&D Manager"}
        assert await found(client, q="AT&T") == {"Retail Associate"}
        suggested = (await client.get("/api/v1/suggest", params={"q": "AT&T"})).json()["companies"]
    assert [each["value"] for each in suggested] == ["AT&T"]


async def test_remote_from_finds_what_is_allowed_there_and_what_says_nothing(any_clients, gateway, crawl, posting):
    def remote(number: int, title: str, **changes: object):
        return posting(number, title=title, **{"remote": "remote", "locations": (), **changes})

    await crawl(
        any_clients,
        remote(1, "de", remote_allowed_in=("DE",)),
        remote(2, "eu", remote_allowed_in=("EU",)),
        remote(3, "us", remote_allowed_in=("US", "LATAM")),
        remote(4, "all", remote_allowed_in=("Worldwide",)),
        remote(5, "silent"),
        remote(6, "vienna", locations=(VIENNA,)),
        remote(7, "office", remote="none", locations=(BERLIN,)),
        remote(8, "mixed", remote="hybrid", locations=(BERLIN,)),
    )
    async with gateway(any_clients) as client:
        assert await found(client, remote_from="Germany") == {"de", "eu", "all", "silent"}
        assert await found(client, remote_from="at") == {"eu", "all", "silent", "vienna"}
        assert await found(client, remote_from="EU") == {"eu", "all", "silent"}
        assert await found(client, remote_from="California") == await found(client, remote_from="US")
        assert await found(client, remote_from="Bavaria") == {"de", "eu", "all", "silent"}
        assert await found(client, remote_from="brasil") == {"us", "all", "silent"}
        assert await found(client, remote_from="DE", remote="hybrid") == {"mixed"}


async def test_pay_is_compared_by_the_year_across_currencies(any_clients, gateway, crawl, posting):
    def paid(number: int, title: str, high: int, currency: str, period: str = "year"):
        return posting(number, title=title, salary=Salary(min=None, max=high, currency=currency, period=period))

    await crawl(
        any_clients,
        paid(1, "euros", 80_000, "EUR"),
        paid(2, "monthly", 7_000, "EUR", "month"),
        paid(3, "pounds", 80_000, "GBP"),
        paid(4, "crowns", 80_000, "CZK"),
        paid(5, "dirhams", 80_000, "AED"),
        paid(7, "roubles", 80_000, "RUB"),
        posting(6, title="silent", salary=None),
    )
    async with gateway(any_clients) as client:
        assert await found(client, salary_min=82_000, salary_currency="eur") == {"monthly", "pounds"}
        assert await found(client, salary_min=6_500, salary_period="month", salary_currency="EUR") == {
            "euros",
            "monthly",
            "pounds",
        }
        # The bank publishes no rate of the dirham.
        assert await found(client, salary_min=70_000, salary_currency="AED") == {"dirhams"}
        # It has published none of the rouble since 2022.
        assert await found(client, salary_min=70_000, salary_currency="RUB") == {"roubles"}
        assert await found(client, salary_min=79_000) == {"euros", "monthly", "pounds", "crowns", "dirhams", "roubles"}
        assert await found(client, salary_min="82.000", salary_currency="EUR") == {"monthly", "pounds"}
        assert await found(client, salary_min="82k", salary_currency="EUR") == {"monthly", "pounds"}


async def test_who_what_and_when_narrow_it_too(any_clients, gateway, crawl, posting):
    now = datetime.now(UTC)
    await crawl(
        any_clients,
        posting(1, title="a", seniority="senior", skills=("Python", "SQL"), language="en", posted_at=now),
        posting(2, title="b", seniority="staff", skills=("Python",), language="de", posted_at=now - timedelta(days=3)),
        posting(3, title="c", company_name="Globex", visa_sponsorship=False, posted_at=now - timedelta(days=30)),
        posting(4, title="d", company_name="Acme", visa_sponsorship=None, posted_at=now - timedelta(days=30)),
    )
    async with gateway(any_clients) as client:
        assert await found(client, seniority=["senior", "staff"]) == {"a", "b"}
        assert await found(client, skills=["Python", "SQL"]) == {"a"}
        assert await found(client, skills=["python3"]) == {"a", "b", "c", "d"}
        assert await found(client, language=["de", "fr"]) == {"b"}
        assert await found(client, exclude_company=["Globex", "Northwind"]) == {"d"}
        assert await found(client, sponsorship=True) == {"a", "b"}
        assert await found(client, sponsorship=False) == {"c"}
        assert await found(client, posted_within=1) == {"a"}
        assert await found(client, posted_within=7) == {"a", "b"}


async def test_a_cursor_leafs_through_all_while_new_postings_come(any_clients, gateway, crawl, posting):
    names = {f"Job {number}" for number in range(1, 8)}
    await crawl(any_clients, *(posting(number, title=f"Job {number}") for number in range(1, 8)))
    told: list[str] = []
    params = {"sort": "date", "per_page": 3, "posted_within": 365}
    async with gateway(any_clients) as client:
        answer = (await client.get("/api/v1/search", params=params)).json()
        told += [hit["title"] for hit in answer["hits"]]
        later = datetime.now(UTC) + timedelta(hours=1)
        await crawl(any_clients, posting(8, title="New", posted_at=datetime.now(UTC)), at=later)
        while answer["next_cursor"]:
            answer = (await client.get("/api/v1/search", params=params | {"cursor": answer["next_cursor"]})).json()
            assert answer["found"] == 7
            told += [hit["title"] for hit in answer["hits"]]
    assert answer["page"] == 3
    assert len(told) == 7
    assert set(told) == names


@pytest.mark.parametrize(
    "change",
    [
        {"q": "nurse"},
        {"per_page": 4},
        {"sort": "salary"},
        {"posted_within": 8},
        {"posted_within": None},
        {"remote": "none"},
    ],
)
async def test_the_cursor_of_another_search_is_refused(clients, gateway, crawl, posting, change):
    await crawl(clients, *(posting(number, posted_at=datetime.now(UTC)) for number in range(1, 8)))
    params = {"q": "engineer", "per_page": 3, "posted_within": 7}
    async with gateway(clients) as client:
        cursor = (await client.get("/api/v1/search", params=params)).json()["next_cursor"]
        changed = {name: value for name, value in {**params, **change}.items() if value is not None}
        answer = await client.get("/api/v1/search", params={**changed, "cursor": cursor})
        same = await client.get("/api/v1/search", params={**params, "q": " ENGINEER ", "cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("cursor: it belongs to another search")
    assert (same.status_code, same.json()["page"]) == (200, 2)


@pytest.mark.parametrize(
    ("asked", "remote"),
    [
        ({"location": "Remote"}, ("remote",)),
        ({"location": "Remote", "remote": ("hybrid",)}, ("hybrid",)),
        ({"location": "Hybrid", "remote_from": "DE"}, ("remote",)),
        ({"location": "Berlin"}, ()),
        ({"location": "Remote, Germany"}, ("remote",)),
        ({"location": "Berlin or remote"}, ()),
        ({"location": "Remote, Germany", "remote": ("hybrid",)}, ("hybrid",)),
    ],
)
def test_remote_written_as_a_place_means_remote_jobs(asked, remote):
    assert SearchParameters.model_validate(asked).query(NOW).remote == remote


def test_a_cursor_outlives_the_hour_that_a_search_begins_in():
    asked = SearchParameters(q="nurse", posted_within=7)
    started = asked.query(NOW.replace(minute=59, second=59))
    cursor = SearchCursor.after(started, 50, NOW.replace(hour=13, minute=0, second=1))
    second = SearchParameters(q="nurse", posted_within=7, cursor=cursor).query(NOW + timedelta(days=2))
    assert (second.page, second.posted_since) == (2, started.posted_since)
    third = SearchCursor.after(second, 50, NOW + timedelta(days=2))
    again = SearchParameters(q="nurse", posted_within=7, cursor=third).query(NOW + timedelta(days=3))
    assert (again.page, again.seen_by, again.posted_since) == (3, second.seen_by, second.posted_since)
    with pytest.raises(InvalidInput, match="another search"):
        SearchParameters(q="nurse", posted_within=6, cursor=cursor).query(NOW)


def test_the_last_page_has_no_cursor():
    query = SearchParameters(per_page=10).query(NOW)
    assert SearchCursor.after(query, 10, NOW) is None
    assert SearchCursor.after(query, 11, NOW) is not None
    assert SearchCursor.after(query.model_copy(update={"page": 250}), 10_000, NOW) is None


@pytest.mark.parametrize("asked", [{"salary_min": 10**11, "salary_period": "hour"}, {"salary_min": 0}])
def test_the_largest_and_the_smallest_floor_are_questions(asked):
    query = SearchParameters.model_validate(asked).query(NOW)
    assert isinstance(query.salary_min, PayFloor)


async def test_only_the_fields_that_are_asked_for_are_told(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        whole = (await client.get("/api/v1/search")).json()
        # The second time the answer is kept already.
        for _ in range(2):
            sparse = (await client.get("/api/v1/search?fields=title&fields=salary")).json()
            assert sparse["hits"] == [{name: whole["hits"][0][name] for name in ("id", "title", "salary")}]
            assert sparse["facets"] == whole["facets"]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("location=Springfield&radius_km=25", {"name": "Springfield, MO", "radius_km": 25}),
        ("location=Berlin&fields=title", {"name": "Berlin, Germany", "radius_km": 50}),
        ("location=Bavaria", {"name": "Bavaria, Germany", "radius_km": None}),
        ("location=Silicon+Valley", None),
        ("geo=52,13,10", None),
    ],
)
async def test_the_answer_says_which_place_was_searched(clients, gateway, asked, place):
    async with gateway(clients) as client:
        for _ in range(2):  # The second time the answer is kept already.
            assert (await client.get(f"/api/v1/search?{asked}")).json()["place"] == place


async def test_an_hours_pay_may_have_cents(clients, gateway, crawl, posting):
    hourly = {"period": Period.HOUR, "currency": "EUR"}
    await crawl(
        clients,
        posting(1, salary=Salary(min=15.5, max=15.5, **hourly)),
        posting(2, salary=Salary(min=15, max=15, **hourly)),
    )
    async with gateway(clients) as client:
        for written in ("15.50", "15,5"):
            asked = {"salary_min": written, "salary_period": "hour", "salary_currency": "EUR"}
            answer = (await client.get("/api/v1/search", params=asked)).json()
            assert [hit["id"] for hit in answer["hits"]] == [str(posting(1).id)]


async def test_only_the_facets_that_are_asked_for_are_counted(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2))
    async with gateway(clients) as client:
        whole = (await client.get("/api/v1/search")).json()
        some = (await client.get("/api/v1/search?facets=skills&facets=remote")).json()
        none = (await client.get("/api/v1/search?facets=none")).json()
    assert tuple(whole["facets"]) == FACETS
    assert some["facets"] == {name: whole["facets"][name] for name in ("remote", "skills")}
    assert none["facets"] == {}
    for answer in (some, none):
        assert (answer["found"], answer["hits"]) == (whole["found"], whole["hits"])
    assert whole["found"] == len(whole["hits"]) == 2


async def test_who_leafs_need_not_have_the_facets_counted_again(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2))
    async with gateway(clients) as client:
        first = (await client.get("/api/v1/search?per_page=1")).json()
        second = (await client.get(f"/api/v1/search?per_page=1&facets=none&cursor={first['next_cursor']}")).json()
    assert {hit["id"] for page in (first, second) for hit in page["hits"]} == {str(posting(n).id) for n in (1, 2)}
    assert (second["page"], second["facets"]) == (2, {})


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ("facets=salary", "facets"),
        ("facets=none&facets=remote", "facets"),
        ("geo=Berlin", "geo"),
        ("geo=91,13,10", "geo"),
        ("geo=52,13,0", "geo"),
        ("geo=52,13,2001", "geo"),
        ("geo=nan,13,10", "geo"),
        ("geo=52,13", "geo"),
        ("location=Berlin&geo=52,13,10", "geo"),
        ("radius_km=0", "radius_km"),
        ("radius_km=inf", "radius_km"),
        ("radius_km=501", "radius_km"),
        ("remote_from=Atlantis", "remote_from"),
        ("remote_from=" + "x" * 61, "remote_from"),
        ("salary_currency=euro", "salary_currency"),
        ("salary_period=decade", "salary_period"),
        ("salary_min=100000000001", "salary_min"),
        ("posted_within=0", "posted_within"),
        ("posted_within=24h", "posted_within"),
        ("posted_within=366", "posted_within"),
        ("seniority=boss", "seniority"),
        ("language=english", "language"),
        ("sponsorship=maybe", "sponsorship"),
        ("fields=title&fields=secret", "fields"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=é", "cursor"),
        ("cursor=" + "x" * 301, "cursor"),
        ("cursor=eyJwYWdlIjoxfQ", "cursor"),
        ("&".join(["skills=a"] * 21), "skills"),
    ],
)
async def test_a_wrong_parameter_is_named_with_what_would_be_right(clients, gateway, params, field):
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/search?{params}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert response.json()["detail"].startswith(f"{field}: ")


async def test_a_cursor_and_a_page_exclude_each_other(clients, gateway):
    cursor = SearchCursor.after(SearchParameters().query(NOW), 100, NOW)
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/search?page=2&cursor={cursor}")
    assert [error["field"] for error in response.json()["errors"]] == ["cursor"]
