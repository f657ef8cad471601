"""F18 to F22: ClickHouse whose answers are lost, that has not merged yet, that is down, that is told of the past."""

import asyncio
from datetime import UTC, datetime, timedelta

from benchmarks.faults.case import SERVED, Case, Figures, lasting, unreachable
from benchmarks.faults.world import World
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobPosting, Location, job_id

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


async def _reply_lost(world: World) -> Figures:
    """An insert is made twice, its client asks again by itself, and both answers are lost."""
    proxy = world.proxies["clickhouse"]
    proxy.lose_replies(b"INSERT", 2, of_one=True)
    async with asyncio.timeout(60):
        while proxy.lost_replies < 2:  # noqa: ASYNC110 - the load makes the inserts
            await asyncio.sleep(0.1)
    return {"replies_lost": proxy.lost_replies}


def _row(number: int, title: str, minutes: int) -> StoredPosting:
    """A closed posting: it is in no index, and in no list of what is open."""
    identity = f"probe/{number}"
    posting = JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://probe.example/{number}",
        ats="website",
        title=title,
        company_name="Probe",
        locations=(Location(name="Berlin"),),
        posted_at=NOW + timedelta(days=31 * minutes),
        quality_score=80,
    )
    at = NOW + timedelta(minutes=minutes)
    return StoredPosting(posting=posting, first_seen_at=NOW, last_seen_at=at, updated_at=at, closed_at=at)


async def _read_before_merge(world: World) -> Figures:
    """Five versions of two postings, each in a part of its own and in another month, the oldest of one written last."""
    versions = [(0, 1), (1, 1), (0, 3), (1, 2), (0, 2)]
    client = world.store.client
    # It merges when it has time, which may be at once.
    client.command("SYSTEM STOP MERGES quiethire.jobs")
    for number, minutes in versions:
        await world.store.save([_row(number, f"version {minutes}", minutes)], [])
    known = await world.store.known([job_id("probe/0"), job_id("probe/1")])
    titles = [known[job_id(f"probe/{number}")].posting.title for number in (0, 1)]
    raw = client.command("SELECT count() FROM quiethire.jobs WHERE startsWith(identity, 'probe/')")
    split = client.command(
        "SELECT value FROM system.settings WHERE name = 'do_not_merge_across_partitions_select_final'"
    )
    client.command("SYSTEM START MERGES quiethire.jobs")
    client.command("ALTER TABLE quiethire.jobs DELETE WHERE startsWith(identity, 'probe/') SETTINGS mutations_sync = 2")
    return {
        "rows_written": len(versions),
        "rows_unmerged": float(str(raw)),
        "rows_read": len(known),
        "newest_win": sum(title == wanted for title, wanted in zip(titles, ("version 3", "version 2"), strict=True)),
        "partitions_kept_apart": float(str(split) != "0"),
    }


async def _stays_away(world: World) -> Figures:
    """What was crawled meanwhile waits to be stored: those crawls go on, and fail no more than they end."""
    await lasting(600, 10)(world)
    return {"crawls_waiting": sum(name.startswith("crawl of") for name in world.load.under_way())}


CASES = (
    Case(
        id="F18",
        title="Insert taken, answer lost",
        injected="the proxy resets the connection when the answer to an INSERT comes, and again when it was asked again",
        must="one copy of every row and event",
        observe=_reply_lost,
        targets={**SERVED, "replies_lost": (">=", 2)},
        named="clickhouse",
    ),
    Case(
        id="F19",
        title="ClickHouse read before it merged",
        injected="five inserts of two postings",
        must="each is read once",
        observe=_read_before_merge,
        targets={**SERVED, "rows_unmerged": (">=", 3), "rows_read": ("<=", 2), "newest_win": (">=", 2)},
    ),
    Case(
        id="F20",
        title="A row that moves to another month",
        injected="versions of one posting with dates in three months",
        must="one version is read: nothing is partitioned by time, and FINAL looks at all parts",
        observe=_read_before_merge,
        targets={**SERVED, "rows_read": ("<=", 2), "partitions_kept_apart": ("<=", 0)},
    ),
    Case(
        id="F21",
        title="ClickHouse down",
        injected="connections refused for 10 minutes",
        quickly="connections refused for 10 s",
        must="searches go on; what was crawled meanwhile is stored afterwards, each once",
        fault=unreachable("clickhouse"),
        observe=_stays_away,
        targets={**SERVED, "crawls_waiting": (">=", 1)},
        named="clickhouse",
        falls="clickhouse",
    ),
    Case(
        id="F22",
        title="Versions out of order",
        injected="the oldest version of a posting is written last",
        must="the newest version is read",
        observe=_read_before_merge,
        targets={**SERVED, "newest_win": (">=", 2)},
    ),
)
