"""JSON Resume (https://jsonresume.org/schema, version 1.0.0): reading it, and writing what was read in it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import (
    MAX_TEXT,
    MAX_YEARS,
    Reading,
    Resume,
    ResumeEducation,
    ResumeFields,
    ResumeKind,
    ResumeSkill,
    ResumeWork,
    Span,
)
from services.matching.reading.skill_names import skill_key
from services.matching.resume.fields.contacts import e164
from services.matching.resume.fields.periods import When, when, years_of
from services.matching.resume.fields.places import country_of
from services.matching.resume.fields.skills import Told
from services.matching.resume.lines import plain

_MAX_ITEMS = 200
_URI = re.compile(r"\s*https?://[^\s/?#]+", re.IGNORECASE)
_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_EARLIEST = date(1900, 1, 1)
_SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"


def _day_of_a_calendar(written: str) -> str:
    if written:
        year, month, day = (int(part) for part in f"{written}-01-01"[:10].split("-"))
        if date(year, month, day) < _EARLIEST:
            raise ValueError("is before anybody's life")
    return written


IsoDate = Annotated[
    str,
    StringConstraints(pattern=r"^(|[1-2][0-9]{3}-[0-1][0-9]-[0-3][0-9]|[1-2][0-9]{3}-[0-1][0-9]|[1-2][0-9]{3})$"),
    AfterValidator(_day_of_a_calendar),
]
"""The schema's own, which knows no calendar; empty ones are common, and are none."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, strict=True)


class _Location(_Part):
    city: str | None = None
    region: str | None = None
    country: str | None = Field(None, alias="countryCode")


class _Profile(_Part):
    url: str | None = None


class _Basics(_Part):
    name: str | None = None
    label: str | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None
    summary: str | None = None
    location: _Location | None = None
    profiles: list[_Profile] | None = Field(None, max_length=_MAX_ITEMS)


class _Work(_Part):
    name: str | None = None
    company: str | None = None
    """The name of `name` before version 1."""
    location: str | None = None
    position: str | None = None
    start: IsoDate | None = Field(None, alias="startDate")
    end: IsoDate | None = Field(None, alias="endDate")
    summary: str | None = None
    highlights: list[str] | None = Field(None, max_length=_MAX_ITEMS)


class _Education(_Part):
    institution: str | None = None
    area: str | None = None
    study: str | None = Field(None, alias="studyType")
    start: IsoDate | None = Field(None, alias="startDate")
    end: IsoDate | None = Field(None, alias="endDate")


class _Skill(_Part):
    name: str | None = None
    keywords: list[str] | None = Field(None, max_length=_MAX_ITEMS)


class _Language(_Part):
    language: str | None = None
    fluency: str | None = None


class _File(_Part):
    basics: _Basics | None = None
    work: list[_Work] | None = Field(None, max_length=_MAX_ITEMS)
    education: list[_Education] | None = Field(None, max_length=_MAX_ITEMS)
    skills: list[_Skill] | None = Field(None, max_length=_MAX_ITEMS)
    languages: list[_Language] | None = Field(None, max_length=_MAX_ITEMS)
    meta: dict[str, Any] | None = None


def is_json(data: bytes) -> bool:
    """Whether a file means to be JSON. RTF begins with a brace too."""
    begin = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:5]
    return begin.startswith(b"{") and begin != b"{\\rtf"


