"""Whose years, whose right to work and whose employees a sentence tells of: what is not asked of the person hides nothing."""

import pytest
from matching_examples import posting

from services.matching.reading.statements import read_statements


def _stated(text):
    return read_statements(posting(description_text=text, requirements=()))


@pytest.mark.parametrize(
    "sentence",
    [
        "With 20+ years of experience in logistics, Acme delivers parcels",
        "Acme has 25+ years of experience building software",
        "You will work alongside engineers who have 10+ years of experience",
        "You are mentored by a principal engineer with 15+ years of experience",
        "Sabbatical after 5+ years of working with us",
        "10+ years of experience OR equivalent education",
        "Bachelor's degree or 10+ years of experience",
        "Acme is a logistics provider with 20+ years of experience",
        "We are a consultancy with 20+ years of experience in audit",
        "Our 15+ years of experience make us strong",
        "Acme's 20+ years of experience in banking",
        "Learn from people with 20+ years of experience",
        "You'll report to a CTO with 20+ years of experience",
        "For 30+ years, Acme has worked with hospitals",
        "For over 30 years we have worked with hospitals",
        "You will join Acme, which has 25+ years of experience",
        "Join a company that has 30+ years of experience",
        "You will lead a team of consultants with 5+ years of experience",
        "Our average employee has 10+ years of experience",
        "Mit 20+ Jahren Erfahrung liefert Acme Pakete, wir sind gut",
        "They bring 20+ years of experience in retail",
        "Celebrating 20+ years of experience in print",
        "Work with senior developers having 10+ years of experience",
        "At Acme, our consultants have 8+ years of experience",
        "Drawing on 20+ years of experience, Acme builds ships",
        "5+ years of experience or an equivalent combination of education and training",
        "7+ years of experience, or a Master's degree",
        "Our partners have 10+ years of experience",
        "The team brings 30+ years of experience",
        "Extra holiday after 10+ years of work",
        "Acme, based in Berlin, has 25+ years of experience in law",
        "Backed by 15+ years of experience in fintech, we build payments",
        "Built by veterans with 20+ years of experience",
        "You will learn from colleagues who bring 10+ years of experience",
        "Our management has at least 10 years of experience",
        "The company has been working in the field for 10+ years",
        "Northwind, with 30+ years of experience, is a leader",
        "Northwind (30+ years of experience) is hiring",
        "With our 25+ years of experience we help",
        "Northwind offers 25+ years of experience",
        "A leading provider with 15+ years of experience in logistics",
        "After 5+ years of work you get a sabbatical",
        "Clients value our consultants' 10+ years of experience",
        "Interview with our CTO, who has 15+ years of experience",
        "Your manager has 15+ years of experience",
        "Your mentor, an engineer with 15+ years of experience, helps you",
        "Your team lead brings 15+ years of experience",
        "You get a mentor with 10+ years of experience",
        "Avec plus de 20+ ans d'expérience, notre société",
        "Wir sind ein Team mit mindestens 10 Jahren Erfahrung",
        "Unser Team hat mindestens 10 Jahre Erfahrung",
        "Acme verfügt über mindestens 20 Jahre Erfahrung",
        "Acme cuenta con al menos 20 años de experiencia",
        "Acme possède au moins 20 ans d'expérience",
        "Nuestra empresa tiene al menos 20 años de experiencia",
        "The successful candidate will be mentored by a director with 15+ years of experience",
        "A degree or at least 4 years of experience",
        "Either a degree or 4+ years of experience",
        "3+ years of experience or a strong portfolio",
        "5+ years of experience (or equivalent)",
        "5+ years of experience, or equivalent",
    ],
)
def test_years_of_others_and_years_that_something_else_replaces_are_no_minimum(sentence):
    assert _stated(sentence).years_least is None


