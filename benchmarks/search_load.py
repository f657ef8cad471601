"""The load of searches, in a process of its own: `python -m benchmarks.search_load` reads one task as JSON from stdin.

Open loop: requests begin at their times whatever becomes of the others, and each is timed from when it was due, so that a
stall counts for all that it delays (no coordinated omission). Closed loop: so many connections, each asks as fast as it is answered.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

Request = dict[str, str]
"""`path` and optionally `body` (a POST then)."""

PATIENCE = 30.0
"""Seconds after which a request of the open loop counts as hanging."""


class Reply(NamedTuple):
    """What was answered."""

    status: int
    body: bytes
    retry_after: bool
    """Whether it told when to come again."""


class Connection:
    """One HTTP/1.1 connection that is kept open; just enough of the protocol for servers that we start ourselves."""

    def __init__(self, host: str, port: int, headers: dict[str, str]) -> None:
        self._address = (host, port)
        lines = {"Host": f"{host}:{port}", "Accept": "application/json", **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request) -> Reply:
        """Ask, and read the answer to its end."""
        # A server ends what was idle for some seconds: whoever comes back then, as any client does, connects anew.
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(*self._address, limit=2**20)
        reader, writer = self._streams
        body = request.get("body", "").encode()
        method, length = ("POST", f"Content-Length: {len(body)}\r\n") if body else ("GET", "")
        writer.write(f"{method} {request['path']} HTTP/1.1\r\n{self._head}{length}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status, retry_after = int(head[9:12]), b"\r\nretry-after:" in head
        if b"transfer-encoding: chunked" in head:
            return Reply(status, await _chunks(reader), retry_after)
        announced = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return Reply(status, await reader.readexactly(announced), retry_after)

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


async def open_loop(url: str, headers: dict[str, str], requests: list[Request], rate: float) -> dict[str, object]:
    """Each request once, at this rate a second.

    Of each its milliseconds and its status, 0 for one that was not answered; how many were not answered with 200; of those
    that were refused (429, 503), how many were not told when to come again; and how many answers are degraded.
    """
    host, port = _address(url)
    free = [Connection(host, port, headers) for _ in range(64)]
    times, statuses = list[float](), list[int]()
    untold = degraded = 0

    async def one(request: Request, due: float) -> None:
        nonlocal untold, degraded
        connection = free.pop() if free else Connection(host, port, headers)
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await connection.ask(request)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            connection.close()
            reply = Reply(0, b"", False)
        else:
            free.append(connection)
        times.append((time.perf_counter() - due) * 1_000)
        statuses.append(reply.status)
        untold += reply.status in (429, 503) and not reply.retry_after
        degraded += b'"degraded":true' in reply.body

    began = time.perf_counter() + 0.05
    tasks = []
    for number, request in enumerate(requests):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*tasks)
    for connection in free:
        connection.close()
    failed = sum(status != 200 for status in statuses)
    return {"times_ms": times, "statuses": statuses, "failed": failed, "untold": untold, "degraded": degraded}


async def closed_loop(
    url: str, headers: dict[str, str], requests: list[Request], connections: int, seconds: float
) -> dict[str, object]:
    """The requests again and again from so many connections. Answers a second, and how many failed."""
    host, port = _address(url)
    until = time.perf_counter() + seconds
    answered = failed = 0

    async def ask(own: Iterable[Request]) -> None:
        nonlocal answered, failed
        connection, mine = Connection(host, port, headers), list(own)
        while True:
            for request in mine:
                if time.perf_counter() >= until:
                    connection.close()
                    return
                reply = await connection.ask(request)
                answered += 1
                failed += reply.status != 200

    began = time.perf_counter()
    await asyncio.gather(*(ask(requests[number:] + requests[:number]) for number in range(connections)))
    return {"per_second": answered / (time.perf_counter() - began), "failed": failed}


async def load(task: dict[str, Any]) -> dict[str, Any]:
    """Have one task done by a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.search_load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(json.dumps(task).encode())
    if process.returncode:
        raise RuntimeError(f"the load process ended with {process.returncode}")
    outcome: dict[str, Any] = json.loads(told)
    return outcome | {"pid": process.pid}


def _address(url: str) -> tuple[str, int]:
    split = urlsplit(url)
    return split.hostname or "127.0.0.1", split.port or 80


def main() -> None:
    """One task from stdin, its outcome to stdout."""
    task = json.load(sys.stdin)
    loop = open_loop if task.pop("loop") == "open" else closed_loop
    json.dump(asyncio.run(loop(**task)), sys.stdout)


if __name__ == "__main__":
    main()
