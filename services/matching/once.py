"""One process makes what all of them need; the others wait for it. What nobody needs any more goes."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UNUSED_FOR = 86_400.0
"""Seconds for which nobody may have begun to use what is thrown away: two versions beside each other keep theirs."""
_USED = "used"
"""The file of a folder that is locked by all who use it."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder for oneself, among all processes and threads that do so. The system gives it back if we die.

    Raises OSError where there is no such folder. Not to be held twice by one thread: it would wait for itself.
    """
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def held_together(folder: Path) -> int:
    """Make the folder, for its owner alone, and hold it until this process ends: `thrown_away` leaves it. Gives the lock."""
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # Thrown away since it was made.
            held = os.open(folder / _USED, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(held, fcntl.LOCK_SH)
            with suppress(FileNotFoundError):
                if os.fstat(held).st_ino == (folder / _USED).stat().st_ino:
                    os.utime(folder)
                    return held
            os.close(held)


def thrown_away(folders: Iterable[Path]) -> None:
    """Remove those of these folders that no process holds and none came to hold for a day."""
    for folder in folders:
        with suppress(FileNotFoundError):  # Another process does the same.
            if _is_old(folder):
                _remove(folder)


def _remove(folder: Path) -> None:
    used = os.open(folder / _USED, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    finally:
        os.close(used)


def forgotten(folder: Path, kept: Iterable[Path]) -> None:
    """Of each kind of file that is kept (what stands before the hyphen), remove those of other versions, a day old."""
    kept = set(kept)
    for kind in {path.name.partition("-")[0] for path in kept}:
        for path in folder.glob(f"{kind}-*"):
            with suppress(FileNotFoundError):
                if path not in kept and _is_old(path):
                    path.unlink()


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > UNUSED_FOR
