"""What nobody tries again by itself is kept, and the workflow goes on: over a real server, with a worker like ours."""

import asyncio
import logging
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from workflow_sandbox import sandbox

    from activities.dead_letters import DeadLetterActivities
    from activities.errors import ErrorInterceptor
    from quiethire.cli.dlq import start_again, was_started
    from quiethire.domain.base import Model
    from quiethire.domain.errors import Gone, InvalidInput, Transient
    from quiethire.storage.postgres.memory_dead_letters import MemoryDeadLetters
    from workflows.dead_letters import DeadLetterInterceptor
    from workflows.policies import CRAWL_QUEUE


class Asked(Model):
    """What the workflow of these tests is to do."""

    activity: str
    queue: str | None = None
    size: int = 0


FAST = RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=2)


@activity.defn(name="breaks")
async def breaks(given: str) -> None:
    raise KeyError(given[:20])


@activity.defn(name="refuses")
async def refuses(given: str) -> None:
    raise InvalidInput("cannot be read", where="https://x.example/", hint="look at it")


@activity.defn(name="is_gone")
async def is_gone(given: str) -> None:
    raise Gone("is not there", where="https://x.example/")


@activity.defn(name="is_away")
async def is_away(given: str) -> None:
    raise Transient("is away", where="postgresql")


@activity.defn(name="reads_a_number")
async def reads_a_number(given: int) -> int:
    return given


@activity.defn(name="gives_too_much")
async def gives_too_much(given: str) -> str:
    return "x" * 3_000_000


@workflow.defn(name="GoesOn")
class GoesOn:
    """Asks for one activity, and says how that ended."""

    @workflow.run
    async def run(self, asked: Asked) -> str:
        try:
            await workflow.execute_activity(
                asked.activity,
                "x" * asked.size or "given",
                task_queue=asked.queue,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=FAST,
            )
        except ActivityError as error:
            return f"went on without: {error.cause}"
        return "done"


@asynccontextmanager
async def working(client):
    """A worker with the interceptors of ours; gives the letters, and how to have something done."""
    letters, queue = MemoryDeadLetters(), f"dead-{uuid4().hex[:8]}"
    activities = [breaks, refuses, is_gone, is_away, reads_a_number, gives_too_much]
    keeping = DeadLetterActivities(SimpleNamespace(dead_letters=letters))
    common = {"interceptors": [ErrorInterceptor(), DeadLetterInterceptor()]}
    async with (
        Worker(
            client,
            task_queue=queue,
            activities=[*activities, keeping.keep_dead_letter],
            workflows=[GoesOn],
            workflow_runner=sandbox(),
            workflow_failure_exception_types=[Exception],
            **common,
        ),
        Worker(client, task_queue=CRAWL_QUEUE, activities=activities, **common),
    ):

        async def do(asked):
            async with asyncio.timeout(60):
                return await client.execute_workflow(GoesOn.run, asked, id=f"goes-on/{uuid4()}", task_queue=queue)

        yield letters, do, queue


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("breaks", "defect", "KeyError: 'given'"),
        ("refuses", "invalid_input", "cannot be read (look at it)"),
        ("reads_a_number", "undecodable", "Failed decoding arguments"),
        ("gives_too_much", "defect", ""),
    ],
)
async def test_what_no_retry_mends_is_kept_and_the_workflow_goes_on(temporal_client, name, kind, detail):
    async with working(temporal_client) as (letters, do, queue):
        assert (await do(Asked(activity=name))).startswith("went on without")
        [letter] = await letters.newest(10)
    assert (letter.kind, letter.activity, letter.workflow, letter.queue) == (kind, name, "GoesOn", queue)
    assert detail in letter.detail
    assert letter.count == 1


@pytest.mark.parametrize(
    ("name", "teller", "traced"), [("is_away", "activities.errors", False), ("breaks", "temporalio.activity", True)]
)
async def test_each_failure_has_one_line_in_the_log(temporal_client, caplog, name, teller, traced):
    async with working(temporal_client) as (_, do, _):
        await do(Asked(activity=name))
    told = [(line.name, bool(line.exc_info)) for line in caplog.records if line.levelno == logging.WARNING]
    assert told == [(teller, traced)] * FAST.maximum_attempts


@pytest.mark.parametrize(("name", "queue"), [("is_away", None), ("is_gone", CRAWL_QUEUE)])
async def test_outages_and_answers_of_hosts_are_no_dead_letters(temporal_client, name, queue):
    async with working(temporal_client) as (letters, do, _):
        assert (await do(Asked(activity=name, queue=queue))).startswith("went on without")
        assert await letters.newest(10) == []


async def test_a_letter_starts_its_workflow_again_with_what_it_was_started_with(temporal_client):
    async with working(temporal_client) as (letters, do, _):
        await do(Asked(activity="breaks"))
        [letter] = await letters.newest(10)
        payload = await letters.payload(letter.id)
        assert payload is not None
        assert b'"activity":"breaks"' in payload
        assert not await was_started(temporal_client, letter)
        await start_again(temporal_client, letter, payload, queue=letter.queue)
        assert await was_started(
            temporal_client, letter
        )  # and so is not started twice, whatever died before it was written down
        assert "went on" in await temporal_client.get_workflow_handle(letter.workflow_id).result()
        assert await was_started(temporal_client, letter)
        [again] = await letters.newest(10)
        assert (again.id, again.count) == (letter.id, 2)
        assert not await was_started(temporal_client, again)  # it failed anew


async def test_a_workflow_whose_own_input_cannot_be_read_fails_and_does_not_stay(temporal_client):
    async with working(temporal_client) as (_, _, queue):
        poison = RawValue(temporal_client.data_converter.payload_converter.to_payloads([{"activity": 7}])[0])
        with pytest.raises(WorkflowFailureError) as failed:
            async with asyncio.timeout(30):
                await temporal_client.execute_workflow(
                    "GoesOn", args=[poison], id=f"goes-on/{uuid4()}", task_queue=queue
                )
    assert isinstance(failed.value.cause, ApplicationError)


async def test_an_input_that_is_too_large_fails_the_workflow_and_is_not_tried_for_ever(temporal_client):
    async with working(temporal_client) as (letters, do, _):
        with pytest.raises(WorkflowFailureError) as failed:
            await do(Asked(activity="breaks", size=3_000_000))
        [letter] = await letters.newest(10)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == letter.kind == "payload_too_large"


async def test_of_many_poisoned_ones_none_stays_and_those_beside_them_are_done(temporal_client):
    async with working(temporal_client) as (letters, do, queue):
        asked = [Asked(activity="breaks" if number % 2 else "reads_a_number") for number in range(6)]
        told = await asyncio.gather(*(do(each) for each in asked))
        assert all(each.startswith("went on without") for each in told)
        assert len(await letters.newest(50)) == 6
        # The server's list of workflows follows what they do after a moment.
        running = f"TaskQueue = '{queue}' AND ExecutionStatus = 'Running'"
        async with asyncio.timeout(30):
            while (await temporal_client.count_workflows(running)).count:  # noqa: ASYNC110 - a server is asked
                await asyncio.sleep(0.05)
