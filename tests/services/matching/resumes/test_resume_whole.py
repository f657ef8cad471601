from datetime import date

import pytest

from quiethire.domain.resume import Reading, Resume, ResumeKind, ResumeSkill, ResumeWork, Span
from services.matching.resume.read import read_resume
from services.matching.resume.whole import with_named_skills
from services.matching.taxonomy.packages import data_files
from services.matching.taxonomy.skills import Skills, open_skills

pytestmark = pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")

TODAY = date(2026, 11, 21)
TEXT = """Ada Moreno
ada@moreno.example

Work experience

Registered Nurse, Fernwell Hospital, Berlin
03/2019 - 02/2024
- Administered medication on two wards and trained others in infection control
- Made decisions and supported colleagues

Nurse, Kornfeld Clinic, Hamburg
01/2017 - 12/2018
- Responsible for infection control

Skills
Excel, Nursing science
"""


@pytest.fixture(scope="module")
def skills(tmp_path_factory) -> Skills:
    return open_skills(tmp_path_factory.mktemp("taxonomy"))


def test_what_jobs_tell_of_is_added_with_its_place_and_the_years_of_the_jobs(skills):
    plain = read_resume(TEXT.encode(), "ada.txt")
    read = with_named_skills(skills, plain, TODAY)
    assert read.skills[: len(plain.skills)] == plain.skills
    added = {one.name.value: one for one in read.skills[len(plain.skills) :]}
    assert added.keys() == {"administer prescribed medication", "infection control"}
    places = {name: read.text[one.name.span.start : one.name.span.end] for name, one in added.items()}
    assert places == {
        "administer prescribed medication": "Administered medication",
        "infection control": "infection control",
    }
    assert (added["administer prescribed medication"].years, added["infection control"].years) == (5.0, 7.0)


def test_what_is_listed_already_is_not_added_and_nothing_is_added_twice(skills):
    plain = read_resume(TEXT.replace("Excel,", "Infection Control,").encode(), "ada.txt")
    once = with_named_skills(skills, plain, TODAY)
    assert [one.name.value.lower() for one in once.skills].count("infection control") == 1
    assert with_named_skills(skills, once, TODAY) == once


def test_a_job_without_dates_gives_no_years_and_words_that_a_line_breaks_no_place(skills):
    work = ResumeWork(summary=Reading(value="infection control", confidence=0.8, span=Span(start=0, end=17)))
    resume = Resume(kind=ResumeKind.TEXT, text="infection\ncontrol", work=(work,))
    (added,) = with_named_skills(skills, resume, TODAY).skills
    assert (added.name.value, added.name.span, added.years) == ("infection control", None, None)


def test_a_full_list_stays_as_it_is(skills):
    full = tuple(ResumeSkill(name=Reading(value=f"Skill {number}", confidence=0.85)) for number in range(150))
    summary = Reading(value="infection control", confidence=0.8)
    resume = Resume(kind=ResumeKind.TEXT, text="", summary=summary, skills=full)
    assert with_named_skills(skills, resume, TODAY).skills == full
