"""What is compared: everything each night, and every few minutes only an index that lost documents."""

from datetime import timedelta

from stub_activities import Stubs

from activities.indexing import ReconcileInput, ReconcileResult
from workflows.policies import WHOLE_INDEX
from workflows.reconcile import ReconcileWorkflow
from workflows.schedules import SCHEDULES

A_POSTING = timedelta(milliseconds=2 * 0.84)
"""It is brought into the index (docs/scaling.md), and what is stored of it is asked once more behind that."""

DONE = ReconcileResult(postings=3, added=1, removed=0, failed=0)


async def test_each_schedule_of_the_index_asks_for_its_own_comparison(run) -> None:
    asked = {}
    for timed in SCHEDULES:
        if timed.run is ReconcileWorkflow.run:
            stubs = Stubs(reconcile_search_index=DONE)
            assert await run(ReconcileWorkflow, *timed.arguments, stubs=stubs) == DONE
            (given,) = stubs.calls["reconcile_search_index"]
            asked[timed.id] = ReconcileInput.model_validate(given)
    assert asked == {"reconcile": ReconcileInput(), "index-check": ReconcileInput(if_lost=True)}


def test_one_try_is_long_enough_for_millions_of_documents_as_after_a_reparse() -> None:
    assert WHOLE_INDEX["start_to_close_timeout"] > 10_000_000 * A_POSTING
