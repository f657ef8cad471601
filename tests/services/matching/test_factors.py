import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from matching_examples import CANDIDATE, posting, profile

from quiethire.domain.matching import FactorScore, Proficiency, Profile, SalaryFloor, known_weight
from quiethire.domain.money import euros
from quiethire.domain.posting import JobPosting, Period, Salary, Seniority, Workplace
from services.matching import factors
from services.matching.engine import PostingIndex, match
from services.matching.factors.registry import FACTORS, points, points_of_rows, scores_with
from services.matching.factors.semantic import FULL, NONE
from services.matching.taxonomy.titles import open_occupations


def factor(name: str, person: Profile, *postings: JobPosting) -> FactorScore:
    """That factor of the first posting."""
    found = match(CANDIDATE, [person], PostingIndex.build(postings), floor=0)
    (first,) = (each for each in found.matches if each.job_id == postings[0].id)
    return next(each for each in first.factors if each.name == name)


def test_every_factor_file_is_registered_under_its_name():
    files = {path.stem for path in Path(factors.__file__).parent.glob("*.py")} - {"__init__", "registry"}
    assert {name for name, _ in FACTORS} == files


def test_points_of_many_rows_are_those_of_each_to_the_last_bit():
    levels = (math.nan, 0.0, 1 / 3, 1.0)
    rows = [list(row) for row in itertools.product(levels, repeat=len(FACTORS))]
    assert points_of_rows(np.array(rows)).tolist() == [points(row) for row in rows]


@pytest.mark.parametrize("now", [0.25, math.nan])
def test_a_score_with_other_skills_is_that_of_the_changed_values(now):
    values = [now, 0.5, math.nan, 1 / 3, math.nan, 0.5]
    skilled = [0.3, 0.9, 1.0]
    changed = [round(sum(points([each, *values[1:]])), 6) for each in skilled]
    assert scores_with(skilled, values) == pytest.approx(changed, abs=1e-9)


def test_weights_are_those_of_the_formula():
    weights = {"skills": 40, "experience": 20, "semantic": 15, "salary": 10, "culture": 10, "validation": 5}
    assert dict(FACTORS) == weights


@pytest.mark.parametrize(("level", "value"), [("expert", 1.0), ("working", 0.7), ("learning", 0.3)])
def test_a_skill_counts_by_its_proficiency(level, value):
    known = dict.fromkeys(posting().skills, Proficiency(level))
    assert factor("skills", profile(skills=known), posting()).value == pytest.approx(value)


def test_a_rarer_skill_is_worth_more():
    asked = posting("asked", skills=("Python", "Erlang", "SQL"))
    others = [posting(str(n)) for n in range(9)]
    common, rare = (
        factor("skills", profile(skills={skill: Proficiency.EXPERT}), asked, *others) for skill in asked.skills[:2]
    )
    assert rare.value > common.value


def test_a_wish_weighs_less_than_a_requirement():
    job = posting(skills=("Python", "Kafka", "SQL"), requirements=("Python and SQL", "Kafka is a plus"))
    known, missing = (
        factor("skills", profile(skills={skill: Proficiency.EXPERT}), job).value for skill in job.skills[:2]
    )
    assert (known, missing) == (pytest.approx(2 / 5), pytest.approx(1 / 5))


def test_the_reason_for_skills_names_what_is_known_and_what_is_missing():
    job = posting(skills=("Python", "SQL", "Kafka"), requirements=("Python and SQL", "Kafka is a plus"))
    reason = factor("skills", profile(skills={"python": Proficiency.EXPERT, "SQL": Proficiency.WORKING}), job).reason
    assert reason == "2 of 2 required skills: Python, SQL (working); 0 of 1 wished-for skill; missing Kafka"


