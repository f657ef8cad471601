"""A posting's history in words, for the page and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from quiethire.domain.lifecycle import JobEventKind
from quiethire.domain.posting import Salary
from services.api.jobs.postings import HistoryEvent, Pay, SalaryStep
from services.api.pages.life_words import step_words
from services.api.pages.wording import field_name, label, pay_range, period_words

_COMPARED = 500
"""Lines of a text that are compared at most: comparing takes the square of them."""

_SHOWN = 40
"""Lines that went or came, of each change."""

_HAPPENED = {
    JobEventKind.OPENED: "First seen",
    JobEventKind.CLOSED: "No longer listed",
    JobEventKind.REOPENED: "Listed again",
    JobEventKind.WITHDRAWN: "We no longer take it for a posting",
}


@dataclass(frozen=True)
class Change:
    """One line of the history."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class Rewriting:
    """What a change of the description did: lines that went, and lines that stand there since."""

    gone: tuple[str, ...]
    came: tuple[str, ...]


def change_of(event: HistoryEvent) -> Change:
    """What happened, in words."""
    if event.kind in _HAPPENED:
        return Change(event.at, event.kind, _HAPPENED[event.kind])
    if event.kind is JobEventKind.CORRECTED and not event.field:
        return Change(event.at, event.kind, "We took it for no posting by mistake, and show it again")
    if event.kind is JobEventKind.CHANGED and event.field == "salary":
        return Change(event.at, event.kind, _pay_change(event))
    name = field_name(event.field or "")
    old, new = _value(event.field, event.old), _value(event.field, event.new)
    told = f": {old or 'not stated'} → {new or 'not stated'}" if old or new else ""
    if event.kind is JobEventKind.CORRECTED:
        return Change(event.at, event.kind, f"We read it better: {name.lower()}{told}")
    return Change(event.at, event.kind, f"{name}{told or ' changed'}")


def rewriting_of(event: HistoryEvent) -> Rewriting | None:
    """How the employer rewrote the description; None for other events, and where the texts are too long to compare."""
    if event.kind is not JobEventKind.CHANGED or event.field != "description_text":
        return None
    before, after = (_lines(text) for text in (event.old, event.new))
    if max(len(before), len(after)) > _COMPARED:
        return None
    steps = [step for step in SequenceMatcher(None, before, after).get_opcodes() if step[0] != "equal"]
    gone = (line for _, first, last, _, _ in steps for line in before[first:last])
    came = (line for _, _, _, first, last in steps for line in after[first:last])
    return Rewriting(gone=tuple(islice(gone, _SHOWN)), came=tuple(islice(came, _SHOWN)))


def _lines(text: Any) -> Sequence[str]:  # noqa: ANN401  the history holds values of every watched field
    """Without the marks of lists, which stand before a line here too."""
    lines = (line.strip(" \t-–•*") for line in text.splitlines()) if isinstance(text, str) else ()
    return [line[:300] for line in lines if line]


def _pay_change(event: HistoryEvent) -> str:
    old, new = (Pay.of(_salary(value)) if isinstance(value, dict) else None for value in (event.old, event.new))
    words = step_words(SalaryStep(at=event.at, old=old, new=new))
    return words[0].upper() + words[1:]


def _salary(value: dict[str, Any]) -> Salary:
    return Salary.model_validate({name: value.get(name) for name in Salary.model_fields})


def _value(field: str | None, value: Any) -> str:  # noqa: ANN401  the history holds values of every watched field
    """A watched field's value in a few words; empty where it has none or is too long to tell."""
    if field == "salary" and isinstance(value, dict):
        salary = _salary(value)
        return f"{pay_range(salary.min, salary.max, salary.currency)} {period_words(salary.period)}"
    if field == "locations" and isinstance(value, list):
        return ", ".join(str(place.get("name")) for place in value if isinstance(place, dict))[:200]
    if isinstance(value, str) and field != "description_text":
        return label(field or "", value)[:200]
    return ""
