"""A company's site on loopback, and a crawl of it by the real workflow, worker and crawler over stores in memory."""

import asyncio
import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from quiethire.domain.board import WEBSITE, Board
from quiethire.settings import TASK_QUEUE, Settings
from services.crawler.crawler import open_crawler
from worker import running_worker
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow

HOST = "northwind.example"
LISTING = f"https://{HOST}/careers"
DUTIES = "You look after patients on the surgical ward, plan the shifts with the team and train those who are new. "


def posting(number: int) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": f"Nurse {number}",
        "description": f"<p>Position {number}. {DUTIES * 8}</p>",
        "datePosted": "2026-11-02",
        "employmentType": "FULL_TIME",
        "hiringOrganization": {"@type": "Organization", "name": "Northwind"},
        "jobLocation": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": "Berlin", "addressCountry": "DE"},
        },
        "url": f"https://{HOST}/jobs/{number}-nurse",
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    return f"<html><head>{head}</head><body><h1>Nurse {number}</h1><p>{DUTIES * 8}</p></body></html>"


def links(pairs) -> str:
    return "<ul>" + "".join(f'<li><a href="{url}">{text}</a></li>' for url, text in pairs) + "</ul>"


Answer = tuple[int, str] | tuple[int, str, str]
"""Status, body, and where a redirect leads."""


class Site:
    """Answers by a function of the target; all that it was asked for stands in `asked`."""

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            target = head.split(" ")[1]
            self.asked.append(target)
            status, text, *location = (404, "") if target == "/robots.txt" else self.answer(target)
            body = text.encode()
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: text/html; charset=utf-8"]
            lines += [f"Location: {url}" for url in location]
            writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def running(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        try:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()


@asynccontextmanager
async def working(world, temporal, site: Site, *hosts: str):
    """A worker whose crawler finds the site, also as the other hosts; yields a function that crawls its listing or a board."""
    async with site.running() as address:
        world.settings = Settings(
            host_map=dict.fromkeys((HOST, *hosts), address),
            host_delay_min=0,
            host_delay_max=0,
            browser=False,
            schedules=False,
        )
        world.temporal = temporal
        async with (
            open_crawler(world.settings, world.archive, cache=world.cache) as world.fetcher,
            running_worker(world),
        ):

            async def crawl(board=None, started_at=None):
                board = board or Board(ats=WEBSITE, token=LISTING, url=LISTING)
                return await temporal.execute_workflow(
                    CareerPageCrawlWorkflow.run,
                    CareerPageCrawlInput(board=board, started_at=started_at),
                    id=f"test-{uuid4()}",
                    task_queue=TASK_QUEUE,
                )

            yield crawl
