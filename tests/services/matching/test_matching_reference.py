"""The vectorised engine against a plain one, which scores one posting at a time from the definition."""

import math
import random
from collections import Counter

import pytest
from matching_examples import CANDIDATE, random_posting, random_profile

from quiethire.domain.matching import Proficiency, Profile
from quiethire.domain.money import in_euros
from quiethire.domain.posting import YEARLY_FACTOR, JobPosting, Workplace
from services.matching.engine import PostingIndex, match
from services.matching.reading.levels import RANKS, level_of, work_words
from services.matching.reading.regions import countries_of
from services.matching.reading.skill_names import skill_key
from services.matching.reading.statements import read_statements
from services.matching.reading.text import name_key

WEIGHTS = {"skills": 40, "experience": 20, "semantic": 15, "salary": 10, "culture": 10, "validation": 5}
LYING = {"Berlin, Germany": {"DE"}, "lyon": {"FR"}, "Oslo": {"NO"}}
KNOWN = {Proficiency.EXPERT: 1.0, Proficiency.WORKING: 0.7, Proficiency.LEARNING: 0.3}


class Reference:
    def __init__(self, postings: list[JobPosting]) -> None:
        self.count = len(postings)
        self.skills = Counter(key for each in postings for key in {skill_key(skill) for skill in each.skills})
        self.words = Counter(word for each in postings for word in set(work_words(each.title)))

    def idf(self, counts: Counter, key: str) -> float:
        return round(math.log((1 + self.count) / (1 + counts[key])) + 1, 1)

    def cosine(self, one: set[str], other: set[str]) -> float:
        a, b = ({word: self.idf(self.words, word) for word in each} for each in (one, other))
        lengths = math.hypot(*a.values()) * math.hypot(*b.values())
        return sum(a[word] * b[word] for word in a.keys() & b.keys()) / lengths

    def factors(self, profile: Profile, posting: JobPosting) -> dict[str, float | None]:
        return {
            "skills": self.skill_value(profile, posting),
            "experience": self.experience(profile, posting),
            "semantic": None,
            "salary": self.salary(profile, posting),
            "culture": self.culture(profile, posting),
            "validation": sum(profile.verified.values()) / len(profile.verified) if profile.verified else None,
        }

    def skill_value(self, profile, posting):
        optional = {skill_key(skill) for skill in read_statements(posting).optional_skills}
        weight = {
            key: self.idf(self.skills, key) * (0.5 if key in optional else 1) for key in map(skill_key, posting.skills)
        }
        known = {skill_key(skill): KNOWN[level] for skill, level in profile.skills.items()}
        if not weight or not known:
            return None
        overlap = sum(weight[key] * known.get(key, 0) for key in weight) / sum(weight.values())
        trust = min(1, len(weight) / 3)
        return trust * overlap + (1 - trust) / 2

    def experience(self, profile, posting):
        parts = []
        asked = read_statements(posting).years_asked
        if asked is not None and profile.years_experience is not None:
            parts.append(1 if profile.years_experience >= asked else profile.years_experience / asked)
        held = level_of(profile.titles)
        if held and posting.seniority:
            parts.append(max(0, 1 - 0.25 * max(0, RANKS[posting.seniority] - RANKS[held])))
        extent = sum(parts) / len(parts) if parts else None
        title = set(work_words(posting.title))
        held_titles = [set(work_words(each)) for each in profile.titles if work_words(each)]
        if not title or not held_titles:
            return extent
        likeness = min(1, max(self.cosine(title, each) for each in held_titles))
        return likeness if extent is None else likeness * extent

    def salary(self, profile, posting):
        floor, paid = profile.salary_floor, posting.salary
        if floor is None or paid is None:
            return None
        low, high, least = self.compared(paid, floor)
        if low is not None and low >= least:
            return 1
        if high is not None and high < least:
            return None  # The filter hides it: what it would be worth without the floor counts.
        return None if low is None or high is None else (high - least) / (high - low)

    @staticmethod
    def compared(paid, floor):
        """Yearly figures, in euros where the currencies differ."""
        figures = [paid.yearly_min, paid.yearly_max, floor.amount * YEARLY_FACTOR[floor.period]]
        if paid.currency == floor.currency:
            return figures
        currencies = (paid.currency, paid.currency, floor.currency)
        return [None if f is None else in_euros(f, currency) for f, currency in zip(figures, currencies, strict=True)]

    def culture(self, profile, posting):
        stated = read_statements(posting)
        remote = None if posting.remote is Workplace.NONE else posting.remote.value
        declared = {"size": stated.size, "pace": stated.pace, "remote": remote}
        both = [declared[name] == wish for name, wish in profile.culture.items() if declared.get(name)]
        return sum(both) / len(both) if both else None

    def score(self, profile, posting) -> float | None:
        values = self.factors(profile, posting)
        if values["skills"] is None and values["experience"] is None:
            return None
        known = {name: value for name, value in values.items() if value is not None}
        return 100 * sum(WEIGHTS[name] * value for name, value in known.items()) / sum(WEIGHTS[name] for name in known)

    def hidden_by(self, profile, posting) -> str | None:
        paid, floor, stated = posting.salary, profile.salary_floor, read_statements(posting)
        if paid is not None and floor is not None and paid.max is not None:
            _, high, least = self.compared(paid, floor)
            if high < least:
                return "salary"
        stated_workplace = posting.remote is not Workplace.NONE or posting.locations
        if profile.workplaces and stated_workplace and posting.remote not in profile.workplaces:
            return "workplace"
        if self.out_of_reach(profile, posting):
            return "location"
        named = [place.country for place in posting.locations] + self.allowed(posting)
        if profile.work_authorisation and stated.authorisation and named:
            may = set().union(*(countries_of(area) for area in profile.work_authorisation))
            if all(country and country not in may for country in named):
                return "work_authorisation"
        if profile.years_experience is not None and (stated.years_least or 0) > profile.years_experience:
            return "years"
        return None

    @staticmethod
    def allowed(posting) -> list[str | None]:
        return [country for area in posting.remote_allowed_in for country in countries_of(area) or (None,)]

    def out_of_reach(self, profile, posting) -> bool:
        if posting.remote is Workplace.REMOTE:
            allowed = self.allowed(posting)
            return bool(profile.countries and allowed) and all(c and c not in profile.countries for c in allowed)
        wished = {name_key(place.split(",")[0]): LYING[place] for place in profile.places}
        far = []
        for place in posting.locations:
            if wished:
                countries = wished.get(name_key(place.city), ()) if place.city else set().union(*wished.values())
                unknown = place.country is None and (place.city is None or name_key(place.city) in wished)
                far.append(not unknown and place.country not in countries)
            else:
                far.append(bool(profile.countries and place.country) and place.country not in profile.countries)
        return bool(far) and all(far)


