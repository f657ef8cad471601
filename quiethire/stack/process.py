"""One server process: how it is started, how it is known to be ready, how it is stopped."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from quiethire.domain.errors import Permanent

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.05
ANSWERS_WITHIN = 10.0
"""Seconds that a question whether a server is ready waits. Where nothing listens yet it ends at once; on an overloaded machine answers take some."""
LOG_MAX_BYTES = 10_000_000
LOG_TAIL_BYTES = 8_000
PASSED_ON = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")


def plain_environment() -> dict[str, str]:
    """What a server may see of our environment. PG*, TEMPORAL_* and TYPESENSE_* would change what it does."""
    return {name: value for name, value in os.environ.items() if name in PASSED_ON}


@dataclass(frozen=True)
class User:
    """Whom a process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """What to start. Times are in seconds."""

    name: str
    """Short and unique: names the log file and stands in messages."""
    argv: tuple[str, ...]
    """The command; its first part is an absolute path."""
    ready: Callable[[], Awaitable[bool]]
    """True once it does its work. It bounds its own time and returns False where nothing answers yet."""
    env: Mapping[str, str]
    """The whole environment of the process."""
    cwd: Path
    """Its working directory."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Asks it to end."""
    death_signal: signal.Signals = signal.SIGKILL
    """What it gets when the supervising process dies without stopping it."""
    ready_timeout: float = 180.0
    """Long: one that cannot start ends, which is noticed at once, and one on an overloaded machine takes minutes."""
    stop_timeout: float = 10.0
    user: User | None = None
    """Whom to drop to; None = stays who we are. Needs root."""
    niceness: int = 0
    """How far it stands back where time is short: 0 to 19."""


class Process:
    """One run of a spec, in a session of its own."""

    def __init__(self, spec: ProcessSpec, log: Path, pass_fds: tuple[int, ...] = ()) -> None:
        self.spec = spec
        self.log = log
        if threading.current_thread() is not threading.main_thread():
            # Linux sends the death signal when the *thread* that forked ends.
            raise RuntimeError("servers are started from the main thread")
        user = spec.user or User(-1, -1)
        with _open_log(log) as output:
            self._popen = subprocess.Popen(  # noqa: S603 - the commands are our own
                [
                    *(sys.executable, "-I", "-S", str(LAUNCHER)),
                    *map(str, (os.getpid(), int(spec.death_signal), user.uid, user.gid, spec.niceness)),
                    *spec.argv,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(spec.env),
                cwd=spec.cwd,
                start_new_session=True,
                pass_fds=pass_fds,
            )

    @property
    def pid(self) -> int:
        """Its process id; also that of its session and group."""
        return self._popen.pid

    def exited(self) -> int | None:
        """The exit code (negative: the signal) once it has ended, else None.

        What is left of its group is killed before it is reaped: as long as it is a zombie, its id is no one else's.
        """
        if self._popen.returncode is None:
            ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                return None
            self._signal_group(signal.SIGKILL)
        return self._popen.wait()

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        while True:
            if (code := self.exited()) is not None:
                return code
            await asyncio.sleep(POLL_SECONDS)

    async def wait_ready(self) -> None:
        """Wait until it does its work.

        Raises:
            Permanent: it ended, or it was not ready in time; with the last lines of its log.
        """
        deadline = time.monotonic() + self.spec.ready_timeout
        while True:
            ready = await self.spec.ready()
            # Also where something answers: that may be a stranger who took the port.
            if (code := self.exited()) is not None:
                raise self.failure(f"ended {describe_exit(code)} before it was ready")
            if ready:
                return
            if time.monotonic() > deadline:
                raise self.failure(f"not ready within {self.spec.ready_timeout:g} s")
            await asyncio.sleep(POLL_SECONDS)

    async def stop(self) -> None:
        """Ask it to end, and end it where it does not."""
        if self.exited() is None:
            self._popen.send_signal(self.spec.stop_signal)
            try:
                async with asyncio.timeout(self.spec.stop_timeout):
                    await self.wait()
            except TimeoutError:
                self.kill()

    def kill(self) -> None:
        """End it and its group at once."""
        if self.exited() is None:
            self._signal_group(signal.SIGKILL)
            self._popen.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        # The process itself, perhaps a zombie, is still in the group: this is no other group of the same number.
        os.killpg(self.pid, number)

    def failure(self, what: str) -> Permanent:
        """An error that says what happened, with the last lines of the log."""
        tail = log_tail(self.log)
        detail = f"{what}. Its last words: {tail}" if tail else f"{what}, and it logged nothing"
        return Permanent(detail, where=self.spec.name, hint=f"the whole log is {self.log}", kind="server_failed")


def describe_exit(code: int) -> str:
    """An exit code in words."""
    return f"with exit code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"


def log_tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, joined by " | "; of lines in JSON, as our own processes write them, what they say. Empty where there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LOG_TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return " | ".join(_said(line.strip()) for line in text.splitlines()[-lines:] if line.strip())


def _said(line: str) -> str:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    return (
        f"{told['level']}: {told['message']}"
        if isinstance(told, dict) and {"level", "message"} <= told.keys()
        else line
    )


def cut_log(log: Path) -> None:
    """Keep the log of a process that runs bounded: what it held is kept beside it, and it begins anew.

    It is copied, not renamed: the process goes on with the file that it has. A line that it writes in between is lost.
    """
    if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
        shutil.copyfile(log, _former(log))
        os.truncate(log, 0)


def _former(log: Path) -> Path:
    return log.with_suffix(".log.1")


def _open_log(log: Path) -> IO[bytes]:
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
        log.replace(_former(log))
    return log.open("ab")
