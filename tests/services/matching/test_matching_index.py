"""An index that is kept current gives what one that was built anew gives; and bounds lose nothing."""

import math
import random
from uuid import UUID

import pytest
from matching_examples import CANDIDATE, posting, profile, random_posting, random_profile

from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import Hidden, Match, Profile
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting
from services.matching.engine import PostingIndex, match


def random_vector(rng: random.Random) -> Vector:
    parts = [abs(rng.gauss(0, 1)) for _ in range(6)]
    return tuple(part / math.hypot(*parts) for part in parts)


def best(index: PostingIndex, people: list[Profile], vectors: list[Vector | None], **given) -> tuple[Match, ...]:
    return match(CANDIDATE, people, index, vectors=vectors, **given).matches


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_unseen_for_its_bound_is_none_of_the_best(seed):
    rng = random.Random(seed)
    postings = [random_posting(rng, n) for n in range(150)]
    vectors = {each.id: random_vector(rng) for each in postings if rng.random() < 0.8}
    index = PostingIndex.build(postings, vectors=vectors)
    for _ in range(12):
        people = [random_profile(rng) for _ in range(rng.choice((1, 1, 2)))]
        meant = [random_vector(rng) if rng.random() < 0.8 else None for _ in people]
        everything = best(index, people, meant, limit=1000, floor=0)
        for floor, limit in ((60, 200), (60, 5), (45, 20), (80, 3)):
            expected = [each for each in everything if each.score >= floor][:limit]
            assert list(best(index, people, meant, limit=limit, floor=floor)) == expected


def changes(rng: random.Random, kept: dict[UUID, JobPosting], first: int) -> tuple[list[JobPosting], list[UUID]]:
    gone = rng.sample(sorted(kept), min(len(kept), 3))
    again = [random_posting(rng, 0).model_copy(update={"id": each}) for each in rng.sample(sorted(kept), 3)]
    new = [random_posting(rng, first + n) for n in range(5)] + again
    return new, [each for each in gone if each not in {job.id for job in new}]


def told(found: Match) -> tuple[object, ...]:
    """All but the last bits of the values: their sums run in the order in which an index met the skills."""
    return found.job_id, found.score, found.track, [factor.reason for factor in found.factors], found.improvements


def kept_away(hidden: Hidden) -> tuple[object, ...]:
    return hidden.job_id, hidden.filter, hidden.reason, hidden.score


@pytest.mark.parametrize("few", [2_000, 10])
def test_an_index_kept_current_is_the_same_as_one_built_anew(few, monkeypatch):
    monkeypatch.setattr(
        "services.matching.index.posting_index._SMALL", few
    )  # With 10, the segments become one again and again.
    rng = random.Random(few)
    postings = [random_posting(rng, n) for n in range(60)]
    rarity = PostingIndex.build(postings).vocabulary.rarity
    kept = {each.id: each for each in postings}
    vectors: dict[UUID, Vector] = {each: random_vector(rng) for each in list(kept)[:30]}
    index = PostingIndex.build(postings, vectors=vectors, rarity=rarity)
    for step in range(6):
        new, gone = changes(rng, kept, 100 * (step + 1))
        came = {each.id: random_vector(rng) for each in new if rng.random() < 0.5}
        came |= {each: random_vector(rng) for each in rng.sample(sorted(kept), 4) if each not in gone}
        index = index.changed(new, gone, vectors=came)
        for each in (*gone, *(job.id for job in new)):
            kept.pop(each, None)
            vectors.pop(each, None)
        kept |= {each.id: each for each in new}
        vectors |= came
        anew = PostingIndex.build(list(kept.values()), vectors=vectors, rarity=rarity)
        assert len(index) == len(anew) == len(kept)
        for _ in range(5):
            people, meant = [random_profile(rng), random_profile(rng)], [random_vector(rng), None]
            for floor, limit in ((0, 1000), (60, 7)):
                found, expected = (
                    match(CANDIDATE, people, each, vectors=meant, floor=floor, limit=limit) for each in (index, anew)
                )
                assert [told(each) for each in found.matches] == [told(each) for each in expected.matches]
                assert [kept_away(each) for each in found.hidden] == [kept_away(each) for each in expected.hidden]
                assert found.considered == expected.considered


def test_a_change_leaves_the_index_before_it_as_it_was():
    old = PostingIndex.build([posting("a"), posting("b")])
    before = match(CANDIDATE, [profile()], old)
    new = old.changed([posting("c", skills=("Unheard", "Of", "Before"), title="Unheard Trade")], [posting("a").id])
    assert match(CANDIDATE, [profile()], old) == before
    assert {each.job_id for each in match(CANDIDATE, [profile()], new).matches} == {posting("b").id}


def test_what_is_gone_and_never_was_there_is_no_error():
    index = PostingIndex.build([posting("a")]).changed([], [posting("b").id])
    assert len(index) == 1


def test_vectors_of_two_models_are_refused():
    job = posting()
    index = PostingIndex.build([job], vectors={job.id: (1.0, 0.0)})
    with pytest.raises(InvalidInput, match="different lengths"):
        match(CANDIDATE, [profile()], index, vectors=[(1.0, 0.0, 0.0)])
    with pytest.raises(InvalidInput, match="different lengths"):
        index.changed([posting("b")], vectors={posting("b").id: (1.0, 0.0, 0.0)})


def test_postings_read_some_at_a_time_give_the_same_index():
    rng = random.Random(3)
    postings = [random_posting(rng, n) for n in range(60)]
    vectors = {each.id: random_vector(rng) for each in postings if rng.random() < 0.7}
    reader = PostingIndex.reader()
    for start in range(0, 60, 13):
        some = postings[start : start + 13]
        reader.add(some, {each.id: vectors[each.id] for each in some if each.id in vectors})
    people, meant = [random_profile(rng)], [random_vector(rng)]
    whole = best(PostingIndex.build(postings, vectors=vectors), people, meant, floor=0)
    assert len(whole) > 20
    assert best(PostingIndex.of_read(reader), people, meant, floor=0) == whole


def test_what_reads_refuses_vectors_of_another_model_and_a_posting_that_it_has_read():
    one, other = random_posting(random.Random(1), 1), random_posting(random.Random(2), 2)
    reader = PostingIndex.reader()
    reader.add([one], {one.id: (1.0, 0.0)})
    with pytest.raises(InvalidInput, match="different lengths"):
        reader.add([other], {other.id: (1.0, 0.0, 0.0)})
    reader.add([one], {})
    with pytest.raises(InvalidInput, match="given twice"):
        PostingIndex.of_read(reader)


def test_without_postings_there_is_an_index_of_none():
    assert len(PostingIndex.of_read(PostingIndex.reader())) == 0
