import random
from uuid import UUID

import pytest
from matching_examples import BERLIN, CANDIDATE, posting, profile, random_posting, random_profile

from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import MATCH_FLOOR, Candidate, Proficiency, Profile, SalaryFloor
from quiethire.domain.posting import Period, Salary, Workplace
from services.matching.engine import PostingMatrix, Rarity, match, match_many

NEVER_SCORED = {
    "name",
    "photo",
    "gender",
    "birth_date",
    "age",
    "pronoun",
    "graduation_year",
    "postcode",
    "school",
    "gaps",
}


def test_the_engine_is_given_nothing_that_is_never_scored():
    assert NEVER_SCORED.isdisjoint(Profile.model_fields)


def test_swapping_the_name_changes_nothing():
    matrix = PostingMatrix.build([posting(str(n)) for n in range(3)])
    people = [Candidate(id=CANDIDATE, name=name, profile=profile()) for name in ("Aisha Bello", "Hans Meier")]
    first, second = (match(each.id, each.profile, matrix) for each in people)
    assert first == second
    assert first.matches


def test_equal_scores_are_ordered_by_job_id_however_the_postings_are_given():
    postings = [posting(str(n), skills=("Python", "SQL", "Kafka", "dbt", "Go")[n % 2 :]) for n in range(20)]
    orders = [postings, postings[::-1], random.Random(1).sample(postings, 20)]
    results = [match(CANDIDATE, profile(), PostingMatrix.build(order), floor=0).matches for order in orders]
    assert results[0] == results[1] == results[2]
    keys = [(-each.score, each.job_id) for each in results[0]]
    assert keys == sorted(keys)
    assert len({score for score, _ in keys}) == 2


def test_the_order_in_which_skills_are_named_does_not_matter():
    skills = ("Python", "SQL", "Kafka", "Spark", "dbt", "Go", "Rust")
    matrix = PostingMatrix.build([posting("a", skills=skills), posting("b", skills=skills[::-1])])
    both = match(CANDIDATE, profile(skills={"SQL": Proficiency.WORKING, "Go": Proficiency.LEARNING}), matrix, floor=0)
    assert both.matches[0].score == both.matches[1].score


def test_scores_below_the_floor_are_not_shown():
    good, bad = posting("good"), posting("bad", title="Baker", skills=("Baking",))
    result = match(CANDIDATE, profile(), PostingMatrix.build([good, bad]))
    assert [each.job_id for each in result.matches] == [good.id]
    assert result.matches[0].score >= MATCH_FLOOR
    assert result.considered == 2


def test_the_weight_of_an_unknown_factor_goes_to_the_others_in_proportion():
    (found,) = match(CANDIDATE, profile(), PostingMatrix.build([posting()])).matches
    factors = {factor.name: factor for factor in found.factors}
    assert [factors[name].value for name in ("salary", "culture", "validation")] == [None, None, None]
    assert [factors[name].points for name in ("salary", "culture", "validation")] == [0, 0, 0]
    assert factors["salary"].reason.startswith("unknown: ")
    assert factors["skills"].points == pytest.approx(100 * 40 / 75)
    assert found.score == pytest.approx(100)


def test_a_posting_of_whose_fit_nothing_is_known_is_no_match():
    paid = Salary(min=90_000, max=99_000, currency="EUR", period=Period.YEAR)
    silent = posting(title="???", skills=(), salary=paid, remote=Workplace.REMOTE)
    wishes = profile(
        salary_floor=SalaryFloor(amount=50_000, currency="EUR"), culture={"remote": "remote"}, verified={"skills": True}
    )
    assert match(CANDIDATE, wishes, PostingMatrix.build([silent]), floor=0).matches == ()


def test_hidden_postings_are_those_that_would_have_been_matches():
    far = posting("far", locations=(BERLIN,))
    bakery = posting("bakery", title="Baker", skills=("Baking",), locations=(BERLIN,))
    result = match(CANDIDATE, profile(places=("Lyon",)), PostingMatrix.build([far, bakery]))
    assert result.matches == ()
    assert [(each.job_id, each.filter) for each in result.hidden] == [(far.id, "location")]


def test_no_postings_give_no_matches():
    result = match(CANDIDATE, profile(), PostingMatrix.build([]))
    assert (result.matches, result.hidden, result.considered) == ((), (), 0)


def test_an_empty_profile_matches_nothing_and_is_hidden_nothing():
    result = match(CANDIDATE, Profile(), PostingMatrix.build([posting(locations=(BERLIN,))]), floor=0)
    assert (result.matches, result.hidden) == ((), ())


def test_a_posting_given_twice_is_refused():
    with pytest.raises(InvalidInput, match="given twice"):
        PostingMatrix.build([posting(), posting()])


def test_many_candidates_get_what_each_gets_alone():
    rng = random.Random(3)
    matrix = PostingMatrix.build([random_posting(rng, n) for n in range(20)])
    people = [(UUID(int=n), random_profile(rng)) for n in range(5)]
    assert list(match_many(people, matrix, floor=0)) == [match(who, each, matrix, floor=0) for who, each in people]


def test_a_posting_scores_the_same_alone_as_among_all_with_their_rarity():
    rng = random.Random(5)
    postings = [random_posting(rng, n) for n in range(30)]
    person = random_profile(rng)
    together = {m.job_id: m for m in match(CANDIDATE, person, PostingMatrix.build(postings), floor=0).matches}
    fresh = PostingMatrix.build(postings[:5], rarity=Rarity.of(postings))
    alone = match(CANDIDATE, person, fresh, floor=0).matches
    assert alone
    assert all(together[each.job_id] == each for each in alone)
