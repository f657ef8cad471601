"""Runs beside each other: what one of them knows of a posting or a person, another does not know yet."""

from datetime import UTC, datetime, timedelta

import pytest
from scored_people import ADA, BOB, less_skilled, matched, person, posting, store

from activities.match_scoring import Scoring
from activities.matching import MatchActivities, ScoreInput
from quiethire.domain.cluster import Placement
from quiethire.domain.lifecycle import close

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def beside(world, run):
    """Score as another worker does."""
    activities = MatchActivities(world)

    async def score(run_id, **given):
        return await run(activities.score_candidates, ScoreInput(**given), run_id=run_id)

    return score


async def shut(world, job_id):
    rows, events = close((await world.postings.known({job_id})).values(), datetime.now(UTC))
    await world.postings.save(rows, events)


@pytest.mark.parametrize("asked", [{"candidate_id": ADA}, {}])
async def test_a_run_leaves_matches_with_postings_that_its_index_does_not_have_yet(world, score, beside, asked):
    await store(world, posting(1))
    await score(candidate_id=ADA)
    await store(world, posting(2))
    await beside("a crawl", job_ids=(posting(2).id,))
    result = await score(run_id="before it looks again", **asked)
    assert (result.postings, await matched(world)) == (1, {posting(1).id, posting(2).id})
    assert len(await world.matches.decisions(ADA)) == 2
    assert {job for job, _ in await world.cache.daily_matches(ADA)} == await matched(world)


async def test_matches_with_what_closed_or_is_shown_no_more_go_though_no_index_has_it(world, score, beside):
    await store(world, posting(1), posting(2), posting(3))
    await score(candidate_id=ADA)
    assert len(await matched(world)) == 3
    await shut(world, posting(1).id)
    await world.clusters.place({posting(n).id: Placement(cluster=posting(2).id, rank=n) for n in (2, 3)})
    assert (await beside("with an index of its own", candidate_id=ADA)).postings == 1
    assert await matched(world) == {posting(2).id}


async def test_people_of_a_long_night_are_scored_against_postings_as_they_are_by_then(world, score, monkeypatch):
    monkeypatch.setattr("activities.matching.AT_ONCE", 1)
    monkeypatch.setattr("activities.matching.LOOK_AGAIN", 0.0, raising=False)
    monkeypatch.setattr("activities.open_postings.LOOK_AGAIN", timedelta(0))
    await world.candidates.save(person(2))
    await store(world, posting(1), at=datetime.now(UTC))
    scored = Scoring.of

    async def meanwhile(self, candidates, *given, **more):
        found = await scored(self, candidates, *given, **more)
        if candidates[0].id == ADA:
            nurse = posting(1, title="Nurse", skills=("Triage", "Anatomy"))
            await store(world, nurse, posting(2), at=datetime.now(UTC))
        return found

    monkeypatch.setattr(Scoring, "of", meanwhile)
    await score(run_id="night", anew=True)
    assert await matched(world, BOB) == {posting(2).id}


async def test_a_run_writes_nothing_of_whom_changed_while_it_scored_them(world, score, beside, monkeypatch):
    await world.candidates.save(person(2))
    await store(world, posting(1))
    scored = Scoring.of

    async def meanwhile(self, candidates, *given, **more):
        found = await scored(self, candidates, *given, **more)
        if len(candidates) == 2:
            await world.candidates.save(less_skilled())
            await beside("what the change began", candidate_id=ADA)
        return found

    monkeypatch.setattr(Scoring, "of", meanwhile)
    result = await score(job_ids=(posting(1).id,), run_id="a crawl")
    changed, same = [(await world.matches.matches(who))[0].score for who in (ADA, BOB)]
    assert changed < same
    assert result.new == 1
    assert len(await world.matches.decisions(ADA)) == 1


async def test_what_was_just_read_whole_is_not_read_whole_again(world, score, monkeypatch):
    monkeypatch.setattr("activities.open_postings.LOOK_AGAIN", timedelta(0))
    monkeypatch.setattr("activities.open_postings.AT_ONCE", 2)
    await store(world, *(posting(number) for number in range(6)), at=datetime.now(UTC))
    scans, scan = [], world.postings.scan

    def counted(batch):
        scans.append(batch)
        return scan(batch)

    monkeypatch.setattr(world.postings, "scan", counted)
    for look in ("first", "second", "third"):
        assert (await score(candidate_id=ADA, run_id=look)).postings == 6
    assert len(scans) == 1


async def test_a_crawls_run_that_waits_its_turn_puts_nothing_old_into_the_index(world, score, monkeypatch):
    await store(world, posting(1), at=datetime.now(UTC))
    await score(candidate_id=ADA)
    vectors = world.embeddings.of_postings

    async def slowly(*given):
        monkeypatch.setattr(world.embeddings, "of_postings", vectors)
        monkeypatch.setattr("activities.open_postings.LOOK_AGAIN", timedelta(0))
        nurse = posting(1, title="Nurse", skills=("Triage", "Anatomy"))
        await store(world, nurse, at=datetime.now(UTC))
        await score(candidate_id=ADA, run_id="a look meanwhile")
        return await vectors(*given)

    monkeypatch.setattr(world.embeddings, "of_postings", slowly)
    await score(job_ids=(posting(1).id,), run_id="a crawl")
    await score(candidate_id=ADA, run_id="a later look")
    assert await matched(world) == set()
