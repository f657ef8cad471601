"""A person's profile as forms, and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from quiethire.domain.candidate import Candidate, SkillLevel, Track
from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import Proficiency, SalaryFloor
from quiethire.domain.money import whole_amount
from quiethire.domain.posting import Period, Workplace
from services.api.gate.forms import Form
from services.api.pages.wording import period_words
from services.api.people.candidates import CandidateChange
from services.api.people.told import unknown_places
from services.api.people.versions import version_of
from services.matching.factors.culture import ASPECTS
from services.parser.normalise.location import country_code

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "NOK", "DKK", "CZK", "CAD", "AUD", "INR", "JPY", "ILS")
PERIODS = {period: period_words(period) for period in (Period.YEAR, Period.MONTH, Period.WEEK, Period.DAY, Period.HOUR)}
WORKPLACES = {Workplace.NONE: "On site", Workplace.HYBRID: "Hybrid", Workplace.REMOTE: "Remote"}
LEVELS = {Proficiency.EXPERT: "Expert", Proficiency.WORKING: "Working", Proficiency.LEARNING: "Learning"}
CULTURE = {
    aspect: (told, tuple(word for word in ASPECTS[aspect] if word))
    for aspect, told in {"size": "Company size", "pace": "Pace", "remote": "Way of working"}.items()
}
_EMPTY_ROWS = 3
_CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True)
class SkillRow:
    """One line of a track's skills."""

    name: str
    level: str
    years: str


@dataclass(frozen=True)
class TrackForm:
    """One track; `old` is its name before, None for a new one, and `version` what it was when its form was made."""

    old: str | None
    version: str
    name: str
    titles: str
    industries: str
    years: str
    summary: str
    skills: tuple[SkillRow, ...]


@dataclass(frozen=True)
class PersonForm:
    """What the form of a person says, and of which version of them it was made."""

    version: str
    name: str
    email: str
    phone: str
    places: str
    countries: str
    authorisation: str
    blocked: str
    floor: str
    currency: str
    period: str
    workplaces: tuple[str, ...]
    culture: Mapping[str, str]
    active: bool
    open_to_employers: bool
    digest: bool


def profile_view(
    candidate: Candidate, *, typed: PersonForm | None = None, typed_track: TrackForm | None = None
) -> Mapping[str, Any]:
    """Everything that the template asks for. `typed`: what was sent and could not be kept, in place of what is."""
    person = typed or _person_form(candidate)
    tracks = list(map(_track_form, candidate.tracks))
    new = replace(_track_form(Track()), old=None, version="")
    if typed_track is not None:
        known = [at for at, track in enumerate(tracks) if track.old == typed_track.old]
        if known:
            tracks[known[0]] = typed_track
        else:
            new = typed_track
    return {
        "person": person,
        "unknown": tuple(unknown_places(place for place in person.places.splitlines() if place.strip())),
        "tracks": tuple(tracks),
        "new_track": new,
        "currencies": tuple(dict.fromkeys((*CURRENCIES, *([person.currency] if person.currency else [])))),
        "periods": PERIODS,
        "workplaces": WORKPLACES,
        "levels": LEVELS,
        "culture": CULTURE,
    }


def typed_person(form: Form) -> PersonForm:
    """What was typed, as it was."""
    named = (
        "version",
        "name",
        "email",
        "phone",
        "places",
        "countries",
        "authorisation",
        "blocked",
        "floor",
        "currency",
        "period",
    )
    return PersonForm(
        **{name: form.text(name) for name in named},
        workplaces=form.texts("workplaces"),
        culture={aspect: form.text(f"culture_{aspect}") for aspect in CULTURE},
        active=form.has("active"),
        open_to_employers=form.has("open_to_employers"),
        digest=form.has("digest"),
    )


def person_version(candidate: Candidate) -> str:
    """The version of what the form of a person says of them: tracks have forms of their own."""
    return version_of(candidate, CandidateChange.model_fields)


def track_version(candidate: Candidate, name: str | None) -> str:
    """The version of a track; empty where there is none of this name."""
    return version_of(next((track for track in candidate.tracks if track.name == name), None))


def sent_version(form: Form) -> tuple[str, ...] | None:
    """Of which version a form was made; None where it says none."""
    return (form.text("version"),) if form.has("version") else None


def kept_otherwise(typed: PersonForm, candidate: Candidate) -> str:
    """What is kept now of that which was typed otherwise, in words."""
    written, kept = _shown(typed), _shown(_person_form(candidate))
    return "; ".join(f"{label}: {kept[label] or 'nothing'}" for label in kept if kept[label] != written[label])


def old_name(form: Form) -> str | None:
    """What the track of a form was called, which may be nothing; None for a new track."""
    return form.text("old") if form.has("old") else None


def typed_track(form: Form) -> TrackForm:
    """What was typed, as it was."""
    names, levels, years = form.texts("skill"), form.texts("level"), form.texts("years")
    return TrackForm(
        old=old_name(form),
        version=form.text("version"),
        name=form.text("track"),
        titles=form.text("titles"),
        industries=form.text("industries"),
        years=form.text("years_experience"),
        summary=form.text("summary"),
        skills=tuple(map(SkillRow, names, levels, years)),
    )


