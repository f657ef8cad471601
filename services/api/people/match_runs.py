"""Having somebody's matches made, and waiting for them; having everybody's made."""

import asyncio
from datetime import timedelta
from uuid import UUID

from temporalio.client import ScheduleActionExecutionStartWorkflow, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.matching import ScoreInput, ScoreResult
from quiethire.clients import Clients
from quiethire.domain.errors import Transient
from quiethire.settings import TASK_QUEUE
from workflows.match import CHANGED, NIGHTLY, MatchWorkflow
from workflows.policies import Urgency, priority

LONGEST = timedelta(minutes=10)
"""Of a run for one person, tries and all."""


async def match_now(clients: Clients, candidate_id: UUID, *, within: float) -> ScoreResult:
    """Score one candidate against all open postings. Raises Transient where that is not done within so many seconds.

    A run that is under way is waited for: whoever changed something has told it so, and it goes another round by itself.
    """
    try:
        async with asyncio.timeout(within):
            handle = await _started(clients, candidate_id)
            return await handle.result()
    except TimeoutError as error:
        raise Transient("matching takes longer than usual", where=str(candidate_id), kind="match_slow") from error
    except (WorkflowFailureError, RPCError) as error:
        raise Transient(f"matching failed: {error}", where=str(candidate_id), kind="match_failed") from error


async def begin(clients: Clients, candidate_id: UUID) -> WorkflowHandle[MatchWorkflow, ScoreResult]:
    """Have one candidate scored anew; a run that is under way goes another round. Raises RPCError or Transient where Temporal is away."""
    return await _started(clients, candidate_id, CHANGED)


async def _started(
    clients: Clients, candidate_id: UUID, signal: str | None = None
) -> WorkflowHandle[MatchWorkflow, ScoreResult]:
    return await clients.temporal.start_workflow(
        MatchWorkflow.run,
        ScoreInput(candidate_id=candidate_id),
        id=f"match/candidate/{candidate_id}",
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        start_signal=signal,
        run_timeout=LONGEST,
        priority=priority(Urgency.PERSON, str(candidate_id)),
    )


async def match_everybody(clients: Clients) -> str:
    """The id of a run over everybody: the night's while that is under way, else of one that was asked for, now or before."""
    if night := await _night(clients):
        return night
    handle = await clients.temporal.start_workflow(
        MatchWorkflow.run,
        ScoreInput(anew=True),
        id="match/all",
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        priority=priority(Urgency.PERSON, "all"),
    )
    return handle.id


async def _night(clients: Clients) -> str | None:
    """The id of the night's run; None where none is under way. A schedule's runs have ids that nobody knows before."""
    try:
        night = await clients.temporal.get_schedule_handle(NIGHTLY).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:  # A platform without schedules.
            return None
        raise
    running = night.info.running_actions
    return next((one.workflow_id for one in running if isinstance(one, ScheduleActionExecutionStartWorkflow)), None)
