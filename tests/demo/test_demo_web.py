"""The demo web: what it promises to whoever crawls it."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from html import unescape
from uuid import UUID

import httpx
import pytest
from free_port import free_port

from demo.candidate import CANDIDATE
from demo.companies import companies
from demo.web import DOMAINS, HOSTS, create_app, host_map
from quiethire.domain.candidate import Candidate


@pytest.fixture(params=[1, 2, 3])
def day(request: pytest.FixtureRequest) -> int:
    return request.param


async def get(day: int, url: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=create_app(day))
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(url, headers=headers)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(1))) as client:
        yield client


def titles(day: int, domain: str) -> set[str]:
    return {posting.title for company in companies(day) if company.domain == domain for posting in company.postings}


async def test_there_are_enough_companies_and_postings(day: int) -> None:
    assert len(DOMAINS) >= 8
    assert 60 <= sum(len(company.postings) for company in companies(day)) <= 100


async def test_the_same_day_answers_the_same_bytes(day: int) -> None:
    for url in (
        "https://acme-robotics.example/careers",
        "https://api.ashbyhq.com/posting-api/job-board/PalisadeSecurity?includeCompensation=true",
        "https://atelier-nacre.example/sitemap.xml",
    ):
        first, second = await get(day, url), await get(day, url)
        assert first.content == second.content
        assert first.headers["etag"] == second.headers["etag"]


async def test_a_known_etag_is_answered_with_not_modified(client: httpx.AsyncClient) -> None:
    url = "https://acme-robotics.example/careers"
    etag = (await client.get(url)).headers["etag"]
    again = await client.get(url, headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get(url, headers={"if-none-match": '"other"'})).status_code == 200


async def test_every_link_of_every_page_of_a_site_is_answered(day: int) -> None:
    transport = httpx.ASGITransport(app=create_app(day))
    allowed = {"https://harborline.example/about/jobs/crane-maintenance-engineer"}
    if day > 1:
        allowed.add("https://jobs.lever.co/meridianloom")
    async with httpx.AsyncClient(transport=transport) as client:
        waiting, seen = [f"https://{seed.domain}/" for seed in DOMAINS], set[str]()
        while waiting:
            url = waiting.pop()
            if url in seen:
                continue
            seen.add(url)
            answer = await client.get(url)
            assert answer.status_code in (200, 302) or url in allowed, url
            if answer.headers.get("content-type", "").startswith("text/html"):
                links = re.findall(r'(?:href|src)="([^"#]+)"', answer.text)
                waiting += [str(httpx.URL(url).join(unescape(link))) for link in links]
    assert len(seen) > 100


async def test_titles_and_descriptions_are_not_clones() -> None:
    postings = [posting for company in companies(1) for posting in company.postings]
    assert len({posting.title for posting in postings}) == len(postings)
    assert len({posting.note for posting in postings}) == len(postings)


async def test_postings_change_close_and_reappear_between_days() -> None:
    assert "Office Manager" in titles(1, "northwind.example") - titles(2, "northwind.example")
    assert "Staff Data Engineer" in titles(2, "northwind.example") - titles(1, "northwind.example")
    sre = "Site Reliability Engineer"
    assert [sre in titles(day, "northwind.example") for day in (1, 2, 3)] == [True, False, True]
    for day, low in ((1, 7_000_000), (2, 7_500_000)):
        url = "https://boards-api.greenhouse.io/v1/boards/northwind/jobs?content=true&pay_transparency=true"
        jobs = (await get(day, url)).json()["jobs"]
        (pay,) = [job["pay_input_ranges"][0] for job in jobs if job["title"] == "Senior Data Engineer"]
        assert pay["min_cents"] == low
    renamed = [
        {job["id"]: job["text"] for job in (await get(day, "https://api.lever.co/v0/postings/lumenfold")).json()}
        for day in (1, 2)
    ]
    changed = {key for key, title in renamed[0].items() if renamed[1].get(key, title) != title}
    assert len(changed) == 1


async def test_greenhouse_gives_content_and_pay_only_where_asked(client: httpx.AsyncClient) -> None:
    url = "https://boards-api.greenhouse.io/v1/boards/northwind/jobs"
    bare = (await client.get(url)).json()
    assert bare["meta"]["total"] == len(bare["jobs"]) == 12
    assert not {"content", "pay_input_ranges"} & set(bare["jobs"][0])
    full = (await client.get(url, params={"content": "true"})).json()["jobs"][0]
    assert full["content"].startswith("&lt;p&gt;")
    assert "pay_input_ranges" not in full
    assert (await client.get("https://boards-api.greenhouse.io/v1/boards/nobody/jobs")).status_code == 404


async def test_lever_pages_with_skip_and_limit(client: httpx.AsyncClient) -> None:
    url = "https://api.lever.co/v0/postings/lumenfold?mode=json"
    everything = (await client.get(url)).json()
    paged = [job for skip in (0, 4, 8) for job in (await client.get(f"{url}&limit=4&skip={skip}")).json()]
    assert paged == everything
    assert (await client.get(f"{url}&skip={len(everything)}")).json() == []


async def test_an_ashby_token_is_case_sensitive_and_pay_is_asked_for(client: httpx.AsyncClient) -> None:
    url = "https://api.ashbyhq.com/posting-api/job-board/"
    assert (await client.get(f"{url}palisadesecurity")).status_code == 404
    assert "compensation" not in (await client.get(f"{url}PalisadeSecurity")).json()["jobs"][0]
    jobs = (await client.get(f"{url}PalisadeSecurity?includeCompensation=true")).json()["jobs"]
    assert jobs[0]["compensation"]["compensationTiers"][0]["components"][0]["currencyCode"] == "EUR"
    assert any(job["secondaryLocations"] for job in jobs)


@pytest.mark.parametrize(("day", "status"), [(1, 200), (2, 404), (3, 404)])
async def test_one_board_disappears_on_the_second_day(day: int, status: int) -> None:
    assert (await get(day, "https://api.lever.co/v0/postings/meridianloom?mode=json")).status_code == status
    assert (await get(day, "https://jobs.lever.co/meridianloom")).status_code == status


async def test_json_ld_is_valid_and_has_what_a_posting_needs(client: httpx.AsyncClient) -> None:
    page = await client.get("https://acme-robotics.example/careers/data-engineer-robot-telemetry")
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    markup = json.loads(text)
    assert markup["@type"] == "JobPosting"
    assert markup["jobLocationType"] == "TELECOMMUTE"
    assert markup["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "minValue": 66000,
        "maxValue": 84000,
        "unitText": "YEAR",
    }


async def test_a_script_page_is_a_shell_and_its_data_is_elsewhere(client: httpx.AsyncClient) -> None:
    shell = await client.get("https://fernwell.example/jobs")
    assert "Senior Software Engineer" not in shell.text
    data = (await client.get("https://fernwell.example/api/jobs.json")).json()
    assert len(data["jobs"]) == 7
    posting = (await client.get(f"https://fernwell.example/api{data['jobs'][0]['path']}.json")).json()
    assert posting["markup"]["title"] == posting["title"]


async def test_hosts_of_several_kinds_lead_to_the_right_place(client: httpx.AsyncClient) -> None:
    assert (await client.get("https://www.northwind.example/about")).headers["location"] == (
        "https://northwind.example/about"
    )
    assert (await client.get("https://careers.acme-robotics.example/")).headers["location"].endswith("/careers")
    assert (await client.get("https://unknown.example/")).status_code == 404
    assert (await client.get("https://acme-robotics.example/careers/")).status_code == 301
    assert set(host_map(1)) == set(HOSTS)
    assert host_map(8099)["api.lever.co"] == "127.0.0.1:8099"


async def test_what_a_crawler_must_cope_with_is_there(client: httpx.AsyncClient) -> None:
    broken = await client.get("https://harborline.example/about/jobs/crane-maintenance-engineer")
    assert broken.status_code == 500
    pdf = await client.get("https://acme-robotics.example/files/working-at-acme.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    robots = (await client.get("https://atelier-nacre.example/robots.txt")).text
    (forbidden,) = re.findall(r"Disallow: (\S+)", robots)
    assert (await client.get(f"https://atelier-nacre.example{forbidden}")).status_code == 200
    assert "rejoindre" not in (await client.get("https://atelier-nacre.example/")).text
    empty = await client.get("https://boards-api.greenhouse.io/v1/boards/quaysideanalytics/jobs")
    assert empty.json() == {"jobs": [], "meta": {"total": 0}}
    assert "jobs" in (await client.get("https://stillwater-pumps.example/about")).text
    bare = (await client.get("https://acme-robotics.example/careers/various")).text
    assert len(re.sub(r"<[^>]+>", "", bare)) < 300


async def test_the_command_serves_a_day_until_it_is_told_to_stop() -> None:
    port = free_port()
    command = [sys.executable, "-m", "demo", "--port", str(port), "--day", "2"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        assert process.stderr is not None
        assert f"127.0.0.1:{port}" in (await process.stderr.readline()).decode()
        retrying = httpx.AsyncHTTPTransport(retries=8)
        async with httpx.AsyncClient(transport=retrying) as client:
            answer = await client.get(f"http://127.0.0.1:{port}/meridianloom", headers={"host": "jobs.lever.co"})
        assert answer.status_code == 404
    finally:
        process.terminate()
        await process.wait()


async def test_the_candidate_survives_a_round_trip() -> None:
    assert Candidate.model_validate_json(CANDIDATE.model_dump_json()) == CANDIDATE
    assert CANDIDATE.id == UUID("5f0c1c52-7d3e-4b8e-9a41-0d2f6f1b7a10")
