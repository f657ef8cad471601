"""The companies of the demo web and their postings, as they are on a given day.

The content is in `companies/*.toml`, one file a company. Days count from 1; the same day always gives the
same postings, because every date is counted from `DAY_ONE` and never from today.
"""

import re
import tomllib
import unicodedata
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

from quiethire.domain.base import Model
from quiethire.domain.company import company_id
from quiethire.domain.posting import JobType, Period, Workplace

DAY_ONE = date(2026, 11, 16)
CONTENT = Path(__file__).parent
COUNTRIES = {
    "en": {
        "AT": "Austria", "BE": "Belgium", "CH": "Switzerland", "DE": "Germany", "DK": "Denmark", "ES": "Spain",
        "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "NL": "Netherlands", "PL": "Poland",
        "PT": "Portugal", "SE": "Sweden", "US": "United States",
    },
    "de": {"DE": "Deutschland"},
    "fr": {"BE": "Belgique", "FR": "France"},
}  # fmt: skip

Kind = Literal["greenhouse", "lever", "ashby", "jsonld", "microdata", "plain", "script", "sitemap", "none"]


class Place(NamedTuple):
    """A city, its region where one is usually named, and its country (ISO 3166-1 alpha-2)."""

    city: str
    region: str | None
    country: str

    def name(self, language: str = "en") -> str:
        """As a posting would write it."""
        return ", ".join(part for part in (self.city, self.region, COUNTRIES[language][self.country]) if part)


class Pay(NamedTuple):
    """A range in whole units of a currency (ISO 4217) a period."""

    low: int
    high: int
    currency: str
    period: Period


class DemoPosting(Model):
    """One posting, as it is on one day."""

    slug: str
    """Made of the title of the first day: it stays when the title changes."""
    id: UUID
    title: str
    family: str
    """The kind of role: which sentences describe it."""
    dept: str
    places: tuple[Place, ...]
    workplace: Workplace = Workplace.NONE
    remote_in: tuple[str, ...] = ()
    type: JobType = JobType.FULL_TIME
    pay: Pay | None = None
    years: int = 0
    note: str
    posted: date
    bare: bool = False
    """Hardly any text: the parser should refuse it."""
    broken: bool = False
    """Its page answers 500."""
    disallowed: bool = False
    """robots.txt forbids its page."""

    @property
    def number(self) -> int:
        """A numeric id, as Greenhouse has them."""
        return 4_000_000_000 + self.id.int % 999_999_937


class DemoCompany(Model):
    """One company with the postings of one day."""

    name: str
    domain: str
    kind: Kind
    language: Literal["en", "de", "fr"]
    tagline: str
    about: str
    benefits: tuple[str, ...]
    process: str
    token: str = ""
    """The token of its ATS board."""
    path: str = "/careers"
    """Where its career page is."""
    redirect: bool = False
    """Whether the career page is but a redirect to the board."""
    gone_from: int | None = None
    """The first day on which its board is no longer there."""
    extra_links: tuple[tuple[str, str], ...] = ()
    postings: tuple[DemoPosting, ...] = ()

    @property
    def url(self) -> str:
        """The home page, without a slash at the end."""
        return f"https://{self.domain}"


def companies(day: int = 1) -> tuple[DemoCompany, ...]:
    """All companies as they are on this day."""
    return tuple(_company(raw, day) for raw in _raw_companies())


class SeedCompany(NamedTuple):
    """A company as a list of seeds names it."""

    name: str
    domain: str


@cache
def _raw_companies() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(path.read_text("utf-8")) for path in sorted((CONTENT / "companies").glob("*.toml")))


DOMAINS = tuple(SeedCompany(raw["name"], raw["domain"]) for raw in _raw_companies())


def _company(raw: dict[str, Any], day: int) -> DemoCompany:
    postings = (_posting(entry, raw["domain"], day) for entry in raw["postings"])
    return DemoCompany.model_validate({**raw, "postings": tuple(posting for posting in postings if posting)})


def _posting(raw: dict[str, Any], domain: str, day: int) -> DemoPosting | None:
    """The posting as it is on this day, or None where it is not listed."""
    entry = dict(raw)
    opens, closes, reopens = (entry.pop(name, None) for name in ("opens", "closes", "reopens"))
    if day < (opens or 1) or (closes and closes <= day and not (reopens and reopens <= day)):
        return None
    slug, age, changed = slugify(entry["title"]), entry.pop("age"), entry.pop("day2", {})
    if day >= 2:
        entry |= changed
    return DemoPosting.model_validate(
        {
            **entry,
            "slug": slug,
            "id": uuid5(company_id(domain), slug),
            "places": tuple(_place(text) for text in entry["places"]),
            "posted": DAY_ONE - timedelta(days=age),
        }
    )


def _place(text: str) -> Place:
    city, *region, country = text.split(", ")
    return Place(city, region[0] if region else None, country)


def slugify(title: str) -> str:
    """A title as the part of a URL."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
