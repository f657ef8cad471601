"""Candidates: who they are to us, what they can do, and what they want.

A person's name and addresses stand here and never in a `Profile`, which is all that the engine may know.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from quiethire.domain.base import Model
from quiethire.domain.matching import Proficiency, Profile, SalaryFloor
from quiethire.domain.posting import Workplace

MAX_TRACKS = 8
MAX_SKILLS = 200
"""Of one track."""
MAX_BLOCKED = 500

LONGEST_WORD = 200
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORD)]


def _code(written: str) -> str:
    code = written.strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise ValueError("is no country's code, which has two letters (ISO 3166-1), such as DE")
    return code


Country = Annotated[str, AfterValidator(_code), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]
"""ISO 3166-1 alpha-2, in whatever letters it is given."""


class SkillLevel(Model):
    """How well a skill is known, and for how long."""

    proficiency: Proficiency = Proficiency.WORKING
    years: float | None = Field(None, ge=0, le=70)


class Track(Model):
    """One specialisation of a person: a backend engineer may be a team lead too, and looks for both."""

    name: str = Field("", max_length=100)
    """For them to tell their tracks apart."""
    titles: tuple[Word, ...] = Field((), max_length=30)
    skills: dict[Word, SkillLevel] = Field({}, max_length=MAX_SKILLS)
    years_experience: float | None = Field(None, ge=0, le=70)
    industries: tuple[Word, ...] = Field((), max_length=20)
    summary: str = Field("", max_length=20_000)
    """In their own words, for employers whom they agreed to meet. It is never scored."""


class Preferences(Model):
    """What a person wants of any job."""

    places: tuple[Word, ...] = Field((), max_length=50)
    """Cities where they would work on site."""
    countries: tuple[Country, ...] = Field((), max_length=60)
    """Where they live or would live, and so where remote work must be allowed."""
    workplaces: tuple[Workplace, ...] = Field((), max_length=3)
    """What they accept; empty = anything."""
    salary_floor: SalaryFloor | None = None
    culture: dict[Word, Word] = Field({}, max_length=10)
    """Declared preferences: `size`, `pace`, `remote`."""
    blocked_companies: tuple[Word, ...] = Field((), max_length=MAX_BLOCKED)
    """Names or domains of companies whose postings they never want to see."""


class Candidate(Model):
    """A person looking for work."""

    id: UUID
    name: str = Field(max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    tracks: tuple[Track, ...] = Field((), max_length=MAX_TRACKS)
    preferences: Preferences = Preferences()
    work_authorisation: tuple[Country, ...] = Field((), max_length=60)
    """Countries where they may work without sponsorship; empty = not stated."""
    verified: dict[str, bool] = Field({}, max_length=20)
    """Which parts of the profile were checked, by somebody other than the person."""
    active: bool = True
    open_to_employers: bool = False
    """Consent: employers may find them for a job, without name and addresses."""
    digest: bool = False
    """Consent: one mail a day with what is new."""

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """What the engine gets: one profile a track, all with the same preferences."""
        wanted = self.preferences
        return tuple(
            Profile(
                track=track.name,
                titles=track.titles,
                skills={name: level.proficiency for name, level in track.skills.items()},
                skill_years={name: level.years for name, level in track.skills.items() if level.years is not None},
                years_experience=track.years_experience,
                industries=track.industries,
                places=wanted.places,
                countries=wanted.countries,
                workplaces=wanted.workplaces,
                salary_floor=wanted.salary_floor,
                work_authorisation=self.work_authorisation,
                culture=wanted.culture,
                blocked_companies=wanted.blocked_companies,
                verified=self.verified,
            )
            for track in self.tracks
        )


class VerifiedPart(StrEnum):
    """A part of the profile that somebody other than the person may check."""

    SKILLS = "skills"
    EXPERIENCE = "experience"
    WORK_AUTHORISATION = "work_authorisation"


class KnownCandidate(Model):
    """That there is a candidate, and nothing of who they are."""

    id: UUID
    active: bool
    created_at: datetime
    updated_at: datetime


class Forgotten(Model):
    """What the nightly retention removed of people."""

    people: int
    """Who stayed away, and were erased."""
    decisions: int
    """Lines of the log of decisions."""
    keys: int
    """Keys and sessions that had ended."""


class Verdict(StrEnum):
    """What a person says of a match."""

    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"


class Why(StrEnum):
    """Why a match is of no interest."""

    COMPANY = "company"
    """Nothing of this company any more."""
    PAY = "pay"
    PLACE = "place"
    SKILLS = "skills"
    LEVEL = "level"
    OTHER = "other"


class Feedback(Model):
    """What a person said of one match; the newest word counts."""

    candidate_id: UUID
    job_id: UUID
    verdict: Verdict
    why: Why | None = None
    note: str = Field("", max_length=1_000)
    at: datetime
    was_blocked: bool = False
    """Whether they wanted nothing of its company before they said this: then taking it back leaves that as it is."""

    @property
    def blocks_company(self) -> bool:
        """Whether they want nothing more of its company."""
        return self.verdict is Verdict.NOT_INTERESTED and self.why is Why.COMPANY


class Introduction(Model):
    """An employer asks for the name behind a match; the person answers, or does not."""

    candidate_id: UUID
    job_id: UUID
    asked_by: str = Field(max_length=200)
    """Who asked: `key:<prefix>`, `account:<id>` or `operator`."""
    message: str = Field("", max_length=2_000)
    asked_at: datetime
    agreed: bool | None = None
    """None = not answered yet."""
    answered_at: datetime | None = None