class _Text:
    """The text that the spans point into, as it grows."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._at = 0

    def add(self, value: str | None, *, told: str | None = None) -> Reading | None:
        """Take a value in, as a line of its own (`told` in place of it); None where there is none."""
        line = " ".join(plain(told or value or "").split())
        if not line or value is None:
            return None
        start = self._at
        self._lines.append(line)
        self._at += len(line) + 1
        if self._at > MAX_TEXT:
            raise InvalidInput(
                "the résumé has too much text",
                where="résumé",
                hint=f"at most {MAX_TEXT:,} characters are read",
                kind="too_large",
            )
        return Reading(value=value if told else line, confidence=1.0, span=Span(start=start, end=start + len(line)))

    @property
    def whole(self) -> str:
        return "\n".join(self._lines)


def read_json_resume(data: bytes, today: date) -> Resume:
    """A file of JSON Resume. Raises InvalidInput with the place of what does not fit the schema."""
    file = _parsed(data)
    text = _Text()
    basics = file.basics or _Basics()
    name, headline = text.add(basics.name), text.add(basics.label)
    email, phone = text.add(basics.email), text.add(basics.phone)
    links = [text.add(url) for url in (basics.url, *(profile.url for profile in basics.profiles or [])) if _is_web(url)]
    place = text.add(_place(basics.location))
    summary = text.add(basics.summary)
    jobs = [_work(text, one) for one in file.work or []]
    studies = [_education(text, one) for one in file.education or []]
    ours = _extension(file.meta)
    skills = _with_stated(_skills(text, file.skills or [], jobs, today), ours.get("yearsPerSkill"))
    languages = [text.add(_spoken(one.language, one.fluency)) for one in file.languages or []]
    resume = Resume(
        kind=ResumeKind.JSON_RESUME,
        name=name,
        email=email,
        phone=_international(phone, basics.location),
        place=place,
        headline=headline,
        summary=summary,
        links=tuple(link for link in links if link is not None),
        work=tuple(jobs),
        education=tuple(studies),
        skills=skills,
        languages=tuple(one for one in languages if one is not None),
        years_experience=_number_of_years(ours.get("yearsExperience"), years_of(_spans(jobs), today)),
        work_authorisation=_list(text, ours.get("workAuthorisation"), re.compile("^[A-Z]{2}$")),
        salary_floor=text.add(ours["salaryFloor"]) if isinstance(ours.get("salaryFloor"), str) else None,
        locations=_list(text, ours.get("locations"), re.compile(".")),
        text=text.whole,
    )
    if not _tells_of_somebody(resume):
        raise InvalidInput(
            "the JSON holds no résumé",
            where="résumé",
            hint="give a file of JSON Resume, https://jsonresume.org/schema",
            kind="resume_unknown",
        )
    return resume


def _tells_of_somebody(resume: Resume) -> bool:
    """Whether there is anything but skills: a job's schema lists those too, and its other parts are none of a résumé's."""
    theirs = set(ResumeFields.model_fields) - {"skills"}
    return any(getattr(resume, name) for name in theirs)


def _parsed(data: bytes) -> _File:
    hint = "give a file of JSON Resume, https://jsonresume.org/schema"
    try:
        return _File.model_validate(json.loads(data.decode("utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InvalidInput(f"{at}: {first['msg']}", where="résumé", hint=hint, kind="resume_broken") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the file is no valid JSON", where="résumé", hint=hint, kind="resume_broken") from error


def _place(location: _Location | None) -> str | None:
    """City, region and country. Street and postcode are read by nobody."""
    if location is None:
        return None
    return (
        ", ".join(part.strip() for part in (location.city, location.region, location.country) if part and part.strip())
        or None
    )


def _work(text: _Text, one: _Work) -> ResumeWork:
    told = "\n".join(part for part in (one.summary, *(one.highlights or [])) if part)
    title, employer, place = text.add(one.position), text.add(one.name or one.company), text.add(one.location)
    return ResumeWork(
        title=title,
        employer=employer,
        place=place,
        start=text.add(one.start),
        end=text.add(one.end),
        current=bool(one.start) and not one.end,
        summary=text.add(told),
    )


def _education(text: _Text, one: _Education) -> ResumeEducation:
    return ResumeEducation(
        institution=text.add(one.institution),
        degree=text.add(one.study),
        field=text.add(one.area),
        start=text.add(one.start),
        end=text.add(one.end),
    )


def _spans(jobs: Sequence[ResumeWork]) -> list[tuple[When, When | None]]:
    return [
        (start, when(job.end.value) if job.end else None)
        for job in jobs
        if job.start is not None and (start := when(job.start.value)) is not None
    ]


def _skills(text: _Text, listed: Sequence[_Skill], jobs: Sequence[ResumeWork], today: date) -> tuple[ResumeSkill, ...]:
    """The keywords of each skill, or its own name where it has none: `Web Development` heads HTML, CSS."""
    found: dict[str, Reading] = {}
    for one in listed:
        for name in one.keywords or [one.name or ""]:
            if name.strip() and len(name) <= 100:
                reading = text.add(name)
                if reading is not None:
                    found.setdefault(skill_key(name), reading)
    told = [(job, Told.of("\n".join(one.value for one in (job.title, job.summary) if one))) for job in jobs]
    skills = []
    for reading in found.values():
        naming = [job for job, text in told if text.names(reading.value)]
        skills.append(ResumeSkill(name=reading, years=years_of(_spans(naming), today) or None))
    return tuple(skills[:_MAX_ITEMS])


def _with_stated(skills: tuple[ResumeSkill, ...], years: object) -> tuple[ResumeSkill, ...]:
    """The skills with their years as we wrote them, which dated jobs need not tell again."""
    if not isinstance(years, dict):
        return skills
    return tuple(
        one.model_copy(update={"years": _number_of_years(years.get(one.name.value), one.years)}) for one in skills
    )


def _number_of_years(given: object, otherwise: float | None) -> float | None:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= MAX_YEARS:
        return float(given)
    return otherwise


def _spoken(language: str | None, fluency: str | None) -> str | None:
    if not language:
        return None
    return f"{language.strip()} ({fluency.strip()})" if fluency and fluency.strip() else language.strip()


def _international(phone: Reading | None, location: _Location | None) -> Reading | None:
    """E.164 where the country is told, else as written."""
    stated = location.country.strip() if location and location.country else ""
    regions = [country_of(stated) or stated.upper()] if stated else []
    number = e164(phone.value, regions) if phone else None
    return phone.model_copy(update={"value": number}) if phone and number else phone


def _extension(meta: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What we write beyond the schema, in `meta.quiethire`."""
    ours = (meta or {}).get("quiethire")
    return ours if isinstance(ours, dict) else {}


