"""Skills: how much of what a posting asks is known, and how well."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiethire.domain.matching import Proficiency, Profile
from services.matching.compiled import inlined
from services.matching.reading.skill_names import skill_key

WEIGHT = 40.0

PROFICIENCY = {Proficiency.EXPERT: 1.0, Proficiency.WORKING: 0.7, Proficiency.LEARNING: 0.3}

OPTIONAL_SHARE = 0.5
"""A skill that is only wished for weighs half of a required one."""

ENOUGH = 3
"""So many skills say what a posting needs. Fewer say little, for or against: the value is drawn towards the middle."""

_NAMED = 5
"""A reason names so many skills of a kind, and counts the rest."""


@inlined
def value(overlap: float, total: float, count: int) -> float:
    """Sum of rarity x level over the skills asked, by the sum of their rarities; 0-1.

    A posting that names fewer than `ENOUGH` is drawn towards 0.5: one skill that happens to be known does not make a fit.
    """
    if count >= ENOUGH:
        return min(1.0, overlap / total)
    trust = count / ENOUGH
    return trust * min(1.0, overlap / total) + (1.0 - trust) * 0.5


@inlined
def level(proficiency: float, years: float, asked: float) -> float:
    """How far a skill is known: its proficiency, less where fewer years of it are held than asked. NaN = years not known."""
    if asked > 0 and years < asked:
        return proficiency * years / asked
    return proficiency


class Known(NamedTuple):
    """One skill of a profile."""

    proficiency: Proficiency
    years: float
    """NaN where not known."""


def known_skills(profile: Profile) -> dict[str, Known]:
    """Skills by key; the better proficiency and the more years where one is named twice."""
    known: dict[str, Known] = {}
    for skill, proficiency in profile.skills.items():
        key = skill_key(skill)
        years = profile.skill_years.get(skill, math.nan)
        other = known.get(key)
        if other is not None:
            proficiency = max(proficiency, other.proficiency, key=PROFICIENCY.__getitem__)  # noqa: PLW2901
            years = other.years if math.isnan(years) else max(years, other.years)
        known[key] = Known(proficiency, years)
    return known


@dataclass(frozen=True)
class AskedSkill:
    """One skill of a posting."""

    name: str
    key: str
    optional: bool
    years: int
    """0 where none are asked."""
    weight: float
    """Its rarity, less where it is only wished for."""


def sentence(factor: float, asked: tuple[AskedSkill, ...], known: Mapping[str, Known]) -> str:
    """What is known of what is asked."""
    if math.isnan(factor):
        return "unknown: " + ("the posting names no skills" if known else "the profile names no skills")
    required = [skill for skill in asked if not skill.optional]
    wished = [skill for skill in asked if skill.optional]
    parts = [_kind(skills, kind, known) for skills, kind in ((required, "required"), (wished, "wished-for")) if skills]
    if len(asked) < ENOUGH:
        parts.append("so few skills say little")
    return "; ".join(parts)


def _kind(asked: list[AskedSkill], kind: str, known: Mapping[str, Known]) -> str:
    have: list[str] = []
    lacking: list[str] = []
    for skill in asked:
        own = known.get(skill.key)
        if own is None:
            lacking.append(skill.name)
        else:
            have.append(_held(skill, own))
    told = f"{len(have)} of {len(asked)} {kind} {'skill' if len(asked) == 1 else 'skills'}"
    if have:
        told += f": {_list(have)}"
    return f"{told}; missing {_list(lacking)}" if lacking else told


def _held(skill: AskedSkill, known: Known) -> str:
    notes: list[str] = [] if known.proficiency is Proficiency.EXPERT else [known.proficiency]
    if skill.years and known.years < skill.years:
        notes.append(f"{known.years:g} of {skill.years} years")
    return f"{skill.name} ({', '.join(notes)})" if notes else skill.name


def _list(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
