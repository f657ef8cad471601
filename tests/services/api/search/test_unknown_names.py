"""What a search names that is not known here, and what is said of a value that cannot be read."""

from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.error_words import error_words, near_name
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close

SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


async def unknown(client, **params):
    answer = await client.get("/api/v1/search", params=params)
    assert answer.status_code == 200, answer.text
    return {(each["parameter"], each["value"]): each["near"] for each in answer.json()["unknown"]}


async def test_names_that_nothing_bears_are_told_with_near_ones(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1), posting(2, company_name="Globex", company_domain=None, skills=("SQL",)))
    async with gateway(any_clients) as client:
        assert await unknown(client, location="Berlni") == {("location", "Berlni"): "Berlin, Germany"}
        assert await unknown(client, location="Xyzzyville") == {("location", "Xyzzyville"): None}
        assert await unknown(client, company="Northwin") == {("company", "Northwin"): "Northwind"}
        assert await unknown(client, company=["Globex", "Nobody Ltd"]) == {("company", "Nobody Ltd"): None}
        assert set(await unknown(client, exclude_company="Nobody Ltd")) == {("exclude_company", "Nobody Ltd")}
        assert set(await unknown(client, skills=["Python", "Zyxxan"])) == {("skills", "Zyxxan")}
        assert await unknown(client, company="northwind.example") == {("company", "northwind.example"): "Northwind"}
        assert await unknown(client, company="nobody.example") == {("company", "nobody.example"): None}
        hint = (await client.get("/api/v1/search?location=Berlni&fields=title")).json()["unknown"][0]["hint"]
    assert hint == "No place of this name is known, and no posting names it. Did you mean Berlin, Germany?"


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ("location=Berlin,Hamburg", "These are several places, and a search has one: ask for each by itself."),
        ("location=new+york,+london", "These are several places, and a search has one: ask for each by itself."),
        ("skills=Python,SQL", "No open posting names this skill. Several are given one by one."),
    ],
)
async def test_a_list_in_place_of_one_name_is_told_as_such_and_none_of_it_is_called_near(  # noqa: PLR0917 - fixtures and its cases
    clients, gateway, crawl, posting, params, told
):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        [unknown] = (await client.get(f"/api/v1/search?{params}")).json()["unknown"]
    assert (unknown["hint"], unknown["near"]) == (told, None)


async def test_a_comma_is_a_part_of_a_companys_name(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1, company_name="Northwind, Inc."))
    async with gateway(any_clients) as client:
        assert await unknown(client, company="Northwind, In") == {("company", "Northwind, In"): "Northwind, Inc."}


async def test_a_company_that_has_nothing_open_is_no_near_one(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    rows, events = close((await clients.postings.known({posting(1).id})).values(), SEEN + timedelta(days=1))
    await clients.postings.save(rows, events)
    await clients.index.delete([posting(1).id])
    async with gateway(clients) as client:
        assert await unknown(client, company="northwind.example") == {("company", "northwind.example"): None}


async def test_a_domain_is_told_without_a_name_where_the_postings_are_out_of_reach(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))

    async def gone(**_):
        raise Transient("refused", where="clickhouse")

    clients.postings.hiring = gone
    async with gateway(clients) as client:
        assert await unknown(client, company="northwind.example") == {("company", "northwind.example"): None}


async def test_what_is_known_is_not_told_though_nothing_is_found(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1), posting(2, company_name="Globex", skills=("SQL",)))
    async with gateway(any_clients) as client:
        nothing = {"q": "zzzz", "company": "Globex", "skills": "Python", "location": "Portugal"}
        assert await unknown(client, **nothing) == {}
        assert await unknown(client, location="Berlin", company="Northwind", exclude_company="Globex") == {}


async def test_without_the_index_places_alone_are_told(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))

    async def gone(*asked, **options):
        raise Transient("refused", where="typesense")

    clients.index.search = clients.index.suggest = gone
    async with gateway(clients) as client:
        assert set(await unknown(client, location="Berlni", company="Nobody Ltd")) == {("location", "Berlni")}