def _list(text: _Text, given: object, pattern: re.Pattern[str]) -> tuple[Reading, ...]:
    values = [one for one in given if isinstance(one, str) and pattern.search(one)] if isinstance(given, list) else []
    readings = [text.add(one) for one in values[:_MAX_ITEMS]]
    return tuple(one for one in readings if one is not None)


def to_json_resume(resume: Resume) -> dict[str, Any]:
    """What was read, in JSON Resume 1.0.0; what that has no field for stands in `meta.quiethire`."""
    basics = _filled(
        name=_value(resume.name),
        label=_value(resume.headline),
        email=_value(resume.email),
        phone=_value(resume.phone),
        url=next((link.value for link in resume.links if _is_uri(link.value)), None),
        summary=_value(resume.summary),
        location={"city": resume.place.value} if resume.place else None,
        profiles=[{"url": link.value} for link in resume.links[1:] if _is_uri(link.value)] or None,
    )
    ours = _filled(
        workAuthorisation=[one.value for one in resume.work_authorisation] or None,
        salaryFloor=_value(resume.salary_floor),
        locations=[one.value for one in resume.locations] or None,
        yearsExperience=resume.years_experience,
        yearsPerSkill={one.name.value: one.years for one in resume.skills if one.years is not None} or None,
        sources=dict(_sources("", resume)) or None,
    )
    return _filled(**{"$schema": _SCHEMA}) | _filled(
        basics=basics or None,
        work=[_work_out(one) for one in resume.work] or None,
        education=[
            _filled(
                institution=_value(one.institution),
                studyType=_value(one.degree),
                area=_value(one.field),
                startDate=_value(one.start),
                endDate=_value(one.end),
            )
            for one in resume.education
        ]
        or None,
        skills=[{"name": one.name.value} for one in resume.skills] or None,
        languages=[_spoken_out(one.value) for one in resume.languages] or None,
        meta={"quiethire": ours} if ours else None,
    )


def _sources(key: str, value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each field, by its place in a `Resume` (`work.0.title`), how sure it is and the characters of `Resume.text` where it stands."""
    if isinstance(value, Reading):
        span = value.span
        yield key, _filled(confidence=value.confidence, start=span and span.start, end=span and span.end)
    elif isinstance(value, tuple):
        for at, one in enumerate(value):
            yield from _sources(f"{key}.{at}", one)
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _sources(f"{key}.{name}".lstrip("."), getattr(value, name))


def _work_out(one: ResumeWork) -> dict[str, Any]:
    return _filled(
        name=_value(one.employer),
        position=_value(one.title),
        location=_value(one.place),
        startDate=_value(one.start),
        endDate=_value(one.end),
        summary=_value(one.summary),
    )


def _spoken_out(value: str) -> dict[str, Any]:
    found = re.fullmatch(r"(.+?) \((.+)\)", value)
    return {"language": found[1], "fluency": found[2]} if found else {"language": value}


def _filled(**fields: object) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _value(reading: Reading | None) -> str | None:
    return reading.value if reading else None


def _is_web(link: str | None) -> bool:
    """Whether an address may be one of the web: no script, no file."""
    return link is not None and (_is_uri(link) or _SCHEME.match(link) is None)


def _is_uri(link: str) -> bool:
    return _URI.match(link) is not None
