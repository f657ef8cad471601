"""For whom what is being done is done: stores that keep people's things show nobody else's meanwhile.

It is the context's: of one request, and of the tasks that it starts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_PERSON: ContextVar[UUID | None] = ContextVar("person", default=None)
_OWNER: ContextVar[str] = ContextVar("owner", default="")


def acting_for() -> UUID | None:
    """The person; None for whoever serves everybody, as a worker or an operator does."""
    return _PERSON.get()


def act_for(person: UUID) -> None:
    """From here to the end of the `request` all is done for this person."""
    _PERSON.set(person)


def acting_as() -> str:
    """The owner of saved searches; empty for whoever acts for a person, or for nobody in particular."""
    return _OWNER.get()


def act_as(owner: str) -> None:
    """From here to the end of the `request` all is done for this owner of saved searches, as `Caller.who` names it: keys are of no person."""
    _OWNER.set(owner)


@contextmanager
def request() -> Iterator[None]:
    """A request, which begins for nobody in particular; what was before comes back after it."""
    person, owner = _PERSON.set(None), _OWNER.set("")
    try:
        yield
    finally:
        _PERSON.reset(person)
        _OWNER.reset(owner)
