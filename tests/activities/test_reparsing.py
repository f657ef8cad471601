"""The archive read again by a better parser: corrected, opened or withdrawn, never news, and never a request."""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from activities.reparsing import ReparseActivities
from activities.rereading import ReparseBatch, ReparseChoice
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import JobEventKind, close, observe
from quiethire.domain.page import FetchedVia, Page, PageRef
from quiethire.domain.search import SearchDocument
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from services.parser.ats.registry import adapter_for, page_request
from services.parser.parse import parse_board_page, parse_posting_page
from services.parser.version import PARSER_VERSION

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)
BOARD = Board(
    ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind", company_name="Northwind"
)
SITE = Board(ats=WEBSITE, token="https://northwind.example/jobs", url="https://northwind.example/jobs")
TEXT = "<p>" + "You look after the wards with us, day and night, and teach who comes new. " * 8 + "</p>"
DATABASES = itertools.count(1)


def job(number, title="Data Engineer", content=TEXT):
    return {
        "id": 4_000_000 + number,
        "absolute_url": f"https://boards.greenhouse.io/northwind/jobs/{4_000_000 + number}",
        "title": f"{title} {number}",
        "location": {"name": "Berlin, Germany"},
        "content": content,
        "first_published": "2026-11-02T09:00:00Z",
    }


def feed(*jobs):
    return json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}).encode()


def job_page(title="Nurse in Berlin", text=TEXT):
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "description": text,
        "hiringOrganization": {"@type": "Organization", "name": "Northwind"},
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Berlin", "addressCountry": "DE"}},
        "datePosted": "2026-11-01",
    }
    script = f'<script type="application/ld+json">{json.dumps(posting)}</script>'
    return f"<html><head><title>{title}</title>{script}</head><body><h1>{title}</h1>{text}</body></html>".encode()


LISTING = (
    b"<html><body><h1>Open positions</h1><ul>"
    + b"".join(b'<li><a href="/jobs/%d-nurse-in-berlin">Nurse in Berlin %d</a></li>' % (n, n) for n in (1, 2, 3))
    + b"</ul></body></html>"
)


class NoFetcher:
    """Whoever asks it for anything has made a request."""

    async def fetch(self, spec, *, offline=False):
        raise AssertionError(f"a request for {spec.url}")

    async def resolve(self, host):
        raise AssertionError(f"a look-up of {host}")


