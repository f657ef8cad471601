"""When workflows run by themselves. Creating a schedule that is there already changes nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from activities.indexing import ReconcileInput
from activities.matching import ScoreInput
from quiethire.settings import TASK_QUEUE
from workflows.alerts import AlertInput, AlertWorkflow
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow
from workflows.crawl_queue import CrawlQueueInput, CrawlQueueWorkflow
from workflows.embed import EmbedProgress, EmbedWorkflow
from workflows.match import MatchWorkflow
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
    _Timed("match-all", MatchWorkflow.run, (ScoreInput(anew=True),), "0 2 * * *", timedelta(hours=12)),
)
"""In UTC. The catch-up window bounds what a stop of the server makes up for: one run, since runs never overlap."""


async def ensure_schedules(client: Client) -> list[str]:
    """Create the schedules that are missing; returns their ids."""
    created = []
    for timed in SCHEDULES:
        action = ScheduleActionStartWorkflow(
            timed.run,
            args=list(timed.arguments),
            id=timed.id,
            task_queue=TASK_QUEUE,
            run_timeout=RUN_TIMEOUT,
        )
        schedule = Schedule(
            action=action,
            spec=ScheduleSpec(cron_expressions=[timed.cron]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timed.catch_up),
        )
        try:
            await client.create_schedule(timed.id, schedule)
        except ScheduleAlreadyRunningError:
            continue
        created.append(timed.id)
    return created
