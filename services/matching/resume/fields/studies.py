"""Education: entries of school, degree, field and years, in whatever order a person writes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quiethire.domain.resume import Reading, ResumeEducation
from services.matching.resume.fields.periods import Period, periods
from services.matching.resume.fields.places import is_place
from services.matching.resume.fields.vocabulary import degree_in, degrees_in, school_in
from services.matching.resume.lines import Line, Piece

MAX_ENTRIES = 30
_APART = re.compile(
    r"\s*[\t|•·;]\s*|\s+[-–—@]\s+|\s{2,}|\s*,\s+|\s+(?:at|from|an der|an dem|am|chez)\s+(?=[A-ZÀ-Þ])|\s*[()]\s*|:\s+"
)
_IN = re.compile(
    r"^\s*(?:degree\s)?(?:of|in|en|em|de|di|i|w|für|fur|im\sfach|in\sthe\sfield\sof|mention|spécialité)\b|^\s*(?::|-|–|,|\()\s*(?:the\s)?",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"^(?:science|arts|engineering|technology|business|commerce|applied\s\w+)s?\s(?:in|en|of)\s", re.IGNORECASE
)
"""What belongs to the degree: `Bachelor of Science in Physics`."""
_LABEL = re.compile(
    r"dates?|title\sof\squalification\sawarded|name\sand\stype\sof\sorgani[sz]ation.*|titolo\sdella\squalifica\srilasciata|nome\se\stipo\sd['’]organizzazione.*|intitulé\sdu\s(?:certificat|diplôme).*|nom\set\stype\sde\sl['’]établissement.*|"
    r"(?:bezeichnung\sder\s)?erworbenen?\squalifikation|name\sund\sart\sder\s(?:bildungs|ausbildungs).*|título\sde\sla\scualificación.*|nombre\sy\stipo\sde\sorganización.*|designação\sda\squalificação.*|nome\se\stipo\sda\sorganização.*|data|datas|fechas|datum|daty",
    re.IGNORECASE,
)
"""Labels of Europass in front of what they name."""
_SMALL_WORDS = re.compile(r"^(?:[a-zß-öø-ÿ]\S*\s+)+")
_MAX_SCHOOL = 12
"""Words of the name of a school."""
_MAX_LINE = 170
_GRADE = re.compile(
    r"\b(?:gpa|grade|note|abschlussnote|gesamtnote|mention|nota(?:\smedia)?|average|score|cgpa|thesis|thema|coursework|relevant\scourses?|modules?|schwerpunkt\w*)\b",
    re.IGNORECASE,
)
_GRADUATED = re.compile(r"^(?:graduated|expected|graduation|completed|abschluss|obtained|since)\b\W*", re.IGNORECASE)


@dataclass
class _Study:
    """An entry while it is put together."""

    institution: Reading | None = None
    degree: Reading | None = None
    field: Reading | None = None
    period: tuple[Period, Piece] | None = None
    start: int = -1


def studies_of(lines: Sequence[Line], *, strict: bool = False) -> list[ResumeEducation]:
    """The studies that these lines tell of. `strict`: only those with a school and a degree or a date."""
    entries: list[_Study] = []
    above: Line | None = None
    for line in lines:
        if not line.text or len(line.text) > _MAX_LINE or (_GRADE.match(line.text) and not school_in(line.text)):
            above = above if line.text else None
            continue
        found = _read(line)
        if found is None:
            _complete(entries, line)
            above = line
            continue
        apart = not entries or _clash(entries[-1], found)
        if apart and found.degree and not found.institution and above is not None and _may_name(above):
            found.institution = _taken_back(entries, above)
        above = None
        if entries and not _clash(entries[-1], found):
            _merge(entries[-1], found)
        else:
            entries.append(found)
    kept = [entry for entry in entries if entry.institution or entry.degree]
    if strict:
        kept = [entry for entry in kept if entry.institution and (entry.degree or entry.period)]
    return [_education(entry) for entry in kept[:MAX_ENTRIES]]


def _read(line: Line) -> _Study | None:
    """What one line says of a study; None where it says nothing."""
    dated = periods(line.text, singles=True)
    study = _Study(start=line.start)
    if dated:
        study.period = dated[0], line
    edges = [0, *(edge for one in dated for edge in (one.begin, one.stop)), len(line.text)]
    segments = [line.cut(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    parts = [part.stripped(" ,.-–|/:()[]") for segment in segments for part in segment.split(_APART)]
    parts = [
        part
        for part in parts
        if len(part.text) > 1 and not (_GRADUATED.fullmatch(part.text) or _LABEL.fullmatch(part.text))
    ]
    parts = [_from_capital(part) for part in parts]
    schools = [
        part
        for part in parts
        if len(part.text.split()) <= _MAX_SCHOOL and school_in(part.text) and not _is_degree_first(part.text)
    ]
    degrees = [part for part in parts if part not in schools and degree_in(part.text)]
    if line.bullet and not (schools or degrees):
        return None
    if schools:
        study.institution = _main_school(schools).reading(0.9)
    if degrees:
        study.degree, study.field = _degree(degrees[0])
        if study.field is None:
            study.field = _beside(parts, degrees[0], schools)
        elif study.institution is None:
            study.institution = _beside(parts, degrees[0], schools)
    elif schools and study.institution and dated:
        study.field = None
    if not (schools or degrees or dated):
        return None
    if (
        not schools
        and not degrees
        and dated
        and len(parts) == 1
        and not is_place(parts[0].text)
        and not parts[0].text[0].islower()
    ):
        study.field = parts[0].reading(0.5)
    return study


def _from_capital(part: Piece) -> Piece:
    """Without the end of a sentence of another column, where the name of a school follows it."""
    lead, school = _SMALL_WORDS.match(part.text), school_in(part.text)
    if lead is None or school is None or school.start() < lead.end():
        return part
    return part.cut(lead.end(), len(part.text))


def _is_degree_first(text: str) -> bool:
    """`Master of Business School Administration` is a degree, `Technical University` a school."""
    found, school = degree_in(text), school_in(text)
    return (
        found is not None
        and school is not None
        and found.start() == 0
        and found.end() <= school.start()
        and " " not in text[: found.end()].strip()
        and len(text.split()) <= 3
    )


def _main_school(schools: Sequence[Piece]) -> Piece:
    """The school; a faculty named beside its university is not another school."""
    return next(
        (
            one
            for one in schools
            if not re.match(r"(?:facult|fakult|department|facultad|institut für|school of)", one.text, re.IGNORECASE)
        ),
        schools[0],
    )


def _degree(piece: Piece) -> tuple[Reading, Reading | None]:
    """The degree, and the field that follows it after `of` or `in`."""
    found = degrees_in(piece.text)
    first = found[0]
    rest = piece.cut(first.end(), len(piece.text))
    second = next((one for one in found[1:] if one.start() - first.end() <= 4), None)
    if second is not None:
        rest = piece.cut(second.end(), len(piece.text))
    link = _IN.match(rest.text)
    subject = rest.cut(link.end(), len(rest.text)).stripped(" ,.-–:()") if link else rest.stripped(" ,.-–:()")
    inner = _WITHIN.match(subject.text)
    subject = subject.cut(inner.end(), len(subject.text)) if inner else subject
    whole = piece.reading(0.9)
    if len(subject.text) < 2:
        before = piece.cut(0, first.start()).stripped(" ,.-–:()")
        return whole, before.reading(0.6) if len(before.text) > 3 else None
    return whole, subject.reading(0.8)


def _beside(parts: Sequence[Piece], degree: Piece, schools: Sequence[Piece]) -> Reading | None:
    """`M.Sc., Computer Science`: what follows the degree, where it is no school and no place: the field, else the school."""
    index = list(parts).index(degree)
    for part in parts[index + 1 : index + 2]:
        if part not in schools and not is_place(part.text) and not _GRADE.search(part.text) and part.text[:1].isupper():
            return part.reading(0.5)
    return None


def _clash(entry: _Study, found: _Study) -> bool:
    """Whether a line says again what the entry has already: then another entry begins."""
    return bool(
        (entry.institution and found.institution)
        or (entry.degree and found.degree)
        or (entry.period and found.period and not _goes_on(entry, found))
        or (entry.institution and entry.degree and entry.period)
    )


def _goes_on(entry: _Study, found: _Study) -> bool:
    """A second date that is no span of its own: a day of graduation."""
    return bool(
        entry.period
        and found.period
        and found.period[0].single
        and not entry.period[0].single
        and not (found.institution or found.degree)
    )


def _merge(entry: _Study, found: _Study) -> None:
    entry.institution = entry.institution or found.institution
    entry.degree = entry.degree or found.degree
    entry.field = entry.field or found.field
    entry.period = entry.period or found.period


def _may_name(line: Line) -> bool:
    """Whether a line may be the name of a school or a field, and nothing else."""
    text = line.text
    if line.bullet or len(text.split()) > 6 or not text[0].isupper() or text.endswith((".", ":")):
        return False
    return not is_place(text) and not _GRADE.search(text)


def _complete(entries: Sequence[_Study], line: Line) -> None:
    """A plain short line right below a degree or a school names what is not known yet."""
    if not entries or not _may_name(line):
        return
    entry = entries[-1]
    if entry.degree is not None and entry.institution is None:
        entry.institution = line.stripped(" ,").reading(0.4)
    elif entry.field is None:
        entry.field = line.stripped(" ,").reading(0.4)


def _taken_back(entries: Sequence[_Study], line: Line) -> Reading:
    """A line as the school of what stands below it, and no more as a part of what stands above."""
    guess = line.stripped(" ,").reading(0.4)
    if entries and entries[-1].field == guess:
        entries[-1].field = None
    if entries and entries[-1].institution == guess:
        entries[-1].institution = None
    return guess


def _education(entry: _Study) -> ResumeEducation:
    period = entry.period
    return ResumeEducation(
        institution=entry.institution,
        degree=entry.degree,
        field=entry.field,
        start=period[0].start_reading(period[1]) if period else None,
        end=period[0].end_reading(period[1]) if period else None,
    )
