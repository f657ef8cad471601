"""Cursors: where a list goes on, in a form that means nothing to whoever holds it."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.search import TELLING, SearchQuery
from services.api.search.canonical import canonical

LAST_PAGE = 250
"""How far a search can be leafed; exports have no end."""

_HOUR = 3_600


class Cursor(Model):
    """Base of all cursors: what it holds, as text."""

    def text(self) -> str:
        """The cursor as it is handed out."""
        return urlsafe_b64encode(self.model_dump_json().encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """The cursor that was handed out. Raises ValueError for a text that was not."""
        try:
            return cls.model_validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, ValidationError) as error:
            raise ValueError("is no cursor of this list; begin without one") from error


def _is_cursor(cursor: type[Cursor]) -> AfterValidator:
    def check(text: str) -> str:
        if not text:
            return text  # Who leafs in a loop has none at first.
        try:
            cursor.read(text)
        except ValueError as error:
            raise PydanticCustomError("cursor", str(error)) from error
        return text

    return AfterValidator(check)


class SearchCursor(Cursor):
    """The next page of a search, as it was when its first page was answered."""

    page: int = Field(ge=2, le=LAST_PAGE)
    seen_by: int = Field(ge=0, le=2**32)
    posted_since: int | None = Field(None, ge=0, le=2**32)
    digest: str = Field(max_length=32)

    @classmethod
    def after(cls, query: SearchQuery, found: int, now: datetime) -> str | None:
        """The cursor of the page behind this one; None where there is none."""
        if query.page >= LAST_PAGE or query.page * query.per_page >= found:
            return None
        seen_by = int(now.timestamp()) if query.seen_by is None else query.seen_by
        return cls(page=query.page + 1, seen_by=seen_by, posted_since=query.posted_since, digest=_digest(query)).text()

    def page_of(self, query: SearchQuery) -> SearchQuery:
        """The page of this query that the cursor stands for. Raises InvalidInput where it is of another query."""
        same_days = self.posted_since == query.posted_since
        if self.posted_since is not None and query.posted_since is not None:
            # The bound is a full hour, and an hour may have begun between the question and its answer.
            same_days = abs(self.posted_since - query.posted_since) <= _HOUR
        if not same_days or self.digest != _digest(query):
            raise InvalidInput(
                "cursor: it belongs to another search",
                where="cursor",
                hint="repeat the parameters of the first page, or leave the cursor out to begin anew",
            )
        changes = {"page": self.page, "seen_by": self.seen_by, "posted_since": self.posted_since}
        return query.model_copy(update=changes)


def _digest(query: SearchQuery) -> str:
    asked = canonical(query).model_dump_json(exclude={*TELLING, "posted_since"})
    return hashlib.blake2b(asked.encode(), digest_size=9).hexdigest()


class ListCursor(Cursor):
    """The posting that a list of postings goes on behind."""

    after: UUID


class CompanyCursor(Cursor):
    """The company that a list of companies goes on behind."""

    open: int = Field(ge=0, le=2**40)
    key: str = Field(max_length=200)


SearchCursorText = Annotated[str, Field(max_length=300), _is_cursor(SearchCursor)]
ListCursorText = Annotated[str, Field(max_length=300), _is_cursor(ListCursor)]
CompanyCursorText = Annotated[str, Field(max_length=2_000), _is_cursor(CompanyCursor)]
"""Parameters that take such a cursor, or none, and refuse any other text."""
