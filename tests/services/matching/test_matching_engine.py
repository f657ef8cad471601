import math
import random
from uuid import UUID

import pytest
from matching_examples import BERLIN, CANDIDATE, posting, profile, random_posting, random_profile

from quiethire.domain.candidate import Candidate, SkillLevel, Track
from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import MATCH_FLOOR, Proficiency, Profile, SalaryFloor
from quiethire.domain.posting import Period, Salary, Workplace
from services.matching.engine import Person, PostingIndex, match, match_all, rank

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
    index = PostingIndex.build([posting(str(n)) for n in range(3)])
    track = Track(skills=dict.fromkeys(("Python", "SQL", "Linux"), SkillLevel()))
    people = [Candidate(id=CANDIDATE, name=name, tracks=(track,)) for name in ("Aisha Bello", "Hans Meier")]
    first, second = (match(each.id, each.profiles, index) for each in people)
    assert first == second
    assert first.matches


def test_equal_scores_are_ordered_by_job_id_however_the_postings_are_given():
    postings = [posting(str(n), skills=("Python", "SQL", "Kafka", "dbt", "Go")[n % 2 :]) for n in range(20)]
    orders = [postings, postings[::-1], random.Random(1).sample(postings, 20)]
    results = [match(CANDIDATE, [profile()], PostingIndex.build(order), floor=0).matches for order in orders]
    assert results[0] == results[1] == results[2]
    keys = [(-each.score, each.job_id) for each in results[0]]
    assert keys == sorted(keys)
    assert len({score for score, _ in keys}) == 2


def test_the_order_in_which_skills_are_named_does_not_matter():
    skills = ("Python", "SQL", "Kafka", "Spark", "dbt", "Go", "Rust")
    index = PostingIndex.build([posting("a", skills=skills), posting("b", skills=skills[::-1])])
    known = {"SQL": Proficiency.WORKING, "Go": Proficiency.LEARNING}
    both = match(CANDIDATE, [profile(skills=known)], index, floor=0)
    assert both.matches[0].score == both.matches[1].score


def test_scores_below_the_floor_are_not_shown():
    good, bad = posting("good"), posting("bad", title="Baker", skills=("Baking",))
    result = match(CANDIDATE, [profile()], PostingIndex.build([good, bad]))
    assert [each.job_id for each in result.matches] == [good.id]
    assert result.matches[0].score >= MATCH_FLOOR
    assert result.considered == 2


def test_the_weight_of_an_unknown_factor_goes_to_the_others_in_proportion():
    (found,) = match(CANDIDATE, [profile()], PostingIndex.build([posting()])).matches
    factors = {factor.name: factor for factor in found.factors}
    assert [factors[name].value for name in ("semantic", "salary", "culture", "validation")] == [None] * 4
    assert [factors[name].points for name in ("semantic", "salary", "culture", "validation")] == [0] * 4
    assert factors["salary"].reason.startswith("unknown: ")
    assert factors["skills"].points == pytest.approx(100 * 40 / 60)
    assert found.score == pytest.approx(100)


def test_a_posting_of_whose_fit_nothing_is_known_is_no_match():
    paid = Salary(min=90_000, max=99_000, currency="EUR", period=Period.YEAR)
    silent = posting(title="???", skills=(), salary=paid, remote=Workplace.REMOTE)
    wishes = profile(
        salary_floor=SalaryFloor(amount=50_000, currency="EUR"), culture={"remote": "remote"}, verified={"skills": True}
    )
    assert match(CANDIDATE, [wishes], PostingIndex.build([silent]), floor=0).matches == ()


def test_hidden_postings_are_those_that_would_have_been_matches():
    far = posting("far", locations=(BERLIN,))
    bakery = posting("bakery", title="Baker", skills=("Baking",), locations=(BERLIN,))
    result = match(CANDIDATE, [profile(places=("Lyon",))], PostingIndex.build([far, bakery]))
    assert result.matches == ()
    assert [(each.job_id, each.filter) for each in result.hidden] == [(far.id, "location")]


def test_what_a_pay_limit_hides_is_what_was_a_match_without_it():
    paid = Salary(min=70_000, max=90_000, currency="EUR", period=Period.YEAR)
    postings = [posting(str(n), salary=paid, skills=("Python", "SQL", *"abcd"[:n])) for n in range(5)]
    index, person = PostingIndex.build(postings), profile()
    before = match(CANDIDATE, [person], index, floor=60).matches
    assert min(each.score for each in before) < 68  # Ten points of pay more or less would take it below the floor.
    after = match(
        CANDIDATE,
        [person.model_copy(update={"salary_floor": SalaryFloor(amount=95_000, currency="EUR")})],
        index,
        floor=60,
    )
    assert (after.matches, after.hidden_counts) == ((), {"salary": len(before)})
    assert [(each.job_id, each.score) for each in after.hidden] == [(each.job_id, each.score) for each in before]


