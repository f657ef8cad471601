"""What the reparse decides, whatever its activities find."""

from stub_activities import Stubs

from activities.reparsing import ReparsedBatch
from activities.rereading import ReparseChoice, ReparseCounts, ReparsePlan
from quiethire.domain.errors import Gone
from quiethire.domain.result import Problem
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
