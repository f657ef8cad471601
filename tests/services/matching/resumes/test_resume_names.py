"""Names of people: many are words too, and what is no name is never taken for one."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

TODAY = date(2026, 11, 1)
_WORK = "\n\nWork Experience\nMarketing Manager, Acme GmbH, Berlin\n03/2019 - present\n\nSkills\nPython, SQL\n"


def _name(written, headline="Marketing Manager", email="hello@example.com"):
    name = read_resume(f"{written}\n{headline}\n{email}{_WORK}".encode(), today=TODAY).name
    return name.value if name else None


@pytest.mark.parametrize(
    "name",
    [
        *("Robert Koch", "Karen Carpenter", "Mary Jenkins", "Taylor Swift", "Michael Jordan", "Tom Holland"),
        *("Jack Ma", "Amadou Ba", "Tu Nguyen", "Minh Le", "Ben Affleck", "Al Gore", "Van Morrison"),
        *("Ana de los Ríos", "Juan de las Casas", "Jan van 't Hoff", "Willem op den Akker", "Fatima al-Zahra"),
        *("J.R.R. Tolkien", "John Smith Jr.", "John Smith III", "Иван Петров", "राहुल शर्मा"),
    ],
)
def test_a_name_is_one_whatever_its_words_mean(name):
    assert _name(name) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Prof. Dr. med. Hans Müller", "Hans Müller"),
        ("Dipl.-Ing. (FH) Peter Groß", "Peter Groß"),
        ("SMITH, John", "John Smith"),
        ("ROUSSEL Camille", "Camille Roussel"),
        ("VAN DER BERG Pieter", "Pieter van der Berg"),
        ("ED SHEERAN", "Ed Sheeran"),
        ("BEN HUR", "Ben Hur"),
        ('Robert "Bob" Dole', "Robert Dole"),
        ("Elizabeth (Liz) Warren", "Elizabeth Warren"),
    ],
)
def test_a_name_is_as_people_say_it(written, name):
    assert _name(written) == name


def test_a_name_that_is_a_place_too_is_one_where_the_address_tells_it():
    assert _name("Benito Juárez", email="benito.juarez@example.com") == "Benito Juárez"
    assert _name("Benito Juárez") is None


@pytest.mark.parametrize(
    "written",
    [
        *(
            "Pastry Chef",
            "Key Account Manager",
            "Power BI Developer",
            "Head Chef",
            "Software Engineer",
            "Personal Details",
        ),
        *(
            "Berlin Germany",
            "New York",
            "TU Berlin",
            "Ruhr Universität Bochum",
            "React Native",
            "Acme Technologies GmbH",
        ),
    ],
)
def test_trades_places_and_schools_are_no_names(written):
    assert _name(written, headline="Berlin, Germany") is None


def test_a_name_below_a_title_is_the_name():
    assert _name("Pastry Chef", headline="Anna Berg", email="anna@example.com") == "Anna Berg"
