"""Postings and job links that a page holds only in its scripts' state, and JobPosting in RDFa."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobType, Period, Source, Workplace
from services.parser.document import Document
from services.parser.links import extract_job_links
from services.parser.page_state import stated_postings
from services.parser.parse import parse_posting_page

FETCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROSE = "You look after the timetables of forty trains and talk to the people who run them every day. " * 6
JOB = {
    "id": "4711",
    "title": "Train Planner",
    "departmentName": "Operations",
    "locationName": "Porto, Portugal",
    "employmentType": "FullTime",
    "workplaceType": "Hybrid",
    "publishedDate": "2026-11-02",
    "descriptionHtml": f"<p>{PROSE}</p>",
    "compensation": {"minValue": 30000, "maxValue": 36000, "currency": "EUR", "interval": "YEAR"},
}
SHELL = "<title>Train Planner @ Northwind Rail</title><meta property=og:title content='Train Planner @ Northwind Rail'><div id=root></div>"


def page(html: str, url: str = "https://www.northwind.example/jobs/4711") -> Page:
    return Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=FETCHED)


def state(value: object) -> list[str]:
    """A value in the ways in which frameworks leave it in a page."""
    text = json.dumps(value)
    flight = json.dumps(f'1:"$Sreact.fragment"\n5:["$","$L8",null,{text}]\n')
    return [
        f'<script id="__NEXT_DATA__" type="application/json">{text}</script>',
        f"<script>window.__INITIAL_STATE__ = {text};</script>",
        f"<script>window.__INITIAL_STATE__={text};(function(){{var s;}}());</script>",
        f'<script>var config = {{a: 1}}; window["__appData"] = {text}; start()</script>',
        f"<script>window.__INITIAL_DATA__ = {json.dumps(text)};</script>",
        f"<script>window.state = JSON.parse({json.dumps(text)});</script>",
        f'<script type="application/json" data-state>{text}</script>',
        f"<script>self.__next_f.push([1,{flight}])</script>",
        (
            f"<script>window.__NUXT__=(function(a,b,c){{c.x=1;return {{layout:a,state:{text},error:null,$s:void 0,ok:!0}}}}"
            '("default",{},new Date(1)));</script>'
        ),
        f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(flat(value))}</script>',
    ]


def flat(value: object) -> list[object]:
    """A value as devalue writes it: a list whose entries name each other by their place."""
    entries: list[object] = [["ShallowReactive", 1]]

    def put(part: object) -> int:
        place = len(entries)
        entries.append(None)
        if isinstance(part, dict):
            entries[place] = {name: put(inner) for name, inner in part.items()}
        elif isinstance(part, list):
            entries[place] = [put(inner) for inner in part]
        else:
            entries[place] = part
        return place

    put(value)
    return entries


@pytest.mark.parametrize(
    "script", state({"props": {"pageProps": {"organization": {"name": "Northwind Rail"}, "job": JOB}}})
)
def test_a_shell_gives_the_posting_of_its_state(script):
    parsed = parse_posting_page(page(SHELL + script), board=None)
    assert parsed.refused == ()
    (posting,) = parsed.postings
    assert (posting.title, posting.company_name) == ("Train Planner", "Northwind Rail")
    assert [(place.city, place.country) for place in posting.locations] == [("Porto", "PT")]
    assert (posting.job_type, posting.remote) == (JobType.FULL_TIME, Workplace.HYBRID)
    assert posting.posted_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max, posting.salary.period) == (30000, 36000, Period.YEAR)
    assert posting.provenance["description_text"].path.endswith("descriptionHtml")


LISTED = {
    "jobBoard": {
        "jobPostings": [
            {
                "id": "6181dd49-0962-4998-9037-603aa7b043c7",
                "title": "Train Planner",
                "locationName": "Porto",
                "departmentId": "a",
                "jobId": "x",
            },
            {
                "id": "1abb2acb-e9d6-4eda-b084-7babf5c7285f",
                "title": "Conductor",
                "locationName": "Braga",
                "departmentId": "a",
                "jobId": "y",
            },
        ]
    }
}


@pytest.mark.parametrize("script", state(LISTED))
def test_a_list_in_the_state_gives_links_at_a_known_host(script):
    links = extract_job_links(
        page(f"<title>Northwind Jobs</title><div id=root></div>{script}", "https://jobs.ashbyhq.com/northwind")
    )
    assert [(link.url, link.text) for link in links] == [
        ("https://jobs.ashbyhq.com/northwind/6181dd49-0962-4998-9037-603aa7b043c7", "Train Planner"),
        ("https://jobs.ashbyhq.com/northwind/1abb2acb-e9d6-4eda-b084-7babf5c7285f", "Conductor"),
    ]


def test_addresses_that_the_state_gives_are_taken_as_they_are():
    jobs = [
        {"name": "Cook", "city": "Leeds", "department": "Kitchen", "jobId": 7, "url": "/careers/openings/cook-7"},
        {
            "name": "Baker",
            "city": "York",
            "department": "Kitchen",
            "jobId": 8,
            "url": "https://boards.greenhouse.io/northwind/jobs/80001",
        },
        {"name": "Elsewhere", "city": "York", "department": "Kitchen", "jobId": 9, "url": "https://other.example/9"},
    ]
    links = extract_job_links(page(state({"jobs": jobs})[0], "https://www.northwind.example/careers"))
    assert [link.url for link in links] == [
        "https://www.northwind.example/careers/openings/cook-7",
        "https://boards.greenhouse.io/northwind/jobs/80001",
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"articles": [{"title": "How we work", "description": PROSE, "author": "Ann", "url": "/blog/how-we-work"}]},
        {"products": [{"name": "Toaster", "description": PROSE, "price": 3, "url": "/toaster"}]},
        {"offices": [{"name": "Porto office", "city": "Porto", "country": "Portugal", "url": "/offices/porto"}]},
        {"team": [{"name": "Ann Lee", "title": "Head of Trains", "location": "Porto", "url": "/team/ann"}]},
        {"nav": {"items": [{"title": "Jobs", "url": "/jobs", "id": 4}]}},
    ],
)
def test_articles_products_offices_and_people_are_no_postings(value):
    for script in state(value):
        assert stated_postings(Document(page(script))) == []


@pytest.mark.parametrize(
    "script",
    [
        '<script>window.a = {"title": "Cook", "location": "Leeds", </script>',
        f"<script>x = {'[' * 60_000}</script>",
        '<script>window.a = "' + '{\\"title\\": ' * 2_000 + '"; location: {"title": "x"}</script>',
        '<script type="application/json">' + json.dumps({"title": "Cook", "location": "Leeds"})[:-1] + "</script>",
        f'<script type="application/json">{{"title": "a", "location": "b", "deep": {"[" * 900}{"]" * 900}}}</script>',
    ],
)
def test_broken_and_hostile_state_is_passed_over(script):
    assert stated_postings(Document(page(script))) == []
    assert extract_job_links(page(script)) == ()


def test_rdfa_is_read():
    parsed = parse_posting_page(
        page(
            '<div vocab="https://schema.org/" typeof="JobPosting"><h1 property="title">Train Driver</h1>'
            '<div property="hiringOrganization" typeof="Organization"><span property="name">Northwind</span></div>'
            '<div property="jobLocation" typeof="Place"><div property="address" typeof="PostalAddress">'
            '<span property="addressLocality">Porto</span><span property="addressCountry">PT</span></div></div>'
            '<meta property="datePosted" content="2026-10-20"><span property="employmentType">PART_TIME</span>'
            f'<div property="description"><p>{PROSE}</p><ul><li>Licence</li></ul></div></div>'
        ),
        board=None,
    )
    (posting,) = parsed.postings
    assert (posting.title, posting.company_name, posting.job_type) == ("Train Driver", "Northwind", JobType.PART_TIME)
    assert [(place.city, place.country) for place in posting.locations] == [("Porto", "PT")]
    assert posting.posted_at == datetime(2026, 10, 20, tzinfo=UTC)
    assert "Licence" in posting.description_text
    assert posting.provenance["title"].source is Source.MICRODATA
    assert posting.provenance["title"].path == "rdfa[0].title"


def test_other_rdfa_is_no_posting():
    parsed = parse_posting_page(
        page(f'<div typeof="schema:Person"><h1 property="name">Ann</h1><p>{PROSE}</p></div>'), board=None
    )
    assert parsed.postings == ()


@pytest.mark.parametrize(
    "script",
    [
        (
            "(function(a,b,c,d){return {jobs:[{id:a,title:b,locationName:c,employmentType:d,descriptionHtml:e}]}}"
            "(4711,'Train Planner',\"Porto, Portugal\",'FullTime',[1,,2],-1));"
        ),
        (
            "function(a,b,c,d){return {jobs:[{id:a,title:b,'locationName':c,employmentType:d,},],};}"
            "(4711,\"Train\\u0020Planner\",'Porto\\x2C Portugal','FullTime')"
        ),
    ],
)
def test_the_values_of_a_function_style_state_stand_where_its_names_do(script):
    (found,) = stated_postings(Document(page(f"<script>window.__NUXT__ = {script}</script>")))
    assert (found.title, found.ids) == ("Train Planner", ("4711",))
    assert found.text("locationname") == ("Porto, Portugal", "locationname")


HEAD = "window.__NUXT__=(function(a){return {title:'description',x:"


@pytest.mark.parametrize(
    "script",
    [
        HEAD,
        HEAD + "{a:" * 50_000,
        HEAD + "[" * 50_000,
        HEAD + "!" * 50_000,
        HEAD + "void " * 50_000,
        HEAD + "new " * 50_000,
        HEAD + "f(" * 50_000,
        HEAD + "[" + "1," * 500_000 + "]}}(1))",
        HEAD + "a+b}}(1))",
        HEAD + "'open",
        HEAD + "1}}",
        "window.__NUXT__=(function(" * 10_000 + "description",
    ],
)
def test_a_function_style_state_that_is_no_literal_gives_nothing(script):
    assert stated_postings(Document(page(f"<script>{script}</script>"))) == []


@pytest.mark.parametrize(
    "entries",
    [
        [["Reactive", 0], {"title": 1, "jobLocation": 2}],
        [{"title": 0, "jobLocation": [0]}, [1, 1, 1]],
        [["Ref", 1], ["Ref", 2], ["Ref", 1], {"title": "x" * 60, "department": -1}],
        [{"title": 10**30, "locations": True, "department": 1.5}, "x" * 100],
        [[1] * 1000, *([n + 1] * 30 for n in range(1, 40)), {"title": 1, "locations": 1, "department": 1}],
    ],
)
def test_a_flat_state_that_goes_in_circles_gives_nothing(entries):
    script = f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(entries)}</script>'
    assert stated_postings(Document(page(script))) == []
