"""When workflows run by themselves. A schedule that is there already keeps its times, and whether it is paused."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from activities.indexing import ReconcileInput
from activities.matching import ScoreInput
from quiethire.settings import TASK_QUEUE
from workflows.alerts import AlertInput, AlertWorkflow
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow
from workflows.crawl_queue import CrawlQueueInput, CrawlQueueWorkflow
from workflows.embed import EmbedProgress, EmbedWorkflow
from workflows.match import NIGHTLY, MatchWorkflow
from workflows.people_retention import PeopleRetentionWorkflow
from workflows.policies import RUN_TIMEOUT
from workflows.reconcile import ReconcileWorkflow
from workflows.reindex import ReindexWorkflow
from workflows.retention import RetentionWorkflow


@dataclass(frozen=True)
class _Timed:
    id: str
    run: Any
    arguments: tuple[Any, ...]
    cron: str
    catch_up: timedelta
    run_timeout: timedelta = RUN_TIMEOUT


SCHEDULES = (
    _Timed(
        "continuous-discovery",
        ContinuousDiscoveryWorkflow.run,
        (ContinuousDiscoveryInput(),),
        "0 */6 * * *",
        timedelta(hours=6),
    ),
    _Timed("board-refresh", BoardRefreshWorkflow.run, (BoardRefreshInput(),), "*/5 * * * *", timedelta(minutes=5)),
    _Timed("crawl-queue", CrawlQueueWorkflow.run, (CrawlQueueInput(),), "*/5 * * * *", timedelta(minutes=5)),
    _Timed("embed", EmbedWorkflow.run, (EmbedProgress(),), "* * * * *", timedelta(minutes=1)),
    _Timed("reindex", ReindexWorkflow.run, (), "0 3 * * *", timedelta(hours=12)),
    _Timed("reconcile", ReconcileWorkflow.run, (), "30 1 * * *", timedelta(hours=12)),
    # Until an index that lost documents has them again, every search is degraded: that does not wait for the night.
    _Timed("index-check", ReconcileWorkflow.run, (ReconcileInput(if_lost=True),), "*/5 * * * *", timedelta(minutes=5)),
    _Timed("alerts-hourly", AlertWorkflow.run, (AlertInput(at_once=True),), "0 * * * *", timedelta(hours=6)),
    _Timed("retention", RetentionWorkflow.run, (), "0 4 * * *", timedelta(hours=12)),
    _Timed("people-retention", PeopleRetentionWorkflow.run, (), "30 4 * * *", timedelta(hours=12)),
    # A part of the people takes hours, and who is left out one night for want of time would be left out every night.
    _Timed(NIGHTLY, MatchWorkflow.run, (ScoreInput(anew=True),), "0 2 * * *", timedelta(hours=12), timedelta(hours=23)),
)
"""In UTC. The catch-up window bounds what a stop of the server makes up for: one run, since runs never overlap."""


async def ensure_schedules(client: Client) -> list[str]:
    """Create the schedules that are missing; returns their ids. Those of an earlier version learn how long a run may take."""
    created = []
    for timed in SCHEDULES:
        schedule = Schedule(
            action=_action(timed),
            spec=ScheduleSpec(cron_expressions=[timed.cron]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timed.catch_up),
        )
        try:
            await client.create_schedule(timed.id, schedule)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(timed.id).update(partial(_renewed, timed))
            continue
        created.append(timed.id)
    return created


def _action(timed: _Timed) -> ScheduleActionStartWorkflow:
    return ScheduleActionStartWorkflow(
        timed.run,
        args=list(timed.arguments),
        id=timed.id,
        task_queue=TASK_QUEUE,
        run_timeout=timed.run_timeout,
    )


def _renewed(timed: _Timed, found: ScheduleUpdateInput) -> ScheduleUpdate | None:
    """What starts as this version has it; None where it does so already."""
    schedule = found.description.schedule
    action = schedule.action
    if isinstance(action, ScheduleActionStartWorkflow) and action.run_timeout == timed.run_timeout:
        return None
    return ScheduleUpdate(replace(schedule, action=_action(timed)))
