"""Alerts after indexing: gathered for a few seconds, then sent; what did not arrive is tried again."""

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.alerting import AlertActivities, AlertResult
    from quiethire.domain.base import Model
    from workflows.policies import ALERT

GATHERED = timedelta(seconds=10)
"""How long the postings of a crawl are gathered before anybody is told."""
STAYS = timedelta(hours=1)
"""Tries that are further away are left to the hourly run."""
RUNS = 200
"""Rounds of one history."""


class AlertInput(Model):
    """Whether to look at once, as the hourly run does, or only when postings are told of."""

    at_once: bool = False


@workflow.defn
class AlertWorkflow:
    """Ask saved searches about new postings and send what they find, until nothing is left to do soon."""

    def __init__(self) -> None:
        self._told = False

    @workflow.signal
    def postings(self) -> None:
        """There are new documents."""
        self._told = True

    @workflow.run
    async def run(self, input: AlertInput | None = None) -> AlertResult:
        """See the class. Returns what the last round did."""
        at_once, rounds = input is not None and input.at_once, 0
        while True:
            if not at_once:
                await workflow.sleep(GATHERED)
            at_once = self._told = False
            result = await workflow.execute_activity_method(AlertActivities.send_alerts, **ALERT)
            if not (self._told or await self._worth_waiting(result)):
                return result
            rounds += 1
            if rounds == RUNS or self._is_full():
                workflow.continue_as_new(AlertInput())

    @staticmethod
    def _is_full() -> bool:
        """Whether signals have filled this history before its rounds did. Runs of before that was asked go on."""
        return workflow.info().is_continue_as_new_suggested() and workflow.patched("alerts-renewed")

    async def _worth_waiting(self, result: AlertResult) -> bool:
        """Wait for the next try, or for new postings, where either comes soon."""
        if result.next_at is None:
            return self._told
        wait = result.next_at - workflow.now()
        if wait > STAYS:
            return self._told
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._told, timeout=max(wait, GATHERED))
        return True
