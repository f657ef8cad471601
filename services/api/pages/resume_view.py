"""A reading of a résumé beside its text: each field with how sure we are of it and where it stands, and back from the form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import Reading, Resume, ResumeEducation, ResumeFields, ResumeSkill, ResumeWork, Span
from services.api.gate.forms import Form

SURE, UNSURE = 0.9, 0.6
"""Confidence from which a field is taken as read, and below which it is to be checked."""

_SINGLE = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "place": "Where you live",
    "headline": "Headline",
    "summary": "Summary",
    "salary_floor": "Least pay",
}
_LISTS = {
    "languages": "Languages",
    "links": "Links",
    "work_authorisation": "May work in",
    "locations": "Would work in",
}
_WORK = {"title": "Title", "employer": "Employer", "place": "Place", "start": "From", "end": "To", "summary": "What"}
_EDUCATION = {"institution": "School", "degree": "Degree", "field": "Field", "start": "From", "end": "To"}
_LONG = {"summary"}


@dataclass(frozen=True)
class Field:
    """One field of the form. `key` is its name in the form and of its mark in the text."""

    key: str
    label: str
    value: str
    sure: str
    doubtful: bool
    marked: bool
    long: bool


@dataclass(frozen=True)
class Entry:
    """A job or a course of study; `key` is the beginning of its fields' names."""

    key: str
    title: str
    fields: tuple[Field, ...]
    current: bool | None = None
    removed: bool = False
    """Whether it is ticked to be left out."""


@dataclass(frozen=True)
class SkillRow:
    """A skill and its years."""

    field: Field
    years: str


@dataclass(frozen=True)
class Piece:
    """Some of the text, and the fields that were read of it; `starts` are those of which it is the first piece."""

    text: str
    keys: str
    starts: tuple[str, ...]


@dataclass(frozen=True)
class ResumeView:
    """The page."""

    pieces: tuple[Piece, ...]
    single: tuple[Field, ...]
    lists: tuple[tuple[str, tuple[Field, ...]], ...]
    work: tuple[Entry, ...]
    education: tuple[Entry, ...]
    skills: tuple[SkillRow, ...]
    years: str
    doubtful: int
    """Fields that are to be checked."""
    more_skills: str = ""


def resume_view(resume: Resume, typed: Form | None = None) -> ResumeView:
    """A reading as its page shows it. `typed`: a form that could not be kept, which is shown as it was sent."""
    view = _read_view(resume)
    return view if typed is None else _typed_view(view, typed)


def _typed_view(view: ResumeView, form: Form) -> ResumeView:
    def said(fields: Sequence[Field]) -> tuple[Field, ...]:
        return tuple(replace(field, value=form.text(field.key)) for field in fields)

    def entries(old: Sequence[Entry]) -> tuple[Entry, ...]:
        return tuple(
            replace(
                one,
                fields=said(one.fields),
                current=None if one.current is None else form.has(f"{one.key}.current"),
                removed=form.has(f"{one.key}.remove"),
            )
            for one in old
        )

    return replace(
        view,
        single=said(view.single),
        lists=tuple((told, said(fields)) for told, fields in view.lists),
        work=entries(view.work),
        education=entries(view.education),
        skills=tuple(SkillRow(said([row.field])[0], form.text(f"{row.field.key}.years")) for row in view.skills),
        years=form.text("years_experience"),
        more_skills=form.text("more_skills"),
    )


def _read_view(resume: Resume) -> ResumeView:
    readings = dict(_readings(resume))
    return ResumeView(
        pieces=_pieces(resume.text, {key: one.span for key, one in readings.items() if one and one.span}),
        single=tuple(_field(name, told, getattr(resume, name)) for name, told in _SINGLE.items()),
        lists=tuple((told, _listed(name, told, getattr(resume, name))) for name, told in _LISTS.items()),
        work=tuple(
            Entry(f"work.{at}", _titled(one.title, one.employer), _inner(f"work.{at}", _WORK, one), one.current)
            for at, one in enumerate((*resume.work, ResumeWork()))
        ),
        education=tuple(
            Entry(
                f"education.{at}",
                _titled(one.degree, one.institution),
                _inner(f"education.{at}", _EDUCATION, one),
            )
            for at, one in enumerate((*resume.education, ResumeEducation()))
        ),
        skills=tuple(
            SkillRow(_field(f"skills.{at}", "Skill", one.name), _number(one.years))
            for at, one in enumerate(resume.skills)
        ),
        years=_number(resume.years_experience),
        doubtful=sum(one is not None and one.confidence < UNSURE for one in readings.values()),
    )


