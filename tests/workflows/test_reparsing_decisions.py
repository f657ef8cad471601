"""What the reparse decides, whatever its activities find."""

import itertools
from datetime import timedelta

import pytest
from stub_activities import Stubs

from activities.errors import ATTEMPTS
from activities.reparsing import ReparsedBatch
from activities.rereading import ReparseChoice, ReparseCounts, ReparsePlan
from quiethire.domain.errors import Gone, Throttled
from quiethire.domain.result import Problem
from workflows.policies import REPARSE
from workflows.reparse import BATCHES_A_RUN, ReparseInput, ReparseWorkflow


def stubs(batches, **changed):
    answers = {
        "plan_reparse": ReparsePlan(content_hash="a" * 64, batches=batches, boards=2 * batches, current=1),
        "reparse_boards": ReparsedBatch(counts=ReparseCounts(boards=2, read=10, corrected=1, unchanged=9)),
    }
    return Stubs(**{**answers, **changed})


async def test_every_batch_is_read_once_as_of_one_moment(run):
    calls = stubs(7)
    choice = ReparseChoice(host="northwind.example")
    done = await run(ReparseWorkflow, ReparseInput(choice=choice, dry_run=True), stubs=calls)
    assert done.counts == ReparseCounts(boards=14, read=70, corrected=7, unchanged=63)
    assert (done.batches_done, done.plan.current, done.failed) == (7, 1, 0)
    asked = calls.calls["reparse_boards"]
    assert sorted(batch["number"] for batch in asked) == list(range(7))
    assert len({batch["at"] for batch in asked}) == 1
    assert all(batch["dry_run"] and batch["choice"]["host"] == "northwind.example" for batch in asked)


async def test_a_batch_that_fails_stops_no_other_and_is_named(run):
    def read(batch):
        if batch["number"] == 1:
            raise Gone("no such page in the archive")
        return ReparsedBatch(counts=ReparseCounts(boards=1), problems=(Problem(kind="odd", where="x", detail="y"),))

    done = await run(ReparseWorkflow, ReparseInput(), stubs=stubs(3, reparse_boards=read))
    assert (done.counts, done.failed) == (ReparseCounts(boards=2, problems=1), 1)
    assert sorted(problem.kind for problem in done.problems) == ["gone", "odd", "odd"]


@pytest.mark.parametrize("name", ["plan_reparse", "reparse_boards"])
async def test_a_store_that_is_away_for_longer_than_pages_are_tried_loses_no_batch(run, name):
    tries = itertools.count(1)
    answers = {
        "plan_reparse": ReparsePlan(content_hash="a" * 64, batches=1, boards=2, current=1),
        "reparse_boards": ReparsedBatch(counts=ReparseCounts(boards=2)),
    }

    def away_at_first(_):
        if next(tries) <= ATTEMPTS + 1:
            raise Throttled("restarts", where="clickhouse", retry_after=0.01)
        return answers[name]

    done = await run(ReparseWorkflow, ReparseInput(), stubs=Stubs(**{**answers, name: away_at_first}))
    assert (done.counts, done.failed, done.problems) == (ReparseCounts(boards=2), 0, ())


def test_the_tries_of_a_batch_outlast_a_restart_of_minutes():
    retry = REPARSE["retry_policy"]
    waits = (
        min(retry.initial_interval * retry.backoff_coefficient**number, retry.maximum_interval)
        for number in range(retry.maximum_attempts - 1)
    )
    assert sum(waits, timedelta()) > timedelta(minutes=12)


async def test_a_long_plan_goes_on_in_a_new_run_with_what_came_of_it(run):
    batches = BATCHES_A_RUN + 5
    calls = stubs(batches)
    done = await run(ReparseWorkflow, ReparseInput(), stubs=calls)
    assert (done.batches_done, done.counts.boards) == (batches, 2 * batches)
    assert len(calls.calls["plan_reparse"]) == 1
    asked = calls.calls["reparse_boards"]
    assert sorted(batch["number"] for batch in asked) == list(range(batches))
    assert len({batch["at"] for batch in asked}) == 1


async def test_nothing_to_read_is_done_at_once(run):
    done = await run(ReparseWorkflow, ReparseInput(), stubs=stubs(0))
    assert done.counts == ReparseCounts()