def test_no_postings_give_no_matches():
    result = match(CANDIDATE, [profile()], PostingIndex.build([]))
    assert (result.matches, result.hidden, result.considered) == ((), (), 0)


def test_an_empty_profile_matches_nothing_and_is_hidden_nothing():
    result = match(CANDIDATE, [Profile()], PostingIndex.build([posting(locations=(BERLIN,))]), floor=0)
    assert (result.matches, result.hidden) == ((), ())


def test_a_posting_given_twice_is_refused():
    with pytest.raises(InvalidInput, match="given twice"):
        PostingIndex.build([posting(), posting()])


def test_many_candidates_get_what_each_gets_alone_and_in_their_order():
    rng = random.Random(3)
    index = PostingIndex.build([random_posting(rng, n) for n in range(20)])
    people = [Person(UUID(int=n), [random_profile(rng) for _ in range(n % 3)]) for n in range(600)]
    together = [ranking.matches() for ranking in match_all(people, index, floor=0)]
    assert together == [match(each.id, each.profiles, index, limit=200, floor=0).matches for each in people]


def test_the_best_track_counts():
    bread, data = posting("bread", title="Baker", skills=("Dough", "Ovens", "Flour")), posting("data")
    baker = Profile(track="bread", titles=("Baker",), skills=dict.fromkeys(bread.skills, Proficiency.WORKING))
    engineer = profile(track="data")
    index = PostingIndex.build([bread, data])
    both = match(CANDIDATE, [baker, engineer], index)
    alone = [match(CANDIDATE, [each], index).matches[0] for each in (engineer, baker)]
    assert list(both.matches) == alone
    assert [each.track for each in both.matches] == ["data", "bread"]


def test_a_posting_that_fits_several_tracks_stands_once_among_the_first():
    postings = [posting(str(n), skills=("Python", "SQL", *"abcdef"[:n])) for n in range(6)]
    tracks = [profile(track="good"), profile(track="other", skills={"Python": Proficiency.LEARNING, "a": "expert"})]
    built = PostingIndex.build(postings[:4]).changed(postings[4:])
    for index in (PostingIndex.build(postings, rarity=built.vocabulary.rarity), built):
        whole = match(CANDIDATE, tracks, index, floor=0).matches
        assert sorted(each.job_id for each in whole) == sorted(each.id for each in postings)
        best = [max(match(CANDIDATE, [each], index, floor=0).matches, key=lambda one: one.score) for each in tracks]
        assert whole[0].score == max(each.score for each in best)
        assert match(CANDIDATE, tracks, index, floor=0, limit=3).matches == whole[:3]
        assert [(-each.score, each.job_id) for each in whole] == sorted((-each.score, each.job_id) for each in whole)


def test_of_tracks_that_fit_the_same_the_first_counts():
    index = PostingIndex.build([posting()])
    (found,) = match(CANDIDATE, [profile(track="one"), profile(track="two")], index).matches
    assert found.track == "one"


def test_what_one_track_may_have_is_not_hidden_by_another():
    job = posting(requirements=("At least 5 years of experience with data.",))
    index = PostingIndex.build([job])
    short, long = profile(years_experience=1), profile(years_experience=8)
    assert [each.filter for each in match(CANDIDATE, [short, short], index).hidden] == ["years"]
    result = match(CANDIDATE, [short, long], index)
    assert ([each.job_id for each in result.matches], result.hidden) == ([job.id], ())


@pytest.mark.parametrize("blocked", ["ACME", "Acme GmbH", "acme.example", "https://www.acme.example/jobs"])
def test_a_blocked_company_leaves_the_result_without_a_word(blocked):
    postings = [posting("a", company_domain="acme.example"), posting("b", company_name="Other")]
    hidden = posting("c", company_domain="acme.example", locations=(BERLIN,))
    person = profile(blocked_companies=(blocked,), places=("Lyon",))
    result = match(CANDIDATE, [person], PostingIndex.build([*postings, hidden]))
    assert ([each.job_id for each in result.matches], result.hidden) == ([postings[1].id], ())


@pytest.mark.parametrize(
    ("stated", "blocked"),
    [
        ("Novo Nordisk A/S", "Novo Nordisk"),
        ("Allegro sp. z o.o.", "Allegro"),
        ("Merck KGaA", "Merck"),
        ("Acme S.à r.l.", "Acme"),
        ("Infosys Pvt. Ltd.", "Infosys Private Limited"),
        ("Deloitte", "Deloitte L.L.P."),
        ("Adnovum d.o.o.", "adnovum"),
        ("Acme UG (haftungsbeschränkt)", "Acme"),
        ("Acme Sdn. Bhd.", "Acme"),
    ],
)
def test_a_company_is_blocked_under_whatever_legal_form(stated, blocked):
    index = PostingIndex.build([posting("a", company_name=stated), other := posting("b", company_name="Other")])
    result = match(CANDIDATE, [profile(blocked_companies=(blocked,))], index)
    assert [each.job_id for each in result.matches] == [other.id]


