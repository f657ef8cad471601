"""A worker may die at any line: what its crawl had fetched is not fetched again."""

import asyncio
import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from local_site import HOST, Site, posting

from activities.crawling import PagesCrawl
from quiethire.storage.postgres import migrate

PROCESS = Path(__file__).with_name("crawling_process.py")
PAGES = 12
KILLED_AT = 5


async def test_after_kill_9_at_most_one_page_of_a_host_is_fetched_twice(postgres_dsn, tmp_path):
    await migrate(postgres_dsn)
    reached = asyncio.Event()

    def answer(target: str):
        if len(site.asked) == KILLED_AT:
            reached.set()
        return 200, posting(int(target.removeprefix("/jobs/").removesuffix("-nurse")))

    site = Site(answer)
    async with site.running() as address:
        settings = {
            "data_dir": str(tmp_path),
            "postgres_dsn": postgres_dsn,
            "host_map": {HOST: address},
            "host_delay_min": 0.05,
            "browser": False,
        }
        urls = [f"https://{HOST}/jobs/{number}-nurse" for number in range(PAGES)]
        given = {"settings": settings, "urls": urls, "started_at": datetime.now(UTC).isoformat()}
        command = (sys.executable, str(PROCESS), json.dumps(given))
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        killed = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.DEVNULL)
        await asyncio.wait_for(reached.wait(), 60)
        killed.kill()
        await killed.wait()
        again = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
        out, _ = await asyncio.wait_for(again.communicate(), 60)
    crawled = PagesCrawl.model_validate_json(out)
    assert [page.url for page in crawled.pages] == urls
    asked = Counter(target for target in site.asked if target != "/robots.txt")
    assert len(asked) == PAGES
    assert asked.total() - PAGES <= 1
