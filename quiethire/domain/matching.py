"""Candidates, and why a posting fits them."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, Field

from quiethire.domain.base import Model
from quiethire.domain.impersonal import impersonal_titles
from quiethire.domain.money import Currency
from quiethire.domain.posting import MAX_AMOUNT, Period, Workplace

MATCH_FLOOR = 60
"""Matches below are not shown."""

DECISIONS_STAY = timedelta(days=183)
"""So long a line of the log of decisions stays, whatever anybody asks: who was passed over can still ask why."""


class Proficiency(StrEnum):
    """How well a skill is known."""

    EXPERT = "expert"
    WORKING = "working"
    LEARNING = "learning"


class SalaryFloor(Model):
    """The least pay that a candidate takes, in whole units."""

    amount: int = Field(ge=0, le=MAX_AMOUNT)
    currency: Currency
    period: Period = Period.YEAR


class Profile(Model):
    """All that the engine may know of a candidate.

    There is no field for a name, a photo, gender, birth date, graduation year, postcode, school or gaps, and none for text that
    somebody writes freely and that could hold them: what is never scored cannot be passed in.
    """

    track: str = ""
    """What the candidate calls this one of their tracks."""
    titles: Annotated[tuple[str, ...], AfterValidator(impersonal_titles)] = ()
    """Without what people tell of themselves beside their work."""
    skills: dict[str, Proficiency] = {}
    skill_years: dict[str, float] = {}
    """For how many years a skill was used, where that is known."""
    years_experience: float | None = Field(None, ge=0)
    industries: tuple[str, ...] = ()
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
    blocked_companies: tuple[str, ...] = ()
    """Names or domains of companies whose postings are left out, without a word."""
    verified: dict[str, bool] = {}
    """Which parts of the profile were checked."""


class FactorScore(Model):
    """One factor's part of a score. `points` of all factors of a match sum to its score."""

    name: str
    value: float | None
    """0–1, or None where there is no evidence: the factor then leaves the weighted mean."""
    weight: float
    """The weight in points of 100, before unknown factors leave."""
    points: float
    reason: str


def known_weight(factors: Iterable[FactorScore]) -> float:
    """Points of 100 that the factors with evidence weigh: how much is known of what a score is made of."""
    return math.fsum(factor.weight for factor in factors if factor.value is not None)


class Improvement(Model):
    """What one more skill would do: scored, with the meaning of the whole profile held as it is, which the skill may raise or lower."""

    skill: str
    score: float
    """The score with this skill known at working level."""


class Match(Model):
    """A posting that fits a candidate, with the reasons."""

    candidate_id: UUID
    job_id: UUID
    score: float
    factors: tuple[FactorScore, ...]
    track: str = ""
    """The track that fits best."""
    improvements: tuple[Improvement, ...] = ()
    """The skills asked and not known that would raise the score most, the most first."""


class Hidden(Model):
    """A posting that a hard filter keeps from a candidate, and why."""

    job_id: UUID
    filter: str
    reason: str
    """Empty where it was only looked at whether it is hidden."""
    score: float = Field(ge=0, le=100)
    """What it would have scored."""
    values: dict[str, float | None]
    """Factor → value; None where unknown."""


class Matching(Model):
    """The matches of one candidate, best first, and what was hidden from them."""

    candidate_id: UUID
    matches: tuple[Match, ...]
    hidden: tuple[Hidden, ...] = ()
    hidden_counts: dict[str, int] = {}
    """Filter → how many postings it hid that would have been matches, all of them."""
    considered: int


class Decision(Model):
    """One line of the log of decisions: enough to say later how a score came about. It names no person."""

    run: str
    """The workflow's run that decided, and which of its rounds and parts."""
    at: datetime
    candidate_id: UUID
    job_id: UUID
    engine: str
    """Versions of engine, weights and taxonomy: `engine/6 weights/1 esco/1.2`."""
    profile_hash: str
    posting_hash: str
    """SHA-256 of what went in."""
    values: dict[str, float | None]
    """Factor → value; None where unknown."""
    score: float
    filters: tuple[str, ...] = ()
    """The hard filters that fired."""
    rank: int | None = None
    """The place among all that the person is shown, from 1; None where it was hidden."""
    is_new: bool = False
    """Whether the posting was no match of this person before."""


class HiddenFrom(NamedTuple):
    """That a filter hides a posting from somebody, as far as a line of the log has to say it again."""

    candidate_id: UUID
    job_id: UUID
    filter: str
    profile_hash: str
    engine: str


@dataclass(frozen=True)
class KnownMatches:
    """What is stored of one person's matches, for comparing: without opening them."""

    scores: Mapping[UUID, float]
    """Of each posting."""
    prints: Mapping[UUID, bytes]
    """What tells the same match from another, of each posting."""
    keyed: Callable[[bytes], bytes]
    """Of this person: the same for the same content."""

    def hold(self, match: Match) -> bool:
        """Whether this very match is stored, reasons and all."""
        return self.scores.get(match.job_id) == match.score and self.prints[match.job_id] == print_of(match, self.keyed)

    def hold_numbers(self, match: Match, *, in_words: bool) -> bool:
        """Whether one with these numbers is stored, and in words where it has to be. What `match` says in words is not looked at."""
        if self.scores.get(match.job_id) != match.score:
            return False
        kept = self.prints[match.job_id][:_HALF]
        return any(kept == _half(match, told, self.keyed) for told in ((True,) if in_words else (False, True)))


_HALF = 8
"""Bytes of a print that tell of the numbers; as many tell of the words."""


def print_of(match: Match, keyed: Callable[[bytes], bytes]) -> bytes:
    """What tells a match from another: by its numbers, and by all of it."""
    told = any(factor.reason for factor in match.factors)
    return _half(match, told, keyed) + keyed(match.model_dump_json().encode())[:_HALF]


def _half(match: Match, told: bool, keyed: Callable[[bytes], bytes]) -> bytes:
    # Values may differ in the last bit between two indexes.
    values = [None if factor.value is None else round(factor.value, 9) for factor in match.factors]
    return keyed(json.dumps([match.score, match.track, told, values]).encode())[:_HALF]


class Selection(Model):
    """What the log of decisions says of one candidate."""

    candidate_id: UUID
    matched: bool
    """Whether there is any match of theirs, or was one in that time."""
    decided: int
    """Postings that were decided on for the first time: shown to them or hidden from them."""
    shown: int
    """Of these, those of which the last word is that they are shown."""
