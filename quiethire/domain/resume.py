"""A résumé as read: every field with how sure we are of it and where it stands in the text."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from quiethire.domain.base import Model

MAX_BYTES = 10_000_000
MAX_PAGES = 30
MAX_TEXT = 200_000
"""Characters of text that are read of one résumé."""
MAX_YEARS = 70
MAX_LISTED = 300
"""Entries of one list: jobs, studies, links, languages, places."""


class ResumeKind(StrEnum):
    """The forms in which a résumé comes."""

    PDF = "pdf"
    DOCX = "docx"
    TEXT = "text"
    JSON_RESUME = "json_resume"


class Span(Model):
    """Characters `start` to `end` (not included) of `Resume.text`."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Reading(Model):
    """One value, as read. A value that the person corrected has confidence 1 and no span."""

    value: str
    confidence: float = Field(ge=0, le=1)
    span: Span | None = None


class ResumeWork(Model):
    """One job held. Dates are ISO 8601, as exact as stated (`2019`, `2019-03`); an end of None with `current` goes on."""

    employer: Reading | None = None
    title: Reading | None = None
    place: Reading | None = None
    start: Reading | None = None
    end: Reading | None = None
    current: bool = False
    summary: Reading | None = None


class ResumeEducation(Model):
    """One course of study."""

    institution: Reading | None = None
    degree: Reading | None = None
    field: Reading | None = None
    start: Reading | None = None
    end: Reading | None = None


class ResumeSkill(Model):
    """A skill named, and for how many years as far as the dated jobs that name it tell."""

    name: Reading
    years: float | None = Field(None, ge=0, le=MAX_YEARS)


Readings = Annotated[tuple[Reading, ...], Field(max_length=MAX_LISTED)]


class ResumeFields(Model):
    """What a résumé tells of a person, as read or as they corrected it. What is not told is None or empty, never invented."""

    name: Reading | None = None
    email: Reading | None = None
    phone: Reading | None = None
    """E.164 where it could be told, else as written."""
    place: Reading | None = None
    headline: Reading | None = None
    summary: Reading | None = None
    links: Readings = ()
    work: Annotated[tuple[ResumeWork, ...], Field(max_length=MAX_LISTED)] = ()
    education: Annotated[tuple[ResumeEducation, ...], Field(max_length=MAX_LISTED)] = ()
    skills: Annotated[tuple[ResumeSkill, ...], Field(max_length=500)] = ()
    languages: Readings = ()
    years_experience: float | None = Field(None, ge=0, le=MAX_YEARS)
    """Of all dated jobs, overlaps counted once."""
    work_authorisation: Readings = ()
    """ISO 3166-1 alpha-2, where stated."""
    salary_floor: Reading | None = None
    """As written, e.g. `€70,000 a year`."""
    locations: Readings = ()
    """Places where they say they would work."""


class Resume(ResumeFields):
    """Everything read of one file."""

    kind: ResumeKind
    text: str = Field(max_length=MAX_TEXT)
    """What the spans point into: the text of the file in reading order."""
    pages: int | None = None
