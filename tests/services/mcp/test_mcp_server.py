"""`quiethire mcp`, a process of its own, spoken to by the SDK's client over stdin and stdout; behind it the gateway on a socket."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
import uvicorn
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from quiethire_command import COMMAND, ROOT, plain_environment

from quiethire.clients import Clients
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import observe
from quiethire.domain.posting import JobPosting, JobType, Location, Period, Salary, Workplace, job_id
from quiethire.domain.search import SearchDocument
from quiethire.settings import Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.postgres.journal import MemoryJournal
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryDatabase
from quiethire.storage.postgres.memory_api_keys import MemoryApiKeys
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense.memory import MemoryIndex
from services.api.app import create_app
from services.mcp.answers import DESCRIPTION

SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
KEY = "operator-key-of-this-test-0123456789"
PROSE = "You look after the timetables of forty trains and talk to the people who run them every day. " * 3

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def posting(number: int, **changes: object) -> JobPosting:
    identity = f"lever/northwind/{number}"
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://jobs.lever.co/northwind/{number}",
        "ats": "lever",
        "title": "Data Engineer",
        "company_name": "Northwind",
        "company_domain": "northwind.example",
        "locations": (Location(name="Berlin, Germany", city="Berlin", country="DE"),),
        "remote": Workplace.HYBRID,
        "job_type": JobType.FULL_TIME,
        "description_text": PROSE,
        "description_html": f"<p>{PROSE}</p>",
        "skills": ("Python", "SQL"),
        "salary": Salary(min=70_000, max=90_000, currency="EUR", period=Period.YEAR),
        "posted_at": SEEN + timedelta(minutes=number),
        "quality_score": 92,
    }
    return JobPosting.model_validate(fields | changes)


POSTINGS = (
    *(posting(number) for number in range(1, 6)),
    posting(
        6,
        title="Platform Engineer",
        skills=("Go", "Kubernetes"),
        remote=Workplace.REMOTE,
        company_name="Globex",
        locations=(Location(name="Hamburg, Germany", city="Hamburg", country="DE", lat=53.55, lon=9.99),),
    ),
    posting(7, title="Nurse", skills=(), salary=None, description_text="x" * 50_000),
)


class OneMeaning:
    """A model to which all texts mean the same; matches do without."""

    available = False

    async def embed(self, texts: list[str]) -> list[tuple[float, ...]]:
        return [(1.0, 0.0)] * len(texts)


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The gateway over twins with some postings, on a socket."""
    index, database, postings = MemoryIndex(), MemoryDatabase(), MemoryPostings()
    await index.ensure()
    unused = {name: SimpleNamespace() for name in Clients.__dataclass_fields__}
    clients = Clients(
        **unused
        | {
            "settings": Settings(data_dir=tmp_path_factory.mktemp("mcp"), operator_key=KEY),
            "companies": MemoryCompanies(database),
            "boards": MemoryBoards(database),
            "keys": MemoryApiKeys(),
            "journal": MemoryJournal(),
            "postings": postings,
            "clusters": MemoryClusters(postings),
            "index": index,
            "cache": MemoryCache(),
            "embedder": OneMeaning(),
        }
    )
    advance = observe({}, POSTINGS, SEEN)
    await postings.save(advance.rows, advance.events)
    await index.upsert([SearchDocument.of(row) for row in advance.rows])
    await index.embed({POSTINGS[-1].id: (1.0, 0.0)})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(clients), log_config=None, access_log=False, lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task


@asynccontextmanager
async def assistant(api_url: str, errors: Path, **settings: str) -> AsyncIterator[Client]:
    """An assistant that started the server."""
    environment = {"QUIETHIRE_API_URL": api_url, "QUIETHIRE_OPERATOR_KEY": KEY, **settings}
    started = StdioServerParameters(command=COMMAND, args=["mcp"], env=environment, cwd=ROOT)
    with errors.open("w") as errlog:
        async with Client(stdio_client(started, errlog=errlog)) as client:
            yield client


