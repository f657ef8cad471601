"""`quiethire mcp`: the platform as tools of an assistant, over stdin and stdout."""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from quiethire.cli.output import run, settings, talk
from quiethire.platform.api import open_api
from quiethire.processes import DONE
from services.mcp.server import make_server


def mcp() -> None:
    """Serve the Model Context Protocol on stdin and stdout: search_jobs, get_job, match and company_hiring as tools.

    It asks the platform that runs on this machine, or the API under QUIETHIRE_API_URL with the key in QUIETHIRE_OPERATOR_KEY;
    without either it starts a platform for as long as it is used. docs/mcp.md has what clients need to be told.
    """
    run(_mcp())


async def _mcp() -> int:
    """A signal ends it as the end of its input does: a thread that waits for input cannot be told otherwise."""
    end = _endable_stdin()
    async with open_api(settings(), say=talk.print) as http:
        serving = asyncio.ensure_future(make_server(http).run_stdio_async())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            end()
            await serving
            raise
    return DONE


def _endable_stdin() -> Callable[[], None]:
    """Put a socket in the place of stdin, which is fed from it. What is returned ends it."""
    given = os.dup(sys.stdin.fileno())
    ours, feed = socket.socketpair()
    os.dup2(ours.fileno(), sys.stdin.fileno())
    ours.close()

    def copy() -> None:
        with suppress(OSError):  # Ended by us.
            while part := os.read(given, 65_536):
                feed.sendall(part)
            feed.shutdown(socket.SHUT_WR)

    def end() -> None:
        with suppress(OSError):  # Ended by whoever started us.
            feed.shutdown(socket.SHUT_WR)

    threading.Thread(target=copy, daemon=True).start()
    return end
