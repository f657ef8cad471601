"""Many cases for one command: JSON lines in, JSON lines out, one by one, and bad lines named without stopping for them."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeVar

import orjson
import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from quiethire.cli.output import fail
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.processes import DONE, PARTLY

MAX_LINE = 4_000_000
"""Bytes of one line; longer ones are bad lines."""


class Line(BaseModel):
    """One line. What it holds besides is passed over, so that a file of truths can serve as a file of cases."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Case(Line):
    """A line with a name of its own."""

    id: str | int


class PageCase(Case):
    """A saved page. `path` is relative to the file of cases; relative dates count from `fetched_at`, else from now."""

    path: str
    url: str
    content_type: str = "text/html"
    fetched_at: datetime | None = None


class UrlCase(Case):
    """A URL and, where there is one, the saved page behind it: a page may embed a board that its URL does not name."""

    url: str
    path: str | None = None


class TextCase(Case):
    """A text."""

    text: str


C = TypeVar("C", bound=Line)


class Cases:
    """The lines of one file (`-`: of stdin), and the exit code that they end in."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.code = DONE

    def read(self, model: type[C]) -> Iterator[C]:
        """Every good line, while the file is read; each bad one is named on stderr."""
        with self._opened() as lines:
            number = 0
            while line := lines.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE and not line.endswith(b"\n"):
                    self._bad(number, f"the line is longer than {MAX_LINE:,} bytes")
                    while rest := lines.readline(MAX_LINE):
                        if rest.endswith(b"\n"):
                            break
                elif line.strip() and (case := self._case(model, line, number)) is not None:
                    yield case

    def _opened(self) -> AbstractContextManager[BinaryIO]:
        return nullcontext(sys.stdin.buffer) if str(self.file) == "-" else self.file.open("rb")

    def _case(self, model: type[C], line: bytes, number: int) -> C | None:
        try:
            return model.model_validate(orjson.loads(line.removeprefix(b"\xef\xbb\xbf")))
        except orjson.JSONDecodeError as error:
            self._bad(number, f"not JSON: {error.msg}")
        except ValidationError as error:
            faults = (f"{'.'.join(map(str, fault['loc'])) or 'line'}: {fault['msg']}" for fault in error.errors())
            self._bad(number, "; ".join(faults))
        return None

    def resolve(self, path: str) -> Path:
        """A path of a line, relative to the file of cases."""
        return self.file.parent / path

    def failed(self, error: QuietHireError, case: Case) -> None:
        """Name a case that could not be answered; the others go on."""
        fail(QuietHireError(error.detail, where=f"{self.file}: {case.id}: {error.where}", hint=error.hint))
        self.code = PARTLY

    def _bad(self, number: int, detail: str) -> None:
        fail(InvalidInput(detail, where=f"{self.file}:{number}"))
        self.code = PARTLY

    def end(self) -> NoReturn:
        """Leave with the exit code."""
        raise typer.Exit(self.code)


def stdin_or_file(path: Path) -> Path:
    """For an option that takes `-` for stdin beside a file that must be there."""
    if str(path) != "-" and not path.is_file():
        raise typer.BadParameter(f"'{path}' is no file; - reads stdin")
    return path


def read_file(file: Path) -> bytes:
    """The bytes of a saved page. Raises InvalidInput where it cannot be read, or is larger than pages are."""
    from services.parser.document import MAX_BODY  # noqa: PLC0415 - commands that read no page load no tree builder

    try:
        if not file.is_file():
            # A pipe without a writer would be waited for without end.
            raise InvalidInput("is no regular file", where=str(file), hint="save it to a file first")
        size = file.stat().st_size
        if size > MAX_BODY:
            raise InvalidInput(
                f"the page has {size:,} bytes", where=str(file), hint=f"at most {MAX_BODY:,} are read", kind="too_large"
            )
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(error.strerror or str(error), where=str(file)) from error


def print_line(value: object) -> None:
    """One JSON object on a line of its own, written through at once."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
