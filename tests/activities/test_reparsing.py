"""The archive read again by a better parser: corrected, opened or withdrawn, never news, and never a request."""

from uuid import UUID

import pytest
from reparse_archive import BOARD, DAY, NOW, job, job_page

from activities.reparsing import ReparseActivities
from activities.rereading import ReparseBatch, ReparseChoice
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import JobEventKind, close, observe
from quiethire.domain.matching import Match
from quiethire.domain.ports import EmbeddedPosting, row_stamp
from quiethire.storage.clickhouse import ClickHouseEmbeddings
from services.parser.ats.registry import adapter_for
from services.parser.version import PARSER_VERSION


async def test_another_reading_is_a_correction_and_no_change(archive, world):
    right, same = await archive.board(job(1), job(2))
    await archive.stored(right, title="Wrong")
    await archive.stored(same)
    assert await archive.reparse() == {"boards": 1, "read": 2, "corrected": 1, "unchanged": 1}
    row = await archive.row(right)
    assert row.posting == right
    assert (row.is_open, row.first_seen_at, row.last_seen_at) == (True, NOW - DAY, NOW - DAY)
    assert await archive.kinds(right) == ["opened", "corrected"]
    [_, event] = await world.postings.history(right.id)
    assert (event.field, event.old, event.new, event.at) == ("title", '"Wrong"', f'"{right.title}"', NOW)
    assert await archive.kinds(same) == ["opened"]
    assert (await archive.row(same)).posting.parser_version == PARSER_VERSION
    hits = {hit.document.title for hit in (await world.index.search(query("engineer"))).hits}
    assert hits == {right.title, same.title}


async def test_what_was_corrected_is_given_a_vector_of_its_new_text(archive, world):
    world.embeddings = ClickHouseEmbeddings(world.postings.client, world.postings.database)
    model = world.embedder.model
    right, same = await archive.board(job(1), job(2))
    await archive.stored(right, title="Wrong")
    await archive.stored(same)
    rows = (await world.postings.known({right.id, same.id})).values()
    of_now = [
        EmbeddedPosting(job_id=row.posting.id, row=row_stamp(row), text_hash="ab" * 32, vector=(0.0, 1.0))
        for row in rows
    ]
    await world.embeddings.keep(model, of_now)
    assert await world.embeddings.missing(model, 10) == []
    await archive.reparse()
    assert await world.embeddings.missing(model, 10) == [right.id]
    # Until then it is found by what it meant before.
    assert set(await world.embeddings.of_postings(model, [right.id])) == {right.id}


def query(words):
    from quiethire.domain.search import SearchQuery

    return SearchQuery(q=words)


async def test_a_board_that_this_parser_has_read_is_left_alone(archive):
    postings = await archive.board(job(1))
    await archive.stored(*postings, version=PARSER_VERSION, title="Differs")
    assert await archive.reparse() == {}
    assert await archive.reparse(force=True) == {"boards": 1, "read": 1, "corrected": 1}
    assert await archive.kinds(postings[0]) == ["opened", "corrected"]


async def test_reading_twice_changes_nothing_more(archive, world):
    postings = await archive.board(job(1), job(2))
    await archive.stored(*postings, title="Wrong")
    await archive.reparse()
    rows, histories = await state(archive, postings)
    assert await archive.reparse(at=NOW + DAY) == {}
    assert await archive.reparse(at=NOW + DAY, force=True) == {"boards": 1, "read": 2, "unchanged": 2}
    assert await state(archive, postings) == (rows, histories)


async def state(archive, postings):
    rows = await archive.world.postings.known({posting.id for posting in postings})
    return rows, [await archive.kinds(posting) for posting in postings]


async def test_a_dry_run_counts_and_writes_nothing(archive, world):
    postings = await archive.board(job(1), job(2))
    await archive.stored(postings[0], title="Wrong")
    before = await state(archive, postings)
    assert await archive.reparse(dry_run=True) == {"boards": 1, "read": 2, "corrected": 1, "opened": 1}
    assert await state(archive, postings) == before


async def test_a_posting_found_anew_is_as_old_as_its_page(archive, world):
    postings = await archive.board(job(1), job(2), at=NOW - 9 * DAY)
    await archive.stored(postings[0], at=NOW - 9 * DAY)
    assert await archive.reparse() == {"boards": 1, "read": 2, "opened": 1, "unchanged": 1}
    row = await archive.row(postings[1])
    assert (row.first_seen_at, row.is_open) == (NOW - 9 * DAY, True)
    [event] = await world.postings.history(postings[1].id)
    assert (event.kind, event.at) == (JobEventKind.OPENED, NOW - 9 * DAY)
    assert postings[1].id in await world.index.ids()


async def test_a_list_older_than_the_last_whole_reading_opens_nothing(archive):
    postings = await archive.board(job(1), job(2), at=NOW - 9 * DAY)
    await archive.stored(postings[0], at=NOW - 9 * DAY)
    await archive.crawled(NOW - 2 * DAY, same_list=True)
    await archive.crawled(NOW - 3 * DAY, complete=False)
    await archive.crawled(NOW - 3.5 * DAY, requests=0)
    await archive.crawled(NOW - 4 * DAY)
    assert await archive.reparse() == {"boards": 1, "read": 2, "unchanged": 1}
    assert await archive.row(postings[1]) is None


