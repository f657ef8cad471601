"""Résumés as people of several countries write them, each with its own habits."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

TODAY = date(2026, 11, 1)

GERMAN = """Dr. Katharina Vogel
Lindenstraße 12, 50674 Köln
Tel.: 0221 4710 8232, mobil: 0171 2345678
E-Mail: k.vogel@posteo.de
geb. am 12.03.1985 in Bonn, verheiratet, 2 Kinder

LEBENSLAUF

Berufserfahrung
seit 04/2019\tProjektmanagerin, RheinEnergie AG, Köln
\t- Leitung von IT-Projekten (SAP S/4HANA)
01/2014 – 03/2019\tConsultant, Beratung Nord GmbH, Düsseldorf
\t- Prozessanalyse und Einführung von Jira

Ausbildung
10/2009 – 08/2012\tPromotion in Wirtschaftsinformatik, Universität zu Köln (magna cum laude)
06/2004\tAbitur, Clara-Schumann-Gymnasium Bonn

Sprachen
Deutsch (Muttersprache), Englisch (verhandlungssicher)

EDV-Kenntnisse
MS Office, SAP, Jira, Python (Grundkenntnisse)
Gehaltsvorstellung: 85.000 EUR brutto p.a.
"""
AMERICAN = """MICHAEL R. THOMPSON, MBA
Chicago, IL 60614 | (312) 555-0182 | mrthompson@example.com | linkedin.com/in/mrthompson

PROFESSIONAL EXPERIENCE

Harvester Inc., Peoria, IL                                        June 2018 – Present
Senior Operations Manager
• Lead a team of 45 across three plants

Blue Tractor, Moline, IL                                          May 2013 – June 2018
Production Supervisor
• Supervised 20 assembly technicians

EDUCATION
Northwestern University, Kellogg School of Management, Evanston, IL
Master of Business Administration, 2017
University of Illinois at Urbana-Champaign
Bachelor of Science in Industrial Engineering, May 2010

SKILLS
Lean Six Sigma Black Belt, SAP, Kaizen, Supply Chain Management, Tableau, Microsoft Excel
Authorized to work in the United States without sponsorship
"""
FRENCH = """Camille ROUSSEL
25 ans – Permis B
14 rue des Lilas, 33000 Bordeaux
06 98 76 54 32 – camille.roussel@example.fr

DÉVELOPPEUSE FRONT-END

EXPÉRIENCES PROFESSIONNELLES
Depuis septembre 2022 : Développeuse Front-End – Grande Boutique, Bordeaux
Développement de composants React, TypeScript
Janvier 2021 – août 2022 : Développeuse web junior chez Atelier Bleu, Bordeaux
Été 2019 : Stage – Studio Rivage, Bordeaux

FORMATION
2018-2020 : Master Informatique, Université de Bordeaux
2015 : Baccalauréat scientifique, Lycée Montaigne

LANGUES
Français : langue maternelle
Anglais : C1 (TOEIC 945)
"""
INDIAN = """Curriculum Vitae
Personal Information
Name: Rajesh Kumar Venkataraman
Address: Flat 4B, Anna Nagar, Chennai 600040, India
Mobile: +91 98402 12345
Date of Birth: 14 July 1990

Work Experience
Organization: Silverline Consultancy Ltd
Designation: Senior Test Engineer
Duration: Jan 2016 - Till date
Responsibilities:
Prepared test cases for banking applications using Selenium and Java.

Organization: Bright Data Limited
Designation: Test Engineer
Duration: Jun 2012 to Dec 2015

Educational Qualification
B.E. in Computer Science from Anna University, 2012 with 78%
"""
EXPORT = """Contact
www.linkedin.com/in/sofia-ortega-dev (LinkedIn)

Top Skills
Kotlin
Android Development

Languages
Spanish (Native or Bilingual)
English (Full Professional)

Sofía Ortega
Android Engineer at Cargo Azul
Barcelona, Catalonia, Spain

Experience

Cargo Azul
Android Engineer
March 2021 - Present (5 years 9 months)
Barcelona, Spain

Mercado Verde
Mobile Developer
July 2018 - February 2021 (2 years 8 months)
Barcelona Area, Spain

Education
Universitat Politècnica de Catalunya
Bachelor's degree, Computer Science · (2012 - 2016)

