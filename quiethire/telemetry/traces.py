"""Spans, where traces are wanted; nothing at all where they are not.

`quiethire.trail` sets the tracer, from QUIETHIRE_OTLP_ENDPOINT. Without one no module of OpenTelemetry is loaded, and a
span costs the call of one function.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol


class Tracer(Protocol):
    """What is asked of OpenTelemetry's tracer."""

    def start_as_current_span(self, name: str, *, attributes: Any = None) -> AbstractContextManager[Any]:  # noqa: ANN401 - OpenTelemetry's own types would have to be loaded
        """A span for as long as the block lasts, below the one that is current."""
        ...


_OFF: AbstractContextManager[Any] = nullcontext()
_tracer: Tracer | None = None
_current: Callable[[], int] | None = None


def use(tracer: Tracer | None, current: Callable[[], int] | None) -> None:
    """Record spans with this tracer from now on; `current` gives the id of the trace at hand. None = no traces."""
    global _tracer, _current
    _tracer, _current = tracer, current


def span(name: str, **attributes: str | float) -> AbstractContextManager[Any]:
    """A span around a block. Attributes name things of ours: no query, no text of a person."""
    if _tracer is None:
        return _OFF
    return _tracer.start_as_current_span(name, attributes=attributes)


def is_on() -> bool:
    """Whether spans are recorded."""
    return _tracer is not None


def trace_id() -> str | None:
    """The id of the trace at hand, as collectors write it; None where there is none."""
    found = _current() if _current is not None else 0
    return f"{found:032x}" if found else None
