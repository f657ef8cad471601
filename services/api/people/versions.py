"""Versions of what a person says of themselves: of two who change it at once, neither undoes the other's change unseen.

A version is a hash of what it is of: nothing is kept for it, and what is changed back is what it was.
"""

import hashlib
from collections.abc import Callable, Collection
from typing import Annotated

from fastapi import Depends, Header

from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Outdated


def version_of(known: Model | None, fields: Collection[str] = ()) -> str:
    """The version of a model, or of some of its fields; of nothing it is empty."""
    if known is None:
        return ""
    return hashlib.sha256(known.model_dump_json(include=set(fields) or None).encode()).hexdigest()[:32]


def only_of(
    versions: Collection[str] | None,
    change: Callable[[Candidate], Candidate],
    current: Callable[[Candidate], str] = version_of,
) -> Callable[[Candidate], Candidate]:
    """A change that raises Outdated where the current version is none of these. None: it is made of any.

    One that has been made already is none any more, so whoever sends it twice is told twice that it is done.
    """

    def checked(person: Candidate) -> Candidate:
        now = change(person)
        if now != person and versions is not None and current(person) not in versions:
            raise Outdated(
                "this has been changed since you read it", hint="read it anew, and make your change of what it is now"
            )
        return now

    return checked


async def _named(
    if_match: Annotated[str | None, Header(max_length=1_000, examples=['"0f343b0931126a20f133d67c2b018a3b"'])] = None,
) -> Collection[str] | None:
    """The versions that `If-Match` names (RFC 9110, 13.1.1); a weak one is never the same."""
    if if_match is None or if_match.strip() == "*":
        return None
    return {each.strip()[1:-1] for each in if_match.split(",") if each.strip().startswith('"')}


IfMatchDep = Annotated[Collection[str] | None, Depends(_named)]
"""The versions of which a change may be made; None for any."""
