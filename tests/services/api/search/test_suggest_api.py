"""GET /api/v1/suggest."""

from dataclasses import replace

import pytest

from quiethire.domain.errors import Transient
from quiethire.domain.posting import Location
from quiethire.storage.typesense import TypesenseIndex

BERLIN = Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52, lon=13.41)
BERGEN = Location(name="Bergen", city="Bergen", country="NO", lat=60.39, lon=5.32)


async def suggest(client, **params):
    answer = await client.get("/api/v1/suggest", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_beginning_suggests_titles_companies_skills_and_places_with_counts(
    any_clients, gateway, crawl, posting
):
    await crawl(
        any_clients,
        posting(1, title="Python Developer", locations=(BERLIN,)),
        posting(2, title="Python Developer", company_name="Pythonic", locations=(BERLIN, BERGEN)),
        posting(3, title="Nurse", skills=()),
    )
    async with gateway(any_clients) as client:
        told = await suggest(client, q="pyth")
        near = await suggest(client, q="ber", limit=2)
    assert told["titles"] == [{"value": "Python Developer", "count": 2}]
    assert told["companies"] == [{"value": "Pythonic", "count": 1}]
    assert told["skills"] == [{"value": "Python", "count": 2}]
    assert told["degraded"] is False
    assert near["places"] == [
        {"name": "Berlin, Germany", "city": "Berlin", "part": None, "country": "DE", "count": 2},
        {"name": "Bergen, Norway", "city": "Bergen", "part": None, "country": "NO", "count": 1},
    ]


async def test_a_part_of_a_country_is_suggested_with_the_postings_of_its_towns_and_finds_them(
    any_clients, gateway, crawl, posting
):
    glasgow = Location(name="Glasgow", city="Glasgow", country="GB", lat=55.86515, lon=-4.25763)
    london = Location(name="London", city="London", country="GB", lat=51.50853, lon=-0.12574)
    await crawl(
        any_clients,
        posting(1, locations=(glasgow,)),
        posting(2, locations=(glasgow, london)),
        posting(3, locations=(london,)),
    )
    async with gateway(any_clients) as client:
        (place,) = (await suggest(client, q="scotl"))["places"]
        answer = (await client.get("/api/v1/search", params={"location": place["name"]})).json()
    assert place == {
        "name": "Scotland, United Kingdom", "city": None, "part": "Scotland", "country": "GB", "count": 2,
    }  # fmt: skip
    assert answer["found"] == 2


async def test_typos_are_forgiven(real_clients, gateway, crawl, posting):
    await crawl(real_clients, posting(1, title="Kubernetes Engineer", locations=(BERLIN,)))
    async with gateway(real_clients) as client:
        assert (await suggest(client, q="berlni"))["places"][0]["name"] == "Berlin, Germany"
        assert (await suggest(client, q="kubernets"))["titles"][0]["value"] == "Kubernetes Engineer"


async def test_without_the_index_companies_and_places_are_suggested(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, company_name="Berliner Verlag", locations=(BERLIN,)))
    async with TypesenseIndex("http://127.0.0.1:9", "key") as away, gateway(replace(clients, index=away)) as client:
        told = await suggest(client, q="berl")
    assert told["companies"] == [{"value": "Berliner Verlag", "count": 1}]
    assert told["places"][0]["count"] == 1
    assert (told["titles"], told["skills"], told["degraded"]) == ([], [], True)


async def test_without_clickhouse_places_come_without_counts(clients, gateway):
    class Away:
        async def places(self) -> None:
            raise Transient("gone", where="clickhouse")

    async with gateway(replace(clients, postings=Away())) as client:
        told = await suggest(client, q="berl")
    assert told["places"][0] == {"name": "Berlin, Germany", "city": "Berlin", "part": None, "country": "DE", "count": 0}


@pytest.mark.parametrize("q", ["%", "\x00", "' OR 1=1 --", "`", "<script>", "  ", "日本"])
async def test_hostile_beginnings_are_only_beginnings(any_clients, gateway, crawl, posting, q):
    await crawl(any_clients, posting(1))
    async with gateway(any_clients) as client:
        told = await suggest(client, q=q)
    assert told["degraded"] is False


@pytest.mark.parametrize(
    ("params", "field"), [("", "q"), ("q=", "q"), ("q=" + "x" * 101, "q"), ("q=a&limit=21", "limit")]
)
async def test_a_wrong_parameter_is_named(clients, gateway, params, field):
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/suggest?{params}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
