"""What a posting says: sentences of `texts/<language>.toml`, picked by the posting's own identity."""

import hashlib
import tomllib
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any, NamedTuple

from demo.companies import CONTENT, COUNTRIES, DemoCompany, DemoPosting, Pay
from quiethire.domain.posting import Period, Workplace

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
PERIODS = {
    "en": {Period.YEAR: "a year", Period.MONTH: "a month", Period.HOUR: "an hour"},
    "de": {Period.YEAR: "brutto im Jahr", Period.MONTH: "brutto im Monat", Period.HOUR: "pro Stunde"},
    "fr": {Period.YEAR: "brut par an", Period.MONTH: "brut par mois", Period.HOUR: "de l'heure"},
}


class Section(NamedTuple):
    """A part of a description. The first has no heading."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def html(self) -> str:
        """The section without its heading."""
        text = "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in self.paragraphs)
        items = "".join(f"<li>{escape(item, quote=False)}</li>\n" for item in self.items)
        return f"{text}<ul>\n{items}</ul>\n" if items else text


@cache
def wording(language: str) -> dict[str, Any]:
    """All words of a language."""
    return tomllib.loads((CONTENT / "texts" / f"{language}.toml").read_text("utf-8"))


def describe(company: DemoCompany, posting: DemoPosting) -> tuple[Section, ...]:
    """The description of a posting, in several sections."""
    words = wording(company.language)
    if posting.bare:
        return (Section("", ("Write to us.",)),)
    head, family = words["headings"], words["families"][posting.family]
    key = f"{company.domain}/{posting.slug}"
    intro = pick(family["intros"], 1, f"{key}/intro")[0]
    wanted = list(pick(family["requirements"], 5, f"{key}/requirements"))
    if posting.years:
        wanted.insert(0, head["years"].format(years=posting.years))
    return (
        Section("", (intro, posting.note, *_where(company, posting))),
        Section(head["duties"], items=pick(family["duties"], 5, f"{key}/duties")),
        Section(head["requirements"], items=tuple(wanted)),
        Section(head["nice"], items=pick(family["nice"], 2, f"{key}/nice")),
        Section(head["about"], (company.about,)),
        Section(head["benefits"], items=pick(company.benefits, 4, f"{key}/benefits")),
        Section(head["process"], (company.process,)),
    )


def description_html(company: DemoCompany, posting: DemoPosting) -> str:
    """The description as one piece of HTML."""
    return "".join(
        (f"<h3>{escape(section.heading, quote=False)}</h3>\n" if section.heading else "") + section.html
        for section in describe(company, posting)
    )


def pick(options: Sequence[str], count: int, key: str) -> tuple[str, ...]:
    """`count` of the options in their order; the same key always picks the same."""

    def rank(option: str) -> bytes:
        return hashlib.sha256(f"{key}/{option}".encode()).digest()

    chosen = set(sorted(options, key=rank)[:count])
    return tuple(option for option in options if option in chosen)


def pay_text(pay: Pay, language: str) -> str:
    """`€75,000 – €95,000 a year`, in the manner of the language."""
    low, high = (_money(amount, pay.currency, language) for amount in (pay.low, pay.high))
    figures = low if pay.low == pay.high else f"{low} – {high}"
    return f"{figures} {PERIODS[language][pay.period]}"


def _money(amount: int, currency: str, language: str) -> str:
    if language == "en":
        sign = SIGNS.get(currency)
        return f"{sign}{amount:,}" if sign else f"{currency} {amount:,}"
    separator = {"de": ".", "fr": "\u00a0"}[language]
    return f"{amount:,}".replace(",", separator) + "\u00a0" + SIGNS.get(currency, currency)


def _where(company: DemoCompany, posting: DemoPosting) -> tuple[str, ...]:
    """A sentence on where the work is done, in English postings that are not on site."""
    if company.language != "en" or posting.workplace is Workplace.NONE or not posting.places:
        return ()
    city = posting.places[0].city
    if posting.workplace is Workplace.HYBRID:
        return (f"This is a hybrid role: we meet in our {city} office two days a week.",)
    allowed = [COUNTRIES["en"][code] for code in posting.remote_in]
    named = ", ".join(allowed[:-1]) + f" or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
    return (f"You can work fully remotely from {named}; our {city} office is open to you at any time.",)
