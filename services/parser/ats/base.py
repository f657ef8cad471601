"""The shape of an ATS adapter, and a reader that turns an unknown shape into SchemaDrift."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

import orjson

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Source, Sourced

MAX_POSTINGS = 5_000
"""Postings of one page of a board that are read."""

T = TypeVar("T")


class BoardPage(Model):
    """One page of a board's list. `total` is what the board itself says, so that completeness can be judged."""

    postings: tuple[RawPosting, ...] = ()
    links: tuple[str, ...] = ()
    """Job pages that still have to be fetched, where the list does not hold the postings themselves."""
    cursor: str | None = None
    """What asks for the next page; None = this was the last."""
    total: int | None = None


class AtsAdapter(Protocol):
    """One ATS. Pure: the crawler alone makes requests."""

    name: str

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """The board that a URL, or a page's markup, belongs to; a URL of one posting gives the posting's board."""
        ...

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """What to fetch for the first page (`cursor` None) or the one that a cursor names."""
        ...

    def parse(self, board: Board, page: Page) -> BoardPage:
        """The postings of a fetched page. Raises SchemaDrift where its shape is not the known one."""
        ...


class Reader:
    """Typed access to a JSON document by path; whatever is not as documented raises SchemaDrift with that path."""

    def __init__(self, value: object, board: Board, path: str = "$") -> None:
        self.value = value
        self.board = board
        self.path = path

    @classmethod
    def of(cls, page: Page, board: Board) -> "Reader":
        """The document of a page."""
        try:
            return cls(orjson.loads(page.body), board)
        except orjson.JSONDecodeError as error:
            raise SchemaDrift(
                "the answer is no JSON", where=board.key, hint="see whether the board moved, or its API changed"
            ) from error

    def drift(self, wanted: str) -> SchemaDrift:
        """The error for this place."""
        return SchemaDrift(
            f"{self.path} is {type(self.value).__name__}, not {wanted}",
            where=self.board.key,
            hint="compare the archived answer with the adapter's fixtures",
        )

    def at(self, name: str) -> "Reader":
        """A member of an object; a missing one reads as null."""
        if not isinstance(self.value, dict):
            raise self.drift("an object")
        return Reader(self.value.get(name), self.board, f"{self.path}.{name}")

    def items(self) -> Iterator["Reader"]:
        """The items of a list; null has none."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.drift("a list")
        for index, item in enumerate(self.value[:MAX_POSTINGS]):
            yield Reader(item, self.board, f"{self.path}[{index}]")

    def required_items(self) -> list["Reader"]:
        """The items of a list that must be there."""
        if self.value is None:
            raise self.drift("a list")
        return list(self.items())

    def text(self) -> str | None:
        """A string; null and blanks are None."""
        return (self._optional(str) or "").strip() or None

    def required_text(self) -> str:
        """A string that must be there."""
        if (text := self.text()) is None:
            raise self.drift("a string")
        return text

    def identifier(self) -> str:
        """An id: a string or a whole number, as a string."""
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int)) or self.value == "":
            raise self.drift("an id")
        return str(self.value)

    def number(self) -> float | None:
        """A number or None."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float, type(None))):
            raise self.drift("a number")
        return self.value

    def flag(self) -> bool | None:
        """True, false or None."""
        return self._optional(bool)

    def sourced(self) -> Sourced | None:
        """A string with its path."""
        text = self.text()
        return None if text is None else Sourced(value=text, source=Source.ATS, path=self.path)

    def _optional(self, kind: type[T]) -> T | None:
        if self.value is not None and not isinstance(self.value, kind):
            raise self.drift(f"a {kind.__name__}")
        return self.value


def stated(value: str, path: str) -> Sourced:
    """A value that an adapter put together, with the path that it came from."""
    return Sourced(value=value, source=Source.ATS, path=path)
