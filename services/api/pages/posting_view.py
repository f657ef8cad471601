"""What a posting's page shows, worked out: facts and why, what became of it, where else it is, and what is like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from quiethire.domain.posting import YEARLY_FACTOR, Period, Workplace
from quiethire.domain.search import INDEXED_DESCRIPTION
from services.api.jobs.details import PartialPosting
from services.api.jobs.json_ld import json_ld
from services.api.jobs.postings import Pay, PostingDetail, Status
from services.api.pages.known_view import known_view
from services.api.pages.life_words import days, life_words
from services.api.pages.why import Why, sourced
from services.api.pages.wording import ago, day, few, label, pay_range, period_words
from services.api.search.answers import FoundPosting
from services.api.search.places import told_location, told_place
from services.parser.normalise.gazetteer import country_names
from services.parser.normalise.requirements import nice_to_have

_PLACES = 3
"""Places that are told before they are counted."""

_FACT = 100
"""Characters of a fact that are shown."""

_LISTED = 1_000
"""Characters of a list behind a fact."""

_BUTTON = 40
"""Characters of a company's name that a button holds."""

_SUMMED_UP = ("Pay", "Place", "Workplace", "Type")

_SUMMARY = 155
"""Characters of a page's description that search engines show."""


@dataclass(frozen=True)
class Fact:
    """One cell of the facts row."""

    name: str
    value: str
    note: str = ""
    why: Why | None = None
    fields: tuple[str, ...] = ()
    """What it is made of."""


