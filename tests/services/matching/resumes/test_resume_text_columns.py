"""Columns that a text file sets side by side with blanks are read one after the other; what only looks like columns is not."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

COLUMNS = """                              JANE    ROE
                         Senior Data Engineer

CONTACT                        EXPERIENCE
jane.roe@example.com
+44 7400 123456                Senior Data Engineer
London, United Kingdom         Northwind Ltd, London
                               03/2019 - present
SKILLS                         - Pipelines in Spark
Python                         - Led a team of five
SQL
A long list of other things in Data Engineer
Airflow                        Globex Corp, Leeds
                               01/2015 - 02/2019
LANGUAGES                      - PostgreSQL
English (native)
German (B2)                    EDUCATION
                               MSc Computer Science
                               University of Leeds, 2010 - 2014
"""
TABLE = """Jane Roe
jane.roe@example.com

Work Experience
Senior Data Engineer                     03/2019 - present
Northwind Ltd                            London
- Pipelines in Spark
Data Engineer                            01/2015 - 02/2019
Globex Corp                              Leeds
- PostgreSQL
Analyst                                  01/2013 - 12/2014
Initech                                  York

Skills
Python           SQL           Airflow
Docker           Git           Linux
"""


def _jobs(text):
    resume = read_resume(text.encode(), today=date(2026, 11, 1))
    return resume, [(job.title.value, job.employer.value, job.place.value, job.start.value) for job in resume.work]


@pytest.mark.parametrize("page", ["", "Page 1\n\f"], ids=["one page", "the second page"])
def test_columns_are_read_one_after_the_other(page):
    resume, jobs = _jobs(page + COLUMNS)
    assert (resume.name.value, resume.phone.value, resume.place.value) == (
        *("Jane Roe", "+447400123456", "London, United Kingdom"),
    )
    assert jobs == [
        ("Senior Data Engineer", "Northwind Ltd", "London", "2019-03"),
        ("Data Engineer", "Globex Corp", "Leeds", "2015-01"),
    ]
    assert [one.value for one in resume.languages] == ["English (native)", "German (B2)"]
    assert {"Python", "SQL", "Airflow"} <= {one.name.value for one in resume.skills}
    assert [one.institution.value for one in resume.education] == ["University of Leeds"]


def test_every_span_points_into_the_text_in_reading_order():
    resume, _ = _jobs(COLUMNS)
    for read in (
        resume.email,
        resume.work[1].employer,
        resume.education[0].institution,
        *(one.name for one in resume.skills),
    ):
        assert resume.text[read.span.start : read.span.end] == read.value


def test_dates_and_places_at_the_right_and_rows_of_skills_are_no_columns():
    resume, jobs = _jobs(TABLE)
    assert [job[0] for job in jobs] == ["Senior Data Engineer", "Data Engineer", "Analyst"]
    assert [job[2] for job in jobs] == ["London", "Leeds", "York"]
    assert [one.name.value for one in resume.skills][:6] == ["Python", "SQL", "Airflow", "Docker", "Git", "Linux"]
    assert resume.text == TABLE.replace("\n- ", "\n").rstrip("\n") + "\n"
