"""Processes that run code of ours on hostile input, how they are started and bound their own memory; and how one that has none left ends."""

import logging
import os
import resource
import signal
import sys
from pathlib import Path

logger = logging.getLogger(__name__)


def command(code: str, *arguments: str) -> list[str]:
    """What starts our own interpreter with this code; nothing is imported from the folder that it starts in."""
    return [sys.executable, "-P", "-c", code, *arguments]


def environment() -> dict[str, str]:
    """What such a process needs to find its code. It reads hostile input, so keys and addresses of stores are none of its business."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}


def bound_memory(size: int) -> None:
    """Let no allocation of this process take its address space beyond `size` bytes: it fails as MemoryError, or ends the process.

    Only Linux holds such a bound; elsewhere nothing is done, and who started the process watches it.
    """
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        lower = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (lower, lower))


def is_want_of_memory(error: BaseException) -> bool:
    """Whether the system refused this process memory: for an object, or for the stack of a thread."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "start new thread" in str(error))


def end_for_want_of_memory() -> None:
    """Let this process end as if it had been told to: what is under way may finish, and whoever keeps it running starts a new one.

    What it would do from here on, nobody can say: any line may be the next that gets no memory.
    """
    logger.critical("the system refuses this process memory, and so it ends", extra={"kind": "memory"})
    signal.raise_signal(signal.SIGTERM)
