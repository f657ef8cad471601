"""Timeouts, retries, queues and priorities of every activity and child, in one place."""

import hashlib
from datetime import timedelta
from enum import IntEnum
from typing import TypedDict

from temporalio.common import Priority, RetryPolicy

from activities.errors import ATTEMPTS
from quiethire.settings import TASK_QUEUE

CRAWL_QUEUE = f"{TASK_QUEUE}-crawl"
PARSE_QUEUE = f"{TASK_QUEUE}-parse"
MATCH_QUEUE = f"{TASK_QUEUE}-match"
EMBED_QUEUE = f"{TASK_QUEUE}-embed"

RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=60),
    maximum_attempts=ATTEMPTS,
)
"""Three attempts: 1 s and 2 s apart, or as the throttling host demands."""

ONCE = RetryPolicy(maximum_attempts=1)
"""For child workflows: their activities retry, the workflow does not."""

RUN_TIMEOUT = timedelta(hours=2)
"""Longest run of one discovery."""


class ActivityPolicy(TypedDict, total=False):
    """The keyword arguments of `workflow.execute_activity` that a policy sets."""

    task_queue: str
    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


DATABASE: ActivityPolicy = {"start_to_close_timeout": timedelta(seconds=10), "retry_policy": RETRY}
"""One round of reads and writes."""

INDEX: ActivityPolicy = {"start_to_close_timeout": timedelta(minutes=1), "retry_policy": RETRY}
"""The same with writes to the search index, which waits for its own disk: a machine under load takes longer than a round."""

CRAWL: ActivityPolicy = {
    "task_queue": CRAWL_QUEUE,
    "start_to_close_timeout": timedelta(minutes=2),
    "schedule_to_close_timeout": timedelta(minutes=15),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RETRY,
}
"""Fetching. A try that runs out of time leaves its pages in the archive, and the next goes on from there.

A host that asks for a longer wait than all tries together may take is left for the next crawl.
"""

PARSE: ActivityPolicy = {
    "task_queue": PARSE_QUEUE,
    "start_to_close_timeout": timedelta(minutes=2),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RETRY,
}

BULK: ActivityPolicy = {
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RETRY,
}
"""Work over all postings."""

ALERT: ActivityPolicy = {
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=5)
    ),
}
"""Alerts wait for an index that is away, however long: they never skip a posting."""

SCORE: ActivityPolicy = {**BULK, "task_queue": MATCH_QUEUE}

EMBED: ActivityPolicy = {**BULK, "task_queue": EMBED_QUEUE}


FAIRNESS_KEY_BYTES = 64
"""Temporal refuses longer ones."""


class Urgency(IntEnum):
    """Temporal's priority keys: a person who waits goes before batch work."""

    PERSON = 1
    BATCH = 4


def priority(urgency: Urgency, fairness_key: str) -> Priority:
    """Priority with a fairness key, so that one huge board or company starves no other."""
    key = fairness_key
    if len(key.encode()) > FAIRNESS_KEY_BYTES:
        key = hashlib.sha256(key.encode()).hexdigest()[:FAIRNESS_KEY_BYTES]
    return Priority(priority_key=int(urgency), fairness_key=key)
