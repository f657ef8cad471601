"""The pool and the HTTP face: hostile pages cost themselves only."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import psutil
import pytest

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, SchemaDrift, Transient
from quiethire.domain.page import Page
from quiethire.domain.result import Problem
from services.parser.app import create_app
from services.parser.document import MAX_BODY
from services.parser.parse import ParsedPage
from services.parser.pool import WORKER_MEMORY, ParserPool
from services.parser.process import WorkerProcess

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
GOOD = (
    b"<title>Data Engineer - Northwind</title><h1>Data Engineer</h1><p>Location: Berlin, Germany</p><p>Full time</p><h2>Requirements</h2><p>"
    + b"We want people who know how to move data from here to there. " * 10
    + b'</p><a href="/apply">Apply now</a>'
)
SLOW = b"a<br>" * 1_900_000
HANG = 40.0
"""Seconds after which something that waits for ever is told of."""
BOARD = Board(ats="greenhouse", token="northwind", url="https://job-boards.greenhouse.io/northwind")


def page(body: bytes, url: str = "https://www.northwind.example/jobs/1") -> Page:
    return Page(url=url, body=body, content_type="text/html", fetched_at=FETCHED)


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "services.parser.worker" in " ".join(child.cmdline())]


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(workers=2) as pool:
        yield pool


async def test_pages_are_answered_in_order(pool):
    pages = [(page(GOOD, f"https://www.northwind.example/jobs/{n}"), None) for n in range(40)]
    answers = await pool.posting_pages(pages)
    assert [answer.postings[0].url for answer in answers] == [each.url for each, _ in pages]


HOSTILE = {
    "nested tags": b"<div>" * 100_000 + GOOD,
    "attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">" + GOOD,
    "unescaped quotes": b'<script type=application/ld+json>{"@type":"JobPosting","title":"'
    + b'"description":"' * 50_000,
}
BROKEN = {
    "NULs": b"\0" * 100_000 + GOOD,
    "nested JSON": b'<script type="application/ld+json">' + b"[" * 200_000 + b"</script>" + GOOD,
    "wrong types": b'<script type="application/ld+json">{"@type":"JobPosting","title":[1,{"a":2}],"hiringOrganization":5,"jobLocation":[[[]]],'
    b'"baseSalary":{"value":{"minValue":"x"}},"datePosted":{},"identifier":[[]]}</script>' + GOOD,
    "broken JSON": b'<script type="application/ld+json">{"@type":"JobPosting","title":</script>' + GOOD,
    "entities": b"&amp;" * 1_000_000 + GOOD,
    "surrogates": b'<script type="application/ld+json">{"@type":"JobPosting","title":"\\ud800"}</script>' + GOOD,
    "wrong charset": b'<meta charset="utf-16">' + GOOD + b"\xff\xfe\x00",
}


async def test_hostile_pages_are_problems_of_their_own_and_their_neighbour_is_parsed(pool):
    *bad, good = await pool.posting_pages([(page(body), None) for body in (*HOSTILE.values(), GOOD)])
    assert {answer.kind for answer in bad if isinstance(answer, Problem)} == {"too_complex"}
    assert len(good.postings) == 1


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_page_is_read_or_refused_and_never_breaks_the_pool(pool, name):
    (answer,) = await pool.posting_pages([(page(BROKEN[name]), None)])
    assert isinstance(answer, ParsedPage)
    assert answer.postings or answer.refused


async def test_a_page_too_large_is_refused_as_a_problem(pool):
    (answer,) = await pool.posting_pages([(page(b"x" * (MAX_BODY + 1)), None)])
    assert answer.kind == "too_large"


async def test_a_page_is_read_as_a_posting_or_else_as_a_listing(pool):
    posting = await pool.any_page(page(GOOD), None)
    assert ([each.title for each in posting.postings], posting.listing) == (["Data Engineer"], None)
    cards = b"".join(b'<li><a href="/jobs/47%d-cook">Line Cook</a></li>' % n for n in range(3))
    listing = await pool.any_page(page(b"<h1>Careers</h1><ul>" + cards, "https://www.northwind.example/careers"), None)
    assert listing.postings == ()
    assert listing.listing is not None
    assert [link.url for link in listing.listing.links] == [
        f"https://www.northwind.example/jobs/47{n}-cook" for n in range(3)
    ]


async def test_a_pool_that_is_closed_lets_nobody_wait_and_says_the_same_to_all():
    pool = ParserPool(workers=1)
    await pool.posting_pages([(page(GOOD), None)])
    at_work = asyncio.create_task(pool.posting_pages([(page(SLOW), None)]))
    waiting = asyncio.create_task(pool.any_page(page(SLOW), None))
    on_board = asyncio.create_task(pool.board_page(BOARD, page(b"{}")))
    await asyncio.sleep(0.1)
    await pool.close()
    late = pool.posting_pages([(page(GOOD), None)])
    outcomes = await asyncio.gather(at_work, waiting, on_board, late, return_exceptions=True)
    assert {(type(each), each.kind, each.detail) for each in outcomes} == {
        (Transient, "parser_unavailable", "the parser's pool was closed")
    }


async def test_a_pool_that_is_closed_while_its_workers_start_lets_nobody_wait():
    pool = ParserPool(workers=2)
    waiting = [asyncio.create_task(pool.posting_pages([(page(b"x" * 6_000_000), None)])) for _ in range(3)]
    await asyncio.sleep(0)
    async with asyncio.timeout(HANG):
        await pool.close()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(each) for each in outcomes} == {Transient}


@pytest.mark.parametrize("executable", ["/nonexistent/python", shutil.which("false")])
async def test_workers_that_cannot_be_had_are_a_passing_fault_of_ours_and_no_page_s(monkeypatch, executable):
    async with ParserPool(workers=1) as pool:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", executable)
            with pytest.raises(Transient, match="took a batch"):
                await pool.posting_pages([(page(GOOD), None)])
            with pytest.raises(Transient, match="took a batch"):
                await pool.board_page(BOARD, page(b"{}"))
        (good,) = await pool.posting_pages([(page(GOOD), None)])
        assert len(good.postings) == 1


async def test_a_fault_of_the_pool_itself_ends_its_calls_and_the_pool_goes_on(caplog):
    class Unpicklable(Board):
        """A class that no other process can find."""

    board = Unpicklable(**BOARD.model_dump())
    async with ParserPool(workers=1) as pool:
        async with asyncio.timeout(HANG):
            with pytest.raises(Transient, match="the parser's pool failed"):
                await pool.posting_pages([(page(GOOD), board), (page(GOOD), None)])
        assert "the parser's pool failed" in caplog.text
        (good,) = await pool.posting_pages([(page(GOOD), None)])
        assert len(good.postings) == 1


def defective(*_: object) -> ParsedPage:
    raise ZeroDivisionError


async def test_a_defect_of_the_parser_is_a_problem_of_its_own_kind_and_told_with_the_address(monkeypatch, capfd):
    async with ParserPool(workers=1) as pool:
        with monkeypatch.context() as patch:
            patch.setattr("services.parser.worker.posting_page", defective)
            (bad,) = await pool.posting_pages([(page(GOOD), None)])
        assert (bad.kind, bad.detail) == ("parse_defect", "the parser failed: ZeroDivisionError")
        assert "https://www.northwind.example/jobs/1" in capfd.readouterr().err


def test_processes_that_are_started_and_ended_side_by_side_do_not_reap_each_other():
    def start_and_end(_: int) -> int:
        return WorkerProcess(WORKER_MEMORY).end()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(start_and_end, range(400))) == {-signal.SIGKILL}


async def test_a_worker_that_is_stopped_is_replaced_whatever_is_sent_to_it():
    others = {worker.pid for worker in workers()}
    async with ParserPool(workers=1) as pool:
        await pool.posting_pages([(page(GOOD), None)])
        (worker,) = [worker for worker in workers() if worker.pid not in others]
        worker.suspend()
        async with asyncio.timeout(HANG):
            (good,) = await pool.posting_pages([(page(GOOD + b"<!--" + b"more" * 1_500_000 + b"-->"), None)])
        assert isinstance(good, ParsedPage)
        assert not worker.is_running()


async def test_a_pool_closes_though_a_worker_is_stopped(monkeypatch):
    monkeypatch.setattr("services.parser.process._TAKEN_WITHIN", round(3 * HANG))  # What ends the wait is the closing.
    others = {worker.pid for worker in workers()}
    pool = ParserPool(workers=1)
    await pool.posting_pages([(page(GOOD), None)])
    (worker,) = [worker for worker in workers() if worker.pid not in others]
    worker.suspend()
    waiting = asyncio.create_task(pool.posting_pages([(page(b"x" * 6_000_000), None)]))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(HANG):
        await pool.close()
    with pytest.raises(Transient, match="closed"):
        await waiting
    assert not worker.is_running()


async def test_a_worker_that_is_killed_at_work_is_a_problem_and_is_replaced(caplog):
    others = {worker.pid for worker in workers()}
    async with ParserPool(workers=1) as pool:
        await pool.posting_pages([(page(GOOD), None)])
        (worker,) = [worker for worker in workers() if worker.pid not in others]
        idle = sum(worker.cpu_times()[:2])
        slow = asyncio.create_task(pool.posting_pages([(page(SLOW), None)]))
        while not slow.done() and sum(worker.cpu_times()[:2]) - idle < 0.1:  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(0.01)
        worker.kill()
        (bad,) = await slow
        assert bad.kind == "parse_crash"
        (told,) = [each for each in caplog.records if each.message.startswith("a page ended its parser's process")]
        assert (told.kind, told.url) == ("parse_crash", page(SLOW).url)
        (good,) = await pool.posting_pages([(page(GOOD), None)])
        assert len(good.postings) == 1


async def test_the_pool_goes_on_when_its_idle_workers_are_killed(pool):
    await pool.posting_pages([(page(GOOD), None)])
    for worker in workers():
        worker.kill()
    (good,) = await pool.posting_pages([(page(GOOD), None)])
    assert len(good.postings) == 1


async def test_drift_of_a_board_comes_out_as_raised(pool):
    body = b'{"jobs": {"a": 1}}'
    with pytest.raises(SchemaDrift) as caught:
        await pool.board_page(
            BOARD, Page(url=BOARD.url, body=body, content_type="application/json", fetched_at=FETCHED)
        )
    assert (caught.value.where, caught.value.kind) == ("greenhouse/northwind", "schema_drift")
    with pytest.raises(InvalidInput) as refused:
        await pool.board_page(BOARD.model_copy(update={"ats": "nosuch"}), page(b"{}"))
    assert refused.value.kind == "unknown_ats"


PARENT = (
    "import asyncio, psutil\nfrom datetime import UTC, datetime\nfrom quiethire.domain.page import Page\n"
    "from services.parser.pool import ParserPool\n"
    "async def main():\n"
    "    page = Page(url='https://x.example/', body=b'x', content_type='', fetched_at=datetime.now(UTC))\n"
    "    async with ParserPool(workers=1) as pool:\n"
    "        {work}\n"
    "        print(*[child.pid for child in psutil.Process().children()], flush=True)\n"
    "        await asyncio.sleep(60)\n"
    "try:\n"
    "    asyncio.run(main())\n"
    "except KeyboardInterrupt:\n"
    "    pass\n"
)


def test_workers_end_with_a_parent_that_is_killed():
    code = PARENT.format(work="await pool.posting_pages([(page, None)])")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        os.kill(parent.pid, signal.SIGKILL)
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []


def test_a_worker_ends_itself_when_a_page_takes_too_long_and_nobody_kills_it():
    code = "import re, services.parser.worker as w; w.answer((re.match, ('(a+)+b', 'a' * 60), 'https://x.example/'))"
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=HANG)
    assert done.returncode == -signal.SIGALRM


@pytest.mark.parametrize("work", ["pool.start()", "await pool.posting_pages([(page, None)])"], ids=["starting", "idle"])
def test_an_interrupt_to_the_whole_group_is_the_parent_s_alone(work):
    code = PARENT.format(work=f"{work}; await asyncio.sleep(0.1)")
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.stderr.read() == ""
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []


@pytest.fixture
async def client(pool) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(pool))
    async with httpx.AsyncClient(transport=transport, base_url="http://parser.example") as client:
        yield client


async def test_the_http_face_parses_a_page_and_extracts_links(client):
    assert (await client.get("/health")).json() == {"status": "ok"}
    answer = await client.post(
        "/api/v1/parse", json={"url": "https://www.northwind.example/jobs/1", "html": GOOD.decode()}
    )
    assert answer.status_code == 200
    assert answer.json()["postings"][0]["title"] == "Data Engineer"
    html = '<script src="https://boards.greenhouse.io/embed/job_board/js?for=northwind"></script><a href="/jobs/4711-cook">Cook</a>'
    answer = await client.post(
        "/api/v1/extract-job-links", json={"url": "https://www.northwind.example/careers", "html": html}
    )
    assert answer.json()["links"] == [{"url": "https://www.northwind.example/jobs/4711-cook", "text": "Cook"}]
    assert answer.json()["board"]["token"] == "northwind"


async def test_the_http_face_answers_with_problem_details(client):
    answer = await client.post("/api/v1/parse", json={"url": "not a url", "html": GOOD.decode()})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["type"] == "urn:quiethire:invalid_url"
    answer = await client.post("/api/v1/parse", content=b"x", headers={"content-length": str(3 * MAX_BODY)})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:quiethire:too_large")
