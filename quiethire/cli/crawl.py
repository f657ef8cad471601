"""`quiethire crawl`: read boards, career pages, postings or whole companies now."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from quiethire.cli.output import data, print_json, print_troubles, run, settings, talk, temporal_error
from quiethire.domain.base import Model
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, domain_of
from quiethire.platform.local import open_session
from quiethire.processes import DONE, FAILED, PARTLY
from quiethire.settings import TASK_QUEUE
from services.parser.ats.registry import recognise
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow, crawl_id, crawl_tags
from workflows.company_discovery import CompanyDiscoveryInput, CompanyDiscoveryWorkflow
from workflows.policies import Urgency, priority
from workflows.results import CrawlSummary

AT_ONCE = 8
"""Targets that are under way at once."""

Wanted = Board | str | InvalidInput
"""What a target names: a board, or a company by its domain; or why it is neither."""


class Crawled(Model):
    """What came of one target."""

    target: str
    summary: CrawlSummary
    seconds: float


def crawl(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="URL|DOMAIN...",
            help="A board, a career page or a posting by its URL, or a company by its bare domain.",
        ),
    ],
    offline: Annotated[
        bool, typer.Option("--offline", help="Answer from the page archive alone; no request is made.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Crawl now, and say what came of it.

    A bare domain is searched for its career pages and boards; a URL is read as it is: the board of a known ATS
    through its own feed, a career page through its links, a posting by itself.

    Example: quiethire crawl northwind.example https://jobs.ashbyhq.com/acme

    Exit codes: 0 all crawled, 1 nothing crawled, 2 wrong use, 3 partly.
    """
    run(_crawl(targets, offline=offline, json=json))


async def _crawl(targets: Sequence[str], *, offline: bool, json: bool) -> int:
    began = time.perf_counter()
    wanted = _distinct(targets)
    async with open_session(settings(), say=talk.print) as session:
        crawled = await _crawl_all(session.temporal, wanted, offline=offline)
    summary = sum((entry.summary for entry in crawled), CrawlSummary())
    if json:
        print_json({**summary.model_dump(mode="json"), "seconds": round(time.perf_counter() - began, 3)})
    else:
        _print(crawled, summary, time.perf_counter() - began)
    if not summary.problems and not summary.failed:
        return DONE
    return PARTLY if summary.postings.seen else FAILED


async def _crawl_all(temporal: Client, targets: Mapping[str, Wanted], *, offline: bool) -> list[Crawled]:
    window = asyncio.Semaphore(AT_ONCE)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=talk, transient=True) as progress:
        bar = progress.add_task("crawling", total=len(targets))

        async def one(target: str) -> Crawled:
            async with window:
                began = time.perf_counter()
                try:
                    summary = await _crawl_one(temporal, targets[target], offline=offline)
                except InvalidInput as error:
                    summary = CrawlSummary(failed=1).with_problems(Problem.of(error, target))
                except (WorkflowFailureError, RPCError) as error:
                    summary = CrawlSummary(failed=1).with_problems(Problem.of(temporal_error(error), target))
                progress.advance(bar)
                return Crawled(target=target, summary=summary, seconds=time.perf_counter() - began)

        return list(await asyncio.gather(*(one(target) for target in targets)))


def _distinct(targets: Sequence[str]) -> dict[str, Wanted]:
    """Each company and each board once, by how it was first typed; beside them what is neither, and why.

    Raises InvalidInput where there is nothing else.
    """
    found: dict[str, tuple[str, Wanted]] = {}
    for target in targets:
        wanted = _wanted(target)
        key = wanted.key if isinstance(wanted, Board) else wanted if isinstance(wanted, str) else target
        found.setdefault(key, (target, wanted))
    distinct = dict(found.values())
    refused = [each for each in distinct.values() if isinstance(each, InvalidInput)]
    if len(refused) == len(distinct):
        raise refused[0]
    return distinct


def _wanted(target: str) -> Wanted:
    try:
        return board_of(target) if "/" in target else domain_of(target)
    except InvalidInput as error:
        return error


async def _crawl_one(temporal: Client, target: Wanted, *, offline: bool) -> CrawlSummary:
    if isinstance(target, InvalidInput):
        raise target
    if isinstance(target, str):
        discovered = await temporal.execute_workflow(
            CompanyDiscoveryWorkflow.run,
            CompanyDiscoveryInput(domain=target, offline=offline, urgency=Urgency.PERSON),
            id=f"company-discovery/{target}",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
            priority=priority(Urgency.PERSON, target),
        )
        return discovered.crawled
    result = await temporal.execute_workflow(
        CareerPageCrawlWorkflow.run,
        CareerPageCrawlInput(board=target, offline=offline, urgency=Urgency.PERSON),
        id=crawl_id(target),
        search_attributes=crawl_tags(target),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
        priority=priority(Urgency.PERSON, target.key),
    )
    return CrawlSummary.of(result)


def board_of(url: str) -> Board:
    """The ATS board that a URL names, else the page as a board of its own. Raises InvalidInput for no URL."""
    page = canonical_url(url if "://" in url else f"https://{url}")
    board = recognise(page)
    if board is None:
        return Board(ats=WEBSITE, token=page, url=page)
    return board.model_copy(update={"url": page})


def _print(crawled: Sequence[Crawled], summary: CrawlSummary, seconds: float) -> None:
    for entry in crawled:
        counts, one = entry.summary.postings, entry.summary
        if one.failed:
            state = "failed"
        elif not one.boards:
            state = "no board"
        else:
            state = "complete" if one.complete == one.boards else "incomplete"
        data.print(f"  {entry.target:<46.46} {counts.seen:>5} seen  {state:<10} {entry.seconds:5.1f} s", markup=False)
    counts = summary.postings
    mark = "[yellow]![/]" if summary.problems or summary.failed else "[green]✓[/]"
    data.print(
        f"  {mark} {counts.seen} seen   {counts.opened} new   {counts.changed} changed   {counts.reopened} reopened   "
        f"{counts.unchanged} unchanged   {counts.closed} closed   {counts.refused} refused",
        soft_wrap=True,
    )
    data.print(f"    {summary.requests} requests, {seconds:.1f} s", style="dim")
    print_troubles(summary.refused, summary.problems)
