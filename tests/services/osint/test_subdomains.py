"""Subdomains by a wordlist, asked of a name server on loopback."""

from collections.abc import Mapping

import pytest
from local_dns import Records, name_server

from quiethire.domain.company import DiscoveryMethod
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.page import FetchSpec, Page
from services.osint import dns
from services.osint.discovery import Discovery, Web
from services.osint.dns import DnsAnswer, Resolver
from services.osint.methods.subdomains import MAX_FAILURES, Subdomains
from services.parser.ats.registry import recognise


async def no_page(spec: FetchSpec) -> Page:
    raise Gone("there is no web here", where=spec.url)


async def discover(records: Records, domain: str = "acme.com") -> Discovery:
    async with name_server(records) as server:
        web = Web(fetch=no_page, recognise=recognise, dns=Resolver((server.address,)))
        return await Subdomains().discover(domain, web)


def names(found: Discovery) -> list[str]:
    return [one.subdomain for one in found.subdomains]


async def test_names_that_exist_are_found_and_those_of_jobs_come_first() -> None:
    found = await discover(
        {"www.acme.com": ["A 1.1.1.1"], "karriere.acme.com": ["AAAA 2606:4700::1"], "mail.acme.com": []}
    )
    assert [(one.subdomain, one.is_job_related, one.method) for one in found.subdomains] == [
        ("karriere.acme.com", True, "dns"),
        ("www.acme.com", False, "dns"),
    ]
    assert found.problems == ()
    assert found.requests > 50


async def test_an_alias_of_a_vendor_makes_a_name_one_of_jobs_and_is_kept_as_evidence() -> None:
    found = await discover(
        {
            "blog.acme.com": ["CNAME acme.recruitee.com."],
            "acme.recruitee.com": ["A 1.1.1.1"],
            "www.acme.com": ["A 9.9.9.9"],
        }
    )
    assert [(one.subdomain, one.is_job_related) for one in found.subdomains] == [
        ("blog.acme.com", True),
        ("www.acme.com", False),
    ]
    (candidate,) = found.candidates
    assert candidate.board is not None
    assert (candidate.board.key, candidate.discovered_via) == ("recruitee/acme", DiscoveryMethod.SUBDOMAIN)
    assert [(reason.kind, "acme.recruitee.com" in reason.detail) for reason in candidate.evidence] == [("cname", True)]


@pytest.mark.parametrize(
    ("wildcard", "other", "found"),
    [
        (["A 1.1.1.1", "A 1.0.0.1"], {"jobs.acme.com": ["A 9.9.9.9"]}, ["jobs.acme.com"]),
        (["A 1.1.1.1", "A 1.0.0.1"], {"jobs.acme.com": ["A 1.0.0.1"]}, []),
        (["CNAME front.acme.com."], {"jobs.acme.com": ["CNAME acme.recruitee.com."]}, ["jobs.acme.com"]),
        (["CNAME front.acme.com."], {"jobs.acme.com": ["A 8.8.8.8"]}, ["jobs.acme.com"]),
        (["CNAME front.acme.com."], {"jobs.acme.com": ["CNAME front.acme.com."]}, []),
        (["A 8.8.8.8"], {"jobs.acme.com": ["CNAME acme.recruitee.com."]}, ["jobs.acme.com"]),
    ],
    ids=["other-address", "one-of-its", "other-alias", "address-instead", "same-alias", "alias-to-the-same-address"],
)
async def test_a_wildcard_record_is_seen_through(
    wildcard: list[str], other: Mapping[str, list[str]], found: list[str]
) -> None:
    records = {
        "*.acme.com": wildcard,
        "front.acme.com": ["A 8.8.8.8"],
        "acme.recruitee.com": ["A 8.8.8.8"],
        **other,
    }
    assert names(await discover(records)) == found


class Rotating:
    """A domain that answers any name with two addresses of a pool of its, other ones each time."""

    def __init__(self, **own: DnsAnswer) -> None:
        self.own, self.asked = own, 0

    async def ask(self, host: str) -> DnsAnswer:
        self.asked += 1
        label = host.partition(".")[0]
        anywhere = DnsAnswer(addresses=(f"198.51.100.{self.asked % 250}", f"203.0.113.{self.asked * 7 % 250}"))
        return self.own.get(label, anywhere)


async def test_a_wildcard_that_answers_with_other_addresses_each_time_is_seen_through() -> None:
    far, near = DnsAnswer(addresses=("192.0.2.80",)), DnsAnswer(addresses=("203.0.113.251",))
    named = DnsAnswer(addresses=("203.0.113.7",), aliases=("acme.teamtailor.com",))
    web = Web(fetch=no_page, recognise=recognise, dns=Rotating(jobs=far, hiring=near, careers=named))
    assert names(await Subdomains().discover("acme.com", web)) == ["careers.acme.com", "jobs.acme.com"]


async def test_a_whole_domain_that_is_an_alias_of_another_is_a_wildcard() -> None:
    """A DNAME gives each name an alias of its own: `jobs.acme.com` → `jobs.acme.net`."""

    class Renamed:
        async def ask(self, host: str) -> DnsAnswer:
            return DnsAnswer(addresses=("192.0.2.1",), aliases=(host.replace(".com", ".net"),))

    found = await Subdomains().discover("acme.com", Web(fetch=no_page, recognise=recognise, dns=Renamed()))
    assert found.subdomains == ()


async def test_one_name_that_cannot_be_asked_does_not_stop_the_others() -> None:
    found = await discover(
        {"jobs.acme.com": ["SERVFAIL"], "join.acme.com": ["SERVFAIL"], "karriere.acme.com": ["A 1.1.1.1"]}
    )
    assert names(found) == ["karriere.acme.com"]
    (problem,) = found.problems
    assert (problem.kind, problem.where) == ("dns", "jobs.acme.com")
    assert "2 names" in problem.detail


async def test_name_servers_that_answer_nothing_are_not_asked_for_the_whole_list() -> None:
    found = await discover({"*.acme.com": ["SERVFAIL"]})
    assert (found.subdomains, [problem.kind for problem in found.problems]) == ((), ["dns"])
    assert found.requests < MAX_FAILURES


async def test_silent_name_servers_cost_no_more_than_one_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "MAX_SECONDS", 0.3)
    monkeypatch.setattr(dns, "TRY_SECONDS", 0.1)
    found = await discover({"*.acme.com": ["SILENCE"]})
    assert [problem.kind for problem in found.problems] == ["dns"]


async def test_without_a_dns_it_says_so() -> None:
    found = await Subdomains().discover("acme.com", Web(fetch=no_page, recognise=recognise))
    assert [problem.kind for problem in found.problems] == ["not_configured"]


@pytest.mark.parametrize("domain", ["", "not a domain", "ftp://acme.com/"])
async def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(InvalidInput):
        await Subdomains().discover(domain, Web(fetch=no_page, recognise=recognise))
