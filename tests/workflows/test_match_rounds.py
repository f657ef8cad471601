"""MatchWorkflow: parts, and changes while it runs."""

import asyncio
from uuid import UUID, uuid4

from stub_activities import Stubs
from temporalio import activity

from activities.matching import ScoreInput, ScoreResult
from workflows.match import CHANGED, MatchWorkflow

ADA = UUID(int=1)


def counted(shards=1, **counts):
    return ScoreResult(
        **{"candidates": 2, "postings": 9, "matches": 3, "new": 1, "seconds": 0.5, "shards": shards, **counts}
    )


async def test_a_run_over_everybody_is_one_activity_a_part_and_told_as_one(run):
    stubs = Stubs(match_parts=3, score_candidates=lambda asked: counted(3, seconds=float(asked["shard"]), postings=9))
    result = await run(MatchWorkflow, ScoreInput(anew=True), stubs=stubs)
    assert sorted(asked["shard"] for asked in stubs.calls["score_candidates"]) == [0, 1, 2]
    assert all(asked["anew"] for asked in stubs.calls["score_candidates"])
    assert (result.candidates, result.postings, result.matches, result.new, result.seconds) == (6, 9, 9, 3, 2.0)


async def test_all_parts_are_under_way_at_once(run):
    together = asyncio.Barrier(3)

    @activity.defn(name="score_candidates")
    async def score_candidates(_: dict) -> ScoreResult:
        async with asyncio.timeout(30):
            await together.wait()
        return counted(3)

    stubs = Stubs(match_parts=3)
    stubs.activities.append(score_candidates)
    assert (await run(MatchWorkflow, ScoreInput(job_ids=(UUID(int=7),)), stubs=stubs)).candidates == 6


async def test_nobody_is_left_out_where_those_who_score_know_of_more_parts(run):
    stubs = Stubs(match_parts=1, score_candidates=counted(3))
    await run(MatchWorkflow, ScoreInput(), stubs=stubs)
    assert sorted(asked["shard"] for asked in stubs.calls["score_candidates"]) == [0, 1, 2]


async def test_a_run_for_one_candidate_is_one_activity_however_many_parts_there_are(run):
    stubs = Stubs(score_candidates=counted(3))
    result = await run(MatchWorkflow, ScoreInput(candidate_id=ADA), stubs=stubs)
    assert [asked["candidate_id"] for asked in stubs.calls["score_candidates"]] == [str(ADA)]
    assert result.candidates == 2


async def test_changes_while_it_runs_are_one_more_round_however_many(temporal_client, working):
    begun, go_on, calls = asyncio.Event(), asyncio.Event(), []

    @activity.defn(name="score_candidates")
    async def score_candidates(asked: dict) -> ScoreResult:
        calls.append(asked)
        begun.set()
        await go_on.wait()
        return counted()

    stubs = Stubs()
    stubs.activities = [score_candidates]
    async with working(stubs) as queue:
        handle = await temporal_client.start_workflow(
            MatchWorkflow.run,
            ScoreInput(candidate_id=ADA),
            id=f"test-{uuid4()}",
            task_queue=queue,
            start_signal=CHANGED,
        )
        await begun.wait()
        for _ in range(3):
            await handle.signal(CHANGED)
        go_on.set()
        assert (await handle.result()).candidates == 2
    assert len(calls) == 2
