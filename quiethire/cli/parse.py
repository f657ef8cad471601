"""`quiethire parse` and `quiethire links`: saved pages, read without a server, in processes that can be killed."""

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from quiethire.cli.cases import Cases, PageCase, print_line, read_file
from quiethire.cli.output import amount, data, each, print_json, refused, run, settings
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url
from quiethire.processes import DONE, FAILED
from services.matching.taxonomy.sure import open_reader
from services.parser.ats.registry import recognise
from services.parser.messages import ParsedPosting
from services.parser.parse import ParsedPage
from services.parser.pool import ParserPool

WORKERS = max(1, min(4, os.cpu_count() or 1))
"""Processes that read pages at once; each takes some 200 MB of memory to stand ready."""

FILE = Annotated[
    Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="A saved page.")
]
URL = Annotated[
    str | None,
    typer.Option("--url", help="Where the page was fetched: relative links and the ATS are read from it."),
]
LINES = Annotated[
    Path | None,
    typer.Option(
        "--jsonl", metavar="CASES", exists=True, dir_okay=False, readable=True, help="Many at once: JSON lines."
    ),
]
JSON = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]

A = TypeVar("A")
C = TypeVar("C")
Answer = dict[str, Any]


def parse(file: FILE = None, url: URL = None, jsonl: LINES = None, json: JSON = False) -> None:
    """Read the job posting of a saved page: every field, and where on the page each one comes from.

    No request is made and no server is needed. A page that holds no single posting (a list, a script shell, an
    article) is refused with the reason. A page that overruns 3 seconds or 512 MB is given up by name.

        quiethire parse job.html --url https://northwind.example/jobs/7
        quiethire parse job.html --url https://northwind.example/jobs/7 --json | jq .posting.provenance

    With --jsonl each line holds id, path (relative to the file) and url, and may hold content_type and fetched_at. Each
    answer is one line, in order: {"id", "posting", "seconds"}; "posting" is null, and "reason" says why, where there is
    none. A posting holds every field of QuietHire's own with its provenance, and beside them company, location, description,
    salary_min, salary_max, salary_currency, salary_period, and quality_parts, which add up to quality_score.

    Exit codes: 0 all read, 1 not read, 2 wrong use, 3 some lines or pages could not be read.
    """
    if jsonl is not None:
        _alone(file, url)
        run(_answer_all(Cases(jsonl), _posting, {"posting": None, "seconds": None}))
    page = _given(file, url)
    run(_parse_one(page, json=json))


def links(file: FILE = None, url: URL = None, jsonl: LINES = None, json: JSON = False) -> None:
    """List the links of a saved page that lead to single job postings, in the order of the page.

    Links of the navigation, to categories, articles and the like are left out; a page without jobs has none.

        quiethire links careers.html --url https://northwind.example/careers

    With --jsonl each line holds id, path (relative to the file) and url; each answer is one line, in order:
    {"id", "links": [URL, …]}.

    Exit codes: 0 all read, 1 not read, 2 wrong use, 3 some lines or pages could not be read.
    """
    if jsonl is not None:
        _alone(file, url)
        run(_answer_all(Cases(jsonl), _links, {"links": []}))
    page = _given(file, url)
    run(_links_one(page, json=json))


# --- one page ---


def _alone(file: Path | None, url: str | None) -> None:
    if file is not None or url is not None:
        raise typer.BadParameter("--jsonl names the files and URLs itself; give no FILE and no --url with it")


def _given(file: Path | None, url: str | None) -> Callable[[], Page]:
    if file is None or url is None:
        raise typer.BadParameter("give FILE with --url URL, or --jsonl CASES")
    return lambda: _page(file, url, "text/html", None)


def _page(file: Path, url: str, content_type: str, fetched_at: datetime | None) -> Page:
    """The page in a file. Raises InvalidInput for a URL that is none and for a file that cannot be read."""
    canonical_url(url)
    body = read_file(file)
    moment = fetched_at or datetime.now(UTC)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Page(url=url, body=body, content_type=content_type, fetched_at=moment)


def _pool(workers: int) -> ParserPool:
    """Processes that read as those of the platform do: skills of ESCO too, whose tables are kept where the platform keeps them."""
    return ParserPool(workers, open_reader=partial(open_reader, settings().cache_path / "taxonomy"))


async def _parse_one(read: Callable[[], Page], *, json: bool) -> int:
    page = read()
    async with _pool(1) as pool:
        try:
            answer = await _posting(pool, page)
        except QuietHireError as error:
            return _not_read(error)
    if json:
        print_json(answer)
    elif answer["posting"] is None:
        data.print(f"  no posting: {answer['reason']}", markup=False, soft_wrap=True)
    else:
        _print_posting(answer["posting"])
    return DONE


async def _links_one(read: Callable[[], Page], *, json: bool) -> int:
    page = read()
    async with _pool(1) as pool:
        try:
            found = (await pool.listing(page)).links
        except QuietHireError as error:
            return _not_read(error)
    if json:
        print_json({"links": [link.model_dump(mode="json") for link in found]})
        return DONE
    for link in found:
        data.print(link.url, markup=False, soft_wrap=True)
    return DONE


