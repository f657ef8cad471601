"""What a file tells of somebody else never becomes the person's own, and what is no résumé is none."""

from datetime import date

import pytest

from quiethire.domain.errors import InvalidInput
from services.matching.resume.proposal import as_candidate_fields
from services.matching.resume.read import read_resume

TODAY = date(2026, 10, 1)
_WORK = "Work Experience\nSoftware Engineer, Acme, 2018 - 2020\nBuilt things in Python.\n"
_REFEREE = "John Miller, CTO at Beta Corp, john@beta.example, +1 415 555 2671, www.linkedin.com/in/johnmiller\n"


def _read(text):
    return read_resume(text.encode(), today=TODAY)


@pytest.mark.parametrize(
    "heading",
    [
        "References",
        "REFEREES:",
        "Professional references",
        "Referenzen",
        "Références",
        "Referencias",
        "Recommendations",
    ],
)
def test_addresses_of_referees_are_not_the_persons(heading):
    resume = _read(f"Anna Berg\n\n{_WORK}\n{heading}\n{_REFEREE}")
    assert (resume.name.value, resume.email, resume.phone, resume.links) == ("Anna Berg", None, None, ())
    assert [job.employer.value for job in resume.work] == ["Acme"]
    assert "john@beta.example" in resume.text


@pytest.mark.parametrize("label", ["Supervisor", "References", "Emergency contact", "Ansprechpartner", "Line manager"])
def test_a_line_that_names_somebody_else_gives_no_address(label):
    resume = _read(f"Anna Berg\n\n{_WORK}{label}: {_REFEREE}")
    assert (resume.email, resume.phone, resume.links) == (None, None, ())


def test_the_persons_own_address_is_read_where_referees_stand_above_it():
    resume = _read(f"Anna Berg\n\n{_WORK}\nReferences\n{_REFEREE}\nContact\nanna@berg.example\n+49 30 901820\n")
    assert (resume.email.value, resume.phone.value) == ("anna@berg.example", "+4930901820")
    assert resume.email.confidence > 0.9
    assert resume.phone.confidence > 0.9


def test_spans_stay_true_beside_what_is_left_out():
    resume = _read(f"References\n{_REFEREE}\nContact\nanna@berg.example\n\n{_WORK}")
    span = resume.email.span
    assert resume.text[span.start : span.end] == "anna@berg.example"


def test_an_address_far_from_head_and_contact_details_is_never_sure():
    body = "\n".join(f"Built thing number {number} in Python." for number in range(40))
    resume = _read(f"Anna Berg\n\n{_WORK}{body}\nSee john@beta.example and +1 415 555 2671 for the project.\n")
    assert resume.email.confidence <= 0.5
    assert resume.phone.confidence <= 0.5


def test_whom_a_letter_greets_is_not_its_writer():
    resume = _read(
        "Acme GmbH\nMr John Smith\nHR Manager\n10115 Berlin\n\nDear Mr Smith,\nI apply as a developer in Python.\n"
        "Best regards\nMaria Lopez\nmaria@b.example\n"
    )
    assert resume.name is None or resume.name.value == "Maria Lopez"
    assert resume.headline is None


def test_to_whom_a_signed_letter_is_written_is_not_its_writer():
    resume = _read(
        "Maria Lopez\nmaria@b.example\n\nJohn Smith\nHead of Recruiting\nAcme GmbH\n10115 Berlin\n\n21 November 2026\n\n"
        "Dear Hiring Manager,\nI apply as a developer in Python.\n\nKind regards\nMaria Lopez\n"
    )
    assert resume.name.value == "Maria Lopez"
    assert (resume.headline, resume.place) == (None, None)


def test_a_text_that_is_no_resume_is_refused():
    recipe = "Apple Pie Deluxe\nServes 4\nIngredients\n- 2 apples\n- 100 g butter\nMethod\nBake 1999 for 20 min.\n"
    for text in (
        recipe,
        f"{recipe}www.pies.example\n",
        "Skills: Python, SQL\n",
        "This is a letter about the weather.\nIt was rather warm.\n",
    ):
        with pytest.raises(InvalidInput) as refused:
            _read(text)
        assert refused.value.kind == "resume_unknown"


def test_the_year_of_a_company_is_no_job():
    text = "Senior Python Developer at Acme\nBerlin, Germany\nanna@acme.example\nAbout us: Acme was founded in 2010.\n"
    assert _read(text).work == ()


def test_time_that_has_not_come_is_no_experience():
    ahead = _read("Anna Berg\nWork Experience\nEngineer, Acme GmbH, 2030 - 2045\n")
    assert ahead.years_experience is None
    assert {ahead.work[0].start.confidence, ahead.work[0].end.confidence} == {0.3}
    half = _read("Anna Berg\nWork Experience\nEngineer, Acme GmbH, 10/2024 - 09/2040\n")
    assert half.years_experience == pytest.approx(2.1)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("60-70k EUR", 60_000),
        ("€60 – 70k", 60_000),
        ("60k - 70k EUR", 60_000),
        ("60 to 70 thousand EUR", 60_000),
        ("70 Tausend Euro", 70_000),
        ("60 EUR per hour", 60),
        ("65.000 €", 65_000),
    ],
)
def test_thousands_behind_a_range_count_for_both_ends(written, amount):
    text = f"Maria Lopez\nmaria@b.example\nExpected salary: {written}\n"
    assert as_candidate_fields(_read(text)).preferences.salary_floor.amount == amount


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("Paris, Texas", "US"),
        ("Paris, TX", "US"),
        ("Atlanta, Georgia", "US"),
        ("Portland, Oregon", "US"),
        ("Paris, France", "FR"),
        ("Paris", "FR"),
        ("Tbilisi, Georgia", "GE"),
        ("Berlin, DE", "DE"),
    ],
)
def test_a_city_lies_where_the_words_behind_it_say(place, country):
    fields = as_candidate_fields(_read(f"Maria Lopez\nmaria@b.example\n{place}\n\n{_WORK}"))
    assert fields.preferences.countries == (country,)


def test_signs_that_nobody_sees_are_no_part_of_a_name():
    assert _read(f"\u202eMaria\u00ad Lopez\u2066\nmaria@b.example\n{_WORK}").name.value == "Maria Lopez"
