"""What is compared: everything each night, and every few minutes only an index that lost documents."""

from stub_activities import Stubs

from activities.indexing import ReconcileInput, ReconcileResult
from workflows.reconcile import ReconcileWorkflow
from workflows.schedules import SCHEDULES

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
