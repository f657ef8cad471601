"""A run of discovery keeps within its time, however slow the pace that a host wants, and takes nobody else's."""

import asyncio
import time

import pytest

from services.osint import discovery
from services.osint.methods.career_pages import discover_career_pages


async def test_a_run_whose_time_is_up_asks_no_more(monkeypatch):
    asked = []

    async def fetch(spec):
        asked.append(spec.url)

    monkeypatch.setattr(discovery, "MAX_SECONDS", -1.0)
    found = await discover_career_pages("northwind.example", discovery.Web(fetch=fetch, recognise=lambda *_: None))
    assert (asked, found.requests, found.candidates) == ([], 0, ())


@pytest.mark.parametrize(("root", "entry"), [("urlset", "url"), ("sitemapindex", "sitemap")])
async def test_a_large_sitemap_keeps_nothing_else_from_its_turn(site, root, entry):
    urls = (f"https://a.example/products/category-{n % 50}/some-long-product-name-{n}-blue" for n in range(15_000))
    listed = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    web = site({"https://a.example/sitemap.xml": f"<{root}>{listed}</{root}>"})
    started, turns = time.monotonic(), []

    async def heartbeat():
        while True:
            turns.append(time.monotonic())
            await asyncio.sleep(0.01)

    beating = asyncio.create_task(heartbeat())
    await asyncio.sleep(0)
    await discover_career_pages("a.example", web)
    ended = time.monotonic()
    beating.cancel()
    waits = [after - before for before, after in zip(turns, [*turns[1:], ended], strict=True)]
    assert max(waits) < (ended - started) / 2
