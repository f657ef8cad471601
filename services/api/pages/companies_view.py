"""What the list of companies shows, worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from quiethire.domain.ports import CompanyOpenings
from services.api.pages.posting_view import company_url
from services.api.search.cursors import CompanyCursor

_PATH = "/companies"


@dataclass(frozen=True)
class CompanyLine:
    """A company of the list."""

    name: str
    url: str
    domain: str
    open: str
    pay: str


def companies_view(name: str, rows: Sequence[CompanyOpenings], *, first: bool, more: bool) -> Mapping[str, Any]:
    """Everything the template asks for. `name`: what was looked for; `more`: whether a page follows these rows."""
    asked = {"q": name} if name else {}
    after = CompanyCursor(open=rows[-1].open, key=rows[-1].key).text() if more else ""
    return {
        "name": name,
        "lines": tuple(map(_line, rows)),
        "first_url": None if first else _url(asked),
        "next_url": _url({**asked, "after": after}) if more else None,
        "indexed": first and not name,
    }


def _line(row: CompanyOpenings) -> CompanyLine:
    share = row.with_pay / row.open
    return CompanyLine(
        name=row.name,
        url=company_url(row.domain or row.name),
        domain=row.domain or "",
        open=f"{row.open:,} open {'job' if row.open == 1 else 'jobs'}",
        pay=f"{share:.0%} state pay" if row.with_pay else "",
    )


def _url(parameters: Mapping[str, str]) -> str:
    return f"{_PATH}?{urlencode(parameters)}" if parameters else _PATH