@pytest.mark.parametrize(
    ("held", "asked"),
    [("Postgres", "PostgreSQL"), ("react", "React.js"), ("NodeJS", "Node.js"), ("Spark", "Apache Spark")],
)
def test_spellings_of_a_skill_meet(held, asked):
    reason = factor("skills", profile(skills={held: Proficiency.EXPERT}), posting(skills=(asked, "Y", "Z"))).reason
    assert reason == f"1 of 3 required skills: {asked}; missing Y, Z"


@pytest.mark.parametrize(("held", "asked"), [("C", "C++"), ("C#", "C++"), ("Java", "JavaScript"), ("Go", "Django")])
def test_different_skills_do_not(held, asked):
    skills = (asked, "Y", "Z")
    assert factor("skills", profile(skills={held: Proficiency.EXPERT}), posting(skills=skills)).value == 0


def test_the_better_proficiency_counts_where_a_skill_is_named_twice():
    twice = {"python": Proficiency.EXPERT, "Python": Proficiency.LEARNING}
    reason = factor("skills", profile(skills=twice), posting(skills=("Python", "Y", "Z"))).reason
    assert reason == "1 of 3 required skills: Python; missing Y, Z"


@pytest.mark.parametrize(
    ("skills", "value"), [(("Python",), 4 / 6), (("Python", "SQL"), 5 / 6), (("Python", "SQL", "Go"), 1.0)]
)
def test_few_skills_say_little_for_a_fit(skills, value):
    known = profile(skills=dict.fromkeys(skills, Proficiency.EXPERT))
    found = factor("skills", known, posting(skills=skills))
    assert found.value == pytest.approx(value)
    assert found.reason.endswith("so few skills say little") == (len(skills) < 3)


def test_few_skills_say_little_against_it():
    assert factor("skills", profile(), posting(skills=("Baking",))).value == pytest.approx(1 / 3)


def test_skills_are_unknown_unless_both_sides_name_some():
    assert factor("skills", profile(skills={}), posting()).reason == "unknown: the profile names no skills"
    assert factor("skills", profile(), posting(skills=())).reason == "unknown: the posting names no skills"


def test_where_skills_are_unknown_a_score_is_the_mean_of_the_rest_and_tells_how_much_is_known():
    index = PostingIndex.build([posting(skills=())])
    (found,) = match(CANDIDATE, [profile()], index).matches
    known = {each.name: each.value for each in found.factors if each.value is not None}
    assert known == {"experience": pytest.approx(1.0)}
    assert (found.score, known_weight(found.factors)) == (pytest.approx(100.0), 20)
    assert sum(each.points for each in found.factors) == pytest.approx(found.score, abs=1e-6)


def test_years_count_up_to_what_is_asked_and_more_is_never_less():
    job = posting(title="???", requirements=("6 years of experience",))
    values = [factor("experience", profile(years_experience=years), job).value for years in (3, 6, 30)]
    assert values == [0.5, 1.0, 1.0]
    assert factor("experience", profile(years_experience=3), job).reason == "3 years of experience, 6 asked"


def test_who_has_no_years_reaches_all_of_none_asked():
    job = posting(title="???", requirements=("0-2 years of experience",))
    found = factor("experience", profile(years_experience=0), job)
    assert (found.value, found.reason) == (1.0, "0 years of experience, 0 asked")


def test_a_level_below_costs_and_a_level_above_does_not():
    job = posting(title="???", seniority=Seniority.SENIOR)
    values = [
        factor("experience", profile(titles=(title,)), job).value for title in ("Junior X", "Senior X", "Director")
    ]
    assert values == [0.5, 1.0, 1.0]


def test_the_nearest_title_held_counts():
    job = posting(title="Senior Data Engineer (Remote), Payments")
    found = factor("experience", profile(titles=("Baker", "Data Engineer", "Engineer")), job)
    assert found.value == pytest.approx(1)
    assert found.reason == f"“Data Engineer” held shares 2 of 2 words with “{job.title}”: data, engineer"


