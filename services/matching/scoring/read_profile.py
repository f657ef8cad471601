"""A profile as it is read: what its arrays and its sentences are both made of, worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from quiethire.domain.matching import Profile
from quiethire.domain.posting import Seniority
from services.matching.factors import culture
from services.matching.factors.skills import Known, known_skills
from services.matching.index.vocabulary import Titles
from services.matching.reading.industries import industries_of
from services.matching.reading.levels import level_of, work_words


class Held(NamedTuple):
    """A title held that names work."""

    title: str
    unit: Mapping[str, float]
    """Its words, as a vector of length one."""
    occupation: str
    """The occupation that it names, or nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadProfile:
    """One profile, in the terms of an index."""

    profile: Profile
    known: Mapping[str, Known]
    """Its skills by key."""
    held: tuple[Held, ...]
    level: Seniority | None
    industries: int
    culture: tuple[int, ...]
    """Wishes for remote, size and pace."""

    @classmethod
    def of(cls, profile: Profile, titles: Titles) -> Self:
        """Read it."""
        units = [(title, titles.unit(work_words(title))) for title in profile.titles]
        return cls(
            profile,
            known_skills(profile),
            tuple([Held(title, unit, titles.occupation(title)) for title, unit in units if unit]),
            level_of(profile.titles),
            industries_of(profile.industries),
            culture.wishes(profile.culture),
        )
