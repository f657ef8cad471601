"""The log of decisions."""

import pytest
from scored_people import ADA, NOW, less_skilled, person, posting, store

pytestmark = pytest.mark.timeout(400)


async def test_each_new_or_changed_match_is_a_line_of_the_log(world, score):
    await store(world, posting(1), posting(2, skills=("Python", "SQL", "Kubernetes")))
    await score()
    await score(run_id="nothing changed")
    lines = await world.matches.decisions(ADA)
    best, second = sorted(lines, key=lambda line: line.rank)
    matches = await world.matches.matches(ADA)
    assert [(line.job_id, line.score) for line in (best, second)] == [(match.job_id, match.score) for match in matches]
    assert best.values == {factor.name: factor.value for factor in matches[0].factors}
    assert best.engine.startswith("engine/")
    assert {line.run for line in lines} == {"test-run/test"}
    assert all(line.is_new for line in lines)
    assert len({line.posting_hash for line in lines}) == 2
    assert len({line.profile_hash for line in lines}) == 1
    await world.candidates.save(person(tracks=(person().tracks[0].model_copy(update={"years_experience": 1.0}),)))
    await store(world, posting(1), posting(2, skills=("Python",)), at=NOW.replace(hour=11))
    await score(candidate_id=ADA, run_id="changed", job_ids=(posting(2).id,))
    assert {line.run for line in await world.matches.decisions(ADA)} >= {"test-run/test", "changed/test"}


async def test_each_round_of_a_workflow_is_in_the_log(world, score):
    await store(world, posting(1))
    await score(candidate_id=ADA, info={"activity_id": "1"})
    await world.candidates.save(less_skilled())
    await score(candidate_id=ADA, info={"activity_id": "2"})
    second, first = await world.matches.decisions(ADA)
    [match] = await world.matches.matches(ADA)
    assert second.score == match.score < first.score
    assert second.profile_hash != first.profile_hash
    assert (first.is_new, second.is_new) == (True, False)


async def test_the_rank_of_a_fresh_posting_is_that_among_all_that_is_shown(world, score):
    await store(world, *(posting(number) for number in range(1, 5)))
    await score()
    weak = posting(99, skills=("Python", "SQL", "Kafka"))
    await store(world, weak)
    await score(job_ids=(weak.id,), run_id="crawl")
    [line] = [line for line in await world.matches.decisions(ADA) if line.job_id == weak.id]
    shown = [match.job_id for match in await world.matches.matches(ADA)]
    assert line.rank == 5 == shown.index(weak.id) + 1
    assert [job for job, _ in await world.cache.daily_matches(ADA)][-1] == weak.id
