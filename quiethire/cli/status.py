"""`quiethire status`, `pause` and `resume`: how the loop is doing, and holding it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import httpx
import typer
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from quiethire.cli.output import data, plain, print_json, run, settings, talk
from quiethire.domain.base import Model
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.ports import BoardSchedule
from quiethire.platform.local import Session, open_session
from quiethire.processes import DONE, FAILED, PARTLY
from quiethire.registry import Registry, open_registry
from workflows.board_refresh import BoardRefreshWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow
from workflows.crawl_queue import CrawlQueueWorkflow
from workflows.steering import RunProgress, SteeredRun

ANSWER_WITHIN = timedelta(seconds=5)
"""A run whose worker is gone answers no query."""
LAST_CRAWLS = 200
SHOWN = 5
"""Failed crawls that are shown; --json gives all of the last ones."""
STALE_AFTER = timedelta(days=ContinuousDiscoveryInput().stale_threshold_days)


class Loop(StrEnum):
    """What can be held."""

    DISCOVERY = "discovery"
    REFRESH = "refresh"
    QUEUE = "queue"
    ALL = "all"


_LOOPS: dict[Loop, tuple[str, type[SteeredRun]]] = {
    Loop.DISCOVERY: ("continuous-discovery", ContinuousDiscoveryWorkflow),
    Loop.REFRESH: ("board-refresh", BoardRefreshWorkflow),
    Loop.QUEUE: ("crawl-queue", CrawlQueueWorkflow),
}
"""What can be held → its schedule and its workflow."""


class RunningRun(Model):
    """A run of the loop that is under way. `progress` is None where no worker answers."""

    workflow: str
    id: str
    since: datetime
    progress: RunProgress | None


class ScheduleState(Model):
    """When a workflow starts by itself."""

    id: str
    paused: bool
    note: str
    next_at: datetime | None


class Status(Model):
    """How the platform is doing."""

    stack: dict[str, str]
    """Part → `ok`, or what is wrong."""
    companies: int
    companies_due: int
    boards: BoardSchedule
    queue: dict[str, int]
    crawling: int
    """Boards that are being crawled now."""
    runs: tuple[RunningRun, ...]
    schedules: tuple[ScheduleState, ...]
    last_crawls: int
    failed_crawls: tuple[CrawlRecord, ...]
    """Those of the last crawls that did not see the whole board."""


Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
What = Annotated[Loop, typer.Argument(help="What to hold: companies, boards, the crawl queue, or all of them.")]


def status(json: Json = False) -> None:
    """Show how the loop is doing: what is due, what runs and how far it is, what failed, what starts next.

    Exit codes: 0 all parts answer, 1 a part of the stack does not.
    """
    run(_status(json=json))


def pause(what: What = Loop.ALL, json: Json = False) -> None:
    """Begin nothing more: running runs finish what is under way and wait, and no new ones start.

    `quiethire crawl` goes on working.

    Example: quiethire pause discovery

    Exit codes: 0 held, 3 there is nothing to hold: no schedule and no run.
    """
    run(_hold(what, paused=True, json=json))


def resume(what: What = Loop.ALL, json: Json = False) -> None:
    """Go on after a pause.

    Example: quiethire resume discovery

    Exit codes: 0 goes on, 3 there is nothing that was held: no schedule and no run.
    """
    run(_hold(what, paused=False, json=json))


async def _status(*, json: bool) -> int:
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        found = await _ask(session, registry, datetime.now(UTC))
    print_json(found) if json else _print(found, datetime.now(UTC))
    return DONE if set(found.stack.values()) == {"ok"} else FAILED


async def _ask(session: Session, registry: Registry, now: datetime) -> Status:
    crawls = await registry.boards.last_crawls(LAST_CRAWLS)
    crawling = await session.temporal.count_workflows(
        "WorkflowType = 'CareerPageCrawlWorkflow' AND ExecutionStatus = 'Running'"
    )
    return Status(
        # PostgreSQL and Temporal have answered already.
        stack={"temporal": "ok", "postgresql": "ok", "api": await _api(session.api)},
        companies=await registry.companies.count(),
        companies_due=await registry.companies.count_stale(STALE_AFTER, now),
        boards=await registry.boards.schedule(now),
        queue=await registry.queue.counts(),
        crawling=crawling.count,
        runs=await _runs(session.temporal),
        schedules=await _schedules(session.temporal),
        last_crawls=len(crawls),
        failed_crawls=tuple(crawl for crawl in crawls if not crawl.complete),
    )


async def _api(api: httpx.AsyncClient) -> str:
    try:
        answer = await api.get("/health")
    except httpx.HTTPError as error:
        return f"does not answer: {error!r}"
    return "ok" if answer.is_success else f"answers {answer.status_code}"


async def _runs(temporal: Client) -> tuple[RunningRun, ...]:
    names = ", ".join(f"'{workflow.__name__}'" for _, workflow in _LOOPS.values())
    running = []
    async for found in temporal.list_workflows(f"WorkflowType IN ({names}) AND ExecutionStatus = 'Running'"):
        try:
            progress = await temporal.get_workflow_handle(found.id).query(
                SteeredRun.progress, rpc_timeout=ANSWER_WITHIN
            )
        except RPCError:
            progress = None
        running.append(RunningRun(workflow=found.workflow_type, id=found.id, since=found.start_time, progress=progress))
    return tuple(running)


async def _schedules(temporal: Client) -> tuple[ScheduleState, ...]:
    found = []
    async for listed in await temporal.list_schedules():
        info, schedule = listed.info, listed.schedule
        times = info.next_action_times if info else ()
        state = schedule.state if schedule else None
        found.append(
            ScheduleState(
                id=listed.id,
                paused=state is not None and state.paused,
                note=(state.note or "") if state is not None else "",
                next_at=min(times, default=None),
            )
        )
    return tuple(sorted(found, key=lambda each: each.id))


async def _hold(what: Loop, *, paused: bool, json: bool) -> int:
    held = [loop for loop in _LOOPS if what in (loop, Loop.ALL)]
    async with open_session(settings(), say=talk.print) as session:
        schedules = [loop for loop in held if await _hold_schedule(session.temporal, _LOOPS[loop][0], paused=paused)]
        runs = [each for loop in held for each in await _signal(session.temporal, _LOOPS[loop][1], paused=paused)]
    word = "paused" if paused else "resumed"
    if json:
        print_json({"schedules": [_LOOPS[loop][0] for loop in schedules], "runs": runs, "paused": paused})
    else:
        for loop in held:
            state = word if loop in schedules else "has no schedule here"
            data.print(f"  {_LOOPS[loop][0]:<22} {state}")
        data.print(f"  {len(runs)} running runs {word}", style="dim")
    return DONE if schedules or runs else PARTLY


async def _hold_schedule(temporal: Client, name: str, *, paused: bool) -> bool:
    """Whether there is such a schedule; then it is held or let go."""
    handle = temporal.get_schedule_handle(name)
    try:
        await (handle.pause(note="quiethire pause") if paused else handle.unpause(note="quiethire resume"))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def _signal(temporal: Client, workflow: type[SteeredRun], *, paused: bool) -> list[str]:
    """Ids of the running runs that were told."""
    told = []
    async for found in temporal.list_workflows(f"WorkflowType = '{workflow.__name__}' AND ExecutionStatus = 'Running'"):
        try:
            await temporal.get_workflow_handle(found.id).signal(SteeredRun.pause if paused else SteeredRun.resume)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # It has just ended.
                raise
            continue
        told.append(found.id)
    return told


def _print(found: Status, now: datetime) -> None:
    for part, state in found.stack.items():
        data.print(f"  {part:<12} {state}", markup=False, style=None if state == "ok" else "red", soft_wrap=True)
    boards = found.boards
    overdue = f", the oldest for {_span(now - boards.oldest_due_at)}" if boards.oldest_due_at else ""
    data.print(f"  {'companies':<12} {found.companies:,} known, {found.companies_due:,} due")
    data.print(f"  {'boards':<12} {boards.boards:,} known, {boards.due:,} due{overdue}, {boards.claimed:,} claimed")
    data.print(f"  {'queue':<12} " + ", ".join(f"{count:,} {name}" for name, count in found.queue.items()))
    data.print(f"  {'crawling':<12} {found.crawling:,} boards now")
    _print_runs(found.runs, now)
    _print_schedules(found.schedules, now)
    _print_failures(found)


def _print_runs(runs: Sequence[RunningRun], now: datetime) -> None:
    for each in runs:
        data.print(f"\n  {each.id}   running for {_span(now - each.since)}", markup=False, soft_wrap=True)
        progress = each.progress
        if progress is None:
            data.print("    no worker answers", style="yellow")
            continue
        held = "   paused" if progress.paused else ""
        data.print(
            f"    {progress.done:,} of {progress.total:,} done, {progress.failed:,} failed, {progress.running:,} under way"
            f"   {progress.postings_seen:,} postings seen, {progress.postings_stored:,} stored{held}",
            soft_wrap=True,
        )


def _print_schedules(schedules: Sequence[ScheduleState], now: datetime) -> None:
    data.print("")
    for each in schedules:
        when = "paused" if each.paused else f"in {_span(each.next_at - now)}" if each.next_at else "never"
        data.print(f"  {each.id:<22} {when}", style="yellow" if each.paused else "dim", markup=False)
    if not schedules:
        data.print("  no schedules: they run under 'quiethire up'", style="dim")


def _print_failures(found: Status) -> None:
    if not found.last_crawls:
        return
    data.print(f"\n  {len(found.failed_crawls)} of the last {found.last_crawls} crawls did not see the whole board")
    for crawl in found.failed_crawls[:SHOWN]:
        line = f"{crawl.started_at:%m-%d %H:%M}  {plain(crawl.board_key)[:40]}  {plain(crawl.proof)[:100]}"
        data.print(f"    {line}", style="dim", markup=False, soft_wrap=True)


def _span(time: timedelta) -> str:
    """`3 h 20 min` for people; what is over reads as none."""
    minutes, seconds = divmod(max(int(time.total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts: list[tuple[int, str]] = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first: int = next((place for place, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count or unit == "s")