@dataclass(frozen=True)
class Note:
    """What a reader must know before anything else."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Head:
    """What the page tells machines about itself."""

    title: str
    description: str
    url: str
    indexed: bool = True


@dataclass(frozen=True)
class Similar:
    """A posting that is like this one."""

    url: str
    title: str
    company: str
    facts: str
    pay: str


def posting_view(posting: PostingDetail, site: str, now: datetime) -> Mapping[str, Any]:
    """Everything the template asks for."""
    withdrawn = posting.status is Status.CLOSED and posting.life.days_to_close is None
    facts = tuple(fact for fact in _facts(posting) if fact.value)
    wished = nice_to_have(posting.description_text)
    same = {str(other.id) for other in posting.listed_elsewhere}
    similar = tuple(_similar(found) for found in posting.similar if found.id not in same)
    return {
        **_both(posting, facts, now),
        "life": life_words(posting.life, posting.status, newest=1),
        "notes": _notes(posting, withdrawn=withdrawn, similar=bool(similar)),
        "apply": f"Apply at {posting.company_name}" if len(posting.company_name) <= _BUTTON else "Apply",
        "apply_url": (posting.application_url or posting.url) if posting.status is Status.OPEN else None,
        "description": Markup(posting.description_html),  # noqa: S704  safety.safe_html made it
        "requirements": tuple(item for item in posting.requirements if item not in wished),
        "wishes": tuple(item for item in posting.requirements if item in wished),
        "known": known_view(posting),
        "similar": similar,
        "similar_known": posting.similar_known,
        # A repeated posting names the one that stands for the job; a closed one is not for search engines.
        "head": _head(posting, facts, f"{site}/jobs/{posting.shown_as}", indexed=posting.status is Status.OPEN),
        "json_ld": None if withdrawn else Markup(json_ld(posting, site)),  # noqa: S704  it is safe in a script element
    }


def part_view(posting: PartialPosting, site: str, now: datetime) -> Mapping[str, Any]:
    """The same out of what the search index knows, for when the store of the postings does not answer."""
    facts = tuple(fact for fact in _shared_facts(posting) if fact.value)
    text = (
        "The store of postings does not answer right now. This is what the search index knows: the main facts and the "
        "beginning of the description, without sources, history and apply link. Try again in a moment."
    )
    return {
        **_both(posting, facts, now),
        "life": "",
        "notes": (Note("A part of this page is missing.", text),),
        "apply": "",
        "apply_url": None,
        "description": Markup("<p>{}{}</p>").format(
            posting.description_text, "…" if len(posting.description_text) >= INDEXED_DESCRIPTION else ""
        ),
        "requirements": (),
        "wishes": (),
        "known": None,
        "similar": tuple(map(_similar, posting.similar)),
        "similar_known": True,
        "head": _head(posting, facts, f"{site}/jobs/{posting.id}", indexed=False),
        "json_ld": None,
    }


def _both(posting: PostingDetail | PartialPosting, facts: Sequence[Fact], now: datetime) -> dict[str, Any]:
    at = posting.posted_at or posting.first_seen_at
    return {
        "title": posting.title,
        "company": posting.company_name,
        "company_url": company_url(posting.company_domain or posting.company_name),
        "company_domain": posting.company_domain,
        "posted": f"{'Posted' if posting.posted_at else 'First seen'} {ago(at, now)}",
        "posted_at": at.isoformat(),
        "status": posting.status.value,
        "facts": facts,
        "skills": posting.skills,
    }


def company_url(company: str) -> str:
    """The page of a company, by its domain or its name."""
    return f"/companies/{quote(company, safe='')}"


def _notes(posting: PostingDetail, *, withdrawn: bool, similar: bool) -> tuple[Note, ...]:
    if posting.closed_at is None:
        return ()
    links = [("See similar jobs", "#similar")] if similar else []
    links.append((f"Open jobs at {posting.company_name}", company_url(posting.company_domain or posting.company_name)))
    if withdrawn:
        text = f"On {day(posting.closed_at)} a better reading of the page found no posting on it."
        return (Note("Taken back.", text, tuple(links)),)
    open_days = posting.life.days_to_close
    lasted = "" if open_days is None else f" It was open for {days(open_days)}."
    text = f"The employer no longer lists this posting since {day(posting.closed_at)}.{lasted}"
    return (Note("Closed.", text, tuple(links)),)


def _facts(posting: PostingDetail) -> tuple[Fact, ...]:
    allowed = ", ".join(country_names().get(area, area) for area in posting.remote_allowed_in)
    reasons = {"locations": _all_places(posting), "salary": _yearly(posting.salary)}
    shared = tuple(
        replace(
            fact,
            note=f"from {allowed}" if fact.name == "Workplace" and allowed else fact.note,
            why=sourced(posting.provenance, *fact.fields, reasons=reasons.get(fact.fields[0], ())),
        )
        for fact in _shared_facts(posting)
    )
    department = Fact(
        "Department",
        _short(posting.department or "", _FACT),
        fields=("department",),
        why=sourced(posting.provenance, "department"),
    )
    return (*shared, department)


def _shared_facts(posting: PostingDetail | PartialPosting) -> tuple[Fact, ...]:
    """What both know. Of a fact that is not there, nothing stands behind it."""
    pay, places = posting.salary, few(_places(posting), _PLACES)
    return (
        Fact("Pay", _pay(pay) if pay else "Not stated", _yearly_pay(pay), fields=("salary",)),
        Fact("Place", _short(places, _FACT), fields=("locations",)),
        Fact(
            "Workplace",
            _workplace(posting.remote, posting.on_site_days),
            fields=("remote", "on_site_days", "remote_allowed_in"),
        ),
        Fact("Type", label("job_type", posting.job_type or ""), fields=("job_type",)),
        Fact("Level", label("seniority", posting.seniority or "").capitalize(), fields=("seniority",)),
        Fact("Visa", label("visa_sponsorship", str(posting.visa_sponsorship).lower()), fields=("visa_sponsorship",)),
    )


def _places(posting: PostingDetail | PartialPosting) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(told_location(place) if place.country else told_place(place.name) for place in posting.locations)
    )


def _all_places(posting: PostingDetail) -> tuple[str, ...]:
    """All of them, where the row has not the room."""
    names = _places(posting)
    roomy = len(names) <= _PLACES and len(few(names, _PLACES)) <= _FACT
    return () if roomy else (f"All places: {_short(', '.join(names), _LISTED)}.",)


def _yearly(pay: Pay | None) -> tuple[str, ...]:
    if pay is None or pay.period is Period.YEAR:
        return ()
    return (f"A year is counted as {YEARLY_FACTOR[pay.period]:,} {pay.period}s.",)


def _yearly_pay(pay: Pay | None) -> str:
    if pay is None or pay.period is Period.YEAR:
        return ""
    return f"about {pay_range(pay.yearly_min, pay.yearly_max, pay.currency)} a year"


def _pay(pay: Pay) -> str:
    return f"{pay_range(pay.min, pay.max, pay.currency)} {period_words(pay.period)}"


def _workplace(remote: str, on_site_days: int | None) -> str:
    words = label("remote", remote)
    return words if on_site_days is None else f"{words}, {days(on_site_days)} a week on site"


def _similar(found: FoundPosting) -> Similar:
    words = [few(tuple(dict.fromkeys(map(told_place, found.location))), 1)]
    words += [label("remote", found.remote)] if found.remote != Workplace.NONE else []
    return Similar(
        url=f"/jobs/{found.id}",
        title=found.title,
        company=found.company,
        facts=" · ".join(word for word in words if word),
        pay=pay_range(pay.min, pay.max, pay.currency) if (pay := found.salary) else "",
    )


def _head(posting: PostingDetail | PartialPosting, facts: Sequence[Fact], url: str, *, indexed: bool) -> Head:
    title = f"{posting.title} at {posting.company_name}"
    nothing = ("Not stated", label("remote", Workplace.NONE))
    stated = [fact.value for fact in facts if fact.name in _SUMMED_UP and fact.value not in nothing]
    return Head(title=title, description=_short(" · ".join([title, *stated]), _SUMMARY), url=url, indexed=indexed)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()}…"
