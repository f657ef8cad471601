"""Subdomains over a resolver that is passed in."""

import pytest

from quiethire.domain.errors import InvalidInput, Transient
from services.osint.discovery import Web
from services.osint.methods.subdomains import Subdomains, enumerate_subdomains


async def test_names_that_exist_are_found_and_those_of_jobs_come_first(web: Web) -> None:
    found = (await Subdomains().discover("acme-robotics.example", web)).subdomains
    assert [(item.subdomain, item.is_job_related, item.method) for item in found] == [
        ("careers.acme-robotics.example", True, "dns"),
        ("www.acme-robotics.example", False, "dns"),
    ]


async def test_a_wildcard_record_is_seen_through() -> None:
    async def resolve(host: str) -> tuple[str, ...]:
        return ("192.0.2.7",) if host == "jobs.a.example" else ("192.0.2.1", "192.0.2.2")

    found = await enumerate_subdomains("https://www.a.example/", resolve)
    assert [item.subdomain for item in found.subdomains] == ["jobs.a.example"]


async def test_one_name_that_cannot_be_asked_does_not_stop_the_others() -> None:
    async def resolve(host: str) -> tuple[str, ...]:
        if host.startswith(("jobs.", "join.")):
            raise Transient("the name server did not answer")
        return ("192.0.2.7",) if host == "karriere.a.example" else ()

    found = await enumerate_subdomains("a.example", resolve)
    assert [item.subdomain for item in found.subdomains] == ["karriere.a.example"]
    (problem,) = found.problems
    assert problem.kind == "transient"
    assert "2 names" in problem.detail
    assert problem.where == "jobs.a.example"


async def test_without_a_resolver_it_says_so(web: Web) -> None:
    with pytest.raises(InvalidInput) as caught:
        await Subdomains().discover("a.example", Web(fetch=web.fetch, recognise=web.recognise))
    assert caught.value.kind == "not_configured"
