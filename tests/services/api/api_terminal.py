"""Commands as they are typed, over a gateway on a socket."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from api_people import OPERATOR
from quiethire_command import COMMAND, Ended, plain_environment

from quiethire.clients import Clients
from services.api.app import create_app

DATA = str(Path(tempfile.gettempdir()) / "quiethire-test-data")
"""Kept from run to run: reading ESCO takes three seconds."""


@dataclass(frozen=True)
class Terminal:
    """Where commands are typed, by an operator of the gateway."""

    url: str
    folder: Path
    command: str

    async def type(self, *words: str, key: str = "", stdin: str = "") -> Ended:
        settings = {"QUIETHIRE_API_URL": self.url, "QUIETHIRE_OPERATOR_KEY": OPERATOR, "QUIETHIRE_DATA_DIR": DATA}
        process = await asyncio.create_subprocess_exec(
            *(COMMAND, self.command, *words),
            env=plain_environment(**settings | ({"QUIETHIRE_CANDIDATE_KEY": key} if key else {})),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(stdin.encode())
        return Ended(process.returncode or 0, out.decode(), " ".join(err.decode().replace("│", " ").split()))

    def file(self, name: str, content: str) -> str:
        (self.folder / name).write_text(content, encoding="utf-8")
        return str(self.folder / name)


@asynccontextmanager
async def terminal_of(clients: Clients, folder: Path, command: str) -> AsyncIterator[Terminal]:
    """A terminal where `quiethire COMMAND` is typed, over the gateway of these clients."""
    config = uvicorn.Config(create_app(clients), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
    yield Terminal(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", folder, command)
    server.should_exit = True
    await task
