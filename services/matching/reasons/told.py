"""A match in words: each factor's sentence, and what one more skill would do."""

from collections.abc import Sequence
from functools import cached_property

from quiethire.domain.matching import Proficiency
from services.matching.factors import culture, experience, salary, semantic, skills, validation
from services.matching.factors.experience import Compared, Likeness
from services.matching.factors.registry import scores_with
from services.matching.factors.skills import PROFICIENCY, AskedSkill
from services.matching.index.vocabulary import Titles
from services.matching.reading.levels import work_words
from services.matching.reasons.view import PostingView
from services.matching.scoring.read_profile import Held, ReadProfile

_IMPROVEMENTS = 3
_LEARNT = PROFICIENCY[Proficiency.WORKING]


class Teller:
    """Tells the matches of one profile."""

    def __init__(self, own: ReadProfile, titles: Titles) -> None:
        self._own = own
        self._titles = titles
        self._likened: dict[int, Likeness | None] = {}
        self._verified = validation.sentence(own.profile.verified)
        self._level = own.level.value if own.level else None

    @cached_property
    def _worked_as(self) -> list[Held]:
        """The titles held that name an occupation."""
        return [held for held in self._own.held if held.occupation]

    def sentences(self, posting: PostingView, values: Sequence[float]) -> tuple[str, ...]:
        """A sentence for every factor, in the order of `FACTORS`."""
        by_skills, by_experience, by_meaning, by_salary, by_culture, _ = values
        own = self._own
        return (
            skills.sentence(by_skills, posting.skills, own.known),
            experience.sentence(by_experience, self._compared(posting)),
            semantic.sentence(by_meaning),
            salary.sentence(by_salary, own.profile.salary_floor, posting.paid),
            culture.sentence(by_culture, posting.culture, own.culture),
            self._verified,
        )

    def _compared(self, posting: PostingView) -> Compared:
        return Compared(
            years=self._own.profile.years_experience,
            asked=posting.asked,
            held_level=self._level,
            level=posting.level,
            own_industries=self._own.industries,
            industries=posting.industries,
            title=posting.title,
            likeness=self._likeness(posting.title, posting.title_number),
        )

    def _likeness(self, title: str, number: int) -> Likeness | None:
        """The title held that comes nearest; None where one side names no work."""
        if number not in self._likened:
            self._likened[number] = self._nearest(title, number)
        return self._likened[number]

    def _nearest(self, title: str, number: int) -> Likeness | None:
        asked = work_words(title)
        if not asked or not self._own.held:
            return None
        unit = self._titles.unit(asked)
        by_words = [
            sum([weight * unit.get(word, 0.0) for word, weight in held.unit.items()]) for held in self._own.held
        ]
        best = max(by_words)
        nearest = self._own.held[by_words.index(best)]
        words = dict.fromkeys(asked)
        shared = [word for word in words if word in nearest.unit]
        by_occupation, kept, occupation, kin = self._occupation(number)
        if by_occupation > best:
            return Likeness(kept, shared, len(words), occupation, kin)
        return Likeness(nearest.title, shared, len(words))

    def _occupation(self, number: int) -> tuple[float, str, str, bool]:
        """The greatest likeness by occupation, the title held, the posting's occupation, and whether they are two."""
        occupations, asked = self._titles.occupations, self._titles.occupation_of(number)
        if occupations is None or not asked or not self._worked_as:
            return 0.0, "", "", False
        alike = [occupations.likeness(held.occupation, asked) for held in self._worked_as]
        likeness = max(alike)
        held = self._worked_as[alike.index(likeness)]
        return likeness, held.title, occupations.name(asked), held.occupation != asked

    def improvements(self, posting: PostingView, values: Sequence[float], before: float) -> list[tuple[str, float]]:
        """The skills asked and not known that would raise the score of before most, each learnt to working level; the most first.

        With the score of the profile with that skill: its skills anew, all else as it is. So is the meaning of the whole profile, though
        skills are part of the text that it is made of: a vector for each skill that somebody lacks, of each of a million people, cannot be
        had. The next run may score the changed profile higher or lower than is told here, by what the skill does to its meaning.
        """
        lacking = [skill for skill in posting.skills if skill.key not in self._own.known]
        if not lacking:
            return []
        lacking.sort(key=lambda skill: (-skill.weight, skill.name))
        del lacking[_IMPROVEMENTS:]
        overlap, count = self._overlap(posting.skills), len(posting.skills)
        learnt = [skills.value(overlap + _LEARNT * skill.weight, posting.skill_total, count) for skill in lacking]
        after = scores_with(learnt, values)
        return [(skill.name, score) for skill, score in zip(lacking, after, strict=True) if score > before]

    def _overlap(self, asked: Sequence[AskedSkill]) -> float:
        known = self._own.known
        both = [(skill, own) for skill in asked if (own := known.get(skill.key)) is not None]
        return sum(
            [skill.weight * skills.level(PROFICIENCY[own.proficiency], own.years, skill.years) for skill, own in both]
        )
