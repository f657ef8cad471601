"""What people are told of new matches."""

import pytest
from scored_people import ADA, BOB, matched, person, posting, store, told

from activities.match_news import MOST
from activities.match_withdrawal import withdraw_matches
from quiethire.domain.posting import Location

pytestmark = pytest.mark.timeout(400)


async def test_new_matches_are_told_once(world, score):
    await store(world, posting(1))
    await score(job_ids=(posting(1).id,))
    await score(job_ids=(posting(1).id,), run_id="another")
    [news] = await told(world)
    assert (news["type"], news["job_id"], news["title"], news["company"]) == (
        "match",
        str(posting(1).id),
        "Senior Data Engineer",
        "Northwind",
    )


async def test_one_advert_in_thirty_cities_is_one_notification(world, score):
    cities = [posting(number, locations=(Location(name=f"City {number}"),)) for number in range(30)]
    await store(world, *cities, posting(99, title="Lead Data Engineer"))
    await score(job_ids=tuple(city.id for city in cities[:20]))
    await score(job_ids=(*(city.id for city in cities[20:]), posting(99).id), run_id="another")
    news = await told(world)
    assert [each["title"] for each in news] == ["Senior Data Engineer", "Lead Data Engineer"]
    assert (news[0]["listings"], len(news[0]["places"])) == (20, 3)


async def test_two_jobs_of_one_title_at_one_company_are_two_notifications(world, score):
    texts = (
        "Payments. You build ledgers in Python, SQL and Apache Spark for the banks that are our clients, with eight others.",
        "Ranking and relevance of search. Clusters, evaluation, on-call rotation; office dogs are welcome, Japanese helps.",
    )
    both = [posting(number, description_text=text) for number, text in enumerate(texts)]
    await store(world, *both)
    for each in both:
        await score(job_ids=(each.id,), run_id=f"crawl of {each.id}")
    assert [each["job_id"] for each in await told(world)] == [str(each.id) for each in both]
    await world.candidates.save(person(2))
    await score(job_ids=tuple(each.id for each in both), run_id="later")
    assert len(await told(world, BOB)) == 2


async def test_of_very_many_new_matches_the_best_are_told_and_the_rest_counted(world, score):
    many = [
        posting(number, title=f"Senior Data Engineer {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]}x") for number in range(26)
    ]
    await store(world, *many)
    await score(job_ids=tuple(each.id for each in many))
    news = await told(world)
    assert [each["type"] for each in news] == ["match"] * MOST + ["more_matches"]
    assert news[-1]["count"] == 26 - MOST


async def test_who_has_their_own_matches_made_hears_of_them_in_one_word(world, score):
    await store(world, *(posting(number, title=f"Data Engineer {number}") for number in range(5)))
    await score(candidate_id=ADA)
    assert await told(world) == [{"type": "matches", "count": 5}]


async def test_notifications_and_the_log_tell_nothing_that_the_person_said(world, score):
    await store(world, posting(1))
    await score()
    texts = [each.body.decode() for each in await world.cache.notified(ADA)]
    texts += [decision.model_dump_json() for decision in await world.matches.decisions(ADA)]
    assert texts
    assert not any(word in text for word in ("Python", "Ada") for text in texts)


async def test_a_posting_that_closes_leaves_the_feeds_that_tell_of_it_and_no_others(world, score):
    await world.candidates.save(person(2, tracks=()))
    await store(world, posting(1))
    await score(candidate_id=ADA)
    await world.cache.put_daily_matches(BOB, {}, b"{}")
    await withdraw_matches(world.matches, world.cache, [posting(1).id])
    assert await matched(world) == set()
    assert (await world.cache.feed(ADA)).hidden is None
    assert (await world.cache.feed(BOB)).hidden == b"{}"


async def test_however_many_close_at_once_all_of_them_leave(world, score, monkeypatch):
    monkeypatch.setattr("activities.match_withdrawal.AT_ONCE", 2)
    await store(world, *(posting(number) for number in range(5)))
    await score()
    assert await matched(world)
    await withdraw_matches(world.matches, world.cache, {posting(number).id for number in range(5)})
    assert await matched(world) == set()
    assert (await world.cache.feed(ADA)).feed is None
