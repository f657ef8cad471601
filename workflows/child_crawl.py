"""A board's crawl, from another workflow."""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.errors import to_problem
    from quiethire.domain.board import Board
    from quiethire.domain.ports import QueuedUrl
    from quiethire.domain.result import Problem
    from workflows.career_page_crawl import (
        CareerPageCrawlInput,
        CareerPageCrawlWorkflow,
        crawl_id,
        crawl_tags,
        fairness_key,
    )
    from workflows.policies import ONCE, Urgency, priority
    from workflows.results import CareerPageCrawlResult


async def crawl_as_child(
    board: Board,
    *,
    offline: bool,
    urgency: Urgency,
    started_at: datetime | None = None,
    queued: QueuedUrl | None = None,
) -> CareerPageCrawlResult:
    """Crawl a board from another workflow. Whatever goes wrong is a result, so that it never stops the parent."""
    try:
        return await workflow.execute_child_workflow(
            CareerPageCrawlWorkflow.run,
            CareerPageCrawlInput(board=board, offline=offline, urgency=urgency, started_at=started_at, queued=queued),
            id=crawl_id(board),
            search_attributes=crawl_tags(board),
            retry_policy=ONCE,
            # A crawl that outlasts its parent's history ends well all the same, and keeps what it found.
            parent_close_policy=ParentClosePolicy.ABANDON,
            priority=priority(urgency, fairness_key(board)),
        )
    except ChildWorkflowError as error:
        problem = to_problem(error, board.key)
    except WorkflowAlreadyStartedError:
        problem = Problem(kind="already_running", where=board.key, detail="a crawl of this board runs already")
    return CareerPageCrawlResult(board=board, complete=False, failed=True, problems=(problem,))
