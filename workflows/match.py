"""Candidates × postings."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matching import MatchActivities, ScoreInput, ScoreResult
    from workflows.policies import SCORE


@workflow.defn
class MatchWorkflow:
    """After an indexing: the fresh postings × all candidates. Nightly: everything. On request: one candidate."""

    @workflow.run
    async def run(self, input: ScoreInput) -> ScoreResult:
        """See the class."""
        return await workflow.execute_activity_method(MatchActivities.score_candidates, input, **SCORE)