@pytest.fixture(scope="module")
async def client(platform, tmp_path_factory) -> AsyncIterator[Client]:
    """One assistant for all that only ask. Its connection is opened and closed by a task of its own, as it must be."""
    opened, enough = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def hold() -> None:
        async with assistant(platform, tmp_path_factory.mktemp("assistant") / "errors") as client:
            opened.set_result(client)
            await enough.wait()

    task = asyncio.create_task(hold())
    await asyncio.wait({task, opened}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    yield opened.result()
    enough.set()
    await task


async def test_the_tools_are_told_with_typed_schemas(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"search_jobs", "get_job", "match", "company_hiring"}
    for tool in tools.values():
        assert tool.description
        assert tool.input_schema["type"] == "object"
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint is True
    asked = tools["search_jobs"].input_schema["properties"]
    assert asked["limit"] | {"maximum": 50, "minimum": 1, "default": 10} == asked["limit"]
    assert asked["remote"]["items"] == {"$ref": "#/$defs/Workplace"}
    assert tools["get_job"].input_schema["required"] == ["job_id"]


async def test_jobs_are_found_read_and_leafed_through(client):
    first = (await client.call_tool("search_jobs", {"query": "data engineer", "limit": 2})).structured_content
    second = (
        await client.call_tool("search_jobs", {"query": "data engineer", "limit": 2, "cursor": first["next_cursor"]})
    ).structured_content
    remote = (await client.call_tool("search_jobs", {"remote": ["remote"]})).structured_content
    job = (await client.call_tool("get_job", {"job_id": first["jobs"][0]["id"]})).structured_content
    assert (first["found"], first["degraded"], len(first["jobs"])) == (5, False, 2)
    assert {job["id"] for job in first["jobs"]}.isdisjoint({job["id"] for job in second["jobs"]})
    assert [found["title"] for found in remote["jobs"]] == ["Platform Engineer"]
    assert first["jobs"][0]["salary"]["max"] == 90_000
    assert job["id"] == first["jobs"][0]["id"]
    assert (job["title"], job["company"], job["places"]) == ("Data Engineer", "Northwind", ["Berlin, Germany"])
    assert job["description"] == PROSE
    assert (job["partial"], job["status"]) == (False, "open")
    assert job["changes"][-1]["kind"] == "opened"


async def test_names_that_nobody_knows_are_told_with_the_near_one(client):
    found = (await client.call_tool("search_jobs", {"location": "Berlni"})).structured_content
    (unknown,) = found["unknown"]
    assert (found["found"], unknown["parameter"], unknown["value"]) == (0, "location", "Berlni")
    assert (unknown["near"], found["place"]) == ("Berlin, Germany", None)
    named = (await client.call_tool("search_jobs", {"location": "springfield il"})).structured_content
    assert named["place"] == "Springfield, IL"
    assert (await client.call_tool("search_jobs", {"query": "data"})).structured_content["unknown"] == []


async def test_a_circle_and_the_meaning_of_words_narrow_and_widen_a_search(client):
    async def titles(**asked: object) -> list[str]:
        answer = (await client.call_tool("search_jobs", asked)).structured_content
        return [job["title"] for job in answer["jobs"]]

    assert await titles(geo="53.5,10,30") == ["Platform Engineer"]
    assert await titles(geo="52.52,13.405,30") == []
    assert await titles(query="care of patients") == []
    assert await titles(query="care of patients", semantic=True) == ["Nurse"]


async def test_a_long_description_is_cut_and_says_so(client):
    answer = await client.call_tool("get_job", {"job_id": str(POSTINGS[-1].id)})
    job = answer.structured_content
    assert (len(job["description"]), job["description_is_cut"]) == (DESCRIPTION, True)
    assert json.loads(answer.content[0].text) == job


async def test_a_job_is_told_in_part_while_the_store_of_postings_is_away(client, monkeypatch):
    async def away(*_: object) -> None:
        raise Transient("does not answer", where="clickhouse")

    monkeypatch.setattr(MemoryPostings, "get", away)
    job, long = [
        (await client.call_tool("get_job", {"job_id": str(told.id)})).structured_content
        for told in (POSTINGS[0], POSTINGS[-1])
    ]
    assert (job["partial"], job["status"], job["open_days"], job["changes"]) == (True, "open", None, [])
    assert (job["title"], job["company"], job["places"]) == ("Data Engineer", "Northwind", ["Berlin, Germany"])
    assert job["salary"]["max"] == 90_000
    assert (job["description"], job["description_is_cut"]) == (PROSE, False)
    assert long["description_is_cut"] is True


async def test_a_profile_is_matched_with_reasons_that_sum_to_the_score(client):
    profile = {
        "text": "Eight years of Python and SQL in data teams.",
        "titles": ["Data Engineer"],
        "years_experience": 8,
        "places": ["Berlin"],
        "countries": ["DE"],
        "salary_least": 60_000,
        "salary_currency": "EUR",
        "limit": 3,
    }
    answer = (await client.call_tool("match", profile)).structured_content
    dear = (await client.call_tool("match", profile | {"salary_least": 200_000})).structured_content
    assert answer["considered"] >= 5
    assert {"Python", "SQL"} <= set(answer["skills"])
    assert len(answer["matches"]) == 3
    best = answer["matches"][0]
    assert best["job"]["title"] == "Data Engineer"
    assert best["score"] == pytest.approx(sum(reason["points"] for reason in best["reasons"]), abs=0.1)
    assert all(reason["reason"] for reason in best["reasons"])
    assert dear["matches"] == []
    assert dear["hidden"]
    assert dear["hidden_counts"]["salary"] >= len(dear["hidden"])
    assert all(each["reason"] for each in dear["hidden"])


async def test_the_hiring_of_a_company_is_told(client):
    hiring = (await client.call_tool("company_hiring", {"company": "northwind.example"})).structured_content
    assert (hiring["company"], hiring["open"]) == ("Northwind", 7)
    assert len(hiring["weeks"]) == 26


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search_jobs", {"limit": 51}, "limit"),
        ("search_jobs", {"sort": "best"}, "sort"),
        ("search_jobs", {"remote_from": "Atlantis"}, "no country or area"),
        ("search_jobs", {"geo": "Berlin"}, "latitude,longitude,km"),
        ("search_jobs", {"geo": "52.52,13.405,30", "location": "Berlin"}, "give location or geo, not both"),
        ("get_job", {"job_id": str(uuid4())}, "no posting with this id"),
        ("get_job", {"job_id": "seven"}, "job_id"),
        ("company_hiring", {"company": "Nobody & Sons/x"}, "No posting of a company"),
        ("match", {}, "names no job and no skill"),
        ("match", {"titles": ["Nurse"], "salary_least": 1}, "salary_currency"),
    ],
)
async def test_what_goes_wrong_is_told_as_an_error_of_the_tool(client, tool, arguments, told):
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    assert told in answer.content[0].text


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search_jobs", {"q": "engineer"}, "search_jobs: there is no argument q; did you mean query?"),
        ("search_jobs", {"skils": ["Go"]}, "search_jobs: there is no argument skils; did you mean skills?"),
        ("get_job", {"job_id": str(uuid4()), "words": 1}, "get_job: there is no argument words; there are job_id"),
        (
            "match",
            {"titles": ["Nurse"], "age": 40},
            "match: there is no argument age; there are text, titles, skills, ",
        ),
        ("search_jobs", {"limit": 51}, "search_jobs: limit: “51” is more than 50, the most that is allowed"),
        ("search_jobs", {"sort": "best"}, "search_jobs: sort: “best” is none of "),
        ("get_job", {"job_id": "seven"}, "get_job: job_id: “seven” is no id, such as "),
        ("get_job", {}, "get_job: job_id must be given"),
    ],
)
async def test_arguments_that_are_wrong_are_told_in_plain_words(client, tool, arguments, told):
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    assert answer.content[0].text.startswith(told)
    assert "pydantic" not in answer.content[0].text


