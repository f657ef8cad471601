"""What somebody dismissed, or likes."""

from datetime import timedelta

import pytest
from scored_people import NOW, matched, posting, say, store

from quiethire.domain.candidate import Verdict, Why
from quiethire.domain.cluster import Placement

pytestmark = pytest.mark.timeout(400)


async def test_what_was_dismissed_stays_away_with_all_that_is_the_same_job(world, score):
    await store(world, posting(1), posting(2), posting(3), posting(4))
    await world.clusters.place({posting(n).id: Placement(cluster=posting(2).id) for n in (2, 3)})
    await say(world, posting(2).id)
    await score()
    assert await matched(world) == {posting(1).id, posting(4).id}


async def test_of_what_was_said_of_two_listings_of_a_job_the_newest_word_counts(world, score):
    await store(world, posting(1), posting(2), posting(3))
    await world.clusters.place({posting(n).id: Placement(cluster=posting(2).id, rank=n) for n in (2, 3)})
    await say(world, posting(2).id)
    await say(world, posting(3).id, verdict=Verdict.INTERESTED, at=NOW + timedelta(hours=1))
    await score()
    assert await matched(world) == {posting(1).id, posting(2).id}


async def test_a_dismissed_company_stays_away(world, score):
    other = posting(3, company_name="Globex")
    await store(world, posting(1), posting(2), other)
    await say(world, posting(1).id, Why.COMPANY)
    await score()
    assert await matched(world) == {other.id}


async def test_what_is_of_interest_is_a_match_like_others(world, score):
    await store(world, posting(1))
    await say(world, posting(1).id, verdict=Verdict.INTERESTED)
    await score()
    assert await matched(world) == {posting(1).id}
