"""A data directory has one holder."""

import asyncio
import fcntl
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from pydantic import ValidationError

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput

PATIENCE = 20.0
"""Seconds to wait for the servers of a holder that was killed: PostgreSQL closes its files first."""


class Holder(Model):
    """Who holds a data directory."""

    pid: int
    command: str
    started_at: datetime


def is_held(data_dir: Path) -> bool:
    """Whether a process, or a server that it left behind, holds the directory. What is another user's, or none at all, is not ours to hold."""
    try:
        file = os.open(data_dir / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def holder(data_dir: Path) -> Holder | None:
    """Who took the directory last; None where nobody did, or where they are just writing it down."""
    try:
        return Holder.model_validate_json((data_dir / "lock").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def holder_lives(data_dir: Path) -> bool:
    """Whether the process that took the directory last holds it, and not only a server that it left behind."""
    return is_held(data_dir) and (other := holder(data_dir)) is not None and psutil.pid_exists(other.pid)


@asynccontextmanager
async def hold(data_dir: Path) -> AsyncIterator[int]:
    """Hold the directory, which is created where it is missing; yields the lock's file descriptor.

    The lock belongs to the open file, not to the process: servers inherit the descriptor, so that the directory stays
    held until the last of them is gone, even where this process is killed.

    Raises:
        InvalidInput: another process holds it (kind `data_dir_in_use`), or it cannot be written (`data_dir_unusable`).
    """
    file = _open(data_dir)
    try:
        await _take(file, data_dir)
        # Its name alone: among its options may be somebody's key, and others are shown this.
        command = " ".join((Path(sys.argv[0]).name, *sys.argv[1:2])) or sys.executable
        now = datetime.now(UTC)
        content = json.dumps({"pid": os.getpid(), "command": command[:500], "started_at": now.isoformat()})
        os.truncate(file, 0)
        os.pwrite(file, content.encode(), 0)
        yield file
    finally:
        os.close(file)


def _open(data_dir: Path) -> int:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InvalidInput(
            f"cannot be written: {error.strerror}",
            where=str(data_dir),
            hint="set QUIETHIRE_DATA_DIR to a directory that can",
            kind="data_dir_unusable",
        ) from error


async def _take(file: int, data_dir: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = holder(data_dir)
            if (other and psutil.pid_exists(other.pid)) or time.monotonic() > deadline:
                raise _in_use(data_dir, other) from None
            await asyncio.sleep(0.05)
        else:
            return


def _in_use(data_dir: Path, other: Holder | None) -> InvalidInput:
    if other is None:
        who, hint = "another process", "wait for it to end"
    elif psutil.pid_exists(other.pid):
        who = f"process {other.pid} ({other.command}), since {other.started_at:%Y-%m-%d %H:%M:%S} UTC"
        hint = "stop it"
    else:
        who = f"servers that process {other.pid} ({other.command}) left behind when it was killed"
        hint = "end them"
    return InvalidInput(
        f"held by {who}",
        where=str(data_dir),
        hint=f"{hint}, or set QUIETHIRE_DATA_DIR to another directory",
        kind="data_dir_in_use",
    )
