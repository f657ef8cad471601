"""What browsers send by forms: plain fields, and one file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_BYTES
from services.api.problems import field_errors

_MOST_FIELDS = 5_000
"""Of a résumé with all that may be read of one."""


class _InMemory(MultiPartParser):
    """A file that somebody sends is never written to a disk: what it says is theirs."""

    spool_max_size = MAX_BYTES + 1


@dataclass(frozen=True)
class SentFile:
    """A file that was chosen."""

    data: bytes
    name: str


@dataclass(frozen=True)
class Form:
    """The fields of a form, in the order in which they came."""

    fields: Sequence[tuple[str, str]]
    files: Mapping[str, SentFile]

    def text(self, name: str) -> str:
        """A field without the space around it; empty where there is none."""
        return next(iter(self.texts(name)), "").strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field, as they came."""
        return tuple(value for field, value in self.fields if field == name)

    def lines(self, name: str, separators: str = "\n") -> tuple[str, ...]:
        """A field that holds a list: each entry once, without empty ones."""
        text = self.text(name)
        for separator in separators:
            text = text.replace(separator, "\n")
        entries = (" ".join(line.split()) for line in text.splitlines())
        return tuple(dict.fromkeys(entry for entry in entries if entry))

    def has(self, name: str) -> bool:
        """Whether there is such a field, as of a box that is ticked."""
        return any(field == name for field, _ in self.fields)

    def file(self, name: str) -> SentFile:
        """A file. Raises InvalidInput where none was chosen."""
        if name not in self.files:
            raise InvalidInput("no file was chosen", where=name, hint="choose one and send it again")
        return self.files[name]


async def read_form(request: Request) -> Form:
    """The form that a request brings. Raises InvalidInput for what no form sends."""
    try:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind.strip() == b"multipart/form-data":
            _check_encoding(options.get(b"charset", b"utf-8"))
            files = _InMemory(
                request.headers, request.stream(), max_files=1, max_fields=_MOST_FIELDS, max_part_size=100_000
            )
            return await _taken(await files.parse())
        fields = FormParser(request.headers, request.stream(), max_fields=_MOST_FIELDS)
        return await _taken(await fields.parse())
    except (MultiPartException, ValueError, KeyError) as error:
        raise InvalidInput("cannot be read", where="form", hint="send it as a browser does") from error


def _check_encoding(named: bytes) -> None:
    """Raise InvalidInput for another encoding than that of our pages: some that Python knows take seconds to read, and give what is no text."""
    if named.lower() != b"utf-8":
        raise InvalidInput("is not in UTF-8", where="form", hint="send it as a browser does")


@contextmanager
def in_words() -> Iterator[None]:
    """What does not fit is told field by field, as it is of an API's request. Raises RequestValidationError."""
    try:
        yield
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error


def told(error: InvalidInput | ValidationError) -> str:
    """What is wrong with a form, for the page that shows it again."""
    if isinstance(error, ValidationError):
        wrong = field_errors([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
        return "; ".join(f"{each.field.replace('_', ' ')}: {each.detail}" for each in wrong)
    detail = error.detail[:1].upper() + error.detail[1:]
    return f"{detail}: {error.hint}." if error.hint else f"{detail}."


async def _taken(data: FormData) -> Form:
    """What was parsed. Raises RequestValidationError for the character NUL, which PostgreSQL cannot keep."""
    fields: list[tuple[str, str]] = []
    files: dict[str, SentFile] = {}
    try:
        for name, value in data.multi_items():
            if isinstance(value, str):
                fields.append((name, value))
            elif value.filename:
                files[name] = SentFile(await value.read(), value.filename[:300])
    finally:
        await data.close()
    nul = {"type": "nul", "msg": "must not hold the character NUL", "input": None}
    if wrong := [{**nul, "loc": ("body", name)} for name, value in fields if "\0" in value]:
        raise RequestValidationError(wrong)
    return Form(tuple(fields), files)
