"""A worker may die at any line: what its crawl had fetched is not fetched again."""

import asyncio
import json
import os
import sys
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from local_site import HOST, Site, posting

from activities.crawling import PagesCrawl
from quiethire.storage.postgres import migrate

PROCESS = Path(__file__).with_name("crawling_process.py")
HOSTS = [HOST, *(f"{name}.example" for name in ("eastwind", "southwind", "westwind"))]
PAGES = 8
KILLED_AT = 13
"""Requests to all hosts, after which the worker dies."""


async def test_after_kill_9_at_most_one_page_of_each_host_is_fetched_twice(postgres_dsn, tmp_path):
    await migrate(postgres_dsn)
    reached = asyncio.Event()

    def answer(target: str):
        if sum(len(site.asked) for site in sites) >= KILLED_AT:
            reached.set()
        return 200, posting(int(target.removeprefix("/jobs/").removesuffix("-nurse")))

    sites = [Site(answer) for _ in HOSTS]
    async with AsyncExitStack() as running:
        addresses = [await running.enter_async_context(site.running()) for site in sites]
        settings = {
            "data_dir": str(tmp_path),
            "postgres_dsn": postgres_dsn,
            "host_map": dict(zip(HOSTS, addresses, strict=True)),
            "host_delay_min": 0.05,
            "browser": False,
        }
        urls = [f"https://{host}/jobs/{number}-nurse" for number in range(PAGES) for host in HOSTS]
        given = {"settings": settings, "urls": urls, "started_at": datetime.now(UTC).isoformat()}
        command = (sys.executable, str(PROCESS), json.dumps(given))
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        killed = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.DEVNULL)
        await asyncio.wait_for(reached.wait(), 60)
        killed.kill()
        await killed.wait()
        before = [len(site.asked) for site in sites]
        again = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
        out, _ = await asyncio.wait_for(again.communicate(), 60)
    crawled = PagesCrawl.model_validate_json(out)
    assert sorted(page.url for page in crawled.pages) == sorted(urls)
    assert sum(before) < len(urls), "it was killed on the way"
    for site in sites:
        asked = Counter(target for target in site.asked if target != "/robots.txt")
        assert len(asked) == PAGES
        assert asked.total() - PAGES <= 1
