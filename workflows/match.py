"""Candidates × postings."""

import asyncio
from collections.abc import Iterable
from functools import reduce

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matching import MatchActivities, ScoreInput, ScoreResult
    from workflows.policies import AT_HAND, SCORE

CHANGED = "changed"
"""The signal to `MatchWorkflow` that what it scores has changed since it began."""

NIGHTLY = "match-all"
"""The schedule of the run over everybody."""

ROUNDS = 50
"""Rounds of one history."""


async def score_in_parts(input: ScoreInput) -> ScoreResult:
    """Score all candidates, the parts of them all at once; or the one."""
    if input.candidate_id is not None:
        return await _score(input)
    # Runs of before learnt from the first part how many there are, once that was done.
    asked = await _parts() if workflow.patched("parts-at-once") else 1
    done = await _score_parts(input, range(asked))
    # Who scores divides the people, by settings of their own: where those name more parts, nobody is left out.
    done += await _score_parts(input, range(asked, done[0].shards))
    return reduce(ScoreResult.with_part, done)


async def _parts() -> int:
    return await workflow.execute_local_activity_method(MatchActivities.match_parts, start_to_close_timeout=AT_HAND)


async def _score_parts(input: ScoreInput, shards: Iterable[int]) -> list[ScoreResult]:
    parts = [_score(input.model_copy(update={"shard": shard})) for shard in shards]
    return await asyncio.gather(*parts)


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
