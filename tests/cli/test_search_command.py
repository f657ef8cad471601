"""`quiethire search` and `job`, as they are typed, over a gateway that answers from this process."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from click.testing import Result
from fastapi import FastAPI, Request
from typer.testing import CliRunner

from quiethire.cli import _app, find, search_flags
from quiethire.domain.posting import JobType, Seniority
from services.api.search.answers import SearchAnswer
from services.api.search.parameters import SearchParameters

HIT = SearchAnswer.model_config["json_schema_extra"]["example"]["hits"][0]
FACETS = {
    "company": [{"value": f"A company with a rather long name {number}", "count": number} for number in range(9)],
    "job_type": [{"value": "full_time", "count": 3}],
}


@pytest.fixture
def asked() -> list[SearchParameters]:
    """The searches that the gateway was asked for, as it reads them."""
    return []


@pytest.fixture
def quiethire(monkeypatch: pytest.MonkeyPatch, asked: list[SearchParameters]) -> Callable[..., Result]:
    """The command, whose platform is an API that reads parameters as the gateway does and gives one answer to all."""
    api = FastAPI()

    @api.get("/api/v1/search")
    async def search(request: Request) -> dict[str, Any]:
        lists = {name for name, field in SearchParameters.model_fields.items() if field.default == ()}
        given = {name: request.query_params.getlist(name) for name in request.query_params}
        asked.append(
            SearchParameters.model_validate(
                {name: values if name in lists else values[0] for name, values in given.items()}
            )
        )
        hit = {**HIT, "title": "Senior Data Engineer of the northern warehouses", "location": ["Berlin, Germany"] * 9}
        answer = {"found": 1, "page": 1, "per_page": 10, "hits": [hit], "facets": FACETS, "degraded": False}
        place = {"name": "Berlin, Germany", "radius_km": 25.0} if given.get("location") else None
        return answer | {"facets_estimated": False, "unknown": [], "place": place}

    @asynccontextmanager
    async def gateway(*_: object, **__: object) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://gateway") as client:
            yield client

    monkeypatch.setattr(find, "open_api", gateway)
    return lambda *typed: CliRunner().invoke(_app(["search", "job"]), typed)


def test_every_option_reaches_the_search(quiethire: Callable[..., Result], asked: list[SearchParameters]) -> None:
    typed = (
        "search nurse --near Hamburg --radius 25 --remote --remote-from PT --company A --company B --exclude-company C "
        "--type contract --level senior --level lead --skill SQL --min-salary 70k --currency eur --posted-within 7 "
        "--language de --no-sponsorship --sort date --limit 5 --json"
    )
    ended = quiethire(*typed.split())
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["found"] == 1
    assert asked == [
        SearchParameters(
            q="nurse",
            location="Hamburg",
            radius_km=25,
            remote=("remote",),
            remote_from="PT",
            company=("A", "B"),
            exclude_company=("C",),
            job_type=("contract",),
            seniority=("senior", "lead"),
            skills=("SQL",),
            salary_min=70_000,
            salary_currency="eur",
            posted_within=7,
            language=("de",),
            sponsorship=False,
            sort="date",
            per_page=5,
        )
    ]


def test_levels_types_and_orders_are_taken_in_any_case(
    quiethire: Callable[..., Result], asked: list[SearchParameters]
) -> None:
    assert quiethire("search", "--level", "Senior", "--type", "CONTRACT", "--sort", "Date").exit_code == 0
    assert [(each.seniority, each.job_type, each.sort) for each in asked] == [(("senior",), ("contract",), "date")]


@pytest.mark.parametrize(
    ("typed", "needed"),
    [("--radius 20", "--near"), ("--currency EUR", "--min-salary"), ("--near Rome --currency EUR", "--min-salary")],
)
def test_an_option_that_changes_nothing_by_itself_names_the_one_that_is_missing(
    quiethire: Callable[..., Result], asked: list[SearchParameters], typed: str, needed: str
) -> None:
    ended = quiethire("search", *typed.split())
    assert (ended.exit_code, asked) == (2, [])
    assert needed in ended.output


@pytest.mark.parametrize(
    ("found", "stored", "says"), [(0, 0, True), (0, 5, False), (1, 5, False), (0, None, False), (0, -1, False)]
)
def test_a_platform_without_any_posting_says_so(
    monkeypatch: pytest.MonkeyPatch, found: int, stored: int | None, says: bool
) -> None:
    hits = [HIT] * found
    empty = {"found": found, "hits": hits, "facets": {}, "facets_estimated": False, "degraded": False, "unknown": []}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/search"):
            return httpx.Response(200, json=empty)
        if stored is None:
            raise httpx.ReadTimeout("no answer", request=request)
        return httpx.Response(200, json={"postings": {"open": stored}}) if stored >= 0 else httpx.Response(503, json={})

    @asynccontextmanager
    async def gateway(*_: object, **__: object) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://gateway") as client:
            yield client

    monkeypatch.setattr(find, "open_api", gateway)
    ended = CliRunner().invoke(_app(["search", "job"]), ["search", "nurse"])
    assert ended.exit_code == 0, ended.output
    assert ("no open posting is stored in" in ended.stderr) is says


def test_nothing_but_the_words_is_asked_for_unless_it_is_typed(
    quiethire: Callable[..., Result], asked: list[SearchParameters]
) -> None:
    assert quiethire("search", "nurse", "--location", "Berlin").exit_code == 0
    assert asked == [SearchParameters(q="nurse", location="Berlin", per_page=10)]


def test_it_is_told_which_place_was_searched(quiethire: Callable[..., Result]) -> None:
    told = quiethire("search", "--near", "berlin", "--radius", "25").stdout.splitlines()[0]
    assert told == "1 job within 25 km of Berlin, Germany"


def test_the_answer_fits_eighty_columns(quiethire: Callable[..., Result]) -> None:
    lines = quiethire("search").stdout.splitlines()
    assert lines[0] == "1 job"
    assert max(map(len, lines)) <= 79
    assert any(line.startswith("  company   A company") and line.endswith("…") for line in lines)
    assert any(line.split() == ["job", "type", "full_time", "3"] for line in lines)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("--level boss", "'boss'"),
        ("--sort random", "'random'"),
        ("--type moon", "'moon'"),
        ("--min-salary lots", "lots"),
    ],
)
def test_a_wrong_value_is_wrong_use_and_names_what_is_right(
    quiethire: Callable[..., Result], asked: list[SearchParameters], typed: str, named: str
) -> None:
    ended = quiethire("search", *typed.split())
    assert (ended.exit_code, asked) == (2, [])
    assert named in ended.output


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (
            "radius_km: “0” is not more than 0, as it must be; skills: has more than 20 values",
            "--radius: “0” is not more than 0, as it must be; --skill: has more than 20 values",
        ),
        ("remote_from: no place; leave remote_from out", "--remote-from: no place; leave --remote-from out"),
        ("q: is longer than 300 characters", "gateway/api/v1/search: query: is longer than 300 characters"),
        ("salary_currency: “job_type; skills” is no currency", "--currency: “job_type; skills” is no currency"),
        ("location: names no company; language: is none", "--location: names no company; --language: is none"),
    ],
)
def test_what_the_search_refuses_is_told_by_the_names_that_were_typed(
    monkeypatch: pytest.MonkeyPatch, detail: str, told: str
) -> None:
    assert told in _refused(monkeypatch, detail)


def test_every_parameter_that_can_be_refused_has_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    given = search_flags.asked(
        "x", "x", 1.0, True, "x", ["x"], ["x"], [JobType.CONTRACT], [Seniority.LEAD], ["x"], 1, "x", 1, ["x"], True
    )
    taught = CliRunner().invoke(_app(["search", "job"]), ["search", "--help"], env={"COLUMNS": "200"}).output.split()
    for name in given:
        [option] = re.findall(r"(\S+): is wrong", _refused(monkeypatch, f"{name}: is wrong"))
        assert option in taught or f"{option},--near" in taught or f"[{option}]" in taught


def _refused(monkeypatch: pytest.MonkeyPatch, detail: str) -> str:
    """What the command tells of a search that is refused."""

    def gateway(*_: object, **__: object) -> httpx.AsyncClient:
        refusal = httpx.Response(400, json={"title": "Bad Request", "detail": detail})
        return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: refusal), base_url="http://gateway")

    monkeypatch.setattr(find, "open_api", gateway)
    ended = CliRunner().invoke(_app(["search", "job"]), ["search"])
    assert ended.exit_code == 2
    return " ".join(ended.output.split())


@pytest.mark.parametrize("written", ["70k", "70000", "70,000", "70.000", "70_000"])
def test_pay_is_asked_for_as_people_write_it(
    quiethire: Callable[..., Result], asked: list[SearchParameters], written: str
) -> None:
    assert quiethire("search", "--min-salary", written).exit_code == 0
    assert [each.salary_min for each in asked] == [70_000]


def test_a_posting_that_is_known_in_part_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    part = {
        **dict.fromkeys(("on_site_days", "visa_sponsorship", "salary", "job_type")),
        "title": "Nurse",
        "company_name": "Northwind",
        "locations": [{"name": "Berlin"}],
        "remote": "none",
        "status": "open",
        "first_seen_at": "2026-11-01T09:30:00Z",
        "skills": ["SQL"],
        "partial": True,
    }
    find.print_job(part)
    told = capsys.readouterr().out
    assert "status    open, first seen 2026-11-01" in told
    assert "in part only" in told
    assert "history" in told
