"""One job, shown once: through the activities, over the real engine and over the twins."""

import asyncio
import itertools
import random
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from activities.batches import save_batches
from activities.indexing import Collection, IndexActivities, ReconcileInput
from activities.matching import MatchActivities, ScoreInput
from activities.storing import CloseInput, IndexInput, StoreActivities, StoreInput
from quiethire.domain.board import Board
from quiethire.domain.candidate import Candidate, Preferences, SkillLevel, Track
from quiethire.domain.cluster import Placement
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close
from quiethire.domain.matching import Proficiency, SalaryFloor
from quiethire.domain.posting import JobPosting, Location, Period, Salary, Workplace, job_id
from quiethire.domain.search import PayFloor, SearchQuery
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBERS = itertools.count(1)
_WORDS = [f"word{number}" for number in range(2_000)]


def text(seed, words=200):
    return " ".join(random.Random(seed).choices(_WORDS, k=words))


@pytest.fixture(params=["twins", "engine"])
async def crawls(request, world, run):
    if request.param == "engine":
        engine = request.getfixturevalue("clickhouse_client")
        database = f"duplicates_{next(NUMBERS)}"
        world.postings, world.clusters = ClickHousePostings(engine, database), ClickHouseClusters(engine, database)
        await world.postings.migrate()
    return Crawls(world, run)


def posting(board, number, *, city="Berlin", company="Northwind", about=1, title="Data Engineer"):
    ats, _, token = board.partition("/")
    identity = f"{board}/{number}"
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://{ats}.example/{token}/{number}",
        board_key=board,
        ats=ats,
        external_id=str(number),
        title=title,
        company_name=company,
        locations=(Location(name=city, city=city, country="DE"),) if city else (),
        description_text=f"Northwind hires. {text(about)}",
        quality_score=90,
    )


OURS, THEIRS, AGENCY = "greenhouse/northwind", "lever/northwind", "breezy/zenit"


class Crawls:
    """What the workflow does with what a board lists."""

    def __init__(self, world, run):
        self.world, self.run = world, run
        self.do, self.whole = StoreActivities(world), IndexActivities(world)

    async def store(self, *postings, at=NOW):
        [batch] = await save_batches(self.world.archive, postings, ())
        result = await self.run(self.do.store_jobs_in_clickhouse, StoreInput(batch=batch, at=at))
        await self.run(self.do.index_jobs_in_typesense, IndexInput(job_ids=result.touched))
        return result

    async def close(self, board, *left, at):
        """A complete crawl of the board at `at` that listed these alone."""
        ats, _, token = board.partition("/")
        record = CrawlRecord(crawl_id=f"{board}{at}", board_key=board, started_at=at, complete=True)
        batches = await save_batches(self.world.archive, left, ())
        given = CloseInput(
            board=Board(ats=ats, token=token, url=f"https://{ats}.example/"), record=record, batches=batches
        )
        return await self.run(self.do.close_missing_jobs, given)

    async def shown(self):
        """Documents by id with the number of listings; as a search tells them, rebuilt or mended they are the same."""
        found = await self.world.index.search(SearchQuery(per_page=100))
        documents = {hit.document.id: hit.document.listings for hit in found.hits}
        plain = await self.world.postings.search(SearchQuery(per_page=100))
        assert {hit.document.id for hit in plain.hits} == set(documents)
        return documents

    async def placed(self):
        return await self.world.clusters.mates(await self.world.postings.open_ids())


def shown_as(given, listings=1):
    return {str(given.id): listings}


FILLER = [
    posting((OURS, THEIRS)[number % 2], 90 + number, title=f"Cook {number}", about=50 + number) for number in range(6)
]
"""Jobs that stay, so that no board loses more than half of its postings at once."""


def ada(**wanted):
    """A data engineer who knows Python."""
    skills = {"Python": SkillLevel(proficiency=Proficiency.EXPERT)}
    track = Track(titles=("Data Engineer",), skills=skills, years_experience=5)
    return Candidate(id=UUID(int=1), name="Ada", tracks=(track,), preferences=Preferences(**wanted))


async def test_a_job_on_two_boards_is_shown_once(crawls):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours)
    second = await crawls.store(theirs, at=NOW + HOUR)
    assert second.opened == 1
    assert set(second.touched) == {ours.id, theirs.id}
    assert await crawls.shown() == shown_as(ours, 2)
    assert await crawls.world.clusters.hidden() == 1


