"""Our side of one worker process: start it, hand it tasks, watch its time and memory, end it. No wait is without a bound."""

import pickle
import select
import socket
import struct
import subprocess
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import psutil

from quiethire.domain.errors import InvalidInput
from quiethire.processes import command, environment
from services.parser.worker import OpenReader, Task

PARSE_SECONDS = 2.9
"""Time of one parse; with the time that a kill takes it stays below three seconds."""

_LOOK_EVERY = 0.1
"""Seconds between two looks at the memory of a worker that is busy."""
_READY_WITHIN = 60
"""Seconds that a worker has to load its tables."""
_TAKEN_WITHIN = 3
"""Seconds that a worker which stands ready has to take a batch, and a half-sent message to go on."""
_CODE = "from services.parser.worker import main; main()"


class WorkerProcess:
    """A process, and our end of the pipe to it.

    Not forked: the parent runs threads and an event loop. Not of multiprocessing, whose threads reap each other's
    processes. In a session of its own, so that Ctrl-C is the parent's alone; it ends when the pipe closes.
    """

    def __init__(self, memory: int, open_reader: OpenReader | None = None) -> None:
        self._memory = memory
        self._is_ready = False
        ours, theirs = socket.socketpair()
        with ours, theirs:
            for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
                # Half a message must not hang us: a worker may be stopped while it writes or reads.
                ours.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", _TAKEN_WITHIN, 0))
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                command(_CODE, str(theirs.fileno()), str(memory), pickle.dumps(open_reader).hex()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # Ours is for answers, and closes with us; a worker tells on stderr.
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=environment(),
            )
            self._pipe = Connection(ours.detach())
        self._message = select.poll()
        self._message.register(self._pipe.fileno(), select.POLLIN)

    def take(self, batch: Sequence[Task]) -> None:
        """Give it a batch. Raises OSError or EOFError where it is dead, or does not take it in time."""
        if not self._is_ready:
            self._acknowledged(_READY_WITHIN)
            self._is_ready = True
        self._pipe.send(list(batch))
        self._acknowledged(_TAKEN_WITHIN)

    def _acknowledged(self, seconds: int) -> None:
        if not self._message.poll(1_000 * seconds):
            raise TimeoutError(f"a process of the parser's said nothing for {seconds} s")
        self._pipe.recv()

    def outcome(self, where: str) -> tuple[object, bool]:
        """What the task at `where`, the next of the batch, ends in, and whether the worker is of no more use then."""
        try:
            if (trouble := self._trouble()) is not None:
                detail, kind = trouble
                return InvalidInput(detail, where=where, kind=kind), True
            packed, leaves = self._pipe.recv()
        except (OSError, EOFError):
            detail = f"the parser's process died with code {self.end()}"
            return InvalidInput(detail, where=where, kind="parse_crash"), True
        return pickle.loads(packed), leaves  # noqa: S301 - our own process wrote it

    def _trouble(self) -> tuple[str, str] | None:
        """Wait for the outcome of a task; where none will come, why."""
        deadline = time.monotonic() + PARSE_SECONDS
        while not self._message.poll(1_000 * max(min(_LOOK_EVERY, deadline - time.monotonic()), 0)):
            if time.monotonic() >= deadline:
                return f"not parsed within {PARSE_SECONDS:g} s", "parse_timeout"
            if self._resident() > self._memory:
                return f"took more than {self._memory:,} bytes of memory", "parse_memory"
        return None

    def _resident(self) -> int:
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0  # It is dead; the pipe tells.

    def kill(self) -> None:
        """End it, whatever it is at. May be called by any thread."""
        self._process.kill()

    def end(self) -> int:
        """Kill it where it still runs, and give back what it held. Its exit code."""
        self.kill()
        self._pipe.close()
        return self._process.wait()
