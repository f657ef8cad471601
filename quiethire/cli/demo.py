"""`quiethire demo`: the main job, end to end, over a made-up web."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from demo.candidate import CANDIDATE
from demo.web import DOMAINS, host_map
from quiethire.cli.demo_report import print_report
from quiethire.cli.find import answer_of
from quiethire.cli.output import print_json, run, settings, talk
from quiethire.domain.company import Company, company_id
from quiethire.domain.errors import Permanent
from quiethire.platform.local import Beside, Session, attach, one_off_platform
from quiethire.processes import DONE
from quiethire.registry import open_registry
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import HOST
from quiethire.stack.process import ProcessSpec, plain_environment
from workflows.continuous_discovery import (
    ContinuousDiscoveryInput,
    ContinuousDiscoveryResult,
    ContinuousDiscoveryWorkflow,
)
from workflows.embed import EmbedProgress, EmbedWorkflow
from workflows.steering import RunProgress

WORKFLOW_ID = "continuous-discovery/demo"
POLL_SECONDS = 0.3
SEARCH: dict[str, str | int] = {"q": "engineer", "per_page": 5}
BEST = 5
UNHURT: dict[str, float] = {"host_concurrency": 4, "host_delay_min": 0.0, "host_delay_max": 0.0}
"""The demo's web is our own, on this machine: it needs no pause between two requests."""

COLUMNS = (
    SpinnerColumn(finished_text="[green]✓[/]"),
    TextColumn("{task.description:<34}"),
    BarColumn(bar_width=24),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
)


