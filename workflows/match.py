"""Candidates × postings."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matching import MatchActivities, ScoreInput, ScoreResult
    from workflows.policies import SCORE

CHANGED = "changed"
"""The signal to `MatchWorkflow` that what it scores has changed since it began."""

ROUNDS = 50
"""Rounds of one history."""


async def score_in_parts(input: ScoreInput) -> ScoreResult:
    """Score all candidates, or the one: the first part tells into how many such a run is divided, the others go at once."""
    whole = await _score(input)
    if input.candidate_id is None and whole.shards > 1:
        others = [input.model_copy(update={"shard": shard}) for shard in range(1, whole.shards)]
        for part in await asyncio.gather(*(_score(other) for other in others)):
            whole = whole.with_part(part)
    return whole


async def _score(input: ScoreInput) -> ScoreResult:
    return await workflow.execute_activity_method(MatchActivities.score_candidates, input, **SCORE)


@workflow.defn
class MatchWorkflow:
    """Nightly: everything. On request, and when somebody changed what they look for: one candidate.

    A crawl scores its fresh postings in the same way itself.
    """

    def __init__(self) -> None:
        self._changed = False

    @workflow.signal
    def changed(self) -> None:
        """Whoever is scored has changed something: once more, when this round is over. Ten changes are one more round."""
        self._changed = True

    @workflow.run
    async def run(self, input: ScoreInput) -> ScoreResult:
        """See the class. Returns what the last round did."""
        rounds = 0
        while True:
            self._changed = False
            result = await score_in_parts(input)
            if not self._changed:
                return result
            rounds += 1
            if rounds == ROUNDS:
                workflow.continue_as_new(input)