def changes_of(form: Form) -> dict[str, Any]:
    """What the form of a person says, as fields of a `CandidateChange`. Raises InvalidInput for what cannot be read."""
    floor = _floor(form)
    preferences = {
        "places": form.lines("places", ";"),
        "countries": _countries(form, "countries"),
        "workplaces": tuple(one for one in Workplace if one.value in form.texts("workplaces")),
        "salary_floor": floor and floor.model_dump(),
        "culture": {aspect: form.text(f"culture_{aspect}") or None for aspect in CULTURE},
        "blocked_companies": form.lines("blocked"),
    }
    return {
        "name": form.text("name"),
        "email": form.text("email") or None,
        "phone": form.text("phone") or None,
        "preferences": preferences,
        "work_authorisation": _countries(form, "authorisation"),
        "active": form.has("active"),
        "open_to_employers": form.has("open_to_employers"),
        "digest": form.has("digest"),
    }


def track_of(form: Form) -> Track:
    """The track that a form says. Raises InvalidInput for a number that is none, ValidationError for what does not fit."""
    levels, years = form.texts("level"), form.texts("years")
    skills: dict[str, SkillLevel] = {}
    for at, name in enumerate(form.texts("skill")):
        word = " ".join(name.split())
        if word:
            level = levels[at] if at < len(levels) else ""
            known = Proficiency(level) if level in tuple(Proficiency) else Proficiency.WORKING
            skills[word] = SkillLevel(
                proficiency=known, years=_number(years[at] if at < len(years) else "", f"the years of {word}")
            )
    return Track(
        name=form.text("track") or "Main",
        titles=form.lines("titles"),
        skills=skills,
        years_experience=_number(form.text("years_experience"), "the years of experience"),
        industries=form.lines("industries", ",;"),
        summary=form.text("summary").replace("\r\n", "\n"),
    )


def _person_form(candidate: Candidate) -> PersonForm:
    wanted = candidate.preferences
    floor = wanted.salary_floor
    return PersonForm(
        version=person_version(candidate),
        name=candidate.name,
        email=candidate.email or "",
        phone=candidate.phone or "",
        places="\n".join(wanted.places),
        countries=", ".join(wanted.countries),
        authorisation=", ".join(candidate.work_authorisation),
        blocked="\n".join(wanted.blocked_companies),
        floor=str(floor.amount) if floor else "",
        currency=floor.currency if floor else "",
        period=floor.period if floor else "",
        workplaces=wanted.workplaces,
        culture=wanted.culture,
        active=candidate.active,
        open_to_employers=candidate.open_to_employers,
        digest=candidate.digest,
    )


def _track_form(track: Track) -> TrackForm:
    rows = [SkillRow(name, level.proficiency, _written(level.years)) for name, level in track.skills.items()]
    rows += [SkillRow("", Proficiency.WORKING, "")] * _EMPTY_ROWS
    return TrackForm(
        old=track.name,
        version=version_of(track),
        name=track.name,
        titles="\n".join(track.titles),
        industries=", ".join(track.industries),
        years=_written(track.years_experience),
        summary=track.summary,
        skills=tuple(rows),
    )


def _shown(form: PersonForm) -> dict[str, str]:
    """What a form says, each field in a line of words."""
    floor = f"{form.floor} {form.currency} {PERIODS.get(Period(form.period), '')}" if form.floor and form.period else ""
    choices = {"Match me": form.active, "Employers may find me": form.open_to_employers, "One mail a day": form.digest}
    return {
        "Ways of working": ", ".join(words for one, words in WORKPLACES.items() if one in form.workplaces),
        "Least pay": floor.strip(),
        "Cities": _listed(form.places),
        "Companies you never want to see": _listed(form.blocked),
        "Countries": form.countries,
        "May work in": form.authorisation,
        **{words: form.culture.get(aspect) or "" for aspect, (words, _) in CULTURE.items()},
        "Name": form.name,
        "E-mail": form.email,
        "Phone": form.phone,
        **{words: "yes" if chosen else "no" for words, chosen in choices.items()},
    }


def _listed(lines: str) -> str:
    return ", ".join(line.strip() for line in lines.splitlines() if line.strip())


def _written(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _number(text: str, what: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError as error:
        raise InvalidInput(f"“{text[:40]}” is no number", where=what, hint=f"write {what} as a number") from error
    if not 0 <= value <= 70:
        raise InvalidInput(f"“{text[:40]}” is not between 0 and 70", where=what, hint=f"give {what} again")
    return value


def _countries(form: Form, name: str) -> tuple[str, ...]:
    """Countries by name or by code."""
    codes: dict[str, None] = {}
    for word in form.lines(name, ",;"):
        code = country_code(word)
        if code is None:
            raise InvalidInput(f"“{word[:60]}” is no country that we know", where=name, hint="write Germany, or DE")
        codes[code] = None
    return tuple(codes)


def _floor(form: Form) -> SalaryFloor | None:
    written = form.text("floor")
    if not written.strip():
        return None
    if (amount := whole_amount(written)) is None:
        raise InvalidInput(f"“{written[:40]}” is no amount", where="floor", hint="write whole units, such as 70000")
    currency, period = form.text("currency"), form.text("period")
    if not _CURRENCY.fullmatch(currency) or period not in tuple(PERIODS):
        raise InvalidInput("currency and period of the floor are missing", where="floor", hint="choose both")
    return SalaryFloor(amount=amount, currency=currency, period=Period(period))
