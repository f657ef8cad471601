"""What a process of the pool does: load its tables, bound its own memory and time, then read one résumé after another."""

import gc
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

import orjson
import psutil

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_BYTES
from quiethire.processes import bound_memory
from services.matching.resume.fields import contacts, places
from services.matching.resume.files import docx_file, pdf_file
from services.matching.resume.read import read_resume

TASK_SECONDS = 40
"""Time after which a process ends itself. The pool has killed it long before, unless the pool's own process is dead."""
MAX_MESSAGE = MAX_BYTES + 10_000

LENGTH = struct.Struct(">I")


def main() -> None:
    """Read résumés from standard input within the memory that is given; answer on standard output."""
    work(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))


def work(given: BinaryIO, answers: BinaryIO, memory: int) -> None:
    """Answer messages until the input ends. One empty answer says that the tables are loaded."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # The kernel ends the process: no code of ours has to run for it.
    _warm_up()
    bound_memory(psutil.Process().memory_info().vms + memory)
    _send(answers, b"")
    while (message := _received(given)) is not None:
        signal.setitimer(signal.ITIMER_REAL, TASK_SECONDS)
        _send(answers, answer(message))
        signal.setitimer(signal.ITIMER_REAL, 0)
        # Reading a PDF leaves all of the file in cycles, three times over: the next one would be refused for the memory of this one.
        gc.collect()


def _warm_up() -> None:
    places.warm_up()
    contacts.e164("+49 30 901820", ())
    _ = docx_file, pdf_file  # Their libraries are loaded with them.
    gc.collect()
    gc.freeze()  # What stays needs no looking through after every file.


def message_of(data: bytes, filename: str | None) -> bytes:
    """A résumé as a message to a process."""
    name = (filename or "").encode(errors="replace")[:1_000]
    return LENGTH.pack(len(name)) + name + data


def answer(message: bytes) -> bytes:
    """The résumé as JSON, or the error that reading it ends in."""
    (length,) = LENGTH.unpack_from(message)
    name = message[LENGTH.size : LENGTH.size + length].decode(errors="replace")
    data = message[LENGTH.size + length :]
    try:
        return b"+" + read_resume(data, name or None).model_dump_json().encode()
    except InvalidInput as error:
        return _refusal(error.detail, error.hint, error.kind)
    except MemoryError:
        return _refusal("the file takes too much memory to read", "save it again as PDF or DOCX", "resume_memory")
    except Exception as error:  # noqa: BLE001 - a defect on one file must not cost the others; the pool tells it to the log
        return _refusal(f"reading failed: {type(error).__name__}", "", "resume_defect")


def _refusal(detail: str, hint: str, kind: str) -> bytes:
    return b"-" + orjson.dumps({"detail": detail, "hint": hint, "kind": kind})


def _send(answers: BinaryIO, message: bytes) -> None:
    answers.write(LENGTH.pack(len(message)) + message)
    answers.flush()


def _received(given: BinaryIO) -> bytes | None:
    head = _exactly(given.read, LENGTH.size)
    if head is None:
        return None
    (length,) = LENGTH.unpack(head)
    return _exactly(given.read, min(length, MAX_MESSAGE))


def _exactly(read: Callable[[int], bytes], count: int) -> bytes | None:
    data = read(count)
    return data if len(data) == count else None
