"""The shape of an ATS adapter, and readers that turn an unknown shape into SchemaDrift."""

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from html import escape
from typing import ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

import orjson

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.normalise.address import in_words

MAX_POSTINGS = 5_000
"""Postings of one page that are kept; a page that gives more is cut."""

MAX_ITEMS = 20_000
"""Items of one list that are read, and links of one page that are kept."""

NO_BOARDS = frozenset(
    ["www", "app", "api", "apps", "help", "support", "docs", "status", "blog", "info", "static", "assets", "cdn",
     "developer", "developers", "resources", "hello", "get", "go", "try", "learn", "community", "partners", "marketing",
     "login", "secure", "accounts", "account", "hire", "media", "img", "images"]
)  # fmt: skip
"""First labels of a vendor's hosts that are the vendor's own, never a customer's board."""

MAX_MENTIONS = 100
"""Mentions of a vendor's domain in a page that are looked at."""

T = TypeVar("T")


class BoardPage(Model):
    """One page of a board's list. `total` is what the board itself says, so that completeness can be judged."""

    postings: tuple[RawPosting, ...] = ()
    links: tuple[str, ...] = ()
    """Pages of single postings that still have to be fetched, where the list does not hold the postings themselves:
    job pages, or the details of an API where the adapter's `details` says so."""
    cursor: str | None = None
    """What asks for the next page; None = this was the last."""
    total: int | None = None
    uncounted: bool = False
    """Whether `total` is our own count of what this answer holds: the vendor gives all in one, and says not how many."""
    cut: bool = False
    """Whether the page held more than is kept of one, or ends before its end: then the board is never complete."""


class AtsAdapter(ABC):
    """One ATS. Pure: the crawler alone makes requests."""

    name: ClassVar[str]
    addresses: ClassVar["Addresses | None"] = None
    """Where its boards are; None where no address bears the vendor's name."""
    home: ClassVar[str] = ""
    """Where a person reads the board of a `{token}`."""
    keeps_case: ClassVar[bool] = False
    """Whether capitals belong to a token."""
    markers: ClassVar[tuple[str, ...]] = ()
    """What the pages of a whole site on a company's own host are built from; one of them is enough."""
    own_home: ClassVar[str] = "https://{token}/"
    """Where a person reads the board of such a site, whose token is the host."""
    identifier: ClassVar[re.Pattern[str] | None] = None
    """Where the address of a job page names the posting's id; what else is in it, such as the title, may change."""
    details: ClassVar[re.Pattern[str] | None] = None
    """The addresses of details that `detail` reads; other links are job pages, which are read as any job page is."""
    details_accept: ClassVar[Literal["html", "json"]] = "json"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """The board that a URL, or a page's markup, belongs to; a URL of one posting gives the posting's board."""
        if self.addresses is not None and (match := self.addresses.find(url, html)) is not None:
            return self.board(match)
        if not html or not self.serves(html) or not (host := _host(url)):
            return None
        return Board(ats=self.name, token=host, url=self.own_home.format(token=host))

    def board(self, match: re.Match[str]) -> Board:
        """The board at an address that one of `addresses` found."""
        token = match["token"] if self.keeps_case else match["token"].lower()
        return Board(ats=self.name, token=token, url=self.home.format(token=token))

    def serves(self, html: str) -> bool:
        """Whether a page is built from this vendor's assets; a widget or a link alone does not count."""
        return any(marker in html for marker in self.markers)

    @abstractmethod
    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """What to fetch for the first page (`cursor` None) or the one that a cursor names."""

    @abstractmethod
    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """The postings of the page that was fetched for `cursor`. Raises SchemaDrift where its shape is unknown."""

    def detail(self, board: Board, page: Page) -> RawPosting:
        """The posting of a page whose address `details` matches. Raises SchemaDrift as `parse` does."""
        raise SchemaDrift("the list holds the postings; there are no details", where=f"{board.key} {page.url}")

    def mend(self, posting: RawPosting, page: Page) -> RawPosting:
        """The posting of a job page, known by the id in its address; without what this ATS is known to state wrongly."""
        number = self.identifier.search(page.url) if self.identifier else None
        return posting.model_copy(update={"external_id": number[1]}) if number else posting


class Addresses:
    """Where an ATS keeps its boards: patterns over what follows `//`, for a URL and for a page that holds one.

    `domains` are words of which each such address has one. A page is searched around them alone, so that a long page
    costs little.
    """

    def __init__(self, *patterns: str, domains: tuple[str, ...]) -> None:
        self._patterns = [re.compile(rf"(?:https?:)?//{pattern}", re.IGNORECASE) for pattern in patterns]
        self._domains = domains

    def find(self, url: str, html: str | None = None) -> re.Match[str] | None:
        """The first address of a customer's board: the URL itself, else one in the page."""
        for pattern in self._patterns:
            if (match := pattern.match(url)) is not None and _is_customer(match):
                return match
        for text in self._mentions(html or ""):
            for pattern in self._patterns:
                if (match := next(filter(_is_customer, pattern.finditer(text)), None)) is not None:
                    return match
        return None

    def _mentions(self, html: str) -> Iterator[str]:
        for domain in self._domains:
            start = html.find(domain)
            for _ in range(MAX_MENTIONS):
                if start < 0:
                    break
                # JSON within a page may escape its slashes.
                yield html[max(start - 100, 0) : start + 500].replace("\\/", "/")
                start = html.find(domain, start + len(domain))


