"""A real HTTP server on this machine whose answers a test writes."""

import asyncio
from contextlib import asynccontextmanager

import orjson


class LocalApi:
    """Answers each POST by the next of `answers`, the last one again and again; keeps what it was asked."""

    def __init__(self):
        self.answers, self.asked, self.url = [], [], ""

    async def serve(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.asked.append((first.split()[1], headers, orjson.loads(body)))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if callable(answer):
                answer = answer(orjson.loads(body))
            status, extra, content = answer if isinstance(answer, tuple) else (200, "", answer)
            raw = content if isinstance(content, bytes) else orjson.dumps(content)
            writer.write(
                f"HTTP/1.1 {status} X\r\n{extra}Content-Length: {len(raw)}\r\nConnection: close\r\n\r\n".encode()
            )
            writer.write(raw)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The client went away.
        finally:
            writer.close()


@asynccontextmanager
async def local_api(*answers):
    api = LocalApi()
    api.answers = list(answers)
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    async with server:
        api.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield api
