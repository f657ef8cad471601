"""Reading in processes that can be killed: a hostile file costs its own few seconds and nothing else."""

import asyncio
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from types import TracebackType
from typing import Self

import orjson

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.resume import Resume
from quiethire.processes import command, environment
from services.matching.resume.read import check_size
from services.matching.resume.worker import LENGTH, message_of

READ_SECONDS = 20.0
"""Time of one file."""
WORKER_MEMORY = 400 * 1024 * 1024
"""Bytes of address space that a process may take for files, beyond its tables."""
RECYCLE_AFTER = 100
"""Files after which a process is replaced, so that what leaks never adds up."""

_READY_WITHIN = 60.0
"""Seconds that a process has to load its tables."""
_STARTS = 2
_MAX_ANSWER = 20_000_000
_CODE = "from services.matching.resume.worker import main; main()"

logger = logging.getLogger(__name__)


class ResumePool:
    """A few processes, each started at its first need. Methods may be called concurrently; who finds all busy waits.

    What a file does to its process is InvalidInput: of kind `resume_timeout`, `resume_memory`, `resume_crash` (the process
    died) or `resume_defect` (reading failed). Transient where no process can be had, or the pool is closed.
    """

    def __init__(self, workers: int = 2, *, memory: int = WORKER_MEMORY, seconds: float = READ_SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._free = asyncio.Semaphore(workers)
        self._idle: list[_Reader] = []
        self._at_work: set[_Reader] = set()
        self._closed = False

    async def read(self, data: bytes, filename: str | None = None) -> Resume:
        """Read a résumé as `read_resume` does, with its errors and those above."""
        check_size(data)
        async with self._free:
            reader = await self._ready()
            try:
                answer = await reader.ask(message_of(data, filename), self._seconds)
            except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
                raise self._lost(error) from error
            finally:
                await self._back(reader)
        return _resume_of(answer)

    async def _ready(self) -> "_Reader":
        """A process that has loaded its tables."""
        reason: Exception | None = None
        for _ in range(_STARTS):
            if self._closed:
                break
            reader = self._idle.pop() if self._idle else _Reader()
            self._at_work.add(reader)
            try:
                await reader.start(self._memory)
            except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
                reason = error
                reader.spoilt = True
                await self._back(reader)
            except BaseException:  # Who waits was cancelled: nobody else would end what is half started.
                reader.spoilt = True
                await self._back(reader)
                raise
            else:
                return reader
        detail = "the pool was closed" if self._closed else f"no process could be started: {reason!r}"
        raise Transient(detail, where="résumé", hint="try again", kind="resume_unavailable")

    def _lost(self, error: Exception) -> InvalidInput | Transient:
        if self._closed:
            return Transient("the pool was closed", where="résumé", hint="try again", kind="resume_unavailable")
        hint = "save it again as PDF or DOCX, in a simpler form"
        if isinstance(error, TimeoutError):
            return InvalidInput(
                f"not read within {self._seconds:g} s", where="résumé", hint=hint, kind="resume_timeout"
            )
        return InvalidInput("the process that read it died", where="résumé", hint=hint, kind="resume_crash")

    async def _back(self, reader: "_Reader") -> None:
        self._at_work.discard(reader)
        if reader.spoilt or self._closed or reader.done >= RECYCLE_AFTER:
            await reader.end()
        else:
            self._idle.append(reader)

    async def close(self) -> None:
        """Stop the processes, whatever they are at."""
        self._closed = True
        await asyncio.gather(*(reader.end() for reader in (*self._idle, *self._at_work)))
        self._idle.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class _Reader:
    """Our side of one process. It is spoilt while it has a file, until it has answered."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self.spoilt = False
        self.done = 0

    async def start(self, memory: int) -> None:
        """Start the process where there is none, and wait until it is ready. Raises OSError, TimeoutError, IncompleteReadError."""
        if self._process is not None:
            return
        # In a session of its own, so that Ctrl-C is the parent's alone; it ends when its input does.
        self._process = await asyncio.create_subprocess_exec(
            *command(_CODE, str(memory)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            start_new_session=True,
            env=environment(),
        )
        await asyncio.wait_for(self._answer(self._process), _READY_WITHIN)

    async def ask(self, message: bytes, seconds: float) -> bytes:
        """Hand it a file and wait for the answer. Raises TimeoutError, IncompleteReadError or OSError."""
        process = self._process
        if process is None or process.stdin is None:
            raise OSError("there is no process")
        self.spoilt = True
        process.stdin.write(LENGTH.pack(len(message)) + message)
        answer = await asyncio.wait_for(self._answer(process), seconds)
        self.spoilt = False
        self.done += 1
        return answer

    async def _answer(self, process: Process) -> bytes:
        if process.stdout is None:
            raise OSError("the process has no output")
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        if length > _MAX_ANSWER:
            raise OSError("the process answers with too much")
        return await process.stdout.readexactly(length)

    async def end(self) -> None:
        """Kill the process where it still runs, and give back what it held."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        if process.stdout is not None:
            await process.stdout.read()
        await process.wait()


def _resume_of(answer: bytes) -> Resume:
    if answer[:1] == b"+":
        return Resume.model_validate_json(answer[1:])
    refusal = orjson.loads(answer[1:])
    if refusal["kind"] == "resume_defect":
        logger.error("a résumé could not be read: %s", refusal["detail"])
    raise InvalidInput(refusal["detail"], where="résumé", hint=refusal["hint"], kind=refusal["kind"])
