"""Long work in a thread, which tells how far it is and can be stopped."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Tell = Callable[[str, int], None]
"""What is being worked on, and how much of it is done. Whoever calls it may be stopped there."""

T = TypeVar("T")


class _Stopped(BaseException):
    """Nobody waits for this work any more."""


async def stoppable(work: Callable[[Tell], T], tell: Tell) -> T:
    """Run it in a thread. Where the caller is cancelled, the work ends at its next word and cleans up after itself."""
    stopped, ended = threading.Event(), threading.Event()

    def checked(part: str, done: int) -> None:
        if stopped.is_set():
            raise _Stopped
        tell(part, done)

    def run() -> T:
        try:
            return work(checked)
        finally:
            ended.set()

    try:
        return await asyncio.to_thread(run)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.get_running_loop().run_in_executor(None, ended.wait)
        raise
