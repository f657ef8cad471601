"""The archive is parsed again after a change of the parser, board by board, without a single request."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.batches import NAMED
    from activities.errors import to_problem
    from activities.reparsing import ReparseActivities
    from activities.rereading import ReparseBatch, ReparseChoice, ReparseCounts, ReparsePlan
    from quiethire.domain.base import Model
    from quiethire.domain.result import Problem
    from workflows.policies import REPARSE, Urgency, priority

REPARSE_ID = "reparse"
"""One run at a time: who asks for another while it is under way is given that one."""

SIDE_BY_SIDE = 3
"""Batches under way at once: while one is stored and indexed, the others are parsed."""
BATCHES_A_RUN = 250
"""Batches after which the workflow goes on as a new one, so that its history stays short."""


class ReparseProgress(Model):
    """How far a run is."""

    plan: ReparsePlan | None = None
    """None while it is made."""
    batches_done: int = 0
    counts: ReparseCounts = ReparseCounts()
    problems: tuple[Problem, ...] = ()
    """The first of them."""
    failed: int = 0
    """Batches that failed for good."""


class ReparseInput(Model):
    """What to parse again. `began_at` and `progress` are of the run that this one goes on with."""

    choice: ReparseChoice = ReparseChoice()
    dry_run: bool = False
    began_at: datetime | None = None
    progress: ReparseProgress = ReparseProgress()


@workflow.defn
class ReparseWorkflow:
    """A window of batches at a time; one that fails stops no other, and its boards stay outdated for the next run."""

    def __init__(self) -> None:
        self._progress = ReparseProgress()

    @workflow.query
    def progress(self) -> ReparseProgress:
        """How far it is."""
        return self._progress

    @workflow.run
    async def run(self, input: ReparseInput) -> ReparseProgress:
        """See the class."""
        self._progress = input.progress
        began_at = input.began_at or workflow.now()
        plan = input.progress.plan
        if plan is None:
            plan = await workflow.execute_activity_method(ReparseActivities.plan_reparse, input.choice, **REPARSE)
        self._progress = self._progress.model_copy(update={"plan": plan})
        start = self._progress.batches_done
        end = min(start + BATCHES_A_RUN, plan.batches)
        window = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(number: int) -> None:
            async with window:
                await self._batch(
                    ReparseBatch(plan=plan, number=number, at=began_at, choice=input.choice, dry_run=input.dry_run)
                )

        await asyncio.gather(*(one(number) for number in range(start, end)))
        if end < plan.batches:
            workflow.continue_as_new(input.model_copy(update={"began_at": began_at, "progress": self._progress}))
        return self._progress

    async def _batch(self, batch: ReparseBatch) -> None:
        counts, failed = ReparseCounts(problems=1), 1
        problems: tuple[Problem, ...]
        try:
            done = await workflow.execute_activity_method(
                ReparseActivities.reparse_boards,
                batch,
                priority=priority(Urgency.BATCH, REPARSE_ID),
                **REPARSE,
            )
            counts, problems, failed = done.counts, done.problems, 0
        except ActivityError as error:
            problems = (to_problem(error, f"{REPARSE_ID}, batch {batch.number}"),)
        self._progress = self._progress.model_copy(
            update={
                "batches_done": self._progress.batches_done + 1,
                "counts": self._progress.counts + counts,
                "problems": (self._progress.problems + problems)[:NAMED],
                "failed": self._progress.failed + failed,
            }
        )
