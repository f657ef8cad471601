"""Postings that were given their meaning are matched with it."""

from uuid import UUID

from stub_activities import Stubs

from activities.embedding import EmbedResult
from activities.matching import ScoreResult
from workflows.embed import EmbedProgress, EmbedWorkflow

SCORED = ScoreResult(candidates=1, postings=1, matches=1, new=0, seconds=0.1)


async def test_each_part_is_matched_when_it_has_its_vectors_and_no_part_twice(run):
    parts = [
        EmbedResult(postings=2, computed=2, more=True, job_ids=(UUID(int=1), UUID(int=2))),
        EmbedResult(postings=1, computed=0, more=True, job_ids=(UUID(int=3),)),
        EmbedResult(postings=0, computed=0, more=False),
    ]
    left = iter(parts)
    stubs = Stubs(embed_postings=lambda _: next(left), match_parts=1, score_candidates=SCORED)
    done = await run(EmbedWorkflow, EmbedProgress(), stubs=stubs)
    assert (done.postings, done.computed) == (3, 2)
    assert [asked["job_ids"] for asked in stubs.calls["score_candidates"]] == [
        [str(UUID(int=1)), str(UUID(int=2))],
        [str(UUID(int=3))],
    ]
