"""Titles as occupations, and how alike occupations are."""

import pytest

from services.matching.taxonomy.packages import data_files
from services.matching.taxonomy.titles import open_occupations

pytestmark = pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return open_occupations(tmp_path_factory.mktemp("taxonomy"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Data Scientist", "data scientist"),
        ("Senior Data Scientist (m/w/d), Berlin", "data scientist"),
        ("Mechanical engineers", "mechanical engineer"),
        ("Realtor", "real estate agent"),
        ("Clinical Data Scientist", "data scientist"),
        ("Registered Nurse", "nurse responsible for general care"),
        ("Senior Frontend Engineer", "user interface developer"),
    ],
)
def test_a_title_names_an_occupation_whatever_level_and_additions_it_has(known, title, name):
    assert known.name(known.occupation(title)) == name


@pytest.mark.parametrize("title", ["", "???", "Senior", "Experimental Qwertyist", "Krankenpfleger", "assistant"])
def test_what_names_no_occupation_has_none(known, title):
    assert known.occupation(title) is None


def test_likeness_is_one_for_the_same_and_less_the_farther_apart(known):
    one, near, far = (known.occupation(title) for title in ("truck driver", "bus driver", "software developer"))
    assert known.likeness(one, one) == 1
    assert 0.3 < known.likeness(one, near) < 1
    assert known.likeness(one, near) == known.likeness(near, one)
    assert known.likeness(one, far) < 0.05


def test_the_data_gives_the_same_likeness_each_time_it_is_made(known, tmp_path):
    again = open_occupations(tmp_path)
    one, other = (known.occupation(title) for title in ("data scientist", "data analyst"))
    assert again.likeness(one, other) == pytest.approx(known.likeness(one, other), abs=1e-3)
