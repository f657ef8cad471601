"""What filters keep from people."""

import json

import pytest
from scored_people import ADA, person, posting, store

from quiethire.domain.posting import Workplace

pytestmark = pytest.mark.timeout(400)


async def test_what_a_filter_hides_is_counted_and_left_for_the_feed(world, score):
    demanding = person(preferences=person().preferences.model_copy(update={"workplaces": (Workplace.NONE,)}))
    await world.candidates.save(demanding)
    await store(world, posting(1, remote=Workplace.REMOTE), posting(2))
    result = await score(candidate_id=ADA)
    kept = json.loads((await world.cache.feed(ADA)).hidden)
    assert kept["hidden_counts"] == {"workplace": 1}
    assert "workplace" not in result.model_dump_json()
    assert [each["job_id"] for each in kept["hidden"]] == [str(posting(1).id)]
    assert kept["matches"] == []
    await score(candidate_id=ADA, run_id="a second look")
    [line] = [line for line in await world.matches.decisions(ADA) if line.filters]
    assert (line.job_id, line.filters, line.rank) == (posting(1).id, ("workplace",), None)
    assert (line.score, line.values["skills"]) == (pytest.approx(kept["hidden"][0]["score"]), 1.0)


async def test_what_a_filter_hides_is_logged_once_by_whatever_run_decides_it(world, score):
    demanding = person(preferences=person().preferences.model_copy(update={"workplaces": (Workplace.NONE,)}))
    await world.candidates.save(demanding)
    await store(world, posting(1, remote=Workplace.REMOTE))
    for night in ("monday", "tuesday"):
        await score(run_id=night)
    fresh = posting(2, remote=Workplace.REMOTE)
    await store(world, fresh)
    for crawl in ("a crawl", "a second crawl"):
        await score(job_ids=(fresh.id,), run_id=crawl)
    await score(candidate_id=ADA, run_id="a look")
    lines = await world.matches.decisions(ADA)
    assert {line.job_id: line.run.partition("/")[0] for line in lines} == {
        posting(1).id: "monday",
        fresh.id: "a crawl",
    }
    assert [(line.filters, line.rank) for line in lines] == [(("workplace",), None)] * 2
    changed = demanding.model_copy(update={"tracks": (demanding.tracks[0].model_copy(update={"years_experience": 9}),)})
    await world.candidates.save(changed)
    await score(candidate_id=ADA, run_id="another profile")
    assert len(await world.matches.decisions(ADA)) == 4


async def test_a_night_in_which_only_hidden_postings_are_new_leaves_the_feed_as_it_is(world, score):
    await world.candidates.save(
        person(preferences=person().preferences.model_copy(update={"workplaces": (Workplace.NONE,)}))
    )
    await store(world, posting(2))
    await score()
    state = (await world.cache.feed(ADA)).state
    await store(world, fresh := posting(1, remote=Workplace.REMOTE))
    await score(job_ids=(fresh.id,), run_id="a crawl")
    assert (await world.cache.feed(ADA)).state == state
    assert fresh.id in {line.job_id for line in await world.matches.decisions(ADA)}