@dataclass
class Archive:
    """What crawls have left behind, and how an older parser read it."""

    world: object
    run: object

    async def page(self, spec, body, at=NOW - DAY, kind="text/html", final_url=None):
        ref = PageRef(
            url=spec.url,
            final_url=final_url or spec.url,
            status=200,
            content_type=kind,
            content_hash=await self.world.archive.put(body),
            size=len(body),
            fetched_at=at,
            via=FetchedVia.HTTP,
        )
        await self.world.archive.record(spec, ref)
        return Page.of(ref, body)

    async def led(self, asked, came, body, at=NOW - DAY / 2):
        """Archive a redirect as the crawler does: under both addresses."""
        await self.page(page_request(asked), body, at, final_url=came)
        ref = await self.world.archive.latest(page_request(asked))
        await self.world.archive.record(page_request(came), ref)

    async def board(self, *jobs, at=NOW - DAY, board=BOARD):
        """Archive a list; gives its postings as this parser reads them."""
        await self.world.boards.add(board)
        [spec] = adapter_for(board.ats).requests(board, None)
        page = await self.page(spec, feed(*jobs), at, "application/json")
        return parse_board_page(board, page).postings

    async def site(self, *pages, listing=LISTING, at=NOW - DAY):
        """Archive a website's listing and its job pages; gives what each of them holds."""
        await self.world.boards.add(SITE)
        await self.page(page_request(SITE.url), listing, at)
        found = []
        for number, body in enumerate(pages, 1):
            page = await self.page(page_request(f"{SITE.url}/{number}-nurse-in-berlin"), body, at)
            found += parse_posting_page(page, board=SITE).postings
        return found

    async def stored(self, *postings, at=NOW - DAY, version=0, **changes):
        """Store the postings as a parser of this version read them."""
        older = [posting.model_copy(update={"parser_version": version, **changes}) for posting in postings]
        advance = observe(await self.world.postings.known({each.id for each in older}), older, at)
        await self.world.postings.save(advance.rows, advance.events)
        await self.world.index.upsert([SearchDocument.of(row) for row in advance.rows])

    async def crawled(self, at, board=BOARD, **facts):
        counts = dict.fromkeys(
            ("seen", "opened", "changed", "reopened", "unchanged", "refused", "closed", "problems"), 0
        )
        given = {"complete": True, "requests": 1} | counts | facts
        await self.world.boards.add(board)
        record = CrawlRecord(crawl_id=at.isoformat(), board_key=board.key, started_at=at, **given)
        await self.world.boards.record_crawl(record)

    async def reparse(self, attempt=1, at=NOW, dry_run=False, **choice):
        """Run plan and batches as the workflow does; the counts that are not zero."""
        do, chosen = ReparseActivities(self.world), ReparseChoice(**choice)
        plan = await self.run(do.plan_reparse, chosen)
        total: dict[str, int] = {}
        for number in range(plan.batches):
            batch = ReparseBatch(plan=plan, number=number, at=at, choice=chosen, dry_run=dry_run)
            done = await self.run(do.reparse_boards, batch, attempt=attempt)
            for name, count in done.counts.model_dump().items():
                total[name] = total.get(name, 0) + count
        return {name: count for name, count in total.items() if count}

    async def row(self, posting):
        return await self.world.postings.get(posting.id)

    async def kinds(self, posting):
        return [event.kind.value for event in await self.world.postings.history(posting.id)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    client = open_clickhouse(None, tmp_path_factory.mktemp("clickhouse"))
    yield client
    client.close()


@pytest.fixture
async def archive(world, run, engine):
    world.postings = ClickHousePostings(engine, f"reparse_{next(DATABASES)}")
    await world.postings.migrate()
    world.fetcher = NoFetcher()
    yield Archive(world, run)
    engine.command(f"DROP DATABASE {world.postings.database}")


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


async def test_job_pages_of_a_website_are_read_again(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"), job_page("Head nurse in Berlin"))
    await archive.stored(nurses[0], title="Wrong")
    await archive.stored(nurses[1])
    assert await archive.reparse() == {"boards": 1, "read": 2, "corrected": 1, "unchanged": 1}
    assert (await archive.row(nurses[0])).posting.title == nurses[0].title


async def test_a_job_page_that_the_listing_names_is_opened_and_another_is_not(archive, world):
    nurses = await archive.site(job_page("Nurse in Berlin"), job_page("Head nurse in Berlin"))
    await archive.page(page_request(f"{SITE.url}/9-cook"), job_page("Cook in Berlin"))
    assert await archive.reparse() == {"boards": 1, "read": 2, "opened": 2}
    assert await world.postings.open_ids() == {nurse.id for nurse in nurses}


async def test_a_page_that_is_no_posting_is_withdrawn_where_it_still_says_the_same(archive):
    nurse, other = await archive.site(job_page("Nurse in Berlin"), job_page("Head nurse in Berlin"))
    await archive.stored(nurse, other)
    await archive.site(
        b"<html><body><h1>Nurse in Berlin</h1><p>A story of our ward.</p></body></html>",
        b"<html><body><h1>Log in</h1><form><input type=password></form></body></html>",
        at=NOW - DAY / 2,
    )
    assert await archive.reparse() == {"boards": 1, "withdrawn": 1}
    assert (await archive.row(nurse)).cause is JobEventKind.WITHDRAWN
    assert (await archive.row(other)).is_open, "a login in its place takes nothing back"


async def test_a_known_page_that_no_listing_names_is_read_too(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"), listing=b"<html><body><p>Nothing now</p></body></html>")
    await archive.stored(*nurses, title="Wrong")
    assert await archive.reparse() == {"boards": 1, "read": 1, "corrected": 1}


async def test_a_row_read_from_a_newer_page_than_the_archive_has_is_kept(archive):
    postings = await archive.board(job(1), at=NOW - 9 * DAY)
    await archive.crawled(NOW - DAY)
    await archive.stored(*postings, at=NOW - DAY, title="Newer")
    assert await archive.reparse() == {"boards": 1, "read": 1, "unchanged": 1}
    assert (await archive.row(postings[0])).posting.title == "Newer"


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

    async def dies(rows, events):
        world.postings.save = save
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


LONG = "".join(
    f"<p>Duty {n}: you look after the wards with us, day and night, and teach who comes.</p>" for n in range(40)
)
PLAIN = (
    f"<html><head><title>Nurse in Berlin - Northwind</title></head><body><h1>Nurse in Berlin</h1>"
    f"<p>Location: Berlin</p><h2>Your tasks</h2>{LONG}<p>Apply now</p></body></html>"
).encode()
SHELL = b"<html><head><title>%s</title><script src=/app.js></script></head><body><div id=root></div></body></html>"


@pytest.mark.parametrize(
    ("body", "kind"), [(PLAIN[: len(PLAIN) // 2], "cut_page"), (SHELL % b"Nurse in Berlin", "unrendered")]
)
async def test_a_page_that_shows_a_part_of_itself_says_nothing(archive, world, body, kind):
    nurses = await archive.site(PLAIN)
    await archive.stored(*nurses)
    await archive.site(body, body, at=NOW - DAY / 2)
    assert await archive.reparse() == {"boards": 1, "unarchived": 1, "problems": 2}
    assert await archive.kinds(nurses[0]) == ["opened"]
    assert await world.postings.open_ids() == {nurses[0].id}
    assert (await archive.row(nurses[0])).posting.content_hash == nurses[0].content_hash


@pytest.mark.parametrize("body", [LISTING, job_page("Nurse in Berlin", TEXT * 2), b"<h1>Log in</h1>"])
async def test_a_job_that_led_to_another_page_is_neither_corrected_nor_withdrawn(archive, world, body):
    nurses = await archive.site(job_page("Nurse in Berlin"))
    await archive.stored(*nurses)
    await archive.led(f"{SITE.url}/1-nurse-in-berlin", f"{SITE.url}/?gone=1", body)
    assert await archive.reparse() == {"boards": 1, "unarchived": 1}
    assert await archive.kinds(nurses[0]) == ["opened"]
    assert await world.postings.open_ids() == {nurses[0].id}


async def test_a_redirect_to_another_form_of_the_address_is_read_and_takes_nothing_back(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"))
    await archive.stored(*nurses)
    address = f"{SITE.url}/1-nurse-in-berlin"
    await archive.led(address, address.replace("https://", "http://www.") + "/", job_page("Nurse in Berlin"))
    assert await archive.reparse() == {"boards": 1, "read": 1, "opened": 1}
    assert (await archive.row(nurses[0])).is_open


async def test_a_company_page_that_a_job_led_to_takes_back_nothing_of_that_job(archive):
    nurses = await archive.site(job_page("Nurse in Berlin"))
    await archive.stored(*nurses)
    gone = b"<html><body><h1>Careers</h1><p>We are looking for no Nurse in Berlin any more.</p></body></html>"
    await archive.led(f"{SITE.url}/1-nurse-in-berlin", SITE.url, gone)
    assert (await archive.reparse()).get("withdrawn", 0) == 0
    assert (await archive.row(nurses[0])).is_open


async def test_a_list_that_was_cut_is_a_problem_and_takes_back_nothing(archive):
    board = Board(ats="jazzhr", token="northwind", url="https://northwind.applytojob.com/apply")
    await archive.world.boards.add(board)
    [spec] = adapter_for(board.ats).requests(board, None)
    await archive.page(spec, b"<html><body><ul><li><a href='/apply/abc/Nurse'>Nur")
    assert await archive.reparse() == {"boards": 1, "problems": 1}