def correction_of(form: Form, resume: Resume) -> ResumeFields:
    """What the form says. A field that says what was read keeps its place and confidence. Raises InvalidInput for no number."""

    def some(name: str, old: tuple[Reading, ...]) -> tuple[Reading, ...]:
        found = (_said(form, f"{name}.{at}", one) for at, one in enumerate((*old, None)))
        return tuple(one for one in found if one is not None)

    work = (_work(form, f"work.{at}", one) for at, one in enumerate((*resume.work, ResumeWork())))
    education = (
        _education(form, f"education.{at}", one) for at, one in enumerate((*resume.education, ResumeEducation()))
    )
    skills = (_skill(form, f"skills.{at}", one) for at, one in enumerate(resume.skills))
    added = tuple(ResumeSkill(name=_own(word)) for word in form.lines("more_skills", ",;"))
    return ResumeFields(
        **{name: _said(form, name, getattr(resume, name)) for name in _SINGLE},
        **{name: some(name, getattr(resume, name)) for name in _LISTS},
        work=tuple(one for one in work if one is not None),
        education=tuple(one for one in education if one is not None),
        skills=(*(one for one in skills if one is not None), *added),
        years_experience=_float(form.text("years_experience"), resume.years_experience),
    )


def _work(form: Form, key: str, old: ResumeWork) -> ResumeWork | None:
    fields = {name: _said(form, f"{key}.{name}", getattr(old, name)) for name in _WORK}
    if form.has(f"{key}.remove") or not any(fields.values()):
        return None
    return ResumeWork(**fields, current=form.has(f"{key}.current"))


def _education(form: Form, key: str, old: ResumeEducation) -> ResumeEducation | None:
    fields = {name: _said(form, f"{key}.{name}", getattr(old, name)) for name in _EDUCATION}
    return None if form.has(f"{key}.remove") or not any(fields.values()) else ResumeEducation(**fields)


def _skill(form: Form, key: str, old: ResumeSkill) -> ResumeSkill | None:
    name = _said(form, key, old.name)
    return None if name is None else ResumeSkill(name=name, years=_float(form.text(f"{key}.years"), old.years))


def _said(form: Form, key: str, old: Reading | None) -> Reading | None:
    text = form.text(key).replace("\r\n", "\n")
    if not text:
        return None
    # Browsers send line breaks in their own way, and fields without the space around them.
    return old if old is not None and text == old.value.strip().replace("\r\n", "\n") else _own(text)


def _own(text: str) -> Reading:
    return Reading(value=text, confidence=1.0)


def _float(text: str, old: float | None) -> float | None:
    """A number as the form says it; one that it shows rounded stays what it was."""
    if not text:
        return None
    if text == _number(old):
        return old
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise InvalidInput(f"“{text[:40]}” is no number", where="years", hint="write years such as 8 or 8.5") from error


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 1):g}"


def _readings(resume: Resume) -> Iterator[tuple[str, Reading | None]]:
    for name in _SINGLE:
        yield name, getattr(resume, name)
    for name in _LISTS:
        yield from ((f"{name}.{at}", one) for at, one in enumerate(getattr(resume, name)))
    for at, work in enumerate(resume.work):
        yield from ((f"work.{at}.{name}", getattr(work, name)) for name in _WORK)
    for at, study in enumerate(resume.education):
        yield from ((f"education.{at}.{name}", getattr(study, name)) for name in _EDUCATION)
    yield from ((f"skills.{at}", skill.name) for at, skill in enumerate(resume.skills))


def _field(key: str, told: str, reading: Reading | None) -> Field:
    confidence = 1.0 if reading is None else reading.confidence
    sure = "" if confidence >= SURE else "fairly sure" if confidence >= UNSURE else "please check"
    return Field(
        key=key,
        label=told,
        value=reading.value if reading else "",
        sure=sure,
        doubtful=confidence < UNSURE,
        marked=reading is not None and reading.span is not None,
        long=key.rpartition(".")[2] in _LONG,
    )


def _listed(name: str, told: str, readings: tuple[Reading, ...]) -> tuple[Field, ...]:
    """What was read, and an empty one to add to it."""
    return tuple(_field(f"{name}.{at}", told, one) for at, one in enumerate((*readings, None)))


def _inner(key: str, names: dict[str, str], entry: ResumeWork | ResumeEducation) -> tuple[Field, ...]:
    return tuple(_field(f"{key}.{name}", told, getattr(entry, name)) for name, told in names.items())


def _titled(*readings: Reading | None) -> str:
    return ", ".join(one.value for one in readings if one is not None)


def _pieces(text: str, spans: dict[str, Span]) -> tuple[Piece, ...]:
    """The text cut where a span begins or ends, so that spans may lie within one another."""
    cuts = sorted({0, len(text), *(min(at, len(text)) for span in spans.values() for at in (span.start, span.end))})
    by_start = sorted(spans.items(), key=lambda one: one[1].start)
    pieces: list[Piece] = []
    active: list[tuple[str, Span]] = []
    coming = 0
    for start, end in pairwise(cuts):
        active = [one for one in active if one[1].end > start]
        while coming < len(by_start) and by_start[coming][1].start <= start:
            if by_start[coming][1].end > start:
                active.append(by_start[coming])
            coming += 1
        starts = tuple(key for key, span in active if span.start == start)
        pieces.append(Piece(text[start:end], " ".join(key for key, _ in active), starts))
    return tuple(pieces)