async def test_the_schemas_say_that_other_arguments_are_refused(client):
    tools = (await client.list_tools()).tools
    assert tools
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)


async def test_a_key_that_is_not_good_and_a_platform_that_is_away_are_errors_that_say_what_to_do(platform, tmp_path):
    async with assistant(platform, tmp_path / "errors", QUIETHIRE_OPERATOR_KEY="x" * 40) as client:
        refused = await client.call_tool("search_jobs", {})
    async with assistant("http://127.0.0.1:9", tmp_path / "errors") as client:
        away = await client.call_tool("search_jobs", {})
    assert refused.is_error
    assert "QUIETHIRE_OPERATOR_KEY" in refused.content[0].text
    assert away.is_error
    assert "quiethire up" in away.content[0].text


async def started(api_url: str) -> asyncio.subprocess.Process:
    """The server, spoken to line by line."""
    return await asyncio.create_subprocess_exec(
        COMMAND,
        "mcp",
        cwd=ROOT,
        env=plain_environment(QUIETHIRE_API_URL=api_url, QUIETHIRE_OPERATOR_KEY=KEY),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_signal_ends_it_though_its_input_is_open(platform):
    process = await started(platform)
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{json.dumps(HELLO)}\n".encode())
    await process.stdin.drain()
    assert json.loads(await asyncio.wait_for(process.stdout.readline(), 60))["id"] == 1
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 30) == 128 + signal.SIGTERM
    process.stdin.close()


async def test_stdout_carries_the_protocol_alone_and_the_process_ends_with_its_input(platform):
    process = await started(platform)
    lines = [
        "this is no JSON",
        json.dumps(HELLO),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json.dumps({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}),
    ]
    assert process.stdin
    assert process.stdout
    process.stdin.write("".join(f"{line}\n" for line in lines).encode())
    await process.stdin.drain()
    told = {}
    while 2 not in told:
        message = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        assert message["jsonrpc"] == "2.0"
        told[message.get("id")] = message
    process.stdin.close()
    rest, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert told[1]["result"]["serverInfo"]["name"] == "quiethire"
    assert len(told[2]["result"]["tools"]) == 4
