"""The advertisement of a job is no résumé of anybody, in whatever language; what a person writes about themselves stays one."""

import json
from datetime import date

import pytest

from quiethire.domain.errors import InvalidInput
from services.matching.resume.read import read_resume

TODAY = date(2026, 11, 21)

ENGLISH = """Senior Data Engineer
Fernwell Energy, Berlin
jobs@fernwell.example

About the role
We are looking for an engineer to build our data platform in Python and Spark.

What you'll do
- Build pipelines with your team and own them
- Mentor others

Requirements
- 5+ years of experience with Python, SQL and Airflow
- Bachelor's degree in Computer Science

What we offer
- 30 days of holiday, a stipend for your education
Founded in 2011, Fernwell is an equal opportunity employer. Apply now!
"""
GERMAN = """Pflegefachkraft (m/w/d) in Teilzeit
Klinik Kornfeld, Hamburg

Deine Aufgaben:
- Du betreust Patienten auf zwei Stationen
- Dokumentation in SAP

Dein Profil:
- Abgeschlossene Ausbildung zur Pflegefachkraft
- Deutsch (C1)

Wir bieten dir einen sicheren Arbeitsplatz seit 1987.
Wir freuen uns auf deine Bewerbung unter +49 40 1234567.
"""
FRENCH = """Développeur Python (H/F)
Atelier Bleu, Lyon

Nous recherchons un développeur pour notre équipe produit.

Vos missions
- Concevoir des services avec Django et PostgreSQL

Votre profil
- Master en informatique, 3 ans d'expérience

Nous vous proposons un CDI. Envoyez votre CV à emploi@atelier.example.
"""
SPANISH = """Técnico de mantenimiento
Talleres Rueda, Sevilla

Buscamos un técnico para nuestra planta.
Tus funciones
- Mantener máquinas y sistemas
Requisitos
- Formación profesional en electricidad
- Inglés (B1)
Ofrecemos contrato indefinido. Inscríbete en esta oferta.
"""
BEGINS_LATER = ENGLISH + "\nProject Manager, Fernwell GmbH\n01/2027 - 12/2028\n"

SHORT = """Developer wanted
We are looking for a Python developer in Berlin. Send your CV to jobs@fernwell.example
Skills: Python, Django
"""

TERSE = (
    """Senior Backend Engineer
Fernwell Energy, London

Responsibilities
- Design and build services

Skills
- Python, Django, PostgreSQL
- 5+ years of experience
- Bachelor's degree in Computer Science or related field
""",
    """Data Analyst
Berlin, full-time
€55,000 - €65,000

SQL, Python, Tableau
German (B2) required
Send your CV to jobs@fernwell.example
""",
    """Verkäufer (m/w/d)
Modehaus Blau, Köln

Aufgaben
- Beratung der Kunden
Anforderungen
- Abgeschlossene Ausbildung im Einzelhandel
- Englisch von Vorteil
Kontakt: Petra Klein, p.klein@modehaus.example, 0221 123456
""",
    """Camarero/a
Restaurante Sol, Madrid

Se requiere experiencia mínima de 2 años
Inglés (B1) valorable
Contrato indefinido, 1.500 €/mes
""",
    """Programista Python
Warszawa

Wymagania:
- Python, Django
- angielski (B2)
Oferujemy:
- praca zdalna
""",
    """Systemutvecklare
Göteborg

Vi söker dig som kan Java och SQL.
Meriterande: Kotlin
Svenska och engelska
""",
)
UNDATED = """Software Engineer

Skills
Python, Django

Experience
Software Engineer, Acme Ltd
Responsibilities:
- Built services and the reports that the law required
"""
SEEKING = """Developer
I am looking for a new job. My skills are Python and SQL, at least 5 years in each.

Languages: English, German
Skills: Python, SQL
"""
FRENCH_PROFILE = """Profil
Développeur du back-end au sein du groupe, du besoin au déploiement du produit, du design au code.

Compétences
Python, Java

Langues
Anglais (C1), Français
"""

LETTER = """Maria Lopez
maria@lopez.example
+34 612 345 678

Dear Ms Smith,
You are looking for a data engineer, and I would like to join your team. I know your requirements: I build pipelines in Python,
and my last project met what you ask for. I offer ten years of experience. How to apply your tools is something that I teach.
Kind regards
Maria Lopez
"""
FUNCTIONAL = """Ben Osei
Recruiter
ben@osei.example

Skills
Interviewing, Excel, writing job advertisements: "we are looking for", "apply now"

Key responsibilities
- I hired for your kind of company
Languages
English, French
"""
LIFE = """Anna Berg
anna@berg.example

Work Experience
Software Engineer, Acme GmbH, 01/2018 - 12/2020
Built things in Python.
"""
STUDENT = """Anna Berg
anna@berg.example

Education
B.Sc. in Physics, University of Bonn, 2022 - 2025
"""


def _read(text):
    return read_resume(text.encode(), today=TODAY)


@pytest.mark.parametrize(
    "text",
    [ENGLISH, GERMAN, FRENCH, SPANISH, BEGINS_LATER, SHORT, *TERSE],
    ids=[
        *("English", "German", "French", "Spanish", "with a job that begins later", "short"),
        *(f"terse, {text.partition(chr(10))[0]}" for text in TERSE),
    ],
)
def test_an_advertisement_is_refused_with_what_it_is(text):
    with pytest.raises(InvalidInput) as refused:
        _read(text)
    assert (refused.value.kind, refused.value.detail) == ("resume_unknown", "this reads as the advertisement of a job")
    assert refused.value.hint


@pytest.mark.parametrize("text", [LETTER, FUNCTIONAL], ids=["a letter that answers one", "a recruiter without dates"])
def test_who_speaks_as_employers_do_now_and_then_is_read(text):
    assert _read(text).email is not None


@pytest.mark.parametrize("text", [UNDATED, SEEKING, FRENCH_PROFILE], ids=["undated", "seeking", "French"])
def test_who_names_neither_themselves_nor_a_date_is_read(text):
    assert _read(text).skills


@pytest.mark.parametrize("own", [LIFE, STUDENT], ids=["jobs", "studies"])
def test_who_puts_an_advertisement_beside_their_own_life_is_read(own):
    resume = _read(f"{own}\nThe job that I apply for\n{ENGLISH}")
    assert resume.email.value == "anna@berg.example"


def test_a_job_as_json_is_no_resume():
    job = {"title": "Data Engineer", "company": "Fernwell", "skills": [{"name": "Data", "keywords": ["Python", "SQL"]}]}
    with pytest.raises(InvalidInput) as refused:
        read_resume(json.dumps(job).encode(), today=TODAY)
    assert refused.value.kind == "resume_unknown"
    own = {"basics": {"name": "Anna Berg"}, "skills": job["skills"]}
    assert [one.name.value for one in read_resume(json.dumps(own).encode(), today=TODAY).skills] == ["Python", "SQL"]