@pytest.mark.parametrize("seed", range(12))
def test_vectorised_results_equal_those_of_one_posting_at_a_time(seed):
    rng = random.Random(seed)
    postings = [random_posting(rng, number) for number in range(60)]
    reference = Reference(postings)
    index = PostingIndex.build(postings)
    for _ in range(8):
        profile = random_profile(rng)
        scores = {posting.id: reference.score(profile, posting) for posting in postings}
        hidden_by = {posting.id: reference.hidden_by(profile, posting) for posting in postings}
        expected = {job: score for job, score in scores.items() if score is not None and not hidden_by[job]}
        result = match(CANDIDATE, [profile], index, floor=0, limit=1000)
        assert {each.job_id: each.score for each in result.matches} == pytest.approx(expected, abs=1e-6)
        assert {each.job_id: each.filter for each in result.hidden} == {
            job: name for job, name in hidden_by.items() if name and scores[job] is not None
        }
        by_id = {posting.id: posting for posting in postings}
        for each in result.matches:
            values = {factor.name: factor.value for factor in each.factors}
            assert values == pytest.approx(reference.factors(profile, by_id[each.job_id]), abs=1e-9)
            assert sum(factor.points for factor in each.factors) == pytest.approx(each.score, abs=1e-6)


def test_the_best_are_those_that_a_full_sort_gives():
    rng = random.Random(99)
    postings = [random_posting(rng, number) for number in range(80)]
    reference, index, profile = Reference(postings), PostingIndex.build(postings), random_profile(rng)
    scores = {posting.id: reference.score(profile, posting) for posting in postings}
    shown = [p.id for p in postings if (scores[p.id] or 0) >= 30 and reference.hidden_by(profile, p) is None]
    best = sorted(shown, key=lambda job: (-round(scores[job], 9), job))[:7]
    assert len(best) == 7
    assert [each.job_id for each in match(CANDIDATE, [profile], index, floor=30, limit=7).matches] == best
