"""Rendering, with a real Chromium."""

import asyncio
import contextlib
import os
import signal
import sys
import tracemalloc
from pathlib import Path

import psutil
import pytest
from crawled_web import HOST, http

from quiethire.domain.errors import Blocked, InvalidInput, QuietHireError, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, Render

URL = f"https://{HOST}/app"
SHELL = b'<!doctype html><html><body><div id="root"></div><script>%s</script></body></html>'
FILL = b"""fetch('/api/jobs').then(r => r.json()).then(jobs => {
  document.getElementById('root').innerHTML = jobs.map(job => `<h2>${job}</h2>`).join('')
})"""
SPEC = FetchSpec(url=URL, accept="html", render=Render.AUTO)


def with_browser(crawling, chromium: Path, **settings: object):
    return crawling(browser=True, chromium_path=chromium, fetch_timeout=20.0, **settings)


async def test_a_script_shell_is_rendered_and_keeps_its_https_url(web, archive, crawling, chromium):
    web.routes["/app"] = http(200, SHELL % FILL, 'ETag: "1"')
    web.routes["/api/jobs"] = http(200, b'["Data Engineer"]', content_type="application/json")
    async with with_browser(crawling, chromium) as crawler:
        ref = await crawler.fetch(SPEC)
        again = await crawler.fetch(SPEC)
    assert ref.via is FetchedVia.BROWSER
    assert (ref.url, ref.final_url) == (URL, URL)
    assert b"<h2>Data Engineer</h2>" in await archive.get(ref.content_hash)
    assert (await archive.latest(SPEC)).via is FetchedVia.BROWSER
    assert again.via is FetchedVia.BROWSER, "an unchanged shell says nothing of what its scripts load"
    pages = [request for request in web.received if request.target == "/app"]
    asked_first = [request for request in pages if "upgrade-insecure-requests" not in request.headers]
    assert len(asked_first) == 2
    assert all("if-none-match" not in request.headers for request in asked_first)


async def test_a_page_that_speaks_for_itself_is_not_rendered(web, crawling, chromium):
    web.routes["/app"] = http(200, b"<html><body>" + b"<p>Data Engineer in Utrecht</p>" * 40 + b"<script>1</script>")
    async with with_browser(crawling, chromium) as crawler:
        assert (await crawler.fetch(SPEC)).via is FetchedVia.HTTP


async def test_without_a_browser_the_page_is_kept_and_the_log_says_so_once(web, crawling, caplog):
    web.routes["/app"] = http(200, SHELL % FILL)
    async with crawling(browser=False) as crawler:
        for _ in range(2):
            assert (await crawler.fetch(SPEC)).via is FetchedVia.HTTP
    assert len([line for line in caplog.records if line.message.startswith("no browser")]) == 1


async def test_scripts_reach_no_address_of_ours(web, archive, crawling, chromium):
    """Every way out that is known to pass `route()` by; the canary listens on loopback and must hear nothing."""
    heard = []
    canary = await asyncio.start_server(lambda reader, writer: (heard.append(1), writer.close()), "127.0.0.1", 0)
    port = canary.sockets[0].getsockname()[1]
    script = b"""
      const at = '127.0.0.1:PORT';
      const tried = [];
      const note = (name, promise) => promise.then(() => tried.push(name + ' open'), () => tried.push(name + ' shut'));
      const all = [
        note('fetch', fetch('http://' + at + '/', {mode: 'no-cors'}).then(r => { if (r.status) throw 0; })),
        note('localhost', fetch('http://localhost:PORT/').then(r => r.text())),
        note('redirect', fetch('/leads-inside').then(r => { if (!r.ok) throw 0; })),
        note('tls', fetch('https://' + at + '/')),
        note('socket', new Promise((yes, no) => {
          const socket = new WebSocket('ws://' + at + '/'); socket.onopen = yes; socket.onerror = no;
        })),
      ];
      for (const [tag, name] of [['img', 'src'], ['iframe', 'src'], ['script', 'src'], ['object', 'data']]) {
        const element = document.createElement(tag);
        element[name] = 'http://' + at + '/' + tag;
        document.body.append(element);
      }
      for (const rel of ['preconnect', 'prefetch', 'stylesheet', 'dns-prefetch']) {
        const link = document.createElement('link');
        link.rel = rel; link.href = 'http://' + at + '/'; document.head.append(link);
      }
      new EventSource('http://' + at + '/events');
      navigator.sendBeacon('http://' + at + '/beacon', 'x');
      new Worker(URL.createObjectURL(new Blob([`fetch('http://${at}/worker')`])));
      window.open('http://' + at + '/popup');
      Promise.all(all).then(() => { document.getElementById('root').textContent = 'tried: ' + tried.join(', '); });
    """.replace(b"PORT", str(port).encode())
    web.routes["/app"] = http(200, SHELL % script)
    web.routes["/leads-inside"] = http(302, b"", f"Location: http://127.0.0.1:{port}/redirected")
    async with canary, with_browser(crawling, chromium) as crawler:
        ref = await crawler.fetch(SPEC)
    page = (await archive.get(ref.content_hash)).decode()
    assert "tried: " in page
    assert "redirect shut" in page
    assert "socket shut" in page
    assert "tls shut" in page
    assert heard == []


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.append(data)


