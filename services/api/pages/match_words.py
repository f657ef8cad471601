"""How matches are told to people: on the page, and on the command line."""

from collections.abc import Mapping

from quiethire.domain.posting import Workplace
from services.api.jobs.postings import PostingSummary
from services.api.pages.wording import few, label, pay_range
from services.api.search.places import told_location

LABELS = {
    "skills": "Skills",
    "experience": "Experience",
    "semantic": "Meaning",
    "salary": "Pay",
    "culture": "Culture",
    "validation": "Checked",
}
"""Factor → what a reader calls it."""

_HIDDEN = {
    "salary": "pay below your floor",
    "workplace": "done in a way you do not accept",
    "location": "not where you can work",
    "work_authorisation": "need a permit you lack",
    "years": "ask for more years",
}


def hidden_words(counts: Mapping[str, int]) -> tuple[tuple[str, int, str], ...]:
    """Filter, how many it hides, and in what words; those that hide most first, those that hide nothing left out."""
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple((name, count, _HIDDEN.get(name, name.replace("_", " "))) for name, count in ranked if count)


def value_words(value: float | None) -> str:
    """`92 of 100`; what is not known has no part in the score, and says so."""
    return "not counted" if value is None else f"{round(100 * value)} of 100"


def reason_words(reason: str, value: float | None) -> str:
    """The reason behind a factor as a sentence, without the word that says again that there is no value."""
    return sentence(reason.removeprefix("unknown: ") if value is None else reason)


def sentence(reason: str) -> str:
    """With a capital and a full stop."""
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "!", "?", "”")) or not reason else ".")


def place_words(job: PostingSummary) -> tuple[str, ...]:
    """Where the work is: the places, and how much of it is done elsewhere."""
    places = few(tuple(dict.fromkeys(map(told_location, job.locations))), 2)
    remote = label("remote", job.remote) if job.remote is not Workplace.NONE else ""
    return tuple(word for word in (places, remote) if word)


def pay_words(job: PostingSummary) -> str:
    """The pay of a year; empty where none is stated."""
    return pay_range(job.salary.yearly_min, job.salary.yearly_max, job.salary.currency) if job.salary else ""