@pytest.mark.parametrize(
    "sentence",
    [
        "5+ years of experience",
        "With 5+ years of experience in sales, you know how to close",
        "As a developer with 5+ years of experience you will lead",
        "You have 5+ years of experience",
        "You are a senior engineer with 5+ years of experience",
        "We are looking for an engineer with 5+ years of experience",
        "We're seeking a nurse who has 5+ years of experience",
        "The ideal candidate has 5+ years of experience",
        "Applicants must have 5+ years of experience",
        "Must have 5+ years of experience",
        "Have 5+ years of experience in retail",
        "You know Java and have 5+ years of experience",
        "Senior engineer with 5+ years of experience",
        "Lead engineer with 5+ years of experience",
        "Support engineer with 5+ years of experience",
        "- With at least 5 years of experience in nursing",
        "Requirements: 5+ years of experience in Java or Go",
        "This is a role for engineers with 5+ years of experience",
        "You will work with customers, and you have 5+ years of experience",
        "Bachelor's degree with 5+ years of experience",
        "5+ years of experience and a Bachelor's or Master's degree",
        "5+ years of experience with React or equivalent frameworks",
        "Bachelor's degree in Computer Science or equivalent, 5+ years of experience",
        "You've worked for 5+ years as a nurse, with experience in ICU",
        "We need somebody with 5+ years of experience",
        "We expect 5+ years of experience",
        "Who you are: an engineer with 5+ years of experience",
        "Our ideal hire brings 5+ years of experience",
        "Your background: 5+ years of experience",
        "Experience: 5+ years",
        "Looking for engineers with 5+ years of experience",
        "Engineers with 5+ years of experience",
        "Mit mindestens 5 Jahren Berufserfahrung",
        "Du bringst 5+ Jahre Erfahrung mit",
        "Wir suchen jemanden mit 5+ Jahren Erfahrung",
        "Vous avez au moins 5 ans d'expérience",
        "You bring 5+ years of experience, and you join a team with great people",
        "You will report to the CTO and have 5+ years of experience",
        "5+ years of work experience; you join our team of experts",
        "What we ask of you: 5+ years of experience",
        "5 years or more of experience, we value depth",
        "You hold a degree in law and possess 5+ years of experience",
        "At least 5 years of experience required, or we train you",
        "Du verfügst über mindestens 5 Jahre Erfahrung",
        "Sie verfügen über mindestens 5 Jahre Berufserfahrung",
        "Vous possédez au moins 5 ans d'expérience",
        "Cuentas con al menos 5 años de experiencia",
        "Hai almeno 5 anni di esperienza",
        "Je hebt minimaal 5 jaar ervaring",
        "Experience: at least 5 years of experience in nursing, our patients come first",
        "You are passionate about our mission and have 5+ years of experience",
        "A minimum of 5 years of experience in our industry",
        "You'll thrive here if you have 5+ years of experience",
        "What you bring: 5+ years of experience leading teams",
        "You're an expert in SQL with 5+ years of experience",
        "Proven track record with 5+ years of experience",
        "Strong background in sales with 5+ years of experience",
        "Experienced manager with 5+ years of experience",
        "5+ years of relevant experience in a similar role or company",
        "5+ years of experience as a nurse or midwife",
        "Nurse (RN) with at least 5 years of experience",
        "Proficient in Docker with 5+ years of experience",
        "Background: Degree in law and 5+ years of experience",
        "To succeed in this role you'll need 5+ years of experience",
        "To be considered, 5+ years of experience",
        "The person we want has 5+ years of experience",
        "Reports to the CFO; 5+ years of experience",
        "Degree plus 5+ years of experience",
        "5+ years of experience working with our kind of customers",
        "5+ years of experience working at a startup",
    ],
)
def test_years_that_are_asked_of_the_person_are_a_minimum(sentence):
    assert _stated(sentence).years_least == 5


def test_years_that_something_else_replaces_are_asked_all_the_same():
    assert _stated("10+ years of experience or equivalent education").years_asked == 10


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("For the senior level: 8+ years of experience. For the junior level: 1+ years of experience.", 1),
        ("For the senior level: 8+ years of experience\nFor the junior level: 1+ years of experience", 1),
        ("Senior:\n- 8+ years of experience\n\nJunior:\n- 1+ years of experience", 1),
        ("8+ years of experience (senior), 1+ years of experience (junior)", 1),
        ("Level 1: 2+ years of experience\nLevel 2: 6+ years of experience\n3+ years of experience with Java", 3),
        ("Senior Engineer: 8+ years of experience", 8),
    ],
)
def test_of_several_levels_the_least_is_asked(text, least):
    assert _stated(text).years_least == least


