import pytest
from matching_examples import posting

from services.matching.regions import countries_of
from services.matching.statements import read_statements


@pytest.mark.parametrize(
    ("sentence", "asked", "least"),
    [
        ("5+ years of experience with Python", 5, 5),
        ("At least three years' experience in sales", 3, 3),
        ("Minimum of 4 years of working experience", 4, 4),
        ("3-5 years of experience", 3, None),
        ("3 to 5 years experience", 3, None),
        ("10 – 15 years of relevant experience", 10, None),
        ("5 plus years of experience", 5, 5),
        ("2 years or more of experience", 2, 2),
        ("Mindestens 3 Jahre Berufserfahrung", 3, 3),
        ("3 ans d'expérience", 3, None),
        ("al menos 5 años de experiencia", 5, 5),
        ("minimaal 2 jaar ervaring", 2, 2),
        ("3 years of experience with Go, 7+ years of experience in all", 7, 7),
        ("5+ years of experience preferred", 5, None),
        ("We have 25 years of experience in the field", None, None),
        ("You must be at least 18 years of age to work here", None, None),
        ("A company with 40 years of experience", None, None),
        ("We may contact you for up to 3 years", None, None),
        ("Experience: version 2024 years", None, None),
        ("", None, None),
    ],
)
def test_years_asked(sentence, asked, least):
    stated = read_statements(posting(requirements=(sentence,)))
    assert (stated.years_asked, stated.years_least) == (asked, least)


def test_a_list_under_a_heading_of_wishes_asks_nothing():
    text = "What you bring\n- 7+ years of experience with SQL\n- Python\n\nNice to have\n- 12+ years of experience\n- Kafka\n\nAbout us\n- Go"
    job = posting(description_text=text, requirements=("Python", "Kafka"), skills=("Python", "Kafka", "Go"))
    stated = read_statements(job)
    assert (stated.years_asked, stated.years_least) == (7, 7)
    assert stated.optional_skills == {"Kafka"}


def test_a_skill_that_is_asked_and_wished_for_is_required():
    job = posting(requirements=("Solid Kafka", "Kafka Streams would be great"), skills=("Kafka",))
    assert read_statements(job).optional_skills == frozenset()


@pytest.mark.parametrize(
    "sentence",
    [
        "We are unable to sponsor visas.",
        "We do not offer visa sponsorship.",
        "No visa sponsorship available.",
        "Sponsorship is not available for this role.",
        "You can work here without current or future sponsorship.",
        "You must be authorized to work in the United States.",
        "Candidates must have the right to work in the UK.",
        "A work permit is required.",
        "Eine gültige Arbeitserlaubnis ist erforderlich.",
    ],
)
def test_statements_that_ask_for_an_authorisation(sentence):
    assert read_statements(posting(description_text=sentence)).authorisation is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "We sponsor visas.",
        "We are happy to sponsor your visa.",
        "Relocation and visa sponsorship offered.",
        "Our sponsors love us.",
    ],
)
def test_statements_that_do_not(sentence):
    assert read_statements(posting(description_text=sentence)).authorisation is None


@pytest.mark.parametrize(
    ("text", "size", "pace"),
    [
        ("We have 12 employees", "small", None),
        ("Over 1,200 employees in ten countries", "large", None),
        ("Unsere 80 Mitarbeiter", "medium", None),
        ("We're a young start-up", "small", None),
        ("Startup experience is welcome", None, None),
        ("A fast-paced place", None, "fast"),
        ("A sustainable pace", None, "steady"),
        ("Fast-paced work at a sustainable pace", None, None),
    ],
)
def test_size_and_pace(text, size, pace):
    stated = read_statements(posting(description_text=text))
    assert (stated.size, stated.pace) == (size, pace)


@pytest.mark.parametrize(
    ("area", "some", "none"),
    [
        ("DE", {"DE"}, {"FR"}),
        ("Germany", {"DE"}, {"FR"}),
        ("uk", {"GB"}, {"IE"}),
        ("EU", {"DE", "PT"}, {"GB", "CH"}),
        ("Europe", {"DE", "GB", "CH"}, {"US"}),
        ("EMEA", {"DE", "ZA", "AE"}, {"US", "IN"}),
        ("LATAM", {"BR", "MX"}, {"US"}),
        ("Worldwide", {"DE", "US", "JP"}, set()),
        ("Georgia", set(), {"GE", "US"}),
        ("the moon", set(), {"DE", "US"}),
    ],
)
def test_areas(area, some, none):
    assert some <= countries_of(area)
    assert none.isdisjoint(countries_of(area))
