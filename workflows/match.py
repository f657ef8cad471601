"""Candidates × postings."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matching import MatchActivities, ScoreInput, ScoreResult
    from workflows.policies import SCORE


@workflow.defn
class MatchWorkflow:
    """Nightly: everything. On request: one candidate. A crawl scores its fresh postings by the same activity itself."""

    @workflow.run
    async def run(self, input: ScoreInput) -> ScoreResult:
        """See the class."""
        return await workflow.execute_activity_method(MatchActivities.score_candidates, input, **SCORE)