Page 1 of 1
"""


def jobs(resume):
    return [
        (_value(job.title), _value(job.employer), _value(job.start), _value(job.end), job.current)
        for job in resume.work
    ]


def _value(reading):
    return reading.value if reading else None


def test_a_german_lebenslauf():
    resume = read_resume(GERMAN.encode(), today=TODAY)
    assert _value(resume.name) == "Katharina Vogel"
    assert _value(resume.phone) == "+4922147108232"
    assert _value(resume.place) == "Köln"
    assert jobs(resume) == [
        ("Projektmanagerin", "RheinEnergie AG", "2019-04", None, True),
        ("Consultant", "Beratung Nord GmbH", "2014-01", "2019-03", False),
    ]
    assert [(_value(one.institution), _value(one.end)) for one in resume.education] == [
        ("Universität zu Köln", "2012-08"),
        ("Clara-Schumann-Gymnasium Bonn", "2004-06"),
    ]
    assert [one.value for one in resume.languages] == ["German (Muttersprache)", "English (verhandlungssicher)"]
    assert {one.name.value: one.years for one in resume.skills} == {
        "MS Office": None,
        "SAP": 7.7,
        "Jira": 5.2,
        "Python": None,
    }
    assert resume.salary_floor.value.startswith("85.000 EUR")


def test_an_american_resume():
    resume = read_resume(AMERICAN.encode(), today=TODAY)
    assert _value(resume.name) == "Michael R. Thompson"
    assert _value(resume.phone) == "+13125550182"
    assert _value(resume.place) == "Chicago, IL"
    assert jobs(resume) == [
        ("Senior Operations Manager", "Harvester Inc.", "2018-06", None, True),
        ("Production Supervisor", "Blue Tractor", "2013-05", "2018-06", False),
    ]
    assert [(_value(one.degree), _value(one.field), _value(one.end)) for one in resume.education] == [
        ("Master of Business Administration", "Business Administration", "2017"),
        ("Bachelor of Science in Industrial Engineering", "Industrial Engineering", "2010-05"),
    ]
    assert [one.value for one in resume.work_authorisation] == ["US"]
    assert "Microsoft Excel" in [one.name.value for one in resume.skills]


def test_a_french_cv():
    resume = read_resume(FRENCH.encode(), today=TODAY)
    assert _value(resume.name) == "Camille Roussel"
    assert _value(resume.phone) == "+33698765432"
    assert jobs(resume) == [
        ("Développeuse Front-End", "Grande Boutique", "2022-09", None, True),
        ("Développeuse web junior", "Atelier Bleu", "2021-01", "2022-08", False),
        ("Stage", "Studio Rivage", "2019-06", "2019-06", False),
    ]
    assert [one.value for one in resume.languages] == ["French (langue maternelle)", "English (C1)"]


def test_an_indian_cv_with_labels():
    resume = read_resume(INDIAN.encode(), today=TODAY)
    assert _value(resume.name) == "Rajesh Kumar Venkataraman"
    assert _value(resume.phone) == "+919840212345"
    assert _value(resume.place) == "Chennai, India"
    assert jobs(resume) == [
        ("Senior Test Engineer", "Silverline Consultancy Ltd", "2016-01", None, True),
        ("Test Engineer", "Bright Data Limited", "2012-06", "2015-12", False),
    ]
    assert [_value(one.institution) for one in resume.education] == ["Anna University"]


def test_a_profile_exported_from_a_network():
    resume = read_resume(EXPORT.encode(), today=TODAY)
    assert _value(resume.name) == "Sofía Ortega"
    assert resume.phone is None
    assert jobs(resume) == [
        ("Android Engineer", "Cargo Azul", "2021-03", None, True),
        ("Mobile Developer", "Mercado Verde", "2018-07", "2021-02", False),
    ]
    assert [_value(job.place) for job in resume.work] == ["Barcelona, Spain", "Barcelona Area, Spain"]


@pytest.mark.parametrize("text", [GERMAN, INDIAN])
def test_birth_family_and_nationality_are_in_no_field(text):
    resume = read_resume(text.encode(), today=TODAY)
    fields = resume.model_dump_json(exclude={"text"})
    for told in ("1985", "1990", "Bonn,", "verheiratet", "Kinder", "July"):
        assert told not in fields


def test_years_of_jobs_at_the_same_time_count_once():
    text = "Experience\nNurse, City Hospital\n01/2010 - 12/2015\n\nTutor, Night College\n01/2012 - 12/2013\n"
    assert read_resume(text.encode(), today=TODAY).years_experience == 6.0


def test_a_need_of_sponsorship_is_no_authorisation():
    text = "Jane Example\njane@example.com\nNot authorized to work in Germany\nI require a work permit for France\n"
    assert read_resume(text.encode()).work_authorisation == ()


@pytest.mark.parametrize(
    "written",
    [
        "Aisha Bello (she/her)",
        "AISHA BELLO [she / her / hers] | Berlin",
        "Aisha Bello, they/them",
        "Name: Aisha Bello (sie/ihr)",
    ],
)
def test_pronouns_are_no_part_of_a_name_and_do_not_hide_it(written):
    resume = read_resume(f"{written}\na@bello.example\n\nSkills\nPython, SQL\n".encode(), today=TODAY)
    assert _value(resume.name) == "Aisha Bello"
    assert resume.text[resume.name.span.start : resume.name.span.end].title() == "Aisha Bello"
