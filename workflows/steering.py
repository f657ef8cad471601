"""A run that takes on much, a window of it at a time: how far it is, how it is paused, and when its history starts anew."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from quiethire.domain.base import Model

STARTS = 500
"""Pieces that one history holds; the next ones are a new one's. Temporal may ask for that earlier: at 4,096 events or 4 MB."""
RENEW_AFTER = timedelta(hours=1)
"""A history is no longer than this either, however long the run is paused or its pieces take."""
DRAIN = timedelta(minutes=45)
"""How long an old history waits for the last of its pieces. Those go on by themselves, and keep what they find.

It ends with RENEW_AFTER and DRAIN after the history's beginning at the latest: of the two hours that each history of a run may
take (`policies.RUN_TIMEOUT`, a time for one history and not for all of a run) a quarter of an hour is left.
"""
TOLD_EVERY = timedelta(seconds=30)
"""Search attributes are an event each: the figures of the UI may be so old, while the query has them as they are."""

DONE = SearchAttributeKey.for_int("QuietHireDone")
TOTAL = SearchAttributeKey.for_int("QuietHireTotal")
PAUSED = SearchAttributeKey.for_bool("QuietHirePaused")


class RunProgress(Model):
    """How far a run is, for whoever asks. Pieces are companies, boards or queued URLs, as the run has it."""

    total: int = 0
    """Pieces known so far: those begun and those that wait."""
    done: int = 0
    """Ended, well or not."""
    failed: int = 0
    running: int = 0
    paused: bool = False
    boards: int = 0
    """Boards crawled."""
    postings_seen: int = 0
    postings_stored: int = 0


class SteeredRun:
    """Base of such workflows. Pieces that fail are counted by the run; what a piece raises is a defect, and fails the run."""

    def __init__(self) -> None:
        self.progress_so_far = RunProgress()
        self._window = 1
        self._started = 0
        self._is_steered = False
        self._defect: BaseException | None = None
        self._told_at: datetime | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._ending: asyncio.Task[None] | None = None
        self._is_over = False

    @workflow.query
    def progress(self) -> RunProgress:
        """Counts so far."""
        return self.progress_so_far.model_copy(update={"running": len(self._running)})

    @workflow.signal
    def pause(self) -> None:
        """Begin nothing more; what is under way is finished."""
        self._steer(paused=True)

    @workflow.signal
    def resume(self) -> None:
        """Go on."""
        self._steer(paused=False)

    def _steer(self, *, paused: bool) -> None:
        self._is_steered = True
        self._advance(paused=paused)
        self._tell()

    def _begin(self, window: int, carried: RunProgress) -> None:
        """Go on from where the last history ended. A signal that came before the first step stands."""
        self._window = window
        paused = self.progress_so_far.paused if self._is_steered else carried.paused
        self.progress_so_far = carried.model_copy(update={"paused": paused})

    def _advance(self, **counts: int | bool) -> None:
        self.progress_so_far = self.progress_so_far.model_copy(update=counts)

    async def _has_room(self) -> bool:
        """Wait until another piece may begin; False where this history has had its share of them, or its time."""
        too_long = self._left_of(RENEW_AFTER) <= timedelta()
        if too_long or self._started >= STARTS or workflow.info().is_continue_as_new_suggested():
            return False
        if not self._may_begin():
            if self._ending is None:
                self._ending = asyncio.create_task(self._end())  # One timer a history, not one a wait.
            await workflow.wait_condition(self._may_begin)
        self._raise_defect()
        return not self._is_over

    async def _end(self) -> None:
        await workflow.sleep(self._left_of(RENEW_AFTER))
        self._is_over = True

    @staticmethod
    def _left_of(time: timedelta) -> timedelta:
        """How much of this time since the history began is left."""
        return workflow.info().workflow_start_time + time - workflow.now()

    def _start(self, piece: Coroutine[Any, Any, None]) -> None:
        """Begin a piece, in the room that was waited for."""
        self._started += 1
        task = asyncio.create_task(piece)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            self._defect = self._defect or task.exception()
        if self._told_at is None or workflow.now() - self._told_at >= TOLD_EVERY:
            self._tell()

    async def _drain(self) -> None:
        """Let what is under way end; what takes too long goes on by itself."""
        left = max(min(DRAIN, self._left_of(RENEW_AFTER + DRAIN)), timedelta())
        try:
            if self._running:
                await workflow.wait_condition(lambda: self._defect is not None or not self._running, timeout=left)
        except TimeoutError:
            workflow.logger.warning("%d pieces take longer than their run waits for them", len(self._running))
        self._raise_defect()
        self._tell()

    def _may_begin(self) -> bool:
        has_room = len(self._running) < self._window and not self.progress_so_far.paused
        return self._is_over or self._defect is not None or has_room

    def _raise_defect(self) -> None:
        if self._defect is not None:
            raise self._defect

    def _tell(self) -> None:
        """Show the figures in the UI. A run that found nothing to do has none."""
        progress = self.progress_so_far
        if not (progress.total or progress.paused or self._told_at):
            return
        self._told_at = workflow.now()
        workflow.upsert_search_attributes(
            [
                DONE.value_set(progress.done),
                TOTAL.value_set(progress.total),
                PAUSED.value_set(progress.paused),
            ]
        )
