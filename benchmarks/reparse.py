"""Parsing the archive again after a parser change: postings a second on ATS boards, on job pages, and on a mix of both.

`python -m benchmarks.reparse [--json] [--quick]`

Boards of three ATS hold 85 % of the postings, pages of their own the rest. All rows are of an older parser; every tenth was
read otherwise by it. What two cores give that others work on too is less than what they give whole: both are printed, the latter from
the CPU time of this process, the parser's and all servers. The baseline does the same parsing and storing one page after the other, without workflow, pool or index.
"""

import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psutil

from activities.rereading import ReparseChoice, ReparseCounts
from benchmarks.report import finish, options
from quiethire.clients import Clients, migrate, open_clients
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.lifecycle import observe
from quiethire.domain.page import FetchedVia, FetchSpec, Page, PageRef
from quiethire.domain.posting import JobPosting
from quiethire.processes import leave
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.stack import start_stack
from services.parser.ats.registry import adapter_for, page_request
from services.parser.parse import parse_board_page, parse_posting_page
from worker import running_worker
from workflows.reparse import ReparseInput, ReparseProgress, ReparseWorkflow

TARGET = 500.0
"""Postings a second on two cores, for the mix."""
PAGES_SHARE = 0.15
"""Share of the postings that have but a page of their own."""
OTHERWISE = 10
"""Every so many postings were read otherwise by the older parser."""
SEEN = datetime(2026, 11, 2, 9, tzinfo=UTC)

_TITLES = ("Data Engineer", "Backend Engineer", "Account Executive", "Nurse", "Controller", "Product Designer")
_PLACES = ("Berlin, Germany", "Lisbon, Portugal", "Remote, Europe", "Austin, TX, United States", "Warsaw, Poland")
_WORDS = (
    *("pipeline", "team", "customer", "python", "delivery", "design", "review", "plan", "metric", "support", "system"),
    *("growth", "data", "quality"),
)
_NAVIGATION = "".join(
    f'<li><a href="/section/{n}" class="nav__item nav__item--{n}">Section {n}</a></li>' for n in range(220)
)
_SCRIPT = "<script>" + "window.dataLayer=window.dataLayer||[];dataLayer.push({event:'view',id:0});" * 120 + "</script>"


@dataclass(frozen=True)
class Made:
    """A board, the pages that the archive has of it, and their postings."""

    board: Board
    pages: tuple[tuple[FetchSpec, bytes, str], ...]