@pytest.mark.parametrize(("stated", "blocked"), [("SAS Institute", "Institute"), ("Limited", "Corp"), ("A S", "B S")])
def test_a_legal_form_alone_blocks_nobody(stated, blocked):
    index = PostingIndex.build([posting(company_name=stated)])
    assert match(CANDIDATE, [profile(blocked_companies=(blocked,))], index).matches


def test_a_dismissed_posting_leaves_the_result_without_a_word():
    postings = [posting(str(n)) for n in range(9)]
    dismissed = [each.id for each in postings[2:7]]
    result = match(CANDIDATE, [profile()], PostingIndex.build(postings), without=dismissed)
    assert {each.job_id for each in result.matches} == {postings[n].id for n in (0, 1, 7, 8)}
    assert result.hidden == ()


def test_years_of_a_skill_count_where_both_sides_state_them():
    job = posting(skills=("Python", "SQL", "Linux"), requirements=("4 years of experience with Python",))
    index = PostingIndex.build([job])
    values = {}
    for years in (None, 1.0, 4.0, 9.0):
        given = {} if years is None else {"Python": years}
        (found,) = match(CANDIDATE, [profile(skill_years=given)], index).matches
        values[years] = found.factors[0].value
        assert ("Python (1 of 4 years)" in found.factors[0].reason) == (years == 1.0)
    assert values == {None: 1.0, 1.0: pytest.approx(0.75), 4.0: 1.0, 9.0: 1.0}


def test_only_the_first_are_told_in_words_and_all_have_their_values():
    index = PostingIndex.build([posting(str(n)) for n in range(5)])
    told = match(CANDIDATE, [profile()], index).matches
    some = rank(Person(CANDIDATE, [profile()]), index).matches(2)
    assert some[:2] == told[:2]
    assert [[f.value for f in each.factors] for each in some] == [[f.value for f in each.factors] for each in told]
    assert all(not factor.reason for each in some[2:] for factor in each.factors)


def test_an_improvement_is_the_score_that_the_changed_profile_gets():
    rng = random.Random(8)
    postings = [random_posting(rng, n) for n in range(40)]
    index = PostingIndex.build(postings)
    told = 0
    for _ in range(10):
        person = random_profile(rng)
        for found in match(CANDIDATE, [person], index, floor=0).matches:
            scores = [each.score for each in found.improvements]
            assert scores == sorted(scores, reverse=True)
            assert len(scores) <= 3
            for each in found.improvements:
                assert each.score > found.score
                learnt = person.model_copy(update={"skills": {**person.skills, each.skill: Proficiency.WORKING}})
                again = match(CANDIDATE, [learnt], index, floor=0).matches
                assert next(a.score for a in again if a.job_id == found.job_id) == pytest.approx(each.score, abs=2e-6)
                told += 1
    assert told > 50


def alike(cosine: float) -> tuple[float, ...]:
    """A vector so near to that of 1."""
    return (cosine, math.sqrt(1 - cosine * cosine), *[0.0] * 382)


def test_an_improvement_holds_the_meaning_of_the_profile_as_it_is():
    wanted = posting(skills=("Python", "SQL", "Kafka"))
    index = PostingIndex.build([wanted], vectors={wanted.id: alike(1.0)})
    learnt = profile(skills={**profile().skills, "Kafka": Proficiency.WORKING})

    def scored(person, cosine):
        return match(CANDIDATE, [person], index, vectors=[alike(cosine)], floor=0).matches[0]

    [told] = scored(profile(), 0.4).improvements
    assert told.score == pytest.approx(scored(learnt, 0.4).score, abs=2e-6)
    assert scored(learnt, 0.3).score < told.score < scored(learnt, 0.5).score


def test_a_posting_scores_the_same_alone_as_among_all_with_their_rarity():
    rng = random.Random(5)
    postings = [random_posting(rng, n) for n in range(30)]
    person = random_profile(rng)
    together = {m.job_id: m for m in match(CANDIDATE, [person], PostingIndex.build(postings), floor=0).matches}
    fresh = PostingIndex.build(postings[:5], rarity=PostingIndex.build(postings).vocabulary.rarity)
    alone = match(CANDIDATE, [person], fresh, floor=0).matches
    assert alone
    assert all(together[each.job_id] == each for each in alone)


def test_a_limit_below_one_is_refused():
    with pytest.raises(InvalidInput, match="limit of 0"):
        match(CANDIDATE, [profile()], PostingIndex.build([posting()]), limit=0)


def test_what_filters_hide_is_counted():
    found = match(CANDIDATE, [profile(places=("Lyon",))], PostingIndex.build([posting(locations=(BERLIN,))]))
    assert found.hidden_counts == {"location": 1}