async def test_a_job_is_found_by_the_cities_and_the_pay_of_every_place_that_lists_it(crawls):
    ours = posting(OURS, 1)
    pay = Salary(min=70_000, max=90_000, currency="EUR", period=Period.YEAR)
    both = (*ours.locations, Location(name="Munich", city="Munich", country="DE"))
    theirs = posting(THEIRS, 2).model_copy(update={"locations": both, "salary": pay})
    await crawls.store(ours, *FILLER)
    await crawls.store(theirs, at=NOW + HOUR)
    for search in (crawls.world.index.search, crawls.world.postings.search):
        for query in (SearchQuery(location="Munich"), SearchQuery(salary_min=PayFloor(amount=80_000))):
            [hit] = (await search(query)).hits
            assert hit.document.id == str(ours.id)
            assert set(hit.document.location) == {"Berlin", "Munich"}
    await crawls.close(THEIRS, *[each for each in FILLER if each.board_key == THEIRS], at=NOW + 3 * HOUR)
    found = await crawls.world.index.search(SearchQuery(location="Munich"))
    assert found.found == 0


async def test_a_job_may_be_done_from_where_the_listing_allows_it_that_says_that_it_is_remote(crawls):
    ours = posting(OURS, 1)
    allowed = {"remote": Workplace.REMOTE, "remote_allowed_in": ("FR",), "on_site_days": 1}
    theirs = posting(THEIRS, 2).model_copy(update=allowed)
    await crawls.store(ours)
    await crawls.store(theirs, at=NOW + HOUR)
    for search in (crawls.world.index.search, crawls.world.postings.search):
        [hit] = (await search(SearchQuery(remote_from=("FR",)))).hits
        assert (hit.document.id, hit.document.remote, hit.document.on_site_days) == (str(ours.id), "remote", 1)
        assert (await search(SearchQuery(remote_from=("DE",)))).found == 0


async def test_different_jobs_are_shown_apart(crawls):
    given = [
        posting(OURS, 1),
        posting(OURS, 2, city="Munich"),
        posting(OURS, 3, about=2),
        posting(OURS, 4, title="Senior Data Engineer"),
        posting(THEIRS, 5, city="Hamburg"),
    ]
    await crawls.store(*given)
    assert await crawls.shown() == {str(each.id): 1 for each in given}


async def test_an_agency_s_copy_seen_first_gives_way_to_the_original(crawls):
    copy, original = posting(AGENCY, 1, company="Zenit Staffing"), posting(OURS, 2)
    await crawls.store(copy)
    assert await crawls.shown() == shown_as(copy)
    await crawls.store(original, at=NOW + HOUR)
    assert await crawls.shown() == shown_as(original, 2)
    placed = await crawls.placed()
    assert (placed[copy.id].is_copy, placed[original.id].is_copy) == (True, False)


async def test_when_the_leader_closes_the_next_is_shown_and_when_it_opens_again_it_leads(crawls):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours, *FILLER)
    await crawls.store(theirs, at=NOW + HOUR)
    others = {str(each.id): 1 for each in FILLER}
    left = [each for each in FILLER if each.board_key == OURS]
    for _ in range(2):
        ended = await crawls.close(OURS, *left, at=NOW + 2 * HOUR)
        assert (ended.closed, ended.taken_over) == (1, (theirs.id,))
        assert await crawls.shown() == others | shown_as(theirs, 1)
    await crawls.store(ours, at=NOW + 3 * HOUR)
    assert await crawls.shown() == others | shown_as(ours, 2)


async def test_when_a_hidden_one_closes_the_leader_stands_for_one_less(crawls):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours, theirs, *FILLER)
    left = [each for each in FILLER if each.board_key == THEIRS]
    await crawls.close(THEIRS, *left, at=NOW + HOUR)
    assert (await crawls.shown())[str(ours.id)] == 1


async def test_a_death_before_the_next_is_shown_is_mended_by_the_retry(crawls, monkeypatch):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours, theirs, *FILLER)
    left = [each for each in FILLER if each.board_key == OURS]

    async def die(*_, **__):
        raise Transient("the worker died here")

    with monkeypatch.context() as patch:
        patch.setattr(crawls.world.index, "upsert", die)
        with pytest.raises(Transient):
            await crawls.close(OURS, *left, at=NOW + HOUR)
    await crawls.close(OURS, *left, at=NOW + HOUR)
    shown = await crawls.shown()
    assert (str(theirs.id) in shown, str(ours.id) in shown) == (True, False)


