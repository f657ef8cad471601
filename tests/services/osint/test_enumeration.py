"""All ways to find names, side by side: one answer."""

import sys
from pathlib import Path

import pytest
from local_dns import name_server
from outer_web import outside
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from quiethire.domain.errors import InvalidInput
from services.osint.dns import Resolver
from services.osint.enumeration import enumerate_subdomains

RECORDS = {
    "jobs.acme.com": ["A 1.1.1.1"],
    "www.acme.com": ["A 1.1.1.1"],
    "hello.acme.com": ["CNAME acme.recruitee.com."],
    "acme.recruitee.com": ["A 9.9.9.9"],
    "stage.acme.com": ["A 1.1.1.1"],
    "career-eu.acme.com": ["A 1.1.1.1"],
}
HARVESTED = """
import json, sys
report = next(argument for argument in sys.argv if argument.startswith("--filename=")).partition("=")[2]
json.dump({"hosts": ["career-eu.acme.com:1.1.1.1", "stage.acme.com", "jobs.acme.com:1.1.1.1"]}, open(report, "w"))
"""


async def crt(_: Request) -> Response:
    names = ["jobs.acme.com", "hello.acme.com\nstage.acme.com", "gone.acme.com", "old-careers.acme.com"]
    return JSONResponse([{"name_value": name} for name in names])


async def down(_: Request) -> Response:
    return PlainTextResponse("Bad Gateway", 502)


@pytest.fixture
def harvester(tmp_path: Path) -> Path:
    executable = tmp_path / "theHarvester"
    executable.write_text(f"#!{sys.executable} -I\n{HARVESTED}")
    executable.chmod(0o755)
    return executable


async def test_each_name_comes_once_by_the_method_that_found_it_first(harvester: Path) -> None:
    """The DNS goes before certificates, these before theHarvester; what does not exist any more is left out."""
    async with name_server(RECORDS) as server:
        known = {"dns": Resolver((server.address,)), "harvester": harvester}
        async with outside(["crt.sh"], {"/": crt}, **known) as (web, _):
            found = await enumerate_subdomains("https://www.acme.com/", web)
    assert [(one.subdomain, one.method, one.is_job_related) for one in found.subdomains] == [
        ("jobs.acme.com", "dns", True),
        ("career-eu.acme.com", "harvester", True),
        ("hello.acme.com", "crt", True),
        ("www.acme.com", "dns", False),
        ("stage.acme.com", "crt", False),
    ]
    assert [one.board.key for one in found.candidates if one.board] == ["recruitee/acme"]
    assert (found.problems, found.unavailable) == ((), ())


async def test_what_fails_or_is_not_configured_is_told_and_the_rest_goes_on() -> None:
    async with (
        name_server(RECORDS) as server,
        outside(["crt.sh"], {"/": down}, dns=Resolver((server.address,))) as (web, _),
    ):
        found = await enumerate_subdomains("acme.com", web)
    assert [one.subdomain for one in found.subdomains] == ["jobs.acme.com", "www.acme.com"]
    assert found.problems == ()
    assert [(problem.kind, problem.where.partition("?")[0]) for problem in found.unavailable] == [
        ("http_502", "https://crt.sh/"),
        ("not_configured", "theHarvester"),
    ]


async def test_without_a_dns_names_are_taken_as_they_are_told(harvester: Path) -> None:
    async with outside(["crt.sh"], {"/": crt}, harvester=harvester) as (web, _):
        found = await enumerate_subdomains("acme.com", web)
    assert [(one.subdomain, one.method) for one in found.subdomains] == [
        ("jobs.acme.com", "crt"),
        ("old-careers.acme.com", "crt"),
        ("career-eu.acme.com", "harvester"),
        ("hello.acme.com", "crt"),
        ("stage.acme.com", "crt"),
        ("gone.acme.com", "crt"),
    ]
    assert [problem.kind for problem in found.problems] == ["not_configured"]


async def test_strangers_are_not_asked_for_domains_that_nobody_can_have_registered() -> None:
    mapped = {"acme.example": "127.0.0.1:1", "jobs.acme.example": "127.0.0.1:1"}
    async with outside(["crt.sh"], {"/": crt}, dns=Resolver(host_map=mapped)) as (
        web,
        seen,
    ):
        found = await enumerate_subdomains("acme.example", web)
    assert [one.subdomain for one in found.subdomains] == ["jobs.acme.example"]
    assert (found.problems, found.unavailable, seen.targets) == ((), (), [])


async def test_what_is_no_domain_is_refused() -> None:
    async with outside([], {}) as (web, _):
        with pytest.raises(InvalidInput):
            await enumerate_subdomains("not a domain", web)
