"""Serving HTTP until the process is told to stop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.server import HANDLED_SIGNALS


class HttpServer(uvicorn.Server):
    """Told to stop it answers what was asked, and returns, so that whatever runs beside it ends in good order.

    uvicorn's own raises the signal once more when it is done, which ends the process there and then.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See `uvicorn.Server`. A further signal changes nothing: who cannot wait any longer kills."""
        for number in HANDLED_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.handle_exit, number, None)
        yield