async def test_webrtc_sends_nothing_past_the_proxy(web, archive, crawling, chromium):
    transport, canary = await asyncio.get_running_loop().create_datagram_endpoint(
        Datagrams, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    gathered = asyncio.Event()

    async def done(request, writer):
        gathered.set()
        writer.write(http(200))

    async def held(request, writer):
        await gathered.wait()
        writer.write(http(200))

    script = f"""
      const peer = new RTCPeerConnection({{iceServers: [
        {{urls: 'stun:127.0.0.1:{port}'}},
        {{urls: 'turn:127.0.0.1:{port}', username: 'a', credential: 'b'}},
      ]}});
      peer.createDataChannel('x');
      peer.onicegatheringstatechange = () => {{
        document.getElementById('root').textContent = peer.iceGatheringState;
        if (peer.iceGatheringState == 'complete') fetch('/done');
      }};
      peer.createOffer().then(offer => peer.setLocalDescription(offer));
      fetch('/held');
    """
    web.routes |= {"/app": http(200, SHELL % script.encode()), "/done": done, "/held": held}
    async with with_browser(crawling, chromium) as crawler:
        ref = await crawler.fetch(SPEC)
    transport.close()
    assert b">complete<" in await archive.get(ref.content_hash)
    assert canary.heard == []


async def test_a_page_that_leads_inside_is_not_followed(web, crawling, chromium):
    heard = []
    canary = await asyncio.start_server(lambda reader, writer: (heard.append(1), writer.close()), "127.0.0.1", 0)
    port = canary.sockets[0].getsockname()[1]
    web.routes["/app"] = http(200, SHELL % f"location.href = 'http://127.0.0.1:{port}/'".encode())
    async with canary, with_browser(crawling, chromium) as crawler:
        with pytest.raises(QuietHireError):
            await crawler.fetch(SPEC)
    assert heard == []


LARGE = "document.body.append(document.createComment('x'.repeat(150000000)))"


@pytest.mark.parametrize(
    "script",
    [
        LARGE,
        f"""
          const small = {{get: () => '<html></html>'}};
          Object.defineProperty(Element.prototype, 'outerHTML', small);
          Object.defineProperty(Document.prototype, 'documentElement', small);
          XMLSerializer.prototype.serializeToString = () => '';
          for (const name of ['documentElement', 'doctype']) {{
            document.body.append(Object.assign(document.createElement('form'), {{name}}));
          }}
          {LARGE}
        """,
        "for (let n = 0; n < 4; n++) " + LARGE,  # more than Chromium makes a string of
        # an answer to whoever waits among the page's own scripts
        "window.Promise = function () { return {then(done) { done('x'.repeat(150000000)); }}; };" + LARGE,
    ],
    ids=["large", "and says it is small", "and too large for words", "and answers at length"],
)
async def test_a_page_that_grows_without_end_is_refused_and_does_not_come_over(web, crawling, chromium, script):
    web.routes["/app"] = http(200, SHELL % script.encode())
    async with with_browser(crawling, chromium, fetch_max_bytes=1_000_000) as crawler:
        tracemalloc.start()
        try:
            with pytest.raises(InvalidInput) as caught:
                await crawler.fetch(SPEC)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert caught.value.kind == "too_large"
    assert most < 50_000_000


async def test_what_is_larger_in_bytes_than_in_characters_is_measured_in_bytes(web, crawling, chromium):
    web.routes["/app"] = http(200, SHELL % "document.body.append('é'.repeat(700000))".encode())
    async with with_browser(crawling, chromium, fetch_max_bytes=1_000_000) as crawler:
        with pytest.raises(InvalidInput) as caught:
            await crawler.fetch(SPEC)
    assert caught.value.kind == "too_large"


async def test_a_page_that_never_stops_computing_ends_at_its_deadline(web, archive, crawling, chromium, monkeypatch):
    monkeypatch.setattr("services.crawler.browser.PAGE_TIMEOUT", 3.0)
    web.routes["/app"] = [
        http(200, SHELL % b"while (true) {}"),
        http(200, SHELL % b"while (true) {}"),
        http(200, SHELL % FILL),
    ]
    web.routes["/api/jobs"] = http(200, b'["Data Engineer"]', content_type="application/json")
    async with with_browser(crawling, chromium) as crawler:
        with pytest.raises(Transient) as caught:
            await crawler.fetch(SPEC)
        ref = await crawler.fetch(SPEC)
    assert caught.value.kind == "timeout"
    assert b"Data Engineer" in await archive.get(ref.content_hash)


async def test_a_refusal_of_the_browser_is_a_block(web, crawling, chromium):
    web.routes["/app"] = [http(200, SHELL % FILL), http(403)]
    async with with_browser(crawling, chromium) as crawler:
        with pytest.raises(Blocked):
            await crawler.fetch(SPEC)


async def test_a_crashed_browser_is_started_again_and_none_is_left_behind(web, archive, crawling, chromium):
    web.routes["/app"] = http(200, SHELL % FILL)
    web.routes["/api/jobs"] = http(200, b'["Data Engineer"]', content_type="application/json")
    before = set(descendants(psutil.Process()))
    async with with_browser(crawling, chromium) as crawler:
        await crawler.fetch(SPEC)
        started = set(descendants(psutil.Process())) - before
        browsers = [process for process in started if is_browser(process, chromium)]
        for process in browsers:
            with contextlib.suppress(psutil.NoSuchProcess):  # the first takes the others with it
                process.kill()
        await asyncio.to_thread(psutil.wait_procs, browsers, 10)
        ref = await crawler.fetch(SPEC)
        assert b"Data Engineer" in await archive.get(ref.content_hash)
        started |= set(descendants(psutil.Process())) - before
    _, alive = await asyncio.to_thread(psutil.wait_procs, list(started), 10)
    assert browsers
    assert alive == []


async def test_nothing_is_left_behind_when_the_process_is_killed(web, chromium):
    web.routes["/app"] = http(200, SHELL % b"document.getElementById('root').textContent = 'done'")
    program = f"""
import asyncio, sys
from pathlib import Path
from quiethire.domain.page import FetchSpec
from quiethire.settings import Settings
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import open_crawler

async def main():
    settings = Settings(host_map={{"*.example": {web.address!r}}}, chromium_path=Path({str(chromium)!r}))
    async with open_crawler(settings, MemoryPageArchive()) as crawler:
        await crawler.fetch(FetchSpec(url={URL!r}, render="auto"))
        print("rendered", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert (await asyncio.wait_for(process.stdout.readline(), 60)).strip() == b"rendered"
    left = descendants(psutil.Process(process.pid))
    assert any(is_browser(child, chromium) for child in left)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, left, 20)
    assert alive == []


def is_browser(process: psutil.Process, chromium) -> bool:
    try:
        return chromium.name[:15] in process.name()
    except psutil.NoSuchProcess:  # a browser's helpers come and go
        return False


def descendants(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True)
