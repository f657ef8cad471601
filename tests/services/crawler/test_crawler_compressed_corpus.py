"""Real compressed bodies: valid, broken, bombs."""

import asyncio
import gzip
import os
import sys
from pathlib import Path

import pytest
from crawled_web import HOST, PAGE, http

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.page import FetchSpec

ROOT = Path(__file__).parents[3]
URL = f"https://{HOST}/body"


async def fetched(web, archive, crawling, body: bytes, encoding: str) -> bytes:
    web.routes["/body"] = http(200, body, f"Content-Encoding: {encoding}")
    async with crawling() as crawler:
        ref = await crawler.fetch(FetchSpec(url=URL))
    return await archive.get(ref.content_hash)


async def test_every_form_of_a_page_is_decoded_whole(web, archive, crawling, corpus):
    folder = corpus / "http" / "compressed"
    forms = {"html-gzip.bin": "gzip", "html-zlibdeflate.bin": "deflate", "html-rawdeflate.bin": "deflate"}
    bodies = [
        await fetched(web, archive, crawling, (folder / name).read_bytes(), encoding)
        for name, encoding in forms.items()
    ]
    for body in bodies:
        assert body.startswith(b"<!DOCTYPE HTML>")
        assert body.rstrip().endswith(b"</html>")


@pytest.mark.parametrize("name", ["truncated-crc-error-short.gz", "truncated-crc-error.gz", "unexpected-eof.gz"])
async def test_broken_bodies_are_truncated(web, archive, crawling, corpus, name):
    body = (corpus / "http" / "compressed" / name).read_bytes()
    with pytest.raises(Transient) as caught:
        await fetched(web, archive, crawling, body, "gzip")
    assert caught.value.kind == "truncated"


@pytest.mark.parametrize(("name", "encoding"), [("bomb-gzip.bin", "gzip"), ("bomb-deflate.bin", "deflate")])
async def test_bombs_are_refused(web, archive, crawling, corpus, *, name, encoding):
    body = (corpus / "http" / "compressed" / name).read_bytes()
    with pytest.raises(InvalidInput) as caught:
        await fetched(web, archive, crawling, body, encoding)
    assert caught.value.kind == "too_large"


BOMBS = {"bomb-gzip.bin": "gzip", "bomb-deflate.bin": "deflate", "bomb-br.bin": "br", "bomb-zstd.bin": "zstd"}
MADE = {
    "one byte below the limit": gzip.compress(bytes(9_999_999)),
    "of many members": gzip.compress(bytes(1_000_000)) * 40,
    "of empty members": gzip.compress(b"") * 200_000,
    "packed twice": gzip.compress(gzip.compress(bytes(500_000_000), 9), 9),
}
FETCHER = """
import asyncio, sys
from pathlib import Path
from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import FetchSpec
from quiethire.settings import Settings
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import open_crawler

def memory(name):
    status = Path("/proc/self/status").read_text()
    return int(status.partition(name + ":")[2].split()[0]) / 1024

class NoArchive(MemoryPageArchive):
    async def put(self, body):
        return await super().put(b"")

async def main(address):
    settings = Settings(host_map={"*.example": address}, host_delay_min=0, browser=False)
    async with open_crawler(settings, NoArchive()) as crawler:
        await crawler.fetch(FetchSpec(url="https://northwind.example/page"))
        Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is counted anew
        before = memory("VmRSS")
        try:
            outcome = str((await crawler.fetch(FetchSpec(url="https://northwind.example/body"))).size)
        except QuietHireError as error:
            outcome = error.kind
        print(outcome, memory("VmHWM") - before)

asyncio.run(main(sys.argv[1]))
"""


WEIGHED = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the peak of a process's memory is read from /proc"
)


async def weighed(web, body: bytes, encoding: str) -> tuple[str, float]:
    """What a crawler in a process of its own makes of a body, and by how many MB that process grew meanwhile."""
    web.routes |= {"/page": http(200, PAGE), "/body": http(200, body, f"Content-Encoding: {encoding}")}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-c", FETCHER, web.address),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    assert child.returncode == 0, err.decode()
    outcome, grown = out.decode().split()
    return outcome, float(grown)


@WEIGHED
@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_of_the_corpus_takes_little_memory(web, corpus, name):
    outcome, grown = await weighed(web, (corpus / "http" / "compressed" / name).read_bytes(), BOMBS[name])
    assert outcome in ("too_large", "content_encoding")
    assert grown <= 16


@WEIGHED
@pytest.mark.parametrize("name", MADE)
async def test_a_bomb_of_our_own_takes_little_memory(web, name):
    outcome, grown = await weighed(web, MADE[name], "gzip")
    assert outcome in ("too_large", "9999999", "0") if name != "packed twice" else int(outcome) < 10_000_000
    assert grown <= 16


async def test_every_bomb_of_the_corpus_is_weighed(corpus):
    assert {path.name for path in (corpus / "http" / "compressed").glob("bomb-*")} == BOMBS.keys()
