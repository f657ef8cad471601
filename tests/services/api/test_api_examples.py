"""Every example of the OpenAPI document, and what docs/api.md says of answers, run against a filled gateway."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from quiethire.domain.board import Board
from quiethire.domain.posting import Location
from services.api.app import describe

Schema = dict[str, Any]
DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
BERLIN = Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52, lon=13.41)
OURS = {"search", "jobs", "companies", "stats"}
"""Tags of the operations whose parameters are described one by one."""
READ = OURS | {"feeds", "exports"}
"""Tags of what is read by everybody."""
OPERATOR = {"Authorization": "Bearer operator"}
"""Who may see everything, and as often as he likes."""


@pytest.fixture
async def filled(clients, crawl, posting):
    """Postings that the examples speak of, the one of their id among them, and a key of an operator."""
    clients = replace(clients, settings=clients.settings.model_copy(update={"operator_key": "operator"}))
    await crawl(clients, *(posting(number, locations=(BERLIN,)) for number in (4012345, 1, 2)))
    await crawl(clients, posting(3, company_name="Globex", company_domain=None, remote="remote"))
    await clients.boards.add(
        Board(
            ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind", company_name="Northwind"
        )
    )
    return clients


async def described(client) -> dict[str, Any]:
    return (await client.get("/api/v1/openapi.json")).json()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What anybody may read. A parameter that takes one of a few words has these for examples."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        if "get" in methods and set(methods["get"]["tags"]) & READ:
            for parameter in methods["get"].get("parameters", []):
                words = schemas.get(parameter["schema"].get("$ref", "").rpartition("/")[2], {}).get("enum", [])
                parameter["schema"].setdefault("examples", words)
            yield path, methods["get"]


def examples_of(parameter: dict[str, Any]) -> list[Any]:
    return [*parameter["schema"]["examples"], *([parameter["example"]] if "example" in parameter else [])]


def requests(path: str, operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operation with each example of each parameter, and with the first example of all that it needs."""
    parameters = operation.get("parameters", [])
    needed = {each["name"]: examples_of(each)[0] for each in parameters if each.get("required")}
    cases = [needed, *({**needed, each["name"]: value} for each in parameters for value in examples_of(each))]
    inside = [each["name"] for each in parameters if each["in"] == "path"]
    for case in cases:
        yield (
            path.format(**{name: quote(str(case[name]), safe="") for name in inside}),
            {name: value for name, value in case.items() if name not in inside},
        )


async def test_every_parameter_is_described_and_its_examples_run(filled, gateway):
    ran = 0
    async with gateway(filled) as client:
        for path, operation in operations(await described(client)):
            for parameter in operation.get("parameters", []) if set(operation["tags"]) & OURS else ():
                assert parameter.get("description") or parameter["in"] == "path", (path, parameter["name"])
                assert examples_of(parameter), (path, parameter["name"])
            for address, query in requests(path, operation):
                answer = await client.get(address, params=query, headers=OPERATOR)
                # Whatever walks all hits in the order of time refuses to do so by meaning, and says so. A cursor is of one search alone.
                refused = ("cursor" if address == "/api/v1/search" else "semantic") in query
                assert answer.status_code == (400 if refused else 200), (address, query, answer.text)
                ran += 1
    assert ran > 40


async def test_every_address_in_a_description_runs(filled, gateway):
    async with gateway(filled) as client:
        told = [
            address
            for _, operation in operations(await described(client))
            for address in re.findall(r"`(/[a-z][^`\s]+)`", operation["description"])
        ]
        assert len(told) >= 8
        for address in told:
            answer = await client.get(address, headers=OPERATOR)
            assert answer.status_code == 200, (address, answer.text)


def resolved(schema: Schema, document: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def valid(value: Any, schema: Schema, document: Schema) -> bool:
    whole = {**schema, "components": document["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker()).is_valid(value)


def lacking(value: Any, schema: Schema, document: Schema) -> Iterator[str]:
    """The fields that a value has not, however deep they lie."""
    schema = resolved(schema, document)
    if "anyOf" in schema:
        schema = resolved(next(each for each in schema["anyOf"] if valid(value, each, document)), document)
    if isinstance(value, dict):
        for name, field in schema.get("properties", {}).items():
            if name not in value:
                yield name
            else:
                yield from (f"{name}.{inner}" for inner in lacking(value[name], field, document))
    elif isinstance(value, list) and "items" in schema:
        for each in value:
            yield from lacking(each, schema["items"], document)


def contents(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Where, `answer` or `body`, and what the document says of it: of all JSON that is sent or answered where all goes well."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = [("answer", each) for code, each in operation["responses"].items() if code.startswith("2")]
            for kind, each in [*told, ("body", operation.get("requestBody", {}))]:
                content = each.get("content", {}).get("application/json", {})
                if content.get("schema"):
                    yield f"{method} {path}", kind, content


def test_every_answer_has_an_example_that_is_valid_and_lacks_no_field():
    document, seen = describe(), 0
    for where, kind, content in contents(document):
        schema = resolved(content["schema"], document)
        if kind == "answer":
            options = [resolved(each, document) for each in schema.get("anyOf", [schema])]
            examples = [content["example"]] if "example" in content else [each["example"] for each in options]
            for example, option in zip(examples, options, strict=True):
                assert valid(example, option, document), (where, example)
                assert list(lacking(example, option, document)) == [], where
                seen += 1
    assert seen > 45


def test_every_body_has_an_example_that_is_valid_whole_or_by_its_fields():
    document, seen = describe(), 0
    for where, kind, content in contents(document):
        schema = resolved(content["schema"], document)
        if kind == "body":
            fields = {name: each.get("examples", [None])[0] for name, each in schema.get("properties", {}).items()}
            example = schema.get("example") or schema.get("examples", [fields])[0]
            assert valid(example, schema, document), (where, example)
            seen += 1
    assert seen > 20


def test_every_parameter_has_an_example_or_says_which_values_it_takes():
    document = describe()
    silent = [
        (path, parameter["name"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        for schema in [resolved(parameter["schema"], document)]
        if not (schema.get("examples") or schema.get("enum") or schema.get("type") == "boolean")
    ]
    assert silent == []


async def test_lines_of_the_reference_find_what_they_say(filled, gateway):
    """That all of them run, a whole platform shows (tests/docs)."""
    told, found = DOCUMENT.read_text(), {}
    async with gateway(filled) as client:
        for path in (
            near := "/api/v1/search?location=Berlin&radius_km=25",
            remote := "/api/v1/search?remote_from=Portugal&q=engineer",
            fields := "/api/v1/search?q=engineer&fields=title&fields=company&fields=salary",
            company := "/api/v1/companies/northwind.example",
            places := "/api/v1/suggest?q=berl&limit=5",
        ):
            assert f"curl 'http://127.0.0.1:3000{path}'" in told
            found[path] = (await client.get(path)).json()
    assert found[near]["found"] == 3
    assert found[remote]["found"] == 1
    assert [set(hit) for hit in found[fields]["hits"]] == [{"id", "title", "company", "salary"}] * 4
    assert found[company]["boards"][0]["open"] == 3
    assert [place["count"] for place in found[places]["places"]][:1] == [3]


async def test_the_error_in_the_reference_is_the_one_that_is_given(filled, gateway):
    shown = DOCUMENT.read_text().rpartition("```json")[2]
    async with gateway(filled) as client:
        problem = (await client.get("/api/v1/search?geo=Berlin")).json()
    assert f'"detail": "{problem["detail"]}"' in shown
    assert f'"type": "{problem["type"]}"' in shown
