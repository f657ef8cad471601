"""The journal: who did what to whom, in lines that hang on one another, so that none can be changed or taken out unseen.

A line says what was begun: it is written before the deed, and where it cannot be written nothing is done. People are named by
pseudonyms, which stay when the person is erased and tell nobody's id.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model

_LINE = r"^[^\n]*$"


class Deed(StrEnum):
    """What is written down."""

    SIGNED_IN = "signed-in"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  a word
    SECOND_FACTOR_ON = "second-factor-on"
    SECOND_FACTOR_OFF = "second-factor-off"
    ACCOUNT_MADE = "account-made"
    ACCOUNT_CHANGED = "account-changed"
    """Its role, or its lock."""
    KEY_MADE = "key-made"
    KEY_ROTATED = "key-rotated"
    KEY_REVOKED = "key-revoked"
    EXPORTED = "exported"
    ERASED = "erased"
    VERIFIED = "verified"
    PEOPLE_READ = "people-read"
    """Somebody of staff saw people: whom a posting fits, or what became of questions."""


class Line(Model):
    """One line."""

    seq: int
    at: datetime
    who: str = Field(max_length=200, pattern=_LINE)
    """`operator`, `key:<prefix>`, `retention`, or a person's pseudonym."""
    deed: str = Field(max_length=50, pattern=_LINE)
    whom: str = Field(max_length=200, pattern=_LINE)
    """A person's pseudonym, a key's prefix, a posting; empty where it is the one who does it, or nobody."""
    request_id: str = Field(max_length=100, pattern=_LINE)
    previous: bytes
    """The hash of the line before; empty for the first."""
    hash: bytes

    def expected_hash(self) -> bytes:
        """What its hash has to be: SHA-256 of all else in it. `journal_add` of migration 0022 makes the same."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        fields = (str(self.seq), at, self.who, self.deed, self.whom, self.request_id, self.previous.hex())
        return hashlib.sha256("\n".join(fields).encode()).digest()


class Verified(Model):
    """What a look through the journal found."""

    lines: int
    head: str
    """The hash of the last line: whoever keeps it elsewhere can tell later whether lines were cut off behind it."""
    wrong: str | None = None
    """The first line that does not hold, and why."""


def pseudonym_of(person: UUID) -> str:
    """What the journal calls a person: the same for the same person, and no way back to the id."""
    return f"person:{hashlib.sha256(b'quiethire journal' + person.bytes).hexdigest()[:24]}"


async def verified(lines: AsyncIterator[Line], head: str = "") -> Verified:
    """Whether each line holds and hangs on the one before. `head`: a hash that was noted once, and has to be among them."""
    count, previous, heads = 0, b"", {head} - {""}
    async for line in lines:
        count += 1
        wrong = _wrong(line, count, previous)
        if wrong is not None:
            return Verified(lines=count, head=previous.hex(), wrong=wrong)
        previous = line.hash
        heads.discard(previous.hex())
    missing = f"no line has the hash {head}: lines were cut off, or the journal is another one" if heads else None
    return Verified(lines=count, head=previous.hex(), wrong=missing)


def _wrong(line: Line, expected_seq: int, previous: bytes) -> str | None:
    if line.seq != expected_seq:
        return f"line {expected_seq} is missing"
    if line.previous != previous:
        return f"line {line.seq} does not hang on the one before"
    if line.hash != line.expected_hash():
        return f"line {line.seq} was changed"
    return None


class Journal(Protocol):
    """Lines are added, and never changed or taken out."""

    async def add(self, who: str, deed: Deed, whom: str, request_id: str) -> None:
        """Write a line, of now. Raises Transient where it cannot be written."""
        ...

    def lines(self) -> AsyncIterator[Line]:
        """All of them, the oldest first."""
        ...


def chained(lines: Iterable[Line], at: datetime, fields: tuple[str, str, str, str]) -> Line:
    """The line that comes next, for the twin in memory."""
    last = [*lines][-1:]
    who, deed, whom, request_id = fields
    line = Line(
        seq=last[0].seq + 1 if last else 1,
        at=at,
        who=who,
        deed=deed,
        whom=whom,
        request_id=request_id,
        previous=last[0].hash if last else b"",
        hash=b"",
    )
    return line.model_copy(update={"hash": line.expected_hash()})