@pytest.mark.parametrize("method", ["remember", "around", "place"])
async def test_a_death_while_gathering_is_mended_by_the_retry(crawls, monkeypatch, method):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours)

    async def die(*_, **__):
        raise Transient("the worker died here")

    with monkeypatch.context() as patch:
        patch.setattr(crawls.world.clusters, method, die)
        with pytest.raises(Transient):
            await crawls.store(theirs, at=NOW + HOUR)
    again = await crawls.store(theirs, at=NOW + HOUR)
    assert again.opened == 1
    assert await crawls.shown() == shown_as(ours, 2)


async def test_storing_twice_places_as_once(crawls):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    results = [await crawls.store(ours, theirs) for _ in range(2)]
    assert results[0].touched == results[1].touched
    placed = await crawls.placed()
    assert len(placed) == 2
    assert len({at.cluster for at in placed.values()}) == 1
    assert len(await crawls.shown()) == 1


async def test_boards_stored_at_once_come_to_the_end_that_they_come_to_one_after_the_other(crawls):
    boards = [
        [posting(f"{ats}/northwind", number, about=number) for number in range(8)] for ats in ("a", "b", "c", "d")
    ]
    await asyncio.gather(*(crawls.store(*board, at=NOW + n * HOUR) for n, board in enumerate(boards)))
    await crawls.run(crawls.whole.reconcile_search_index, ReconcileInput())
    assert await crawls.shown() == {str(each.id): 4 for each in boards[0]}
    placed = await crawls.placed()
    first = {each.external_id: each.id for each in boards[0]}
    assert placed == {each.id: Placement(cluster=first[each.external_id]) for board in boards for each in board}


async def test_the_nightly_mend_finds_a_pair_that_two_writers_missed(crawls, monkeypatch):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours)

    async def alone(given):
        return await type(crawls.world.clusters).around(crawls.world.clusters, [])

    with monkeypatch.context() as patch:
        patch.setattr(crawls.world.clusters, "around", alone)
        await crawls.store(theirs, at=NOW + HOUR)
    assert len(await crawls.shown()) == 2
    result = await crawls.run(crawls.whole.reconcile_search_index, ReconcileInput())
    assert (result.postings, result.removed) == (1, 1)
    assert await crawls.shown() == shown_as(ours, 2)


async def test_postings_that_were_never_compared_are_gathered_by_the_mend(crawls, monkeypatch):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    with monkeypatch.context() as patch:
        patch.setattr(crawls.do._gathering, "gather", lambda rows: asyncio.sleep(0, set()))
        await crawls.store(ours)
        await crawls.store(theirs, at=NOW + HOUR)
    assert len(await crawls.shown()) == 2
    await crawls.run(crawls.whole.reconcile_search_index, ReconcileInput())
    assert await crawls.shown() == shown_as(ours, 2)


async def test_a_rebuilt_index_and_a_mended_one_show_the_same(crawls):
    await crawls.store(posting(OURS, 1), posting(OURS, 7, about=7))
    await crawls.store(posting(THEIRS, 2), posting(AGENCY, 3, company="Zenit Staffing"), at=NOW + HOUR)
    before = await crawls.shown()
    built = await crawls.run(crawls.whole.build_search_collection, Collection(name="jobs_new"))
    assert built.documents == 2
    await crawls.run(crawls.whole.swap_search_collection, built)
    assert await crawls.shown() == before
    result = await crawls.run(crawls.whole.reconcile_search_index, ReconcileInput(since=NOW - HOUR))
    assert (result.postings, result.added, result.renewed, result.removed) == (2, 0, 2, 0)
    assert await crawls.shown() == before
    await crawls.world.index.delete([posting(OURS, 1).id])
    result = await crawls.run(crawls.whole.reconcile_search_index, ReconcileInput())
    assert (result.added, result.removed) == (1, 0)
    assert await crawls.shown() == before


async def test_a_posting_that_becomes_another_job_leaves_its_mates(crawls):
    ours, theirs = posting(OURS, 1), posting(THEIRS, 2)
    await crawls.store(ours)
    await crawls.store(theirs, at=NOW + HOUR)
    other = posting(THEIRS, 2, title="Staff Data Engineer", about=3)
    result = await crawls.store(other, at=NOW + 2 * HOUR)
    assert set(result.touched) == {ours.id, theirs.id}
    assert await crawls.shown() == shown_as(ours) | shown_as(other)
    await crawls.store(theirs, at=NOW + 3 * HOUR)
    assert await crawls.shown() == shown_as(ours, 2)


