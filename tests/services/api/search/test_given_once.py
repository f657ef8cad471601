"""A parameter of one value that is given twice: no answer guesses which of the two was meant."""

import pytest


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/search?q=nurse&q=engineer", "q"),
        ("/api/v1/search?q=engineer&q=", "q"),
        ("/api/v1/search?per_page=5&q=engineer&per_page=5", "per_page"),
        ("/api/v1/jobs?status=open&status=all", "status"),
        ("/api/v1/companies?q=north&q=glob", "q"),
        ("/api/v1/suggest?q=dat&limit=1&limit=2", "limit"),
        ("/feeds/search.atom?location=Berlin&location=Paris", "location"),
        ("/api/v1/exports/jobs.csv?salary_min=1&salary_min=2", "salary_min"),
    ],
)
async def test_it_is_refused_by_its_name(clients, gateway, path, field):
    async with gateway(clients) as client:
        answer = await client.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"] == [{"field": field, "detail": "is given twice or more, and takes one value"}]


async def test_lists_take_as_many_as_they_are_given(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, remote="none"))
    async with gateway(clients) as client:
        answer = (await client.get("/api/v1/search?remote=hybrid&remote=none&fields=title&fields=id")).json()
    assert (answer["found"], set(answer["hits"][0])) == (2, {"id", "title"})


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/jobs", "/api/v1/companies"])
async def test_a_list_begins_with_an_empty_cursor_as_without_one(clients, gateway, crawl, posting, path):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        begun, without = [(await client.get(f"{path}{asked}")).json() for asked in ("?cursor=", "")]
    assert begun | {"took_ms": 0} == without | {"took_ms": 0}
    assert "errors" not in begun


async def test_a_parameter_of_no_model_is_refused_likewise(clients, gateway):
    async with gateway(clients) as client:
        answer = await client.post("/api/v1/matches/profile?limit=1&limit=2", json={"text": "nurse"})
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["limit"]