def test_years_in_other_work_do_not_count():
    job = posting(title="Data Engineer", requirements=("5 years of experience",))
    baker, half_baker, engineer = (
        factor("experience", profile(titles=(title,), years_experience=9), job).value
        for title in ("Baker", "Data Baker", "Data Engineer")
    )
    assert (baker, engineer) == (0, pytest.approx(1))
    assert 0 < half_baker < 1


def test_experience_is_unknown_where_nothing_can_be_compared():
    assert factor("experience", profile(titles=(), years_experience=4), posting()).value is None
    assert factor("experience", profile(titles=()), posting(requirements=("4 years of experience",))).value is None


def by_meaning(cosine: float | None) -> FactorScore:
    """The semantic factor of a profile and a posting whose vectors have this cosine."""
    job = posting()
    vector = None if cosine is None else (cosine, (1 - cosine**2) ** 0.5)
    index = PostingIndex.build([job], vectors={} if vector is None else {job.id: vector})
    (found,) = match(CANDIDATE, [profile()], index, vectors=[(1.0, 0.0)], floor=0).matches
    return next(each for each in found.factors if each.name == "semantic")


@pytest.mark.parametrize(
    ("cosine", "value"), [(NONE - 0.1, 0), (-1, 0), ((NONE + FULL) / 2, 0.5), (FULL, 1), (0.99, 1)]
)
def test_meaning_counts_between_the_cosine_worth_nothing_and_that_worth_all(cosine, value):
    assert by_meaning(cosine).value == pytest.approx(value, abs=0.02)
    assert by_meaning(cosine).reason.endswith("as alike as texts of one trade, by meaning")


def test_semantic_is_unknown_without_a_vector_on_a_side():
    assert by_meaning(None).value is None
    job = posting()
    index = PostingIndex.build([job], vectors={job.id: (1.0, 0.0)})
    (found,) = match(CANDIDATE, [profile()], index, vectors=[None], floor=0).matches
    assert found.factors[2].reason == "unknown: the texts of profile and posting were not compared yet"


def pay(low: int | None, high: int | None, currency: str = "EUR", period: Period = Period.YEAR) -> JobPosting:
    return posting(salary=Salary(min=low, max=high, currency=currency, period=period))


@pytest.mark.parametrize(
    ("job", "value"),
    [
        (pay(60_000, 80_000), 1.0),
        (pay(40_000, 80_000), 0.5),
        (pay(55_000, None), None),
        (pay(65_000, None), 1.0),
        (pay(None, 70_000), None),
        (pay(60_000, 60_000), 1.0),
        (pay(40_000, 60_000), 0.0),
        (pay(40_000, 80_000, "XXX"), None),
        (pay(5_000, 6_000, period=Period.MONTH), 1.0),
        (posting(), None),
    ],
)
def test_pay_counts_by_the_share_of_its_range_above_the_floor(job, value):
    found = factor("salary", profile(salary_floor=SalaryFloor(amount=60_000, currency="EUR")), job)
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.reason.startswith("unknown: ") == (value is None)


def test_pay_in_another_currency_is_compared_in_euros_and_says_so():
    floor = SalaryFloor(amount=60_000, currency="EUR")
    low, high = (round(amount / euros()["USD"]) for amount in (40_000, 80_000))
    found = factor("salary", profile(salary_floor=floor), pay(low, high, "USD"))
    assert found.value == pytest.approx(0.5, abs=1e-4)
    about = round(60_000 / euros()["USD"] / 1000)
    assert f"the floor of 60,000 EUR, about {about}," in found.reason
    assert found.reason.endswith(" USD at the reference rate")


def test_the_reason_for_pay_gives_both_figures():
    reason = factor(
        "salary",
        profile(salary_floor=SalaryFloor(amount=5_000, currency="EUR", period=Period.MONTH)),
        pay(50_000, 70_000),
    )
    assert reason.reason == "50% of pay of 50,000–70,000 EUR a year is at or above the floor of 60,000"