def _not_read(error: QuietHireError) -> int:
    """The page defeated the parser: no wrong use, so not the exit code of one."""
    refused(error)
    return FAILED


def _print_posting(posting: Answer) -> None:
    """Each field, with the source that it comes from."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="ellipsis", no_wrap=True, max_width=32)
    for name, value in _shown(posting).items():
        origin = posting["provenance"].get(name)
        where = f"{origin['source']} {origin['path']}" if origin else ""
        if value:
            table.add_row(name.replace("_", " "), str(value).replace("[", "\\["), where.replace("[", "\\["))
    data.print(table)


def _shown(posting: Answer) -> Answer:
    low, high = posting["salary_min"], posting["salary_max"]
    ends = "–".join(amount(end) if end is not None else "" for end in dict.fromkeys((low, high)))
    return {
        "title": posting["title"],
        "company_name": posting["company_name"],
        "locations": "; ".join(
            ", ".join(filter(None, (p["city"], p["region"], p["country"]))) or p["name"] for p in posting["locations"]
        ),
        "remote": posting["remote"],
        "on_site_days": "" if posting["on_site_days"] is None else str(posting["on_site_days"]),
        "remote_allowed_in": ", ".join(posting["remote_allowed_in"]),
        "visa_sponsorship": {True: "yes", False: "no", None: ""}[posting["visa_sponsorship"]],
        "salary": f"{ends} {posting['salary_currency']} {each(posting['salary_period'])}" if posting["salary"] else "",
        **{name: posting[name] for name in ("job_type", "seniority", "department", "posted_at", "valid_through")},
        "skills": ", ".join(posting["skills"]),
        "requirements": f"{len(posting['requirements'])} items" if posting["requirements"] else "",
        **{name: posting[name] for name in ("language", "application_url")},
        "quality": f"{posting['quality_score']} of 100: "
        + ", ".join(f"{name} {points}" for name, points in posting["quality_parts"].items()),
        "description_text": f"{len(posting['description_text']):,} characters",
    }


# --- what the parser answers ---


async def _posting(pool: ParserPool, page: Page) -> Answer:
    """The single posting of a page, else the reason why there is none. Raises InvalidInput where a worker had to be killed."""
    began = time.perf_counter()
    parsed = (await pool.posting_pages([(page, recognise(page.url))]))[0]
    seconds = round(time.perf_counter() - began, 4)
    if isinstance(parsed, Problem):
        raise InvalidInput(parsed.detail, where=parsed.where, kind=parsed.kind)
    posting = _single(parsed, page)
    if posting is not None:
        return {"posting": ParsedPosting.of(posting).model_dump(mode="json"), "seconds": seconds}
    if parsed.postings:
        reason = f"list: the page holds {len(parsed.postings)} postings with addresses of their own"
    else:
        reason = parsed.refused[0].reason if parsed.refused else "empty: the page holds no posting"
    return {"posting": None, "seconds": seconds, "reason": reason}


def _single(parsed: ParsedPage, page: Page) -> JobPosting | None:
    """The posting that the page is about: its only one, or of several the one that has the page's own address."""
    here = canonical_url(page.url)
    own = (
        [posting for posting in parsed.postings if posting.url == here] if len(parsed.postings) > 1 else parsed.postings
    )
    return own[0] if len(own) == 1 else None


async def _links(pool: ParserPool, page: Page) -> Answer:
    return {"links": [link.url for link in (await pool.listing(page)).links]}


# --- many pages ---


async def _answer_all(cases: Cases, answer: Callable[[ParserPool, Page], Awaitable[Answer]], empty: Answer) -> int:
    """Answer line by line, in order, with every worker busy. A page that cannot be read is answered with `empty`."""
    free = asyncio.Semaphore(WORKERS)
    async with _pool(WORKERS) as pool:
        # The clock of the first page must not run while the workers load their tables.
        await asyncio.gather(*(pool.listing(_WARM_UP) for _ in range(WORKERS)))

        async def one(case: PageCase) -> Answer:
            async with free:
                try:
                    page = _page(cases.resolve(case.path), case.url, case.content_type, case.fetched_at)
                    return {"id": case.id, **await answer(pool, page)}
                except QuietHireError as error:
                    cases.failed(error, case)
                    return {"id": case.id, **empty, "reason": f"{error.kind}: {error.detail}"}

        async for line in _in_order(one, cases.read(PageCase), 2 * WORKERS):
            print_line(line)
    return cases.code


_WARM_UP = Page(
    url="https://warm-up.example/", body=b"", content_type="text/html", fetched_at=datetime.fromtimestamp(0, UTC)
)


async def _in_order(one: Callable[[C], Awaitable[A]], cases: Iterable[C], ahead: int) -> AsyncIterator[A]:
    """The answers in the order of the cases, a few of which are under way at once."""
    under_way: deque[asyncio.Future[A]] = deque()
    try:
        for case in cases:
            under_way.append(asyncio.ensure_future(one(case)))
            while len(under_way) >= ahead or (under_way and under_way[0].done()):
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        # Stopped in between: what is under way must not outlive the pool that it runs in.
        for answer in under_way:
            answer.cancel()
