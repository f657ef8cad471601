"""What a line of the log belongs to: the request at hand, the workflow and the activity."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType

_FIELDS: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default=MappingProxyType({}))


class _Block:
    """A class and no generator: it is entered with every request, and costs a third."""

    __slots__ = ("_fields", "_token")

    def __init__(self, fields: Mapping[str, str | None]) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        self._token: Token[Mapping[str, str]] = _FIELDS.set(_with(self._fields))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _FIELDS.reset(self._token)


def belonging(**fields: str | None) -> _Block:
    """Every line logged in the block carries these fields, beside those of the blocks around it."""
    return _Block(fields)


def belongs(**fields: str | None) -> None:
    """The same for the rest of this task, where it has no block that would surely be left in it."""
    _FIELDS.set(_with(fields))


def fields() -> Mapping[str, str]:
    """Those of the blocks that are open."""
    return _FIELDS.get()


def request_id() -> str | None:
    """The id of the request that all this is done for; None where nobody asked for it."""
    return _FIELDS.get().get("request_id")


def _with(more: Mapping[str, str | None]) -> Mapping[str, str]:
    known = {name: value for name, value in more.items() if value is not None}
    return {**_FIELDS.get(), **known}
