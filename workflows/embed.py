"""Postings are given their meaning, once they can be found by their words, and are matched anew with it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.embedding import EmbedActivities, EmbedInput
    from activities.matching import ScoreInput
    from quiethire.domain.base import Model
    from workflows.match import score_in_parts
    from workflows.policies import EMBED

EMBEDDED_AT_ONCE = 200
"""Postings an activity: some two seconds of one core."""

PARTS_A_RUN = 200
"""Activities after which the workflow goes on as a new one, so that its history stays short."""


class EmbedProgress(Model):
    """How many postings were given a vector by this run and those that it goes on with, and how many vectors were new."""

    postings: int = 0
    computed: int = 0


@workflow.defn
class EmbedWorkflow:
    """Until no open posting lacks a vector."""

    def __init__(self) -> None:
        self._progress = EmbedProgress()

    @workflow.query
    def progress(self) -> EmbedProgress:
        """How far it is."""
        return self._progress

    @workflow.run
    async def run(self, input: EmbedProgress) -> EmbedProgress:
        """See the class."""
        self._progress = input
        parts, more = 0, True
        while more:
            if parts == PARTS_A_RUN:
                workflow.continue_as_new(self._progress)
            done = await workflow.execute_activity_method(
                EmbedActivities.embed_postings, EmbedInput(limit=EMBEDDED_AT_ONCE), **EMBED
            )
            self._progress = EmbedProgress(
                postings=self._progress.postings + done.postings, computed=self._progress.computed + done.computed
            )
            # The crawl that found them has matched them without.
            if done.job_ids and workflow.patched("match-embedded"):
                await score_in_parts(ScoreInput(job_ids=done.job_ids))
            parts, more = parts + 1, done.more
        return self._progress
