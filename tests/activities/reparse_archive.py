"""An archive of boards and pages, read again as the workflow does."""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from activities.reparsing import ReparseActivities
from activities.rereading import ReparseBatch, ReparseChoice
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.lifecycle import observe
from quiethire.domain.page import FetchedVia, Page, PageRef
from quiethire.domain.search import SearchDocument
from services.parser.ats.registry import adapter_for, page_request
from services.parser.parse import parse_board_page, parse_posting_page

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
        given = {"complete": True, "requests": 1} | facts
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
