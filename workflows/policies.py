"""Timeouts, retries, queues and priorities of every activity and child, in one place."""

import hashlib
from datetime import timedelta
from enum import IntEnum
from typing import TypedDict

from temporalio.common import Priority, RetryPolicy

from activities.errors import ATTEMPTS, INDEX_ATTEMPTS
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

SETTLE_ATTEMPTS = 20
"""How often claims are tried to be given back."""

STORE_ATTEMPTS = 30
"""How often what was crawled is tried to be stored."""

RUN_TIMEOUT = timedelta(hours=2)
"""Longest run of one discovery."""


NOTICED_WITHIN = timedelta(seconds=15)
"""The death of a worker, by what it was at: heartbeats come every five seconds."""


class ActivityPolicy(TypedDict, total=False):
    """The keyword arguments of `workflow.execute_activity` that a policy sets."""

    task_queue: str
    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


def _outlasting(attempts: int) -> RetryPolicy:
    """For what must not be left undone because a store restarts: tries half a minute apart, at last. None holds a worker between."""
    return RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=30),
        maximum_attempts=attempts,
    )


DATABASE: ActivityPolicy = {"start_to_close_timeout": timedelta(seconds=10), "retry_policy": RETRY}
"""One round of reads and writes. What is given up is asked again by the next run: a claim ends, a company is due again."""

STORE: ActivityPolicy = {**DATABASE, "retry_policy": _outlasting(STORE_ATTEMPTS)}
"""Writing what was crawled or found: the crawl waits for a store that is away, for twelve minutes or more.

Given up earlier, rows that one try wrote would wait for the night until they are indexed: the next crawl finds them unchanged.
That holds for a crawl that a person waits for too.
"""

SETTLE: ActivityPolicy = {**DATABASE, "retry_policy": _outlasting(SETTLE_ATTEMPTS)}
"""Giving claims back: where that is given up, nobody looks at those boards for an hour, so it is tried for seven minutes or more.

A worker that stands still takes every task that it has asked for, and lets each run out of time: three tries are gone in half a minute.
"""

INDEX: ActivityPolicy = {
    **STORE,
    "start_to_close_timeout": timedelta(minutes=2),
    "heartbeat_timeout": NOTICED_WITHIN,
}
"""The same with writes to the search index, which waits for its own disk: a machine under load takes longer than a round.

For the index itself fewer tries are made (`activities.errors.ATTEMPTS`): what it does not take is kept, and mended later. One that
takes a request and never answers is given up by its client after a minute, before this time is over.
"""

CRAWL: ActivityPolicy = {
    "task_queue": CRAWL_QUEUE,
    "start_to_close_timeout": timedelta(minutes=2),
    "schedule_to_close_timeout": timedelta(minutes=15),
    "heartbeat_timeout": NOTICED_WITHIN,
    "retry_policy": RETRY,
}
"""Fetching. A try that runs out of time leaves its pages in the archive, and the next goes on from there.

A host that asks for a longer wait than all tries together may take is left for the next crawl.
"""

PARSE: ActivityPolicy = {
    "task_queue": PARSE_QUEUE,
    "start_to_close_timeout": timedelta(minutes=2),
    "heartbeat_timeout": NOTICED_WITHIN,
    "retry_policy": RETRY,
}

BULK: ActivityPolicy = {
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": NOTICED_WITHIN,
    "retry_policy": RETRY,
}
"""Work over all postings."""

REPARSE: ActivityPolicy = {**BULK, "task_queue": PARSE_QUEUE, "retry_policy": _outlasting(STORE_ATTEMPTS)}
"""Batches of the archive parsed again: all that are under way wait for a store that restarts, as crawls do.

Given up within seconds, batch after batch would fail for as long as the restart takes.
"""

BACKUP: ActivityPolicy = {
    **BULK,
    "start_to_close_timeout": timedelta(hours=12),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=2),
}
"""A backup that failed is told to whoever asked for it; one try more is for a store that was just restarting."""

WHOLE_INDEX: ActivityPolicy = {
    **BULK,
    "start_to_close_timeout": timedelta(hours=12),
    "retry_policy": _outlasting(INDEX_ATTEMPTS),
}
"""The same over the search index, which may restart meanwhile: its tries are spread over seven minutes.

Each try begins anew, and after a reparse it makes the documents of all postings: one that is cut short before it ends never ends at all.
What hangs is given up by the clients of the stores.
"""

ALERT: ActivityPolicy = {
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": NOTICED_WITHIN,
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=5)
    ),
}
"""Alerts wait for an index that is away, however long: they never skip a posting."""

SCORE: ActivityPolicy = {
    **BULK,
    "task_queue": MATCH_QUEUE,
    "start_to_close_timeout": timedelta(hours=12),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=60),
        maximum_attempts=10,
    ),
}
"""Scoring: twice as long as the most people that one part carries take in a night (docs/matching.md).

A worker that died is noticed by its heartbeats, and each try goes on behind the last person of the one before.
"""

AT_HAND = timedelta(seconds=10)
"""For a local activity: what the worker that runs the workflow knows by itself. It costs neither a task nor a turn in a queue."""

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