def _host(url: str) -> str:
    """The host of an address with its port; blank where there is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _is_customer(match: re.Match[str]) -> bool:
    """Whether the token is no host of the vendor's own; in a path it may be any word."""
    start = match.start("token")
    return match.string[start - 2 : start] != "//" or match["token"].lower() not in NO_BOARDS


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

    def within(self, *names: str) -> "Reader":
        """A member some levels down; where an object on the way is null or missing, null."""
        reader = self
        for name in names:
            if reader.value is None:
                return reader
            reader = reader.at(name)
        return reader

    def items(self) -> Iterator["Reader"]:
        """The items of a list; null has none. One that is too long is refused: what is left out, nobody would miss."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.drift("a list")
        if len(self.value) > MAX_ITEMS:
            raise self.drift(f"a list of at most {MAX_ITEMS:,} items")
        for index, item in enumerate(self.value):
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
        if self.value is not None and not math.isfinite(self.value):  # JSON can spell 1e999.
            raise self.drift("a finite number")
        return self.value

    def amount(self) -> float | None:
        """A number, or a string that is one; null and blanks are None."""
        if not isinstance(self.value, str):
            return self.number()
        if (text := self.text()) is None:
            return None
        if not re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", text):
            raise self.drift("a number")
        return float(text)

    def count(self) -> int | None:
        """A whole number or None."""
        number = self.number()
        return None if number is None else int(number)

    def required_count(self) -> int:
        """A whole number that must be there."""
        if (count := self.count()) is None:
            raise self.drift("a number")
        return count

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


NEXT_STATE = re.compile(r"<script[^>]{0,200}\bid=\"__NEXT_DATA__\"[^>]{0,200}>\s*")
"""What stands before the state of a page that Next.js built."""


def embedded_json(page: Page, marker: re.Pattern[str], board: Board) -> Reader:
    """The JSON value that follows a marker in a page's script."""
    text = page.body.decode("utf-8", "replace")
    match = marker.search(text)
    if match is None:
        raise SchemaDrift(
            f"the page holds no {marker.pattern}",
            where=board.key,
            hint="see whether the board moved, or its page changed",
        )
    try:
        value, _ = json.JSONDecoder(parse_constant=_refused).raw_decode(text, match.end())
    except (ValueError, RecursionError) as error:
        raise SchemaDrift(f"what follows {marker.pattern} is no JSON", where=board.key) from error
    return Reader(value, board)


def _refused(constant: str) -> None:
    """JavaScript's NaN and Infinity, which Python would read and no field can be."""
    raise ValueError(constant)


def sections(parts: Iterable[tuple[str | None, str | None]], path: str) -> Sourced | None:
    """A description out of headings and HTML; a part without HTML is left out."""
    html = "\n".join((f"<h3>{escape(head)}</h3>\n" if head else "") + body for head, body in parts if body)
    return stated(html, path) if html else None


def by_offset(links: Iterable[str], cursor: str | None, total: int | None) -> BoardPage:
    """A page of a list that is asked for by offset: it ends where its count is reached, without one at an empty page.

    A short page is no sign of the end: a server may give fewer at a time than it is asked for.
    """
    given = tuple(links)
    seen = int(cursor or 0) + len(given)
    more = bool(given) and (total is None or seen < total)
    return BoardPage(links=given, cursor=str(seen) if more else None, total=total)


def place(names: Iterable[str | None], country: str | None, path: str) -> Sourced | None:
    """A place out of its parts, from the smallest on, and its country, by name or by code."""
    text = in_words(names, country)
    return stated(text, path) if text else None


def stated(value: str, path: str) -> Sourced:
    """A value that an adapter put together, with the path that it came from."""
    return Sourced(value=value, source=Source.ATS, path=path)


def pay(at: Reader, low: str, high: str, currency: str, period: str, *, parts: int = 1) -> RawSalary | None:
    """Pay out of the members of an object with these names; None where it states no figure.

    `parts` are how many of what the figures count make one unit of the currency: 100 for cents.
    """
    if at.value is None:
        return None
    lowest, highest = at.at(low).amount(), at.at(high).amount()
    if lowest is None and highest is None:
        return None
    return RawSalary(
        source=Source.ATS,
        path=at.path,
        min=None if lowest is None else lowest / parts,
        max=None if highest is None else highest / parts,
        currency=at.at(currency).text(),
        period=at.at(period).text(),
    )


def span(ranges: Iterable[RawSalary | None]) -> RawSalary | None:
    """What several ranges of pay, as for places or levels, cover together in the first one's currency and period."""
    found = [pay for pay in ranges if pay is not None]
    if not found:
        return None
    first = found[0]
    alike = [part for part in found if (part.currency, part.period) == (first.currency, first.period)]
    lows, highs = (
        [part.min for part in alike if part.min is not None],
        [part.max for part in alike if part.max is not None],
    )
    return first.model_copy(update={"min": min(lows, default=None), "max": max(highs, default=None)})
