"""Starts processes, keeps them running, and stops all of them."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Coroutine, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from quiethire.domain.errors import Permanent, QuietHireError
from quiethire.stack.process import Process, ProcessSpec, cut_log, describe_exit, log_tail
from quiethire.telemetry import ERRORS

MAX_RESTARTS = 5
RESTART_WINDOW = 60.0
FIRST_BACKOFF = 0.1
LOGS_EVERY = 60.0
"""Seconds between two looks at how long the logs have become."""

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Supervisor:
    """Runs processes until it is left: `async with Supervisor(logs) as supervisor`.

    Processes started by one call form a group: they start together and stop together; groups stop in reverse order.
    A process that ends by itself is started again with the same command. One that needs more than five restarts within
    a minute fails the supervisor: `wait()` raises. No process outlives this one, however it ends.
    """

    def __init__(self, logs: Path, pass_fds: tuple[int, ...] = ()) -> None:
        self._logs = logs
        self._pass_fds = pass_fds
        self._groups: list[list[str]] = []
        self._processes: dict[str, Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._failure: asyncio.Future[None] | None = None
        self._cutting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._failure = asyncio.get_running_loop().create_future()
        self._cutting = asyncio.create_task(self._cut_logs(), name="cut logs")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
        await self.stop()

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each process by name; a restart changes it."""
        return {name: process.pid for name, process in self._processes.items()}

    async def start(self, *specs: ProcessSpec) -> None:
        """Start these together and return when all are ready.

        Raises:
            Permanent: one did not become ready (kind `server_failed`); all of these are stopped again.
        """
        names = [spec.name for spec in specs]
        taken = [name for name in names if name in self._processes]
        if taken or len(set(names)) < len(names):
            raise ValueError(f"two processes of one name: {names}")
        self._groups.append(names)
        try:
            processes = [self._spawn(spec) for spec in specs]
            await together(*(process.wait_ready() for process in processes))
        except QuietHireError:
            await self._stop_group(names)
            self._groups.remove(names)
            raise
        for spec in specs:
            keeper = asyncio.create_task(self._keep(spec), name=f"keep {spec.name}")
            keeper.add_done_callback(self._seen_off)
            self._keepers[spec.name] = keeper

    async def wait(self) -> None:
        """Wait until a process cannot be kept running; it never returns.

        Raises:
            Permanent: which one, with the last lines of its log (kind `server_failed`).
        """
        if self._failure is None:
            raise RuntimeError("the supervisor was not entered")
        await asyncio.shield(self._failure)

    async def stop(self) -> None:
        """Stop every process, the last group first. To cancel it kills what is still there."""
        stopping = asyncio.create_task(self._stop_all())
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            stopping.cancel()
            for process in self._processes.values():
                process.kill()
            raise
        finally:
            if self._failure is not None and self._failure.done() and not self._failure.cancelled():
                self._failure.exception()  # Seen: whoever wanted it has called wait().

    def _spawn(self, spec: ProcessSpec) -> Process:
        process = Process(spec, self._logs / f"{spec.name}.log", self._pass_fds)
        self._processes[spec.name] = process
        return process

    async def _stop_all(self) -> None:
        while self._groups:
            await self._stop_group(self._groups[-1])
            self._groups.pop()

    async def _stop_group(self, names: list[str]) -> None:
        keepers = [self._keepers.pop(name) for name in names if name in self._keepers]
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        running = [self._processes[name] for name in names if name in self._processes]
        await asyncio.gather(*(process.stop() for process in running))
        for process in running:
            del self._processes[process.spec.name]

    async def _keep(self, spec: ProcessSpec) -> None:
        """Start it again whenever it ends."""
        restarts: deque[float] = deque()
        while True:
            code = await self._processes[spec.name].wait()
            now = time.monotonic()
            while restarts and restarts[0] < now - RESTART_WINDOW:
                restarts.popleft()
            ERRORS.labels(kind="server_exited").inc()
            last_words = log_tail(self._logs / f"{spec.name}.log")
            if len(restarts) == MAX_RESTARTS:
                self._give_up(
                    spec, f"ended {describe_exit(code)} after {MAX_RESTARTS} restarts within a minute", last_words
                )
                return
            backoff = FIRST_BACKOFF * 2 ** len(restarts)
            restarts.append(now)
            fields = {"server": spec.name, "exit_code": code, "restart_in": backoff, "last_words": last_words}
            logger.error("%s ended %s; it is started again", spec.name, describe_exit(code), extra=fields)
            await asyncio.sleep(backoff)
            await self._respawn(spec)

    async def _cut_logs(self) -> None:
        while True:
            await asyncio.sleep(LOGS_EVERY)
            for name in list(self._processes):
                try:
                    await asyncio.to_thread(cut_log, self._logs / f"{name}.log")
                except OSError as error:
                    logger.warning("the log of %s is not cut: %s", name, error, extra={"server": name})

    async def _respawn(self, spec: ProcessSpec) -> None:
        process = self._spawn(spec)
        try:
            await process.wait_ready()
        except Permanent as error:
            # Not ready in time counts as one more end; the loop in _keep decides.
            logger.error("%s", error, extra={"server": spec.name})  # noqa: TRY400 - the trace says nothing more
            process.kill()
        else:
            logger.info("%s is back", spec.name, extra={"server": spec.name, "pid": process.pid})

    def _give_up(self, spec: ProcessSpec, what: str, last_words: str) -> None:
        error = Permanent(f"{what}. Its last words: {last_words}", where=spec.name, kind="server_failed")
        logger.error("%s", error, extra={"server": spec.name})
        self._fail(error)

    def _seen_off(self, keeper: asyncio.Task[None]) -> None:
        """A keeper that raised (no file could be opened, say) must not pass unseen."""
        if not keeper.cancelled() and (error := keeper.exception()) is not None:
            logger.error("%s failed", keeper.get_name(), exc_info=error)
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)


async def together(*steps: Coroutine[Any, Any, T]) -> list[T]:
    """Run all at once; the first error cancels the others and is raised as it is, not in a group."""
    tasks: list[asyncio.Task[T]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks.extend(group.create_task(step) for step in steps)
    except BaseExceptionGroup as errors:
        raise next(_leaves(errors)) from errors
    return [task.result() for task in tasks]


def _leaves(errors: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
