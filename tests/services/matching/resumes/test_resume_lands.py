"""Résumés in the languages around, in the forms of Europass and LinkedIn: who, which jobs, studies, skills and languages."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

SWEDISH = """Curriculum Vitae

KARIN LIND
Systemutvecklare
Storgatan 5, 114 55 Stockholm
070-123 45 67
karin.lind@exempel.se

Arbetslivserfarenhet
Systemutvecklare, Bolaget AB, Stockholm
mars 2019 – nuvarande
- Java och SQL

Utbildning
Civilingenjör i datateknik, Kungliga Tekniska högskolan, 2010 – 2015

Kompetenser
Java, SQL, Docker

Språk
Svenska (modersmål), engelska (flytande)
"""
NORWEGIAN = """Ola Nordmann
Tlf: 912 34 567
ola.nordmann@epost.no
Oslo, Norge

Arbeidserfaring
2019 – d.d.  Utvikler, Bekk Consulting AS, Oslo

Utdanning
2010 – 2015  Master i informatikk, Universitetet i Oslo

Ferdigheter
Java, SQL, Docker

Språk
Norsk (morsmål), engelsk
"""
DANISH = """Mads Østergaard
mads@firma.dk
+45 20 12 34 56
2100 København Ø

Erhvervserfaring
Projektleder, Firma A/S
01.2019 - nu

Uddannelse
Kandidat i jura, Københavns Universitet, 2007-2015

Kompetencer
Java, SQL, Docker

Sprog
Dansk, Engelsk (flydende)
"""
POLISH = """Jan Kowalski
Programista
tel. 601 234 567
jan.kowalski@poczta.pl
Kraków

Doświadczenie zawodowe
01.2019 – obecnie
Programista, Fabryka Sp. z o.o., Kraków

Wykształcenie
2011 – 2015 Politechnika Krakowska, mgr inż. informatyki

Umiejętności
Java, SQL, Docker

Języki obce
polski (ojczysty), angielski (C1)
"""
EUROPASS = """Curriculum Vitae Europass

Informazioni personali
Nome / Cognome   Giulia De Santis
Indirizzo   Via Roma 5, 20121 Milano (Italia)
Telefono   +39 333 123 4567
E-mail   giulia.desantis@esempio.it

Esperienza professionale
Date   Marzo 2019 → oggi
Lavoro o posizione ricoperti   Ingegnere del software
Nome e indirizzo del datore di lavoro   Rossi S.r.l., Milano

Istruzione e formazione
Date   2009 – 2015
Titolo della qualifica rilasciata   Laurea magistrale in Informatica
Nome e tipo d'organizzazione   Politecnico di Milano

Capacità e competenze
Java, SQL, Docker
Madrelingua   Italiano
Altre lingue   Inglese
"""
LINKEDIN = """Jane van Doe
jane.doe@example.com

Experience
Acme
5 years 3 months
Engineering Manager
March 2021 - Present (3 years 2 months)
Berlin

Senior Engineer
January 2019 - March 2021 (2 years 3 months)
Berlin

Globex Corp
Developer
June 2015 - December 2018 (3 years 7 months)
Leeds
"""


def _read(text):
    return read_resume(text.encode(), today=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("text", "who", "told"),
    [
        (
            SWEDISH,
            ("Karin Lind", "+46701234567", "Stockholm"),
            [
                *("Systemutvecklare", "Bolaget AB", "Kungliga Tekniska högskolan", "Civilingenjör i datateknik"),
                *("Swedish (modersmål)", "English (flytande)"),
            ],
        ),
        (
            NORWEGIAN,
            ("Ola Nordmann", "+4791234567", "Oslo, Norge"),
            [
                *("Utvikler", "Bekk Consulting AS", "Universitetet i Oslo", "Master i informatikk"),
                *("Norwegian (morsmål)", "English"),
            ],
        ),
        (
            DANISH,
            ("Mads Østergaard", "+4520123456", "København Ø"),
            ["Projektleder", "Firma A/S", "Københavns Universitet", "Kandidat i jura", "Danish", "English (flydende)"],
        ),
        (
            POLISH,
            ("Jan Kowalski", "+48601234567", "Kraków"),
            [
                *("Programista", "Fabryka Sp. z o.o.", "Politechnika Krakowska", "mgr inż. informatyki"),
                *("Polish (ojczysty)", "English (C1)"),
            ],
        ),
        (
            EUROPASS,
            ("Giulia De Santis", "+393331234567", "Milano"),
            [
                *("Ingegnere del software", "Rossi S.r.l., Milano", "Politecnico di Milano"),
                *("Laurea magistrale in Informatica", "Italian", "English"),
            ],
        ),
    ],
    ids=["Swedish", "Norwegian", "Danish", "Polish", "Europass"],
)
def test_a_resume_of_another_land_is_read(text, who, told):
    resume = _read(text)
    assert (resume.name.value, resume.phone.value, resume.place.value) == who
    (job,), (study,) = resume.work, resume.education
    assert (job.start.value[:4], job.current, study.end.value) == ("2019", True, "2015")
    found = (job.title, job.employer, study.institution, study.degree, *resume.languages)
    assert [one.value for one in found] == told
    assert [one.name.value for one in resume.skills] == ["Java", "SQL", "Docker"]


def test_titles_below_one_employer_and_all_the_time_there_are_all_its_own():
    jobs = [(job.title.value, job.employer.value, job.employer.confidence) for job in _read(LINKEDIN).work]
    assert [job[:2] for job in jobs] == [
        *(("Engineering Manager", "Acme"), ("Senior Engineer", "Acme"), ("Developer", "Globex Corp")),
    ]
    assert jobs[1][2] < jobs[0][2]


def test_a_family_name_in_capitals_keeps_its_particle_and_a_firm_in_a_city_is_nobody():
    assert _read("Marie-Claude LE GOFF\nInfirmière\nmarie@goff.example\n").name.value == "Marie-Claude le Goff"
    assert _read("Restaurante Sol, Madrid\nCocinero\nsol@mar.example\nIdiomas\nInglés\n").name is None


def test_years_of_two_figures_are_a_span_where_both_ends_are():
    text = "Bob Roe\nbob@roe.example\n\nExperience\n'18 - '19 Waiter, Hotel Blue\n'16 – '18 Cashier, Shop Ltd\n"
    jobs = [(job.title.value, job.start.value, job.end.value) for job in _read(text).work]
    assert jobs == [("Waiter", "2018", "2019"), ("Cashier", "2016", "2018")]
