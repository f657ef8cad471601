"""A match in words: each factor's sentence, and what one more skill would do."""

from collections.abc import Sequence
from functools import cached_property

from quiethire.domain.matching import Improvement, Proficiency, Profile
from services.matching.factors import culture, experience, salary, semantic, skills, validation
from services.matching.factors.experience import Compared, Likeness
from services.matching.factors.registry import SKILLS, score
from services.matching.factors.skills import PROFICIENCY, Known, known_skills
from services.matching.index.vocabulary import Titles
from services.matching.reading.industries import industries_of
from services.matching.reading.levels import level_of, work_words
from services.matching.reasons.view import PostingView

_IMPROVEMENTS = 3


class Teller:
    """Tells the matches of one profile."""

    def __init__(self, profile: Profile, titles: Titles) -> None:
        self._profile = profile
        self._titles = titles
        self._known: dict[str, Known] = known_skills(profile)
        self._likened: dict[int, Likeness | None] = {}
        self._wished = culture.wishes(profile.culture)
        self._industries = industries_of(profile.industries)
        level = level_of(profile.titles)
        self._level = level.value if level else None

    @cached_property
    def _verified(self) -> str:
        return validation.sentence(self._profile.verified)

    @cached_property
    def _held(self) -> list[tuple[str, dict[str, float]]]:
        units = ((title, self._titles.rarity.unit(work_words(title))) for title in self._profile.titles)
        return [(title, unit) for title, unit in units if unit]

    @cached_property
    def _worked_as(self) -> list[tuple[str, str]]:
        """The titles held that name an occupation, each with it."""
        named = ((title, self._titles.occupation(title)) for title, _ in self._held)
        return [(title, occupation) for title, occupation in named if occupation]

    def sentences(self, posting: PostingView, values: Sequence[float]) -> tuple[str, ...]:
        """A sentence for every factor, in the order of `FACTORS`."""
        by_skills, by_experience, by_meaning, by_salary, by_culture, _ = values
        return (
            skills.sentence(by_skills, posting.skills, self._known),
            experience.sentence(by_experience, self._compared(posting)),
            semantic.sentence(by_meaning),
            salary.sentence(by_salary, self._profile.salary_floor, posting.paid),
            culture.sentence(by_culture, posting.culture, self._wished),
            self._verified,
        )

    def _compared(self, posting: PostingView) -> Compared:
        return Compared(
            years=self._profile.years_experience,
            asked=posting.asked,
            held_level=self._level,
            level=posting.level,
            own_industries=self._industries,
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
        asked = list(dict.fromkeys(work_words(title)))
        if not asked or not self._held:
            return None
        unit = self._titles.unit(number)
        by_words = [sum([weight * unit.get(word, 0.0) for word, weight in held.items()]) for _, held in self._held]
        best = max(by_words)
        held, words = self._held[by_words.index(best)]
        shared = [word for word in asked if word in words]
        by_occupation, kept, occupation, kin = self._occupation(title)
        if by_occupation > best:
            return Likeness(kept, shared, len(asked), occupation, kin)
        return Likeness(held, shared, len(asked))

    def _occupation(self, title: str) -> tuple[float, str, str, bool]:
        """The greatest likeness by occupation, the title held, the posting's occupation, and whether they are two."""
        occupations, asked = self._titles.occupations, self._titles.occupation(title)
        if occupations is None or not asked:
            return 0.0, "", "", False
        alike = [(occupations.likeness(own, asked), each, asked, own != asked) for each, own in self._worked_as]
        likeness, title, key, kin = max(alike, key=lambda each: each[0], default=(0.0, "", "", False))
        return likeness, title, occupations.name(key) if key else "", kin

    def improvements(self, posting: PostingView, values: Sequence[float], before: float) -> tuple[Improvement, ...]:
        """The skills asked and not known that would raise the score of before most, each learnt to working level; the most first.

        The changed profile is scored: its skills anew, all else as it is.
        """
        lacking = sorted(
            (
                (weight * (skills.OPTIONAL_SHARE if skill.optional else 1.0), skill.name)
                for skill, weight in zip(posting.skills, posting.skill_weights, strict=True)
                if skill.key not in self._known
            ),
            key=lambda pair: (-pair[0], pair[1]),
        )[:_IMPROVEMENTS]
        if not lacking:
            return ()
        overlap = sum(self._overlap(posting))
        learnt = [(name, self._with(posting, values, overlap, weight)) for weight, name in lacking]
        return tuple(Improvement(skill=name, score=after) for name, after in learnt if after > before)

    def _with(self, posting: PostingView, values: Sequence[float], overlap: float, weight: float) -> float:
        value = skills.value(
            overlap + PROFICIENCY[Proficiency.WORKING] * weight, posting.skill_total, len(posting.skills)
        )
        return score([*values[:SKILLS], value, *values[SKILLS + 1 :]])

    def _overlap(self, posting: PostingView) -> list[float]:
        return [
            weight
            * (skills.OPTIONAL_SHARE if skill.optional else 1.0)
            * skills.level(PROFICIENCY[known.proficiency], known.years, skill.years)
            for skill, weight in zip(posting.skills, posting.skill_weights, strict=True)
            if (known := self._known.get(skill.key)) is not None
        ]