@pytest.mark.parametrize(
    "empty", ["company=", "company=&company=+", "location=", "salary_min=", "remote=", "salary_currency=", "page="]
)
async def test_an_empty_parameter_is_not_given(clients, gateway, crawl, posting, empty):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        answer = (await client.get(f"/api/v1/search?{empty}&q=data")).json()
    assert (answer["found"], answer["unknown"]) == (1, [])


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ("per_page=1000", "per_page: “1000” is more than 100, the most that is allowed"),
        ("page=0", "page: “0” is less than 1, the least that is allowed"),
        ("radius_km=0", "radius_km: “0” is not more than 0, as it must be"),
        ("page=two", "page: “two” is no whole number"),
        ("radius_km=far", "radius_km: “far” is no number"),
        ("sponsorship=maybe", "sponsorship: “maybe” is neither true nor false"),
        ("salary_period=decade", "salary_period: “decade” is none of hour, day, week, month or year"),
        ("q=" + "x" * 301, "q: is longer than 300 characters"),
        ("&".join(["skills=a"] * 21), "skills: has more than 20 values"),
        ("per_pge=5", "per_pge: is no parameter of this address; did you mean per_page?"),
        ("zzz=5", "zzz: is no parameter of this address"),
        ("salary_currency=Euro", "salary_currency: “Euro” is no currency that is known; write its ISO 4217 code, such as EUR; did you mean EUR?"),
        ("salary_currency=XYQ", "salary_currency: “XYQ” is no currency that is known; write its ISO 4217 code, such as EUR"),
        ("remote_from=Germny", "remote_from: “Germny” is no country or area that is known; write for example DE, Germany, EU or Worldwide; did you mean Germany?"),
        ("language=english", "language: “english” must be a language's ISO 639-1 code, of two small letters, such as en"),
        ("language=deu", "language: “deu” must be a language's ISO 639-1 code, of two small letters, such as en"),
        ("seniority=Senior", "seniority: “Senior” is none of intern, junior, mid, senior, staff, lead or executive; did you mean senior?"),
        ("remote=sometimes", "remote: “sometimes” is none of on site (none), hybrid or remote"),
        ("facets=remotee", "facets: “remotee” is none of company, location, remote, job_type, seniority, skills, language or none; did you mean remote?"),
        ("fields=titel", "fields: “titel” is no field of a hit, as id, title, company and salary are; did you mean title?"),
        ("fields=secret", "fields: “secret” is no field of a hit, as id, title, company and salary are"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_in_plain_words(clients, gateway, params, told):
    async with gateway(clients) as client:
        problem = (await client.get(f"/api/v1/search?{params}")).json()
    assert problem["status"] == 400
    assert problem["detail"].startswith(told)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/v1/jobs/7", "job_id: “7” is no id"),
        ("/api/v1/jobs?updated_since=yesterday", "updated_since: “yesterday” is no time with its zone"),
        ("/api/v1/jobs?status=gone", "status: “gone” is none of open, closed or all"),
        ("/api/v1/suggest", "q: must be given"),
        ("/api/v1/suggest?q=", "q: is too short; the least length is 1"),
    ],
)
async def test_other_addresses_say_it_in_the_same_words(clients, gateway, path, told):
    async with gateway(clients) as client:
        answer = await client.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith(told), answer.text


def test_a_value_is_told_back_short_and_harmless():
    error = {"type": "int_parsing", "loc": ("query", "page"), "msg": "Input should be", "input": "\x1b" + "x" * 500}
    assert error_words(error) == f"“\N{REPLACEMENT CHARACTER}{'x' * 59}…” is no whole number"


def test_a_kind_of_error_that_has_no_words_here_names_no_insides():
    error = {"type": "recursion_loop", "loc": ("query", "q"), "msg": "Recursion error - cyclic", "input": "a"}
    assert error_words(error) == "“a” is not allowed here"


def test_a_name_that_is_far_from_all_has_no_near_one():
    assert near_name("per_pge", ["per_page", "page"]) == "per_page"
    assert near_name("zzz", ["per_page", "page"]) is None
