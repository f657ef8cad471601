"""Of a title stays the work: no pronouns, ages, births, families or genders."""

import pytest

from quiethire.domain.impersonal import impersonal
from quiethire.domain.matching import Profile

TOLD = (
    *("(she/her)", "(he / him / his)", "[they/them]", "she/they", "(sie/ihr)", "(er/ihm)", "(elle)", "(ella/la)", "(lei/sua)"),
    *("(ona/jej)", "- she/her -", "| he/him", ", Pronouns: she/her", "• she/her • 29"),
    *(", 29 years old", ", 58", "(58)", ", aged 58", ", mid-50s", "(29 y.o.)", ", 58 Jahre alt", ", 34 ans", ", 34 años"),
    *(", 40 anni", ", 45 lat", ", age: 41", ", late forties"),
    *(", born 12 May 1968", ", born in 1968", ", geb. 03.04.1968", "(*1968)", ", Jahrgang 1968", ", née en 1968", ", DOB: 12/05/1990"),
    *(", nacida en 1980", ", ur. 1980", ", 1968"),
    *(", married", ", 58, married, two children", "– verheiratet", ", célibataire", ", casada", "(single)", ", nubile", ", zamężna"),
    *(", mother of two", "(proud father of 3)", ", 2 kids", ", keine Kinder"),
    *("(m/w/d)", "(f/m/x)", "H/F", "m/w", "(all genders)", ", female", ", Frau", ", Gender: male", ", Nationality: German"),
)  # fmt: skip


@pytest.mark.parametrize("told", TOLD)
def test_what_a_title_tells_of_a_person_is_left_out(told: str) -> None:
    assert impersonal(f"Software Engineer {told}") == "Software Engineer"


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("29-year-old Software Engineer", "Software Engineer"),
        ("Software Engineer (she/her), Payments", "Software Engineer, Payments"),
        ("Koch (m/w/d) in Berlin", "Koch in Berlin"),
        ("she/her", ""),
        ("58", ""),
    ],
)
def test_the_rest_stays(title: str, left: str) -> None:
    assert impersonal(title) == left


@pytest.mark.parametrize(
    "title",
    [
        *("Head of Sales, Europe", "Engineer (Python, SQL)", "Senior Data Engineer - Remote", "Single Page App Developer"),
        *("Software Engineer, 10 years of experience", "Développeur, 10 ans d'expérience", "H/W Engineer", "F/W Engineer"),
        *("DevOps/SRE", "C++/C# Engineer", "24/7 Support", "Team Lead, 24 people", "Engineer on/off shore", "Chef de partie"),
        *("Mother and Child Nurse", "Male Nurse", "Women's Health Doctor", "Softwareentwickler mit 10 Jahren Erfahrung"),
    ],
)  # fmt: skip
def test_what_names_the_work_stays_as_it_is(title: str) -> None:
    assert impersonal(title) == title


def test_a_profile_cannot_hold_it() -> None:
    profile = Profile(titles=("Software Engineer (she/her)", "Software Engineer", "she/her", "Cook, 29"))
    assert profile.titles == ("Software Engineer", "Cook")
