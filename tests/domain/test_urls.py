import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchSpec
from quiethire.domain.urls import canonical_url, domain_of, host_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Jobs.Example:443/a/../b#top", "https://jobs.example/b"),
        ("https://x.example/j?id=7&utm_source=mail&gh_src=1", "https://x.example/j?id=7"),
        ("https://x.example/j?b=2&a=1", "https://x.example/j?a=1&b=2"),
        ("https://user:secret@x.example/", "https://x.example/"),
        ("https://x.example/stellen/köln", "https://x.example/stellen/k%C3%B6ln"),
        ("https://x.example/j?gh_jid=42", "https://x.example/j?gh_jid=42"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_canonical_form(url, canonical):
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


def test_a_relative_link_is_resolved():
    assert canonical_url("../jobs/1", base="https://x.example/careers/all/") == "https://x.example/careers/jobs/1"


@pytest.mark.parametrize(
    "url", ["", "northwind", "ftp://x.example/", "javascript:alert(1)", "https://", "https://x y/"]
)
def test_what_is_no_web_url_is_refused_by_name(url):
    with pytest.raises(InvalidInput) as refused:
        canonical_url(url)
    assert refused.value.kind == "invalid_url"


def test_an_endless_url_is_refused():
    with pytest.raises(InvalidInput):
        canonical_url("https://x.example/" + "a" * 10_000)


@pytest.mark.parametrize(
    "text", ["northwind.example", "https://www.northwind.example/careers", "WWW.Northwind.example"]
)
def test_a_domain_is_read_from_a_domain_or_a_url(text):
    assert domain_of(text) == "northwind.example"


def test_host():
    assert host_of("https://Jobs.Example:8443/x") == "jobs.example"


def test_a_request_is_known_by_method_url_and_body_but_not_by_its_key():
    get = FetchSpec(url="https://x.example/a?utm_source=1")
    assert get.key == "GET https://x.example/a"
    assert get.model_copy(update={"private_query": "api_key=secret"}).key == get.key
    assert FetchSpec(url="https://x.example/a", method="POST", body="{}").key != get.key