def test_an_industry_counts_where_both_sides_state_one():
    job = posting(description_text="We are a fintech company.", requirements=("4 years of experience",))
    same, other, silent = (
        factor("experience", profile(years_experience=4, industries=industries), job)
        for industries in (("Banking",), ("retail",), ())
    )
    assert (same.value, silent.value) == (pytest.approx(1), pytest.approx(1))
    assert other.value == pytest.approx(0.75)
    assert "experience in the same industry: banking and finance" in same.reason
    assert "experience in another industry than banking and finance" in other.reason
    assert "industry" not in silent.reason


def test_an_industry_alone_says_nothing_of_experience():
    job = posting(title="???", description_text="We are a fintech company.")
    assert factor("experience", profile(titles=(), industries=("fintech",)), job).value is None


class Kin:
    """Titles of one word: plumbers and fitters are akin."""

    def occupation(self, title: str) -> str | None:
        return {"Plumber": "plumber", "Pipe Fitter": "fitter", "Klempner": "plumber"}.get(title)

    def name(self, occupation: str) -> str:
        return {"plumber": "plumber and heating engineer"}.get(occupation, occupation)

    def likeness(self, one: str, other: str) -> float:
        return 1.0 if one == other else 0.6


@pytest.mark.parametrize(
    ("held", "value", "reason"),
    [
        ("Klempner", 1.0, "“Klempner” held is the same occupation as “Plumber” (plumber and heating engineer)"),
        ("Pipe Fitter", 0.6, "“Pipe Fitter” held is work akin to “Plumber” (plumber and heating engineer)"),
        ("Baker", 0.0, "no title held shares a word with “Plumber”"),
        ("Plumber", 1.0, "“Plumber” held shares 1 of 1 words with “Plumber”: plumber"),
    ],
)
def test_titles_are_alike_by_their_occupations_too(held, value, reason):
    index = PostingIndex.build([posting(title="Plumber")], occupations=Kin())
    (found,) = match(CANDIDATE, [profile(titles=(held,))], index, floor=0).matches
    assert (found.factors[1].value, found.factors[1].reason) == (pytest.approx(value), reason)


def test_an_occupation_is_told_by_its_name(tmp_path_factory):
    occupations = open_occupations(tmp_path_factory.mktemp("taxonomy"))
    if not len(occupations):
        pytest.skip("the extra `taxonomy` is not installed")
    index = PostingIndex.build([posting(title="Realtor")], occupations=occupations)
    (found,) = match(CANDIDATE, [profile(titles=("Real estate agent",))], index, floor=0).matches
    reason = found.factors[1].reason
    assert reason == "“Real estate agent” held is the same occupation as “Realtor” (real estate agent)"


def test_culture_compares_what_both_sides_declare():
    job = posting(remote=Workplace.HYBRID, description_text="A fast-paced team. We have 120 employees.")
    found = factor("culture", profile(culture={"remote": "hybrid", "pace": "steady", "size": "Medium"}), job)
    assert found.value == pytest.approx(2 / 3)
    assert found.reason == "remote: hybrid, as wished; size: medium, as wished; pace: fast, steady wished"


@pytest.mark.parametrize("culture", [{}, {"size": "large"}, {"pace": "whatever"}, {"food": "vegan"}])
def test_culture_is_unknown_where_only_one_side_declares(culture):
    assert factor("culture", profile(culture=culture), posting(description_text="A fast-paced team.")).value is None


def test_an_on_site_wish_is_not_held_against_a_posting_that_does_not_say():
    assert factor("culture", profile(culture={"remote": "remote"}), posting(remote=Workplace.NONE)).value is None


def test_validation_is_the_share_of_the_profile_that_is_verified():
    found = factor("validation", profile(verified={"skills": True, "experience": False}), posting())
    assert (found.value, found.reason) == (0.5, "1 of 2 parts of the profile verified: skills")
    assert factor("validation", profile(), posting()).value is None
