import json
from urllib.parse import urlsplit

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchSpec
from quiethire.domain.urls import absolute_url, canonical_url, domain_of, host_of, parse_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Jobs.Example:443/a/../b#top", "https://jobs.example/b"),
        ("https://x.example/j?id=7&utm_source=mail&gh_src=1", "https://x.example/j?id=7"),
        ("https://x.example/j?b=2&a=1", "https://x.example/j?a=1&b=2"),
        ("https://x.example/j?tag=b&id=1&tag=a", "https://x.example/j?id=1&tag=b&tag=a"),
        ("https://user:secret@x.example/", "https://x.example/"),
        ("https://x.example/stellen/köln", "https://x.example/stellen/k%C3%B6ln"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://x.example./jobs", "https://x.example/jobs"),
        ("https://x.example/?", "https://x.example/"),
        ("https://x.example/?&&", "https://x.example/"),
        ("https://x.example/??id=1", "https://x.example/??id=1"),
        ("https://x.example/j?id=%ff&n=%C3%A9", "https://x.example/j?id=%ff&n=%C3%A9"),
        (" \thttps://x.example/j\n", "https://x.example/j"),
    ],
)
def test_canonical_form(url, canonical):
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


TRACKING = """utm_source=mail utm_campaign=x&utm_id=3 UTM_Medium=cpc utm%5Fsource=mail gclid=Cj0 fbclid=IwAR0 msclkid=1 yclid=2
gbraid=3 wbraid=4 ttclid=5 mc_cid=6&mc_eid=7 _hsenc=p2 __hstc=1 _ga=2.1 _gl=1 mkt_tok=8 igshid=9 gh_src=abc123 lever-source=LinkedIn
lever-origin=applied lever-via=x trk=public_jobs trackingId=Zx9 refId=Zx9%2Fq3Jt%3D%3D ref=homepage source=CAREERSITE src=indeed referrer=newsletter
ref=https%3A%2F%2Fx.example trid=4f pk_campaign=spring promotion=1-link __jvst=Job%20Board"""
IDS = """gh_jid=4012345 jobId=R-1001 job_id=77 id=9 req=REQ-2026-14 reqid=5 jk=8f3a lid=1 pid=2 ref=12345 source=7 posting=abc vacancy=3
jl=1009 refno=17 refid=123 refId=REQ-77 trid=4711 gid=3 q=data+engineer p=2 lang=de sid=4 gclid2=1 currentJobId=5 selection=utm_source"""


@pytest.mark.parametrize("query", TRACKING.split())
def test_where_a_visitor_came_from_is_dropped(query):
    assert canonical_url(f"https://x.example/j?{query}") == "https://x.example/j"
    assert canonical_url(f"https://x.example/j?{query}&id=7") == "https://x.example/j?id=7"


@pytest.mark.parametrize("query", IDS.split())
def test_what_tells_postings_apart_is_kept(query):
    assert canonical_url(f"https://x.example/j?{query}&utm_source=x") == f"https://x.example/j?{query}"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://x.example/job.php?ref=nurse", "https://x.example/job.php?ref=nurse"),
        ("https://x.example/job.php?ref=sales-manager&utm_source=x", "https://x.example/job.php?ref=sales-manager"),
        ("https://x.example/job.php?ref=homepage&id=7", "https://x.example/job.php?id=7"),
        ("https://x.example/jobs/nurse?ref=homepage", "https://x.example/jobs/nurse"),
        ("https://x.example/index.php?ref=homepage", "https://x.example/index.php"),
    ],
)
def test_the_only_parameter_of_a_script_that_shows_one_posting_names_it(url, canonical):
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.fixture(scope="module")
def whatwg(corpus):
    cases = json.loads((corpus / "urls" / "urltestdata.json").read_text(encoding="utf-8"))
    return [case for case in cases if isinstance(case, dict)]


def test_every_whatwg_case_is_read_as_the_standard_says(whatwg):
    """What is no web URL by the standard is refused, the rest comes out as written there; none is read otherwise."""
    assert len(whatwg) == 891
    wrong = []
    for case in whatwg:
        expected = None if case.get("failure") else case["href"]
        if expected is not None and not expected.startswith(("http://", "https://")):
            expected = None
        try:
            found = str(parse_url(case["input"], case["base"]).href)
        except InvalidInput:
            found = None
        if found != expected:
            wrong.append((case["input"], case["base"], found, expected))
    assert wrong == []


def test_the_canonical_form_of_every_whatwg_case_is_the_standards_less_what_we_drop(whatwg):
    wrong = []
    for case in whatwg:
        if case.get("failure") or case["protocol"] not in ("http:", "https:"):
            continue
        found, expected = ada_url.URL(canonical_url(case["input"], case["base"])), case["host"]
        if expected[-2:-1] not in ("", ".") and expected.endswith("."):
            expected = expected.removesuffix(".")
        same = (found.protocol, found.host, found.pathname) == (case["protocol"], expected, case["pathname"])
        parameters = sorted(filter(None, case["search"].removeprefix("?").split("&")))
        if not same or sorted(filter(None, found.search.removeprefix("?").split("&"))) != parameters:
            wrong.append((case["input"], found.href))
        if found.username or found.password or found.hash or canonical_url(found.href) != found.href:
            wrong.append((case["input"], found.href))
    assert wrong == []


def test_the_corpus_resolves_relative_links(corpus):
    wrong = []
    for line in (corpus / "urls" / "url-utils__url-resolve.csv").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        link, base, expected = (field.strip().strip('"') for field in line.split(", "))
        if urlsplit(expected).scheme in ("http", "https"):
            found = parse_url(link, base or None).href
            if found != ada_url.URL(expected).href:
                wrong.append((link, base, found, expected))
    assert wrong == []


PARTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)
QUERIES = st.lists(
    st.tuples(st.sampled_from(["utm_source", "id", "ref", "gh_jid", "", "?", "a%5Fb"]) | PARTS, PARTS), max_size=6
)


@given(host=st.sampled_from(["x.example", "X.example.", "user@x.example:443"]), path=PARTS, query=QUERIES, tail=PARTS)
def test_the_canonical_form_is_its_own(host, path, query, tail):
    url = f"https://{host}/{path}?{'&'.join(f'{name}={value}' for name, value in query)}#{tail}"
    try:
        once = canonical_url(url)
    except InvalidInput:
        return
    assert canonical_url(once) == once
    assert absolute_url(once) == once


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "jobId"]), st.integers(0, 9).map(str)), max_size=6), st.randoms())
def test_the_order_of_different_parameters_does_not_matter(parameters, random):
    by_name = {name: [value for other, value in parameters if other == name] for name, _ in parameters}
    shuffled = list(by_name)
    random.shuffle(shuffled)
    query = "&".join(f"{name}={value}" for name in shuffled for value in by_name[name])
    expected = "&".join(f"{name}={value}" for name in sorted(by_name) for value in by_name[name])
    assert canonical_url(f"https://x.example/?{query}") == f"https://x.example/{'?' if expected else ''}{expected}"


def test_a_relative_link_is_resolved():
    assert canonical_url("../jobs/1", base="https://x.example/careers/all/") == "https://x.example/careers/jobs/1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "northwind",
        "ftp://x.example/",
        "javascript:alert(1)",
        "https://",
        "https://x y/",
        "http://[fe80::1%25eth0]/",
    ],
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
