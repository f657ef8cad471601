"""Processes that run code of ours on hostile input: how they start and bound their memory. And how those end whose memory or work is over."""

import atexit
import logging
import os
import resource
import signal
import sys
from pathlib import Path
from typing import NoReturn

logger = logging.getLogger(__name__)

DONE, FAILED, WRONG_USE, PARTLY = 0, 1, 2, 3
"""Exit codes of commands and of services, whose settings are wrong use too."""

NOT_WRITTEN = 120
"""The interpreter's own exit code where what was printed could not be written."""


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


def leave(code: int) -> NoReturn:
    """End this process, whose work is done and whose connections are closed, with this code or `NOT_WRITTEN`.

    What was to run at the end runs, and what was printed is written; but the interpreter is not taken down. The threads of
    Temporal's client are native, have no way to be stopped, and touch it while it goes: now and then a command that had
    done all its work ended in SIGSEGV (temporalio/sdk-python, issue 300).
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for it
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            code = code or NOT_WRITTEN
            if stream is sys.stdout and not isinstance(error, BrokenPipeError):  # Who stops reading has seen enough.
                sys.stderr.write(f"not written: {error}\n")
    os._exit(code)
