import pytest
from matching_examples import posting

from services.matching.reading.regions import countries_of
from services.matching.reading.statements import read_statements


@pytest.mark.parametrize(
    ("sentence", "asked", "least"),
    [
        ("5+ years of experience with Python", 5, 5),
        ("At least three years' experience in sales", 3, 3),
        ("Minimum of 4 years of working experience", 4, 4),
        ("At least five (5) years of experience", 5, 5),
        ("Two (2)+ years of relevant experience", 2, 2),
        ("3-5 years of experience", 3, None),
        ("3 to 5 years experience", 3, None),
        ("10 – 15 years of relevant experience", 10, None),
        ("Five to seven years of experience", 5, None),
        ("Five (5) to seven (7) years of experience", 5, None),
        ("Two or three years of experience", 2, None),
        ("Between 3 and 5 years of experience", 3, None),
        ("Python 3 and 5 years of experience", 5, None),
        ("Over ten years of experience", 10, None),
        ("10+ yrs of experience", 10, 10),
        ("Fünf bis sieben Jahre Berufserfahrung", 5, None),
        ("Mindestens 3-jährige Berufserfahrung", 3, 3),
        ("Mindestens ein Jahr Berufserfahrung", 1, 1),
        ("Entre cinq et sept ans d'expérience", 5, None),
        ("De tres a cinco años de experiencia", 3, None),
        ("Da tre a cinque anni di esperienza", 3, None),
        ("Drie tot vijf jaar ervaring", 3, None),
        ("De três a cinco anos de experiência", 3, None),
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
        ("Bachelor's degree with 8+ years of experience, Master's with 6+ years of experience", 6, 6),
        ("10+ years of experience, or a PhD and 5+ years of experience", 5, 5),
        ("5+ years of experience with Java or 3+ years of experience with Go", 3, 3),
        ("A Bachelor's degree and 4+ years of experience", 4, 4),
        ("Join a team with over 15+ years of experience in banking", None, None),
        ("Our founders bring 25+ years of experience", None, None),
        ("Our team brings 30 years of combined experience", None, None),
        ("Join a team of senior engineers with 10+ years of experience", None, None),
        ("You are a team player with at least 2 years of experience", 2, 2),
        ("You bring 5+ years of experience", 5, 5),
        ("We may contact you for up to 3 years", None, None),
        ("Experience: version 2024 years", None, None),
        ("", None, None),
    ],
)
def test_years_asked(sentence, asked, least):
    stated = read_statements(posting(requirements=(sentence,)))
    assert (stated.years_asked, stated.years_least) == (asked, least)


def test_lines_that_ask_years_by_degree_are_alternatives():
    lines = ("BS and 8+ years of experience", "Master's and 6+ years of experience", "PhD and 3+ years of experience")
    stated = read_statements(posting(requirements=(*lines, "2+ years of experience with Go")))
    assert (stated.years_asked, stated.years_least) == (3, 3)


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
        "Visa sponsorship is not currently possible.",
        "We are not able to sponsor visas, and we are unable to provide sponsorship later.",
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
        "Visa sponsorship is not a problem for us.",
        "We are not able to sponsor events.",
        "We do not sponsor sports teams.",
        "You must have the right to work in the UK, or we will sponsor you.",
        "If you do not have a visa we sponsor one.",
        "You need a work permit; work permit required, but we are happy to sponsor it.",
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
        ("APAC", {"IN", "JP", "AU", "SG"}, {"AE", "IL", "TR", "DE"}),
        ("Baltics", {"EE", "LV", "LT"}, {"FI", "PL"}),
        ("GCC", {"AE", "SA"}, {"IL"}),
        ("LATAM", {"BR", "MX"}, {"US"}),
        ("Worldwide", {"DE", "US", "JP"}, set()),
        ("Georgia", set(), {"GE", "US"}),
        ("the moon", set(), {"DE", "US"}),
    ],
)
def test_areas(area, some, none):
    assert some <= countries_of(area)
    assert none.isdisjoint(countries_of(area))


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        ("5+ years of experience with Python and at least 3 years of Kafka", {"Python": 5, "Kafka": 3}),
        ("Python (3+ years), Kafka: 2 years", {"Python": 3, "Kafka": 2}),
        ("At least three years of hands-on Python, Kafka or Docker", {"Python": 3, "Kafka": 3, "Docker": 3}),
        ("4 years in Python. Docker", {"Python": 4}),
        ("Mindestens 3 Jahre Erfahrung mit Python", {"Python": 3}),
        ("5 years of experience in a team that knows Python", {}),
        ("We have 10 years of Python", {}),
        ("Python, and 5 years of management", {}),
    ],
)
def test_years_are_asked_of_the_skill_they_stand_beside(sentence, years):
    job = posting(requirements=(sentence,), skills=("Python", "Kafka", "Docker"))
    assert read_statements(job).skill_years == years


@pytest.mark.parametrize(
    ("line", "optional"),
    [
        ("You know Python. Kafka is a plus.", {"Kafka"}),
        ("You know Python and Docker; Kafka would be nice.", {"Kafka"}),
        ("Nice to have: Kafka. Docker.", {"Kafka", "Docker"}),
        ("Streaming with a broker, e.g. Kafka, is a plus", {"Kafka"}),
        ("Sie beherrschen Python. Idealerweise kennen Sie Kafka und Docker.", {"Kafka", "Docker"}),
        ("You know C++. Kafka is a plus.", {"Kafka"}),
    ],
)
def test_a_line_wishes_from_the_sentence_on_that_says_so(line, optional):
    job = posting(requirements=(line,), description_text="", skills=("Python", "Kafka", "Docker"))
    assert read_statements(job).optional_skills == optional


def test_years_before_the_sentence_of_a_wish_are_asked():
    job = posting(requirements=("At least 5 years of experience with SQL. Kafka is a plus.",), description_text="")
    assert read_statements(job).years_least == 5


@pytest.mark.parametrize(
    ("lines", "optional", "years"),
    [
        (("Nice to have: administering medication",), {"administer prescribed medication"}, {}),
        (("Palliative care is a plus",), {"palliative care"}, {}),
        (("Palliative care is a plus", "You know palliative care"), set(), {}),
        (("You administer medication", "Nice to have: administering medication"), set(), {}),
        (("3+ years of palliative care",), set(), {"palliative care": 3}),
        (("At least 2 years of experience in managing budgets",), set(), {"manage budgets": 2}),
        (("Nice to have: a budget for learning",), set(), {}),
    ],
)
def test_skills_of_the_taxonomy_are_known_in_other_words(lines, optional, years):
    asked = ("administer prescribed medication", "palliative care", "manage budgets")
    stated = read_statements(posting(title="Nurse", requirements=lines, description_text="", skills=asked))
    assert (stated.optional_skills, stated.skill_years) == (optional, years)
