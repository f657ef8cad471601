"""Made-up résumés of many people in five layouts, against what they were made of."""

import pytest

from benchmarks.made_up_people import people
from benchmarks.made_up_resumes import LAYOUTS, render
from benchmarks.report import COMPARE
from benchmarks.resumes import TARGETS, TODAY, measure
from services.matching.resume.read import read_resume

PEOPLE = 48


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read_as_well_as_it_must_be(layout):
    readings = [(person, read_resume(*render(person, layout), today=TODAY)) for person in people(PEOPLE)]
    figures = measure(readings)
    missed = {name: figures[name] for name, (sign, bar) in TARGETS.items() if not COMPARE[sign](figures[name], bar)}
    assert not missed


def test_people_and_files_vary():
    crowd = people(PEOPLE)
    assert {person.language for person in crowd} == {"en", "de", "fr", "es"}
    assert len({person.country for person in crowd}) >= 10
    assert len({person.name for person in crowd}) >= 35
