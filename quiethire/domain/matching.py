"""Candidates, and why a posting fits them."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.posting import Period, Workplace

MATCH_FLOOR = 60
"""Matches below are not shown."""


class Proficiency(StrEnum):
    """How well a skill is known."""

    EXPERT = "expert"
    WORKING = "working"
    LEARNING = "learning"


class SalaryFloor(Model):
    """The least pay that a candidate takes, in whole units."""

    amount: int = Field(ge=0)
    currency: str
    period: Period = Period.YEAR


class Profile(Model):
    """All that the engine may know of a candidate.

    There is no field for a name, a photo, gender, birth date, graduation year, postcode, school or gaps:
    what is never scored cannot be passed in.
    """

    titles: tuple[str, ...] = ()
    skills: dict[str, Proficiency] = {}
    years_experience: float | None = Field(None, ge=0)
    industries: tuple[str, ...] = ()
    summary: str = ""
    places: tuple[str, ...] = ()
    """Cities where they would work on site."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2: where they live or would live, and so where remote must be allowed."""
    workplaces: tuple[Workplace, ...] = ()
    """What they accept; empty = anything."""
    salary_floor: SalaryFloor | None = None
    work_authorisation: tuple[str, ...] = ()
    """Countries where they may work without sponsorship; empty = not stated."""
    culture: dict[str, str] = {}
    """Declared preferences: `size`, `pace`, `remote`."""
    verified: dict[str, bool] = {}
    """Which parts of the profile were checked."""


class Candidate(Model):
    """A person looking for work. The name is for them to see, never for the engine."""

    id: UUID
    name: str
    profile: Profile
    active: bool = True


class FactorScore(Model):
    """One factor's part of a score. `points` of all factors of a match sum to its score."""

    name: str
    value: float | None
    """0–1, or None where there is no evidence: the factor then leaves the weighted mean."""
    weight: float
    """The weight in points of 100, before unknown factors leave."""
    points: float
    reason: str


class Match(Model):
    """A posting that fits a candidate, with the reasons."""

    candidate_id: UUID
    job_id: UUID
    score: float
    factors: tuple[FactorScore, ...]


class Hidden(Model):
    """A posting that a hard filter keeps from a candidate, and why."""

    job_id: UUID
    filter: str
    reason: str


class Matching(Model):
    """The matches of one candidate, best first, and what was hidden from them."""

    candidate_id: UUID
    matches: tuple[Match, ...]
    hidden: tuple[Hidden, ...] = ()
    considered: int
