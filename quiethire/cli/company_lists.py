"""Lists of companies as people have them: CSV out of a spreadsheet, read line by line."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from quiethire.cli.output import settings
from quiethire.domain.base import Model
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.errors import InvalidInput, Permanent
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, domain_of, parse_url
from services.crawler.guard import Guard
from services.osint.vendors import VENDORS, ats_of
from services.parser.ats.registry import recognise

MAX_LINE = 100_000
"""Bytes. What is longer is no line of a list of companies."""

MAX_NAME = 300
"""Characters. What is longer is no company's name."""

MAX_DOMAIN = 253
"""Characters of a host name (RFC 1035, section 2.3.4)."""
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
"""A part of one, in the letters of the DNS."""

COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("domain", "website", "homepage"), "domain"),
    **dict.fromkeys(("name", "company", "company name", "company_name"), "name"),
    **dict.fromkeys(("url", "board", "board url", "board_url", "careers", "careers url", "careers_url"), "url"),
}
"""Names that the header may give a column, in whatever case, and what it is then."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no name and no address holds; the stores take some of them not at all."""
_SEPARATORS = ",;\t|"
_UTF_8_BOM, _OTHER_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


class Seed(Model):
    """What one line names: a company, a board, or a board and its company."""

    company: Company | None = None
    board: Board | None = None


def read_seeds(file: BinaryIO, name: str) -> Iterator[Seed | Problem]:
    """The seeds of a CSV file, one line at a time; a bad line is a problem that names it and its column.

    Takes UTF-8 with or without a byte order mark, and commas, semicolons, tabs or bars. Raises InvalidInput for a file that is no such list.
    """
    columns: dict[str, int] | None = None
    separator, is_binary = ",", False
    for number, raw in enumerate(_lines(file), start=1):
        if number == 1 and raw.startswith(_OTHER_BOMS):
            raise InvalidInput("is UTF-16", where=name, hint="save it as CSV UTF-8", kind="invalid_list")
        try:
            line = raw.removeprefix(_UTF_8_BOM).decode().strip("\r\n")
            if not line.strip(f" {separator}"):
                continue
            if columns is None:
                separator = max(_SEPARATORS, key=line.count)
                columns = _header(_cells(line, separator), f"{name}, line {number}")
                continue
            yield seed_of(_named(_cells(line, separator), columns))
        except UnicodeDecodeError:
            is_binary = columns is None
            yield _bad(name, number, "is no UTF-8; save the list as CSV UTF-8")
        except csv.Error as error:
            yield _bad(name, number, f"cannot be split into columns: {error}")
        except InvalidInput as error:
            if columns is None:
                raise
            yield _bad(name, number, error.detail, column=error.where)
    if columns is None:
        raise InvalidInput(
            "is no text" if is_binary else "is empty",
            where=name,
            hint="its first line names the columns: name,domain",
            kind="invalid_list",
        )


def seed_of(cells: Mapping[str, str]) -> Seed:
    """The seed of a line by its columns. Raises InvalidInput with the column's name as its place."""
    for column, cell in cells.items():
        if (odd := _CONTROL.search(cell)) is not None:
            raise InvalidInput(f"holds the control character U+{ord(odd[0]):04X}", where=column, kind="invalid_line")
    name = " ".join(cells.get("name", "").split()) or None
    if name is not None and len(name) > MAX_NAME:
        raise InvalidInput(f"is longer than {MAX_NAME} characters", where="name", kind="invalid_line")
    given, url = cells.get("domain", ""), cells.get("url", "")
    if given and not url and "/" in given.partition("://")[2] and recognise(_page(given)) is not None:
        given, url = "", given  # A board, whatever its column is called.
    if not given and not url:
        raise InvalidInput("holds neither a domain nor a URL", where="domain", kind="invalid_line")
    domain = _domain(given, "domain") if given else None
    board = None
    if url:
        page = _page(url)
        known = recognise(page)
        if known is None and domain is None and parse_url(page).pathname == "/":
            domain = _domain(url, "url")  # A home page is its company's.
        else:
            found = known.model_copy(update={"url": page}) if known else Board(ats=WEBSITE, token=page, url=page)
            board = found.model_copy(update={"company_domain": domain, "company_name": name})
    company = Company(id=company_id(domain), domain=domain, name=name) if domain else None
    return Seed(company=company, board=board)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of a bounded length; the rest of a longer one is left out, and what is left is no line of a list."""
    while raw := file.readline(MAX_LINE):
        yield raw
        while raw and len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            raw = file.readline(MAX_LINE)


def _cells(line: str, separator: str) -> list[str]:
    [cells] = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
    return [cell.strip() for cell in cells]


def _header(cells: list[str], where: str) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if (known := COLUMNS.get(cell.lower())) is not None:
            columns.setdefault(known, place)
    if not {"domain", "url"} & columns.keys():
        hint = "the first line names the columns: name,domain or name,url"
        raise InvalidInput("no column is named domain or url", where=where, hint=hint, kind="invalid_list")
    return columns


def _named(cells: list[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {name: cells[place] for name, place in columns.items() if place < len(cells)}


def _domain(text: str, column: str) -> str:
    try:
        domain = domain_of(text)
    except InvalidInput as error:
        raise InvalidInput(f"{text[:100]!r} is no domain", where=column, kind="invalid_line") from error
    labels = domain.split(".")
    if len(domain) > MAX_DOMAIN or len(labels) < 2 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise InvalidInput(f"{text[:100]!r} is no domain", where=column, kind="invalid_line")
    if domain in VENDORS or ats_of(domain) is not None:
        detail = f"{domain} is a vendor's, whose boards belong to others: give the board's URL"
        raise InvalidInput(detail, where=column, kind="invalid_line")
    _refuse_private(f"https://{domain}/", column)
    return domain


def _page(text: str) -> str:
    try:
        page = canonical_url(text if "://" in text else f"https://{text}")
    except InvalidInput as error:
        raise InvalidInput(f"{text[:100]!r} is no URL", where="url", kind="invalid_line") from error
    _refuse_private(page, "url")
    return page


def _refuse_private(url: str, column: str) -> None:
    """What the crawler would never fetch is not worth watching."""
    given = settings()
    try:
        Guard(given.host_map, ports=given.fetch_ports, own=()).check_url(parse_url(url))
    except Permanent as error:
        raise InvalidInput(
            f"{url[:100]!r} is never fetched: {error.detail}", where=column, kind="invalid_line"
        ) from error


def _bad(name: str, number: int, detail: str, column: str = "") -> Problem:
    place = f", column {column}" if column else ""
    return Problem(kind="bad_line", where=f"{name}, line {number}{place}", detail=detail)