async def test_of_a_job_listed_twice_the_one_that_is_shown_is_matched(crawls):
    await crawls.world.candidates.save(ada())
    ours, theirs = (
        posting(board, 1).model_copy(update={"skills": ("Python",), "requirements": ("Python",)})
        for board in (OURS, THEIRS)
    )
    await crawls.store(ours)
    stored = await crawls.store(theirs, at=NOW + HOUR)
    score = MatchActivities(crawls.world).score_candidates
    for given in (ScoreInput(job_ids=stored.touched), ScoreInput()):
        await crawls.run(score, given)
        assert [match.job_id for match in await crawls.world.matches.matches(UUID(int=1))] == [ours.id]


async def test_a_match_passes_to_the_listing_that_takes_the_place_of_a_closed_one(crawls):
    await crawls.world.candidates.save(ada())
    ours, theirs = (posting(board, 1).model_copy(update={"skills": ("Python",)}) for board in (OURS, THEIRS))
    await crawls.store(ours, *FILLER)
    await crawls.store(theirs, at=NOW + HOUR)
    score = MatchActivities(crawls.world).score_candidates
    await crawls.run(score, ScoreInput())
    left = [each for each in FILLER if each.board_key == OURS]
    ended = await crawls.close(OURS, *left, at=NOW + 2 * HOUR)
    assert await crawls.world.matches.matches(UUID(int=1)) == []
    await crawls.run(score, ScoreInput(job_ids=ended.taken_over))
    assert [match.job_id for match in await crawls.world.matches.matches(UUID(int=1))] == [theirs.id]


async def test_a_job_is_matched_by_what_any_of_its_listings_states(crawls):
    await crawls.world.candidates.save(ada(salary_floor=SalaryFloor(amount=80_000, currency="EUR")))
    pay = Salary(min=30_000, max=40_000, currency="EUR", period=Period.YEAR)
    ours, theirs = (posting(board, 1).model_copy(update={"skills": ("Python",)}) for board in (OURS, THEIRS))
    theirs = theirs.model_copy(update={"salary": pay})
    await crawls.store(ours, *FILLER)
    activities = MatchActivities(crawls.world)

    async def matched(**given):
        await crawls.run(activities.score_candidates, ScoreInput(**given))
        return [match.job_id for match in await crawls.world.matches.matches(UUID(int=1))]

    assert await matched() == [ours.id]
    stored = await crawls.store(theirs, at=NOW + HOUR)
    assert await matched(job_ids=stored.touched) == await matched() == []
    activities = MatchActivities(crawls.world)
    assert await matched() == []
    ended = await crawls.close(THEIRS, *[each for each in FILLER if each.board_key == THEIRS], at=NOW + 2 * HOUR)
    assert ended.taken_over == (ours.id,)
    assert await matched(job_ids=ended.taken_over) == await matched() == [ours.id]


@pytest.mark.parametrize("known", ["kept", "forgotten"])
async def test_a_hidden_mate_whose_closing_the_index_missed_no_longer_counts_after_a_reconciliation(
    crawls, monkeypatch, known
):
    ours, theirs, world = posting(OURS, 1), posting(THEIRS, 2), crawls.world
    now = datetime.now(UTC)
    await crawls.store(ours, at=now - 72 * HOUR)
    await crawls.store(theirs, at=now - 71 * HOUR)
    assert await crawls.shown() == shown_as(ours, 2)
    await crawls.run(crawls.whole.reconcile_search_index, ReconcileInput())
    rows = await world.postings.known([theirs.id])
    await world.postings.save(*close(list(rows.values()), now))

    async def unreachable(documents, collection=None):
        raise Transient("out of reach", where="typesense")

    with monkeypatch.context() as patch:
        patch.setattr(world.index, "upsert", unreachable)
        with pytest.raises(Transient) if known == "forgotten" else nullcontext():
            await crawls.run(
                crawls.do.index_jobs_in_typesense, IndexInput(job_ids=(theirs.id,)), attempt=3 if known == "kept" else 1
            )
    assert await world.index_records.count_failures() == (known == "kept")
    # Kept, it is mended whenever it closed; forgotten, because its row is new.
    since = ReconcileInput(since=now + HOUR if known == "kept" else None)
    await crawls.run(crawls.whole.reconcile_search_index, since)
    assert await crawls.shown() == shown_as(ours)
    assert await world.index_records.count_failures() == 0
