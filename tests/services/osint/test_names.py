"""Names below a domain, and whose they are."""

import time

import pytest

from services.osint.methods.github import _NOTE
from services.osint.methods.registry import METHODS, method
from services.osint.names import JOB_NAMES, OTHER_NAMES, company_domain, name_below, speaks_of_jobs
from services.osint.strangers import host_if_a_companys


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" WWW.Acme.com. ", "www.acme.com"),
        ("*.jobs.acme.com", "jobs.acme.com"),
        ("a.b.acme.com", "a.b.acme.com"),
        ("acme.com", None),
        ("*.acme.com", None),
        ("notacme.com", None),
        ("acme.com.evil.example", None),
        ("x@acme.com", None),
        ("a b.acme.com", None),
        ("-a.acme.com", None),
        ("a_b.acme.com", None),
        (f"{'a' * 64}.acme.com", None),
        (f"{'a.' * 130}acme.com", None),
        ("bücher.acme.com", None),
        ("", None),
    ],
)
def test_a_name_below_a_domain_is_told_from_what_is_none(text: str, name: str | None) -> None:
    assert name_below("acme.com", text) == name


@pytest.mark.parametrize(
    ("name", "of_jobs"),
    [
        ("careers.acme.com", True),
        ("jobs-eu.acme.com", True),
        ("eu.karriere.acme.com", True),
        ("recruiting2.acme.com", False),
        ("www.acme.com", False),
        ("steve.acme.com", False),
    ],
)
def test_names_that_speak_of_jobs_are_told_in_any_place(name: str, of_jobs: bool) -> None:
    assert speaks_of_jobs(name, "acme.com") is of_jobs


def test_a_domain_that_is_called_after_jobs_makes_no_name_below_it_one_of_jobs() -> None:
    assert not speaks_of_jobs("www.jobs.com", "jobs.com")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("acme.com", "acme.com"),
        ("www.acme.com", "acme.com"),
        ("careers.acme.com", "acme.com"),
        ("www.jobs.acme.co.uk", "acme.co.uk"),
        ("jobs.co.uk", "jobs.co.uk"),
        ("jobs.com", "jobs.com"),
        ("shop.acme.com", "shop.acme.com"),
    ],
)
def test_the_company_of_a_career_host_is_at_the_domain_below(host: str, domain: str) -> None:
    assert company_domain(host) == domain


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.acme.example/x", "www.acme.example"),
        ("https://linkedin.com.acme.example/", "linkedin.com.acme.example"),
        ("https://github.com/acme", None),
        ("https://acme.github.io/", None),
        ("https://indeed.de/", None),
        ("https://uk.indeed.com/", None),
        ("https://www.glassdoor.co.uk/", None),
        ("https://[2001:db8::1]/", None),
        ("https://192.0.2.1/", None),
        ("https://localhost/", None),
        ("mailto:x@acme.example", None),
    ],
)
def test_hosts_of_everybodys_pages_are_no_companys(url: str, host: str | None) -> None:
    assert host_if_a_companys(url) == host


def test_the_wordlist_asks_for_each_name_once_and_for_names_only() -> None:
    names = (*JOB_NAMES, *OTHER_NAMES)
    assert len(set(names)) == len(names)
    assert [name for name in names if name_below("acme.com", f"{name}.acme.com") is None] == []


def test_every_method_is_known_by_its_own_name() -> None:
    assert [method(one.name) for one in METHODS] == list(METHODS)


@pytest.mark.parametrize(
    "text",
    ["we are looking for " * 15_000, "we're " * 50_000, "open" + " " * 300_000, "we are looking for " + "a" * 300_000],
)
def test_a_hostile_readme_is_searched_for_notes_in_no_time(text: str) -> None:
    began = time.process_time()
    assert _NOTE.search(text) is None
    assert time.process_time() - began < 5.0
