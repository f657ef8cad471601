"""A worker dies, a store is away, a person is erased: in the middle of a run."""

from datetime import UTC, datetime, timedelta

import pytest
from scored_people import ADA, BOB, Death, less_skilled, matched, person, posting, store, told

from activities import match_results
from quiethire.domain.alerts import digest_id
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close

pytestmark = pytest.mark.timeout(400)


async def test_a_retry_tells_what_the_try_before_kept_and_did_not_tell(world, score, monkeypatch):
    await store(world, posting(1))

    async def die(*_):
        raise Death

    with monkeypatch.context() as patch:
        patch.setattr(match_results.MatchResults, "_tell", die)
        with pytest.raises(Death):
            await score(job_ids=(posting(1).id,))
    assert (await matched(world), await told(world)) == ({posting(1).id}, [])
    again = await score(job_ids=(posting(1).id,), attempt=2)
    assert again.new == 1
    assert [each["job_id"] for each in await told(world)] == [str(posting(1).id)]
    assert len(await world.cache.daily_matches(ADA)) == 1
    assert len(await world.matches.decisions(ADA)) == 1


async def test_a_retry_takes_matches_whose_score_moved_for_no_news(world, score):
    await store(world, *(posting(number, title=f"Senior Data Engineer {'ABCDE'[number]}xq") for number in range(5)))
    await score(candidate_id=ADA, run_id="first")
    before = await told(world)
    await world.candidates.save(less_skilled())
    moved = await score(run_id="night")
    again = await score(run_id="night", attempt=2)
    assert (moved.matches, moved.new, again.new) == (5, 0, 0)
    assert await told(world) == before


async def test_a_try_goes_on_behind_those_whom_the_try_before_finished(world, score, monkeypatch):
    monkeypatch.setattr("activities.matching.AT_ONCE", 2)
    for number in range(2, 6):
        await world.candidates.save(person(number))
    await store(world, posting(1))
    keep, beats, kept = match_results.MatchResults.keep, [], []

    async def dying(self, found, run):
        if len(kept) == 4 and not run.is_retry:
            raise Death
        kept.extend(candidate.id.int for candidate, *_ in found)
        return await keep(self, found, run)

    monkeypatch.setattr(match_results.MatchResults, "keep", dying)
    with pytest.raises(Death):
        await score(beats=beats)
    again = await score(attempt=2, info={"heartbeat_details": beats[-1]})
    assert kept == [1, 2, 3, 4, 5]
    assert (again.candidates, again.matches, again.new) == (5, 5, 5)


async def test_matches_are_kept_though_the_cache_is_gone(world, score, monkeypatch):
    async def gone(*_, **__):
        raise Transient("no redis")

    monkeypatch.setattr(world.cache, "put_daily_matches", gone)
    await store(world, posting(1))
    assert (await score()).matches == 1
    assert await matched(world) == {posting(1).id}


@pytest.mark.parametrize(("store_name", "method"), [("clusters", "mates"), ("embeddings", "of_postings")])
async def test_what_a_failed_look_did_not_tell_the_index_the_next_one_tells(
    world, score, monkeypatch, store_name, method
):
    monkeypatch.setattr("activities.open_postings.LOOK_AGAIN", timedelta(0))
    now = datetime.now(UTC)
    await store(world, posting(1), posting(2), at=now)
    assert (await score(run_id="first")).postings == 2
    rows, events = close((await world.postings.known({posting(1).id})).values(), now)
    await world.postings.save(rows, events)
    await store(world, posting(3), posting(4), at=now)

    async def away(*_, **__):
        raise Transient("no store")

    with monkeypatch.context() as patch:
        patch.setattr(getattr(world, store_name), method, away)
        with pytest.raises(Transient):
            await score(run_id="second")
    assert (await score(run_id="second", attempt=2)).postings == 3
    assert await matched(world) == {posting(number).id for number in (2, 3, 4)}


async def test_who_is_erased_meanwhile_is_left_out(world, score, monkeypatch):
    await world.candidates.save(person(2))
    await store(world, posting(1))
    known = world.postings.known

    async def erasing(job_ids):
        await world.candidates.erase(ADA)
        return await known(job_ids)

    monkeypatch.setattr(world.postings, "known", erasing)
    assert (await score()).new == 1
    assert await matched(world, BOB) == {posting(1).id}
    assert await world.cache.daily_matches(ADA) == []


async def test_of_whom_a_run_wrote_while_they_were_erased_nothing_stays(world, score, monkeypatch):
    await world.candidates.save(person(email="ada@example.com", digest=True))
    await store(world, posting(1))
    save = world.matches.save_matches

    async def erasing(*given):
        await save(*given)
        await world.candidates.erase(ADA)

    monkeypatch.setattr(world.matches, "save_matches", erasing)
    assert (await score()).new == 0
    assert await world.alerts.get(digest_id(ADA)) is None
    assert (await world.cache.daily_matches(ADA), await told(world)) == ([], [])