def demo(
    day: Annotated[
        int, typer.Option(min=1, help="Day of the made-up web: postings change, close and reappear from day to day.")
    ] = 1,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Run the whole job over a made-up web on this machine, and show what came of it.

    Real Temporal, PostgreSQL, ClickHouse, Typesense and Valkey are started; companies are discovered, crawled, parsed,
    stored, indexed, searched and matched. A second run changes nothing and says so; --day 2 shows postings that
    changed, closed and came anew. Data stays below QUIETHIRE_DATA_DIR/demo.

    Example: quiethire demo --day 2

    Exit codes: 0 the job is done, 1 it is not, and why.
    """
    run(_demo(settings(), day=day, json=json))


async def _demo(settings: Settings, *, day: int, json: bool) -> int:
    settings = settings.model_copy(update={"data_dir": settings.data_dir / "demo", **UNHURT})
    seconds: dict[str, float] = {}
    with Progress(*COLUMNS, console=talk) as progress:
        step = progress.add_task("starting the stack", total=1)
        began = time.perf_counter()
        async with one_off_platform(
            settings, say=talk.print, beside=lambda book: _web(book.take("demo"), day)
        ) as running:
            seconds["start"] = time.perf_counter() - began
            progress.advance(step)
            async with attach(running.apply(settings)) as session:
                report = await _job(session, progress, seconds)
    report = {"day": day, **report, "seconds": {name: round(spent, 3) for name, spent in seconds.items()}}
    if json:
        print_json(report)
    else:
        print_report(report, settings.data_dir)
    return DONE


async def _job(session: Session, progress: Progress, seconds: dict[str, float]) -> dict[str, Any]:
    """Seed, crawl, search, match; what came of it."""
    await _seed(session.settings)
    with _timed(seconds, "crawl"):
        result = await _crawl(session, progress)
    step = progress.add_task("search", total=1)
    with _timed(seconds, "search"):
        found = answer_of(await session.api.get("/api/v1/search", params=SEARCH))
    stats = answer_of(await session.api.get("/api/v1/stats"))
    everything = answer_of(await session.api.get("/api/v1/search", params={"per_page": 1, "facets": "none"}))
    if everything["found"] != stats["postings"]["open"]:
        raise Permanent(
            f"{stats['postings']['open']} postings are open and {everything['found']} can be found",
            where="search index",
            hint="quiethire index reconcile",
        )
    progress.advance(step)
    step = progress.add_task("read what postings mean", total=1)
    with _timed(seconds, "meaning"):
        await _embed(session)
    progress.advance(step)
    step = progress.add_task("match", total=1)
    with _timed(seconds, "match"):
        matches = answer_of(await session.api.post(f"/api/v1/matches/candidate/{CANDIDATE.id}/daily"))
    progress.advance(step)
    return _report(result, found, stats, matches)


async def _seed(settings: Settings) -> None:
    companies = [Company(id=company_id(seed.domain), domain=seed.domain, name=seed.name) for seed in DOMAINS]
    async with open_registry(settings) as registry:
        await registry.companies.add(companies)
        await registry.candidates.save(CANDIDATE)


async def _crawl(session: Session, progress: Progress) -> ContinuousDiscoveryResult:
    """Run ContinuousDiscoveryWorkflow; where a killed demo left one, go on with that."""
    handle = await session.temporal.start_workflow(
        ContinuousDiscoveryWorkflow.run,
        ContinuousDiscoveryInput(stale_threshold_days=0, max_new_companies=len(DOMAINS)),
        id=WORKFLOW_ID,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
    )
    bars = {
        "companies": progress.add_task("discover and crawl companies", total=len(DOMAINS)),
        "postings": progress.add_task("postings seen", total=None),
    }
    watching = asyncio.create_task(_watch(handle, progress, bars))
    try:
        result: ContinuousDiscoveryResult = await handle.result()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    seen = result.crawled.postings.seen
    progress.update(bars["companies"], total=result.companies, completed=result.companies)
    progress.update(bars["postings"], total=seen, completed=seen)
    if not seen:
        raise Permanent("the crawl saw no posting", where="demo web", hint="see the logs below the data directory")
    return result


async def _embed(session: Session) -> None:
    """Give postings their meaning before people are matched: a platform that runs on does so every minute."""
    await session.temporal.execute_workflow(
        EmbedWorkflow.run,
        EmbedProgress(),
        id="embed/demo",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
    )


async def _watch(handle: WorkflowHandle[Any, Any], progress: Progress, bars: dict[str, TaskID]) -> None:
    while True:
        await asyncio.sleep(POLL_SECONDS)
        now: RunProgress = await handle.query(ContinuousDiscoveryWorkflow.progress)
        if now.total:
            progress.update(bars["companies"], total=now.total, completed=now.done)
        progress.update(bars["postings"], completed=now.postings_seen)


def _report(
    result: ContinuousDiscoveryResult, found: dict[str, Any], stats: dict[str, Any], matches: dict[str, Any]
) -> dict[str, Any]:
    crawled = result.crawled
    counts = crawled.postings
    return {
        "companies": {"crawled": result.companies, "failed": result.companies_failed},
        "boards": {"crawled": crawled.boards, "complete": crawled.complete, "failed": crawled.failed},
        "postings": counts.model_dump(),
        "changed": bool(counts.stored or counts.closed),
        "requests": crawled.requests,
        "refused": [refusal.model_dump() for refusal in crawled.refused],
        "problems": [problem.model_dump() for problem in crawled.problems],
        "stats": stats,
        "search": {"q": SEARCH["q"], **found},
        "matches": {**matches, "matches": matches["matches"][:BEST]},
        "stage_seconds": {stage: round(spent, 3) for stage, spent in crawled.stage_seconds.items()},
    }


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began


def _web(port: int, day: int) -> Beside:
    """The demo web as a process beside the stack."""

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                answer = await client.get(f"http://{HOST}:{port}/", headers={"host": DOMAINS[0].domain})
        except httpx.HTTPError:
            return False
        return answer.is_success

    process = ProcessSpec(
        name="demo-web",
        argv=(sys.executable, "-m", "demo", "--port", str(port), "--day", str(day)),
        ready=ready,
        env=plain_environment(),
        cwd=Path.cwd(),
    )
    return Beside(processes=(process,), host_map=host_map(port))
