"""A farm of hosts on loopback: `python -m benchmarks.farm --latency 0.05`. Prints its port, serves until stdin closes.

Every request is answered after the latency with a page of the same size; robots.txt allows all but `/private/`. One listener is
all hosts, and no two pages are the same: each names its host and path. `/long/…` is the same page on every host, `/shell/…` a page
that its script builds.
"""

import argparse
import asyncio
import sys

ROBOTS = b"User-agent: *\nDisallow: /private/\n"
PARAGRAPH = (
    b"<p>We build the tools that keep a thousand small bakeries stocked, paid and on time, every single day.</p>\n"
)
PAGE = b"<!doctype html><html><head><title>Data Engineer</title></head><body><h1>Data Engineer</h1>\n%s%s</body></html>"
SHELL = (
    b'<!doctype html><html><head><title>Jobs</title></head><body><div id="root"></div><script>'
    b'document.getElementById("root").innerHTML = "<h1>Data Engineer</h1>" + "<p>Bakeries.</p>".repeat(200)</script></body></html>'
)


class _Connection(asyncio.Protocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            host = head.lower().partition(b"\r\nhost:")[2].partition(b"\r\n")[0]
            asyncio.get_running_loop().call_later(self._latency, self._answer, path, host)

    def _answer(self, path: bytes, host: bytes) -> None:
        name = path if path.startswith(b"/long/") else host + path
        kind, body = b"text/html; charset=utf-8", PAGE % (name, PARAGRAPH * 100)
        if path.endswith(b"/robots.txt"):
            kind, body = b"text/plain", ROBOTS
        elif b"/shell/" in path:
            body = SHELL
        if not self._transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
            self._transport.write(head + body)  # type: ignore[attr-defined]  # a TCP server's transport can


async def main(latency: float) -> None:
    """Serve until stdin closes: the farm ends with whoever started it."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(latency), "127.0.0.1", 0, backlog=2_000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds to each answer")
    asyncio.run(main(parser.parse_args().latency))
