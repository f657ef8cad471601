"""What a posting's page shows, worked out: facts, changes in words, and where each field was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from quiethire.domain.lifecycle import JobEventKind
from quiethire.domain.posting import Period, Provenance, Salary, Source
from services.api.pages.life_words import life_words
from services.api.pages.wording import label, pay_range, period_words, places
from services.api.postings import HistoryEvent, Pay, PostingDetail

_FIELDS = {
    "company_name": "Company",
    "locations": "Places",
    "remote": "Workplace",
    "job_type": "Type",
    "salary": "Pay",
    "description_text": "Description",
    "description_html": "Description",
    "posted_at": "Posted",
    "application_url": "Apply link",
    "on_site_days": "Days on site",
    "remote_allowed_in": "Remote from",
    "seniority": "Level",
    "visa_sponsorship": "Visa",
}

_FOUND = {
    Source.ATS: "from the board API",
    Source.JSON_LD: "from JSON-LD",
    Source.MICRODATA: "from microdata",
    Source.HTML: "from the page",
    Source.TEXT: "found in the text",
}


_HAPPENED = {
    JobEventKind.OPENED: "First seen",
    JobEventKind.CLOSED: "No longer listed",
    JobEventKind.REOPENED: "Listed again",
    JobEventKind.WITHDRAWN: "We no longer take it for a posting",
}


@dataclass(frozen=True)
class Fact:
    """One cell of the facts row."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Change:
    """One line of the history."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class Origin:
    """Where a field was found."""

    field: str
    source: str
    path: str


def posting_view(posting: PostingDetail, now: datetime) -> Mapping[str, Any]:
    """Everything the template asks for."""
    return {
        "posting": posting,
        "now": now,
        "facts": tuple(fact for fact in _facts(posting) if fact.value),
        "description": Markup(posting.description_html),  # noqa: S704  safety.safe_html made it
        "life": life_words(posting.life, posting.status),
        "changes": tuple(change_of(event) for event in reversed(posting.history)),
        "origins": _origins(posting.provenance),
        "apply_url": posting.application_url or posting.url,
    }


def _facts(posting: PostingDetail) -> tuple[Fact, ...]:
    allowed = ", ".join(posting.remote_allowed_in)
    return (
        _pay_fact(posting.salary, posting.provenance.get("salary")),
        Fact("Place", places(posting.locations)),
        Fact("Workplace", _workplace(posting), f"from {allowed}" if allowed else ""),
        Fact("Type", label("job_type", posting.job_type) if posting.job_type else ""),
        Fact("Level", posting.seniority.value.capitalize() if posting.seniority else ""),
        Fact("Department", posting.department or ""),
        Fact("Visa", label("visa_sponsorship", str(posting.visa_sponsorship).lower())),
    )


def _workplace(posting: PostingDetail) -> str:
    words = label("remote", posting.remote)
    days = posting.on_site_days
    return words if days is None else f"{words}, {days} {'day' if days == 1 else 'days'} a week on site"


def _pay_fact(pay: Pay | None, origin: Provenance | None) -> Fact:
    if pay is None:
        return Fact("Pay", "Not stated")
    notes = []
    if pay.period is not Period.YEAR:
        notes.append(f"about {pay_range(pay.yearly_min, pay.yearly_max, pay.currency)} a year")
    if origin:
        notes.append(_FOUND[origin.source])
    return Fact("Pay", f"{pay_range(pay.min, pay.max, pay.currency)} {period_words(pay.period)}", ", ".join(notes))


def change_of(event: HistoryEvent) -> Change:
    """What happened, in words."""
    if event.kind in _HAPPENED:
        return Change(event.at, event.kind, _HAPPENED[event.kind])
    name = _field_name(event.field or "")
    old, new = _value(event.field, event.old), _value(event.field, event.new)
    if event.kind is JobEventKind.CORRECTED and not event.field:
        return Change(event.at, event.kind, "We took it for no posting by mistake, and show it again")
    if event.kind is JobEventKind.CORRECTED:
        told = f": {old or 'not stated'} → {new or 'not stated'}" if old or new else ""
        return Change(event.at, event.kind, f"We read it better: {name.lower()}{told}")
    if not old and not new:
        return Change(event.at, event.kind, f"{name} changed")
    return Change(event.at, event.kind, f"{name}: {old or 'not stated'} → {new or 'not stated'}")


def _value(field: str | None, value: Any) -> str:  # noqa: ANN401  the history holds values of every watched field
    """A watched field's value in a few words; empty where it has none or is too long to tell."""
    if field == "salary" and isinstance(value, dict):
        salary = Salary.model_validate({name: value.get(name) for name in Salary.model_fields})
        return f"{pay_range(salary.min, salary.max, salary.currency)} {period_words(salary.period)}"
    if field == "locations" and isinstance(value, list):
        return ", ".join(str(place.get("name")) for place in value if isinstance(place, dict))[:200]
    if isinstance(value, str) and field != "description_text":
        return label(field or "", value)[:200]
    return ""


def _field_name(field: str) -> str:
    """The reader's name of a field."""
    return _FIELDS.get(field, field.replace("_", " ").capitalize())


def _origins(provenance: dict[str, Provenance]) -> tuple[Origin, ...]:
    origins = [
        Origin(_field_name(field), label("source", origin.source), origin.path[:300])
        for field, origin in provenance.items()
        if field != "description_html" or "description_text" not in provenance  # One description to a reader.
    ]
    return tuple(sorted(origins, key=lambda origin: origin.field))