async def test_what_is_closed_stays_closed_as_it_was_read(archive, world):
    postings = await archive.board(job(1))
    await archive.stored(*postings, title="Wrong")
    rows = await world.postings.known({postings[0].id})
    await world.postings.save(*close(rows.values(), NOW))
    assert await archive.reparse() == {"boards": 1, "read": 1}
    assert await archive.kinds(postings[0]) == ["opened", "closed"]
    assert await archive.reparse(closed=True) == {"boards": 1, "read": 1, "corrected": 1}
    row = await archive.row(postings[0])
    assert (row.closed_at, row.posting.title) == (NOW, postings[0].title)
    assert "reopened" not in await archive.kinds(postings[0])
    assert postings[0].id not in await world.index.ids()


async def test_absence_closes_nothing_and_is_counted(archive):
    gone, *_ = await archive.board(job(1))
    await archive.stored(gone)
    kept = await archive.board(job(2), at=NOW - DAY / 2)
    await archive.stored(*kept)
    assert await archive.reparse() == {"boards": 1, "read": 1, "unchanged": 1, "unarchived": 1}
    assert (await archive.row(gone)).is_open


async def test_what_the_parser_takes_for_no_posting_is_withdrawn(archive, world):
    good, bad = await archive.board(job(1), job(2))
    await archive.stored(good, bad)
    await archive.board(job(1), job(2, content=""))
    assert await archive.reparse() == {"boards": 1, "read": 1, "withdrawn": 1, "unchanged": 1}
    row = await archive.row(bad)
    assert (row.closed_at, row.cause) == (NOW, JobEventKind.WITHDRAWN)
    assert await archive.kinds(bad) == ["opened", "withdrawn"]
    assert await world.index.ids() == {good.id}


@pytest.mark.parametrize("moment", ["known", "save"])
async def test_a_crawl_in_between_wins(archive, world, moment):
    right, anew = await archive.board(job(1), job(2))
    await archive.stored(right, title="Wrong")
    store = world.postings
    inner = getattr(store, moment)

    async def crawl_first(*arguments):
        setattr(store, moment, inner)
        crawled = [right.model_copy(update={"title": "Principal Engineer"}), anew]
        advance = observe(await store.known({right.id, anew.id}), crawled, NOW - DAY / 2)
        await store.save(advance.rows, advance.events)
        return await inner(*arguments)

    setattr(store, moment, crawl_first)
    await archive.reparse()
    assert (await archive.row(right)).posting.title == "Principal Engineer"
    assert (await archive.row(anew)).first_seen_at == NOW - DAY / 2


@pytest.mark.parametrize("death", ["before the rows", "after the rows"])
async def test_killed_in_the_middle_and_run_again_gives_the_same_end(archive, world, death):
    wrong, bad, anew = await archive.board(job(1), job(2), job(3))
    await archive.stored(wrong, title="Wrong")
    await archive.stored(bad)
    await archive.board(job(1), job(2, content=""), job(3))
    save = world.postings.save
    match = Match(candidate_id=UUID(int=1), job_id=bad.id, score=80, factors=())
    await world.candidates.save(Candidate(id=match.candidate_id, name="Ada"))

    async def dies(rows, events):
        world.postings.save = save
        # A run of matches between its reading and this writing.
        await world.matches.save_matches([match])
        if death == "after the rows":
            await save(rows, events)
        raise Transient("killed")

    plan = await archive.run(ReparseActivities(world).plan_reparse, ReparseChoice())
    batch = ReparseBatch(plan=plan, number=0, at=NOW)
    world.postings.save = dies
    with pytest.raises(Transient, match="killed"):
        await archive.run(ReparseActivities(world).reparse_boards, batch)
    done = await archive.run(ReparseActivities(world).reparse_boards, batch, attempt=2)
    assert (done.counts.corrected, done.counts.withdrawn) == (1, 1)
    assert await archive.kinds(wrong) == ["opened", "corrected"]
    assert await archive.kinds(bad) == ["opened", "withdrawn"]
    assert await archive.kinds(anew) == ["opened"]
    assert await world.index.ids() == {wrong.id, anew.id}
    titles = {hit.document.title for hit in (await world.index.search(query("engineer"))).hits}
    assert titles == {wrong.title, anew.title}
    assert await world.matches.matches(match.candidate_id) == []


async def test_an_unreadable_list_is_a_problem_and_changes_nothing(archive, world):
    postings = await archive.board(job(1))
    await archive.stored(*postings)
    [spec] = adapter_for(BOARD.ats).requests(BOARD, None)
    await archive.page(spec, b"<html>Just a moment</html>", NOW - DAY / 2)
    assert await archive.reparse() == {"boards": 1, "unarchived": 1, "problems": 1}
    assert (await archive.row(postings[0])).is_open


async def test_boards_are_chosen_by_key_or_host(archive):
    await archive.board(job(1))
    await archive.site(job_page())
    assert (await archive.reparse(board=BOARD.key))["opened"] == 1
    assert (await archive.reparse(host="northwind.example"))["opened"] == 1
    assert await archive.reparse(host="example") == {}
    assert await archive.reparse(board="lever/acme") == {}
