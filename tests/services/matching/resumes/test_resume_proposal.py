"""What a résumé proposes for a profile, and dates and addresses that narrow columns broke."""

import pytest

from quiethire.domain.candidate import Candidate
from quiethire.domain.matching import Proficiency
from quiethire.domain.posting import Period
from services.matching.resume.fields.pay import salary_floor
from services.matching.resume.files.wrapped import whole_dates
from services.matching.resume.lines import Raw
from services.matching.resume.proposal import as_candidate_fields, as_track
from services.matching.resume.read import read_resume

TEXT = """Amara Holloway
Backend Developer
amara@example.com | +44 7400 123456 | Leeds, United Kingdom

Summary
Builds payment systems.

Work Experience
Backend Developer, Cobalt Freight LLC, Leeds
03/2019 - 02/2023
Technologies: Python, Redis

Junior Developer, Blue Tractor Ltd, York
01/2016 - 02/2019
Technologies: Python

Education
BSc in Physics, University of Leeds, 2012 - 2015

Skills
Python, Redis, SQL

Preferred locations: Leeds, Berlin
Authorised to work in the UK and Ireland. Minimum salary: £55,000 a year
"""


@pytest.fixture(scope="module")
def resume():
    return read_resume(TEXT.encode())


def test_a_track_holds_titles_skills_with_years_and_no_school(resume):
    track = as_track(resume, "Backend")
    assert track.name == "Backend"
    assert track.titles == ("Backend Developer", "Junior Developer")
    assert {name: level.years for name, level in track.skills.items()} == {"Python": 7.2, "Redis": 4.0, "SQL": None}
    assert {level.proficiency for level in track.skills.values()} == {Proficiency.WORKING}
    assert track.years_experience == 7.2
    assert track.summary == "Builds payment systems."
    told = track.model_dump_json()
    assert "University" not in told
    assert "2015" not in told
    assert "Amara" not in told


def test_fields_of_a_candidate_fit_the_candidate(resume):
    fields = as_candidate_fields(resume)
    candidate = Candidate(id="12345678-1234-5678-1234-567812345678", **dict(fields))
    assert (candidate.name, candidate.email, candidate.phone) == (
        "Amara Holloway",
        "amara@example.com",
        "+447400123456",
    )
    assert candidate.preferences.places == ("Leeds", "Berlin")
    assert candidate.preferences.countries == ("GB", "DE")
    assert candidate.work_authorisation == ("GB", "IE")
    floor = candidate.preferences.salary_floor
    assert (floor.amount, floor.currency, floor.period) == (55_000, "GBP", Period.YEAR)


@pytest.mark.parametrize(
    ("written", "floor"),
    [
        ("€70,000 a year", (70_000, "EUR", Period.YEAR)),
        ("85.000 EUR brutto p.a.", (85_000, "EUR", Period.YEAR)),
        ("CHF 120'000", (120_000, "CHF", Period.YEAR)),
        ("60k EUR", (60_000, "EUR", Period.YEAR)),
        ("45 000 € par an", (45_000, "EUR", Period.YEAR)),
        ("$45 per hour", (45, "USD", Period.HOUR)),
        ("4.500 € im Monat", (4_500, "EUR", Period.MONTH)),
        ("1.2M INR", (1_200_000, "INR", Period.YEAR)),
        ("2,5 Mio. JPY", (2_500_000, "JPY", Period.YEAR)),
        ("EUR 5000 monthly", (5_000, "EUR", Period.MONTH)),
    ],
)
def test_pay_as_written_becomes_a_floor(written, floor):
    read = salary_floor(written)
    assert (read.amount, read.currency, read.period) == floor


@pytest.mark.parametrize(
    "written", ["negotiable", "70,000", "a lot of euros", f"{'9' * 400} EUR", "€1.000.000.000.000"]
)
def test_pay_that_is_not_plain_is_no_floor(written):
    assert salary_floor(written) is None


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["Nurse | Clinic | May 2018 –", "August 2021"], ["Nurse | Clinic | May 2018 – August 2021"]),
        (["Nurse | Clinic | May 2018", "– August 2021"], ["Nurse | Clinic | May 2018 – August 2021"]),
        (["Nurse | Clinic | May", "2018 – 2021", "x"], ["Nurse | Clinic | May 2018 – 2021", "x"]),
        (["May 2018 – March\tNurse", "2021\tClinic"], ["May 2018 – March 2021\tNurse", "Clinic"]),
        (["May 2018 -", "Clinic, York\tMarch 2021"], ["Clinic, York\tMay 2018 - March 2021"]),
        (["Clinic 2018", "2021 was a year"], ["Clinic 2018", "2021 was a year"]),
        (["2018 – 2021", "2015 – 2018"], ["2018 – 2021", "2015 – 2018"]),
        (["Graduated 2018", "Nurse"], ["Graduated 2018", "Nurse"]),
    ],
)
def test_spans_of_time_that_a_column_broke_are_whole(lines, whole):
    assert [one.text for one in whole_dates([Raw(line) for line in lines])] == whole


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Jane Holloway\njane.holloway@mail.exa\nmple.net\n", "jane.holloway@mail.example.net"),
        ("Jane Holloway\njane@ex\nample.com", "jane@example.com"),
        ("Jane Holloway\njane@example.com\njane.dev\n", "jane@example.com"),
        ("Jane Holloway\njane@example.co.uk\nexample.com\n", "jane@example.co.uk"),
        ("Jane Holloway\nj@example.com.\nNext line", "j@example.com"),
    ],
)
def test_an_address_that_a_column_broke_is_whole_and_no_other_grows(text, email):
    assert read_resume(text.encode()).email.value == email
