"""The pages as people meet them: from a key to its results on the screen, and what Lighthouse makes of each page.

`python -m benchmarks.page [--json] [--quick]` needs the corpus (see postings.py) and a Chromium; quick takes 1,000 postings. The
platform runs as `quiethire up` runs it, in a process of its own, with the real index; the browser is another. Lighthouse runs
where node is there (`npx` fetches it); elsewhere its figures are left out, and stderr says so.
"""

import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np
from playwright.async_api import Page, async_playwright
from temporalio.common import WorkflowIDConflictPolicy

from benchmarks.postings import retold_postings
from benchmarks.report import Target, finish, options
from benchmarks.search_data import postings
from quiethire.domain.posting import JobPosting
from quiethire.platform.local import attach, start_platform
from quiethire.processes import leave
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import Ports
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from services.crawler.chromium import find_chromium
from workflows.reindex import ReindexWorkflow

SIZE, QUICK_SIZE = 20_000, 1_000
READ = 5_000
"""Postings that the parser reads; more are made of these under other names."""
LETTERS, QUICK_LETTERS = 300, 60
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-sandbox")
"""The pages are our own."""

_WATCH = """() => {
  addEventListener("keydown", () => { window.pressed = performance.now(); window.shown = null; }, true);
  const list = document.querySelector('[data-part="list"]');
  new MutationObserver(() => {
    requestAnimationFrame(() => setTimeout(() => { window.shown ??= performance.now() - window.pressed; }));
  }).observe(list, { childList: true });
}"""
"""A task after the frame: then the new results are on the screen."""


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    chromium = find_chromium()
    if chromium is None:
        raise FileNotFoundError("no Chromium; run `playwright install chromium`")
    size = QUICK_SIZE if given.quick else SIZE
    read = retold_postings(min(size, READ))
    figures: dict[str, float] = {"postings": float(size)}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", api_port=0, schedules=False)
        await _store(settings, read, size)
        async with start_platform(settings, Ports()) as (_, running), attach(running.apply(settings)) as session:
            await session.temporal.execute_workflow(
                ReindexWorkflow.run,
                id="reindex",
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                task_queue=TASK_QUEUE,
            )
            url = str(session.settings.api_url)
            figures |= await _keys(chromium, url, read, QUICK_LETTERS if given.quick else LETTERS)
            # A shown one: of companies that differ by a number alone the postings are one job each, shown as one company's.
            shown = (await session.api.get("/api/v1/search?per_page=1")).raise_for_status().json()["hits"][0]
            pages = {
                "search": "/",
                "posting": f"/jobs/{shown['id']}",
                "company": f"/companies/{quote(shown['company'])}",
            }
            figures |= await _lighthouse(chromium, {name: url + path for name, path in pages.items()}, Path(folder))
    return finish(figures, _targets(figures), as_json=given.json)


def _targets(figures: dict[str, float]) -> dict[str, Target]:
    scores: dict[str, Target] = {name: (">=", 95) for name in figures if name.startswith("lighthouse_")}
    return {"key_to_result_p95_ms": ("<=", 200), **scores}


async def _store(settings: Settings, read: Sequence[JobPosting], size: int) -> None:
    """Postings in ClickHouse, as crawls would have left them."""
    settings.data_path.mkdir(parents=True)
    client = open_clickhouse(None, settings.data_path / "clickhouse")
    try:
        store = ClickHousePostings(client)
        await store.migrate()
        for lot in postings(read, size):
            await store.save(lot, [])
    finally:
        client.close()


async def _keys(chromium: Path, url: str, read: Sequence[JobPosting], letters: int) -> dict[str, float]:
    """Titles of postings typed letter by letter; each letter is timed until its results are painted."""
    chance = random.Random(20261121)
    times: list[float] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page()
        answer = await page.goto(url)
        if answer is None or not answer.ok:
            raise RuntimeError(f"the page does not open: {await page.inner_text('body')}")
        await page.evaluate(_WATCH)
        while len(times) < letters:
            await page.fill("#q", "")
            await page.wait_for_timeout(300)
            typed = [letter for letter in chance.choice(read).title[:16].lower() if letter.isalnum()]
            times += [await _time(page, letter) for letter in typed]
        await browser.close()
    return {
        "letters": float(len(times)),
        "key_to_result_p50_ms": round(float(np.percentile(times, 50)), 1),
        "key_to_result_p95_ms": round(float(np.percentile(times, 95)), 1),
    }


async def _time(page: Page, letter: str) -> float:
    await page.keyboard.press(letter)
    shown = await page.wait_for_function("() => window.shown")
    return float(await shown.json_value())


async def _lighthouse(chromium: Path, pages: dict[str, str], folder: Path) -> dict[str, float]:
    npx = shutil.which("npx")
    if npx is None:
        sys.stderr.write("no node here: Lighthouse is not measured\n")
        return {}
    figures: dict[str, float] = {}
    for name, url in pages.items():
        for preset in ("mobile", "desktop"):
            scores = await _scores(npx, chromium, url, preset, folder / "lighthouse.json")
            figures |= {f"lighthouse_{name}_{preset}_{kind}": scores[kind] for kind in CATEGORIES}
    return figures


async def _scores(npx: str, chromium: Path, url: str, preset: str, report: Path) -> dict[str, float]:
    command = [npx, "--yes", LIGHTHOUSE, url, "--output=json", f"--output-path={report}", "--quiet"]
    command += ["--preset=desktop"] if preset == "desktop" else []
    command += [f"--chrome-flags={' '.join(('--headless', *FLAGS))}"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, env=os.environ | {"CHROME_PATH": str(chromium)}
    )
    if await process.wait() != 0:
        raise RuntimeError(f"Lighthouse failed for {url}")
    told = json.loads(await asyncio.to_thread(report.read_bytes))
    for kind in CATEGORIES:
        for part in told["categories"][kind]["auditRefs"]:
            audit = told["audits"][part["id"]]
            if part["weight"] and (audit["score"] or 0) < 0.9 and audit["scoreDisplayMode"] in ("binary", "numeric"):
                sys.stderr.write(f"{url} {preset} {kind}: {audit['title']}\n")
    return {kind: round(told["categories"][kind]["score"] * 100) for kind in CATEGORIES}


if __name__ == "__main__":
    leave(asyncio.run(main()))