class NoFetcher:
    """Counts requests: there must be none."""

    def __init__(self) -> None:
        self.requests = 0

    async def fetch(self, spec: FetchSpec, *, offline: bool = False) -> PageRef:
        """Refuse."""
        self.requests += 1
        raise RuntimeError(f"a request for {spec.url}, offline={offline}")

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Refuse."""
        self.requests += 1
        raise RuntimeError(f"a look-up of {host}")


def ats_boards(postings: int) -> list[Made]:
    """Boards of 20 to 120 postings, of three ATS in turn."""
    chance, made = random.Random(5), list[Made]()
    while postings > 0:
        count = min(postings, chance.randint(20, 120))
        make = (_greenhouse, _lever, _ashby)[len(made) % 3]
        made.append(make(f"company{len(made)}", count))
        postings -= count
    return made


def websites(postings: int) -> list[Made]:
    """Websites of 30 job pages of some 30 KB each."""
    return [_website(number, min(30, postings - start)) for number, start in enumerate(range(0, postings, 30))]


def _listed(ats: str, token: str, url: str, body: bytes) -> Made:
    board = Board(ats=ats, token=token, url=f"{url}/{token}", company_name=token.capitalize())
    [spec] = adapter_for(ats).requests(board, None)
    return Made(board, ((spec, body, "application/json"),))


def _jobs(count: int) -> list[dict[str, str]]:
    """Postings of some 3 KB each; the same every time."""
    chance = random.Random(20261120)
    return [
        {
            "id": str(4_000_000 + number),
            "title": f"{chance.choice(('Senior ', '', 'Junior '))}{chance.choice(_TITLES)} {number}",
            "place": chance.choice(_PLACES),
            "html": "".join(
                f"<p>{' '.join(' '.join(chance.choices(_WORDS, k=12)).capitalize() + '.' for _ in range(6))}</p>"
                for _ in range(6)
            ),
        }
        for number in range(count)
    ]


def _greenhouse(token: str, count: int) -> Made:
    jobs = [
        {
            "id": int(job["id"]),
            "absolute_url": f"https://job-boards.greenhouse.io/{token}/jobs/{job['id']}",
            "title": job["title"],
            "location": {"name": job["place"]},
            "content": job["html"].replace("<", "&lt;").replace(">", "&gt;"),
            "first_published": "2026-11-02T09:00:00Z",
            "departments": [{"name": "Engineering"}],
            "pay_input_ranges": [
                {"min_cents": 6_000_000, "max_cents": 8_000_000, "currency_type": "EUR", "title": "Pay"}
            ],
        }
        for job in _jobs(count)
    ]
    body = json.dumps({"jobs": jobs, "meta": {"total": count}}).encode()
    return _listed("greenhouse", token, "https://job-boards.greenhouse.io", body)


def _lever(token: str, count: int) -> Made:
    items = [
        {
            "id": f"lever-{job['id']}",
            "hostedUrl": f"https://jobs.lever.co/{token}/{job['id']}",
            "text": job["title"],
            "categories": {"location": job["place"], "commitment": "Full-time", "team": "Engineering"},
            "description": job["html"],
            "createdAt": 1762074000000,
        }
        for job in _jobs(min(count, 99))
    ]
    return _listed("lever", token, "https://jobs.lever.co", json.dumps(items).encode())


def _ashby(token: str, count: int) -> Made:
    jobs = [
        {
            "id": f"ashby-{job['id']}",
            "jobUrl": f"https://jobs.ashbyhq.com/{token}/{job['id']}",
            "title": job["title"],
            "location": job["place"],
            "employmentType": "FullTime",
            "department": "Engineering",
            "descriptionHtml": job["html"],
            "publishedAt": "2026-11-02T09:00:00Z",
            "isListed": True,
        }
        for job in _jobs(count)
    ]
    return _listed("ashby", token, "https://jobs.ashbyhq.com", json.dumps({"jobs": jobs}).encode())


def _website(number: int, count: int) -> Made:
    url = f"https://company{number}.example/jobs"
    jobs = _jobs(count)
    links = "".join(f'<li><a href="{url}/{job["id"]}-job">{job["title"]}</a></li>' for job in jobs)
    listing = f"<html><body><h1>Open positions</h1><ul>{links}</ul></body></html>".encode()
    pages = [(page_request(url), listing, "text/html")]
    pages += [(page_request(f"{url}/{job['id']}-job"), _page(job, number), "text/html") for job in jobs]
    return Made(Board(ats=WEBSITE, token=url, url=url), tuple(pages))


def _page(job: dict[str, str], number: int) -> bytes:
    stated = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": job["title"],
        "description": job["html"],
        "hiringOrganization": {"@type": "Organization", "name": f"Company {number}"},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Berlin", "addressCountry": "DE"}},
        "datePosted": "2026-11-02",
    }
    return (
        f"<html><head><title>{job['title']}</title>{_SCRIPT}"
        f'<script type="application/ld+json">{json.dumps(stated)}</script></head><body><nav><ul>{_NAVIGATION}</ul></nav>'
        f"<main><h1>{job['title']}</h1>{stated['description']}</main></body></html>"
    ).encode()


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    count = 800 if given.quick else 4_000
    pages = round(count * PAGES_SHARE)
    with tempfile.TemporaryDirectory() as folder:
        async with start_stack(Settings(data_dir=Path(folder)), durable=False) as (_, running):
            settings = running.apply(Settings(data_dir=Path(folder), schedules=False))
            await migrate(settings)
            async with open_clients(settings) as opened:
                fetcher = NoFetcher()
                clients = replace(opened, fetcher=fetcher)  # type: ignore[arg-type]  # a fetcher that only counts
                figures = await _measure(clients, ats_boards(count - pages), websites(pages))
                figures["requests"] = fetcher.requests
    targets = {"mix_postings_per_second": (">=", TARGET), "requests": ("<=", 0.0)}
    return finish(figures, targets, as_json=given.json)


async def _measure(clients: Clients, ats: Sequence[Made], sites: Sequence[Made]) -> dict[str, float]:
    figures: dict[str, float] = {}
    async with running_worker(clients):
        await _run(clients, await _stored(clients, ats[:1]))  # The parser's processes load their tables.
        for name, boards in (("ats", ats), ("pages", sites), ("mix", (*ats, *sites))):
            rows = await _stored(clients, boards)
            seconds, cpu = await _timed(_run(clients, rows))
            figures[f"{name}_postings"] = rows
            figures[f"{name}_postings_per_second"] = round(rows / seconds, 1)
            figures[f"{name}_cpu_ms_per_posting"] = round(cpu * 1000 / rows, 2)
            figures[f"{name}_postings_per_second_of_two_whole_cores"] = round(2 * rows / cpu, 1)
        rows = await _stored(clients, (*ats, *sites))
        seconds, cpu = await _timed(_sequential(clients, (*ats, *sites)))
        figures["baseline_postings_per_second"] = round(rows / seconds, 1)
        figures["baseline_cpu_ms_per_posting"] = round(cpu * 1000 / rows, 2)
    return figures


async def _stored(clients: Clients, boards: Iterable[Made]) -> int:
    """Boards, pages and rows as an older parser left them, in the place of all that were there; how many rows."""
    for board in await clients.boards.all():
        readings = await clients.postings.readings([board.key])
        rows = await clients.postings.known(readings)
        current = [row.model_copy(update={"posting": _older(row.posting, 1, 65_535)}) for row in rows.values()]
        await clients.postings.save(current, ())
    total = 0
    for made in boards:
        await clients.boards.add(made.board)
        for spec, body, kind in made.pages:
            await clients.archive.record(spec, await _archived(clients, spec, body, kind))
        postings = [_older(posting, index) for index, posting in enumerate(_parsed(made))]
        advance = observe({}, postings, SEEN)
        await clients.postings.save(advance.rows, advance.events)
        total += len(postings)
    return total


async def _archived(clients: Clients, spec: FetchSpec, body: bytes, kind: str) -> PageRef:
    return PageRef(
        url=spec.url,
        final_url=spec.url,
        status=200,
        content_type=kind,
        content_hash=await clients.archive.put(body),
        size=len(body),
        fetched_at=SEEN,
        via=FetchedVia.IMPORT,
    )


def _older(posting: JobPosting, index: int, version: int = 0) -> JobPosting:
    wrong = {} if index % OTHERWISE else {"title": f"{posting.title} (m/w/d)"}
    return posting.model_copy(update={"parser_version": version, **wrong})


def _parsed(made: Made) -> list[JobPosting]:
    found: list[JobPosting] = []
    for spec, body, kind in made.pages:
        page = Page(url=spec.url, body=body, content_type=kind, fetched_at=SEEN)
        if made.board.is_website:
            found += parse_posting_page(page, board=made.board).postings if spec.url != made.board.url else ()
        else:
            found += parse_board_page(made.board, page).postings
    return found


async def _run(clients: Clients, rows: int) -> None:
    """The workflow, which must have read them all."""
    result: ReparseProgress = await clients.temporal.execute_workflow(
        ReparseWorkflow.run, ReparseInput(choice=ReparseChoice()), id=f"benchmark/{uuid4()}", task_queue=TASK_QUEUE
    )
    counts: ReparseCounts = result.counts
    if counts.read != rows or counts.corrected + counts.unchanged != rows or counts.problems:
        raise RuntimeError(f"{rows} postings were stored: {counts} {result.problems}")


async def _sequential(clients: Clients, boards: Iterable[Made]) -> None:
    """The same parsing and storing, one page after the other in this process."""
    for made in boards:
        for spec, _, _ in made.pages:
            ref = await clients.archive.latest(spec)
            if ref is None:
                raise RuntimeError(f"{spec.url} is not in the archive")
            page = Page.of(ref, await clients.archive.get(ref.content_hash))
            if not made.board.is_website:
                parsed = parse_board_page(made.board, page)
            elif spec.url == made.board.url:
                continue
            else:
                parsed = parse_posting_page(page, board=made.board)
            known = await clients.postings.known({posting.id for posting in parsed.postings})
            advance = observe(known, parsed.postings, SEEN)
            await clients.postings.save(advance.rows, advance.events)


async def _timed(work: Awaitable[None]) -> tuple[float, float]:
    """Seconds, and CPU-seconds of this process, of the parser's and of all servers."""
    before, began = _cpu(), time.perf_counter()
    await work
    return time.perf_counter() - began, _cpu() - before


def _cpu() -> float:
    own = psutil.Process()
    return sum(_spent(process) for process in (own, *own.children(recursive=True)))


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


if __name__ == "__main__":
    leave(asyncio.run(main()))
