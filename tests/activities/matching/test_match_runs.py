"""Scoring candidates against the postings that are open: all, fresh ones, and those that changed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from scored_people import ADA, BOB, DATA, NOW, SKILLS, matched, person, posting, store, told

from activities import match_results
from activities.matching import MatchActivities, ScoreInput
from quiethire.domain.candidate import SkillLevel, Track
from quiethire.domain.cluster import Placement
from quiethire.domain.errors import Gone
from quiethire.domain.lifecycle import close
from quiethire.domain.matching import Proficiency
from quiethire.settings import Settings
from services.matching.scoring.ranking import Ranking

pytestmark = pytest.mark.timeout(400)


async def test_a_full_run_twice_finds_nothing_new(world, score):
    await store(world, *(posting(number) for number in range(3)))
    first, again = await score(), await score(run_id="another")
    assert (first.matches, first.new, again.matches, again.new) == (3, 3, 3, 0)
    assert len(await world.cache.daily_matches(ADA)) == 3


async def test_a_posting_that_changed_and_fits_no_more_leaves_the_matches(world, score):
    await store(world, posting(1), posting(2))
    await score()
    nurse = posting(1, title="Nurse", skills=("Wound care", "Triage", "Anatomy"))
    await store(world, nurse, at=NOW.replace(hour=10))
    await score(job_ids=(nurse.id,))
    assert await matched(world) == {posting(2).id}


async def test_fresh_postings_score_as_they_do_in_a_run_over_everything(world, score):
    common = [posting(number, skills=("Python",), title="Developer") for number in range(10, 40)]
    await store(world, posting(1), posting(2, skills=("Python", "Kafka")), *common)
    await score(job_ids=(posting(1).id, posting(2).id))
    some = {match.job_id: match.score for match in await world.matches.matches(ADA)}
    await score()
    everything = {match.job_id: match.score for match in await world.matches.matches(ADA)}
    assert some.keys() == {posting(1).id, posting(2).id} & everything.keys()
    assert {job: everything[job] for job in some} == some


async def test_every_part_of_the_candidates_is_scored_by_one_shard(world, run):
    world.settings = Settings(data_dir=DATA, match_shards=3)
    for number in range(1, 8):
        await world.candidates.save(person(number))
    await store(world, posting(1))
    activities = MatchActivities(world)
    parts = [await run(activities.score_candidates, ScoreInput(shard=shard)) for shard in range(3)]
    assert [part.candidates for part in parts] == [2, 3, 2]
    assert {part.shards for part in parts} == {3}
    for number in range(1, 8):
        assert await matched(world, UUID(int=number)) == {posting(1).id}


async def test_what_changes_in_the_stores_changes_in_the_index(world, score, monkeypatch):
    monkeypatch.setattr("activities.open_postings.LOOK_AGAIN", timedelta(0))
    now = datetime.now(UTC)
    await store(world, posting(1), posting(2), posting(3), at=now)
    await score(candidate_id=ADA)
    assert await matched(world) == {posting(number).id for number in (1, 2, 3)}

    rows, events = close((await world.postings.known({posting(1).id})).values(), now)
    await world.postings.save(rows, events)
    await store(world, posting(2, title="Nurse", skills=("Triage", "Anatomy")), posting(4), at=now)
    await world.clusters.place({job: Placement(cluster=posting(3).id) for job in (posting(3).id, posting(4).id)})
    result = await score(candidate_id=ADA, run_id="second")
    assert result.postings == 2
    assert len(await matched(world)) == 1
    assert await matched(world) < {posting(3).id, posting(4).id}


async def test_what_a_crawl_has_scored_is_in_the_index_at_once(world, score):
    await store(world, posting(1))
    await score(candidate_id=ADA)
    await store(world, posting(2))
    await score(job_ids=(posting(2).id,))
    assert (await score(candidate_id=ADA, run_id="later")).postings == 2


async def test_a_full_run_reads_all_anew_once(world, score, monkeypatch):
    monkeypatch.setattr("activities.open_postings.ANEW_AFTER", timedelta(0))
    await store(world, posting(1))
    await score()
    await store(world, posting(2), at=NOW - timedelta(days=3))
    assert (await score(run_id="day")).postings == 1
    assert (await score(run_id="night", anew=True)).postings == 2


async def test_a_posting_that_closes_meanwhile_matches_nobody(world, score, monkeypatch):
    await store(world, posting(1), posting(2))
    await score(candidate_id=UUID(int=1))
    await world.matches.remove_matches_of({posting(1).id})
    rows, events = close((await world.postings.known({posting(1).id})).values(), NOW)
    await world.postings.save(rows, events)
    await score(run_id="second")
    assert await matched(world) == {posting(2).id}


async def test_a_crawl_looks_only_at_whom_its_postings_fit_or_fitted(world, score, monkeypatch):
    nurse = Track(name="Care", titles=("Nurse",), skills={"Triage": SkillLevel(proficiency=Proficiency.EXPERT)})
    await world.candidates.save(person(2, tracks=(nurse,)))
    await world.candidates.save(person(3, tracks=(nurse,)))
    await store(world, posting(1), posting(2, title="Nurse", skills=("Triage",)))
    await score(run_id="night")
    await world.matches.save_matches([(await world.matches.matches(ADA))[0].model_copy(update={"candidate_id": BOB})])
    looked, known = [], world.matches.known

    async def looking(candidate_ids):
        looked.extend(candidate_ids)
        return await known(candidate_ids)

    monkeypatch.setattr(world.matches, "known", looking)
    await score(job_ids=(posting(1).id,), run_id="crawl")
    assert looked == [ADA, BOB]
    assert await matched(world, BOB) == {posting(2).id}


async def test_where_nothing_changed_nothing_is_written(world, score, monkeypatch):
    await store(world, posting(1), posting(2))
    await score()

    async def written(*_, **__):
        raise AssertionError

    for place, name in (
        *((world.matches, name) for name in ("save_matches", "log")),
        *((world.cache, name) for name in ("put_daily_matches", "notify")),
    ):
        monkeypatch.setattr(place, name, written)
    assert (await score(run_id="night", anew=True)).matches == 2


async def test_beyond_the_best_nothing_is_kept_and_so_nothing_comes_back_as_new(world, score, monkeypatch):
    monkeypatch.setattr("activities.match_scoring.KEPT", 5)
    monkeypatch.setattr(match_results, "KEPT", 5)
    for crawl in range(3):
        some = [posting(10 * crawl + number) for number in range(4)]
        await store(world, *some)
        await score(job_ids=tuple(each.id for each in some), run_id=f"crawl {crawl}")
    kept = await matched(world)
    assert len(kept) == 5
    assert (await score(run_id="night")).new == 0
    assert await matched(world) == kept


async def test_who_has_said_nothing_of_themselves_matches_nothing(world, score):
    await store(world, posting(1))
    await score()
    await world.candidates.save(person(tracks=()))
    await score(candidate_id=ADA, run_id="emptied")
    assert await matched(world) == set()


async def test_who_rests_keeps_the_matches_of_before_and_gets_no_others(world, score, monkeypatch):
    monkeypatch.setattr("activities.open_postings.LOOK_AGAIN", timedelta(0))
    await store(world, posting(1))
    await score()
    resting = person(active=False)
    await world.candidates.save(resting)
    await store(world, posting(2), at=datetime.now(UTC))
    for run in ({"candidate_id": ADA}, {"job_ids": (posting(2).id,)}, {}):
        result = await score(run_id=f"resting {run}", **run)
        assert (result.candidates, result.new) == (0, 0)
    assert await matched(world) == {posting(1).id}
    lines, news = await world.matches.decisions(ADA), await told(world)
    await world.candidates.save(resting.model_copy(update={"active": True}))
    await score(candidate_id=ADA, run_id="back")
    assert await matched(world) == {posting(1).id, posting(2).id}
    assert (len(lines), len(news)) == (1, 1)


async def test_the_best_track_counts(world, score):
    nurse = Track(name="Care", titles=("Nurse",), skills={"Triage": SkillLevel(proficiency=Proficiency.EXPERT)})
    await world.candidates.save(person(tracks=(nurse, person().tracks[0])))
    await store(world, posting(1), posting(2, title="Nurse", skills=("Triage",)))
    await score()
    assert {match.job_id: match.track for match in await world.matches.matches(ADA)} == {
        posting(1).id: "Data",
        posting(2).id: "Care",
    }


async def test_a_candidate_nobody_knows_is_named(score):
    with pytest.raises(Gone):
        await score(candidate_id=UUID(int=404))


async def test_a_night_puts_in_words_what_is_otherwise_than_before(world, score, monkeypatch):
    told = []
    tell = Ranking.told

    def counting(self, places):
        told.append(len(places))
        return tell(self, places)

    monkeypatch.setattr(Ranking, "told", counting)
    monkeypatch.setattr("activities.open_postings.ANEW_AFTER", timedelta(0))
    await store(world, posting(1), posting(2))
    await score(run_id="first")
    assert all(factor.reason for match in await world.matches.matches(ADA) for factor in match.factors)
    await score(candidate_id=ADA, run_id="a look")
    await score(run_id="second")
    await store(world, posting(2, requirements=(*SKILLS, "20 years of experience")), at=NOW.replace(hour=11))
    await score(run_id="third", anew=True)
    assert told == [2, 0, 1]
