"""The one place where our errors become Temporal's, and back.

A `Transient` is retried by the policy of its activity, a `Throttled` not before its delay; the rest of the tree
is final. Anything outside the tree is a defect: it is retried like a transient error, and logged with its trace.
"""

import logging
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError
from temporalio.exceptions import TimeoutError as TemporalTimeoutError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from quiethire.domain.errors import QuietHireError, Throttled, Transient
from quiethire.domain.result import Problem
from quiethire.processes import end_for_want_of_memory, is_want_of_memory
from quiethire.telemetry import ERRORS

ATTEMPTS = 3
"""How often an activity is tried before its failure is final."""

INDEX_ATTEMPTS = 20
"""The same of work over the whole search index: one that is killed loads for minutes before it takes anything."""

LONGEST_WAIT = 900.0
"""Seconds that a crawl waits for a host that asks for it, in a timer of its workflow; who asks for more is left to the next crawl."""

logger = logging.getLogger(__name__)


class _ToldHere(logging.Filter):
    """Leaves out what the SDK says, with a trace, of each failing activity, where the failure is one of ours and has a line already."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not (isinstance(error, ApplicationError) and isinstance(error.__cause__, QuietHireError))


_told_here = _ToldHere()


class ErrorInterceptor(Interceptor):
    """Wraps every activity of a worker, so that none needs a decorator of its own."""

    def __init__(self) -> None:
        activity.logger.logger.addFilter(_told_here)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See `temporalio.worker.Interceptor`."""
        return _MapErrors(super().intercept_activity(next))


class _MapErrors(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: ANN401 - the SDK's signature
        try:
            return await super().execute_activity(input)
        except QuietHireError as error:
            ERRORS.labels(kind=error.kind).inc()
            logger.warning("activity failed: %s", error, extra={"kind": error.kind, "where": error.where})
            raise to_temporal(error) from error
        except Exception as error:
            if is_want_of_memory(error):
                end_for_want_of_memory()
            raise


def to_temporal(error: QuietHireError) -> ApplicationError:
    """The error as Temporal carries it: its kind as the type, itself as a Problem in the details."""
    return ApplicationError(
        str(error),
        Problem.of(error),
        type=error.kind,
        non_retryable=not isinstance(error, Transient),
        next_retry_delay=timedelta(seconds=error.retry_after) if isinstance(error, Throttled) else None,
    )


def to_problem(error: ActivityError | ChildWorkflowError, where: str) -> Problem:
    """What a workflow says of an activity or child that failed for good."""
    cause: BaseException | None = error
    while isinstance(cause, ActivityError | ChildWorkflowError):
        cause = cause.cause
    if isinstance(cause, ApplicationError):
        problem = problem_in(cause)
        if problem is not None:
            return problem if problem.where else problem.model_copy(update={"where": where})
        return Problem(kind=cause.type or "defect", where=where, detail=cause.message)
    if isinstance(cause, TemporalTimeoutError):
        return Problem(kind="timeout", where=where, detail="did not finish in time")
    return Problem(kind="cancelled" if cause is None else type(cause).__name__.lower(), where=where, detail=str(cause))


def problem_in(error: ApplicationError) -> Problem | None:
    """What an error of ours said of itself; None for a defect."""
    for detail in error.details:
        if isinstance(detail, dict) and {"kind", "where", "detail"} <= detail.keys():
            return Problem.model_validate(detail)
    return None