@pytest.mark.parametrize(
    "sentence",
    [
        "US citizenship required",
        "U.S. citizenship is required.",
        "Must be a US citizen or green card holder",
        "Applicants must be U.S. citizens or permanent residents.",
        "Must be a U.S. Person as defined by ITAR",
        "You must be a green card holder",
        "Sponsorship not available.",
        "we aren't able to provide sponsorship",
        "We aren’t able to sponsor visas.",
        "Sponsorship isn't available",
        "Visa sponsorship cannot be provided",
        "We do not offer relocation or visa sponsorship",
        "We cannot sponsor visas but offer relocation",
        "This role requires US citizenship",
        "Only open to Canadian citizens",
        "Must be a citizen of the United States",
    ],
)
def test_a_right_to_work_is_asked(sentence):
    assert _stated(sentence).authorisation is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "We do not offer relocation but sponsor visas",
        "We do not only sponsor visas, we also help to relocate.",
        "We don't shy away from sponsoring US visas",
        "US citizenship is not required",
        "US citizenship may be required for some projects",
        "If US citizenship is required for a project, we tell you",
        "You must be a good corporate citizen",
        "Must be a team player who treats docs as first-class citizens",
        "We employ without regard to citizenship",
        "We do not offer relocation, but we sponsor visas",
        "We don't hesitate to sponsor visas",
        "No relocation but visa sponsorship available",
        "US citizens preferred",
        "US citizenship required for certain roles",
        "Must be a US citizen or we will sponsor you",
        "Don't worry, we sponsor visas",
        "Must be a People person",
        "You must be a Product person",
    ],
)
def test_what_asks_for_none_or_offers_one_is_no_refusal(sentence):
    assert _stated(sentence).authorisation is None


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("We have 12 employees", "small"),
        ("Over 1,200 employees in ten countries", "large"),
        ("Unsere 80 Mitarbeiter", "medium"),
        ("Acme employs 300 employees", "large"),
        ("We are a team of 30 employees", "small"),
        ("A company with 100 employees", "medium"),
        ("Acme has 40 employees", "small"),
        ("We help our 5,000 employees to grow", "large"),
        ("Join us as one of 20 employees", "small"),
        ("We are growing fast, with 60 employees", "medium"),
        ("We pay 20 employees", "small"),
        ("Wir beschäftigen rund 3.500 Mitarbeiter", "large"),
    ],
)
def test_the_employers_own_size_is_read(sentence, size):
    assert _stated(sentence).size == size


@pytest.mark.parametrize(
    "sentence",
    [
        "You will support 30 employees in payroll",
        "Our customers have 10,000 employees",
        "Manage a team of 12 employees",
        "You will join a team of 5 employees",
        "We serve companies with 50 employees",
        "10,000 employees use our product",
        "Our product is used by 10,000 employees",
        "Payroll for 40 employees",
        "Lead a department with 40 employees",
        "Companies of 11-50 employees",
        "Our clients employ 10,000 employees",
        "You are responsible for 25 employees",
        "HR for 60 employees",
        "Recruit 20 employees a year",
        "Our store has 20 employees",
        "Onboarding of 30 employees per month",
        "Verantwortung für 30 Mitarbeiter",
        "Sie führen 30 Mitarbeiter",
        "Management of 30 employees",
        "Supervision of 15 employees",
    ],
)
def test_the_size_of_others_and_of_a_part_is_not(sentence):
    assert _stated(sentence).size is None


@pytest.mark.parametrize(
    "words", ["5+ years of experience ", "US ", "manager with ", "not ", "1,000 employees ", "Senior: 5+ years "]
)
def test_a_hostile_page_is_read_in_a_bounded_time(words):
    assert _stated((words * 4_000)[:8_000] + " citizen sponsor").pace is None
