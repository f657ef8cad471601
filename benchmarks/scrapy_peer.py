"""The same pages by Scrapy, in a process of its own: prints the seconds from the first request to the last page.

`python -m benchmarks.scrapy_peer PORT HOSTS PAGES CONCURRENCY`. Scrapy obeys robots.txt and has one connection per host at a
time, as our crawler has; each host is a download slot of its own.
"""

import logging
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

PORT, HOSTS, PAGES, CONCURRENCY = (int(argument) for argument in sys.argv[1:5])


class Farm(scrapy.Spider):
    """Every page of every host, host by host in turns."""

    name = "farm"
    custom_settings: dict[str, Any] = {
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": CONCURRENCY,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "RETRY_ENABLED": True,
        "COOKIES_ENABLED": False,
    }
    pages = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The requests."""
        self.began = time.perf_counter()
        for page in range(PAGES):
            for host in range(HOSTS):
                slot = f"h{host}.farm.example"
                url = f"http://127.0.0.1:{PORT}/{host}/jobs/{page}"
                yield scrapy.Request(url, meta={"download_slot": slot}, dont_filter=True)

    def parse(self, response: Response, **_: object) -> None:
        """Count."""
        self.pages += len(response.body) > 0

    def closed(self, reason: str) -> None:
        """Tell."""
        if self.pages != HOSTS * PAGES:
            raise SystemExit(f"Scrapy got {self.pages} of {HOSTS * PAGES} pages: {reason}")
        sys.stdout.write(f"{time.perf_counter() - self.began}\n")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    process = CrawlerProcess()
    process.crawl(Farm)
    process.start()
