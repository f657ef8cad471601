"""Lists of skills as people write them, with levels and years."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume

TODAY = date(2026, 11, 1)
_HEAD = "Jane Roe\njane.roe@example.com\n\nWork Experience\nDeveloper, Acme GmbH\n01/2016 - 12/2020\n"


def _skills(listed, job="- Reports\n"):
    resume = read_resume(f"{_HEAD}{job}\nSkills\n{listed}\n".encode(), today=TODAY)
    return {one.name.value: one.years for one in resume.skills}


@pytest.mark.parametrize(
    ("listed", "skills"),
    [
        ("Python: 5 years\nJava: Advanced\nExcel: 80%", {"Python": 5, "Java": None, "Excel": None}),
        ("Python\tExpert\nSAP\tGrundkenntnisse\nDocker\t3 years", {"Python": None, "SAP": None, "Docker": 3}),
        ("Skill\tLevel\nPython\tgood\tJava\tbasic", {"Python": None, "Java": None}),
        ("Python ★★★★☆\nJava ●●●○○\nKotlin ■■■□□", {"Python": None, "Java": None, "Kotlin": None}),
        ("5+ years of Python\n3 years Java\nOver 7 years experience with SQL", {"Python": 5, "Java": 3, "SQL": 7}),
        ("Advanced Python, Expert in Java, basic Docker", {"Python": None, "Java": None, "Docker": None}),
        ("Strong knowledge of Python, hands-on experience with AWS", {"Python": None, "AWS": None}),
        ("I have worked with Python and Docker for many years now", {"Python": None, "Docker": None}),
        (
            "Python Java TypeScript Docker Kubernetes Git",
            dict.fromkeys(("Python", "Java", "TypeScript", "Docker", "Kubernetes", "Git")),
        ),
        ("Advanced Analytics, Basic Life Support", {"Advanced Analytics": None, "Basic Life Support": None}),
        ("C# / .NET, PL/SQL, HTML/CSS", {"C#": None, ".NET": None, "PL/SQL": None, "HTML": None, "CSS": None}),
        ("1) Python\n2) SQL", {"Python": None, "SQL": None}),
        ("• Kuber-\nnetes\n• Team-\nwork", {"Kubernetes": None, "Teamwork": None}),
        ("Languages: Python (5 years), Java\nDriving licence: B", {"Python": 5, "Java": None}),
    ],
)
def test_levels_and_years_are_no_skills_and_hide_none(listed, skills):
    assert _skills(listed) == skills


def test_years_are_those_of_jobs_that_mean_the_skill():
    job = "- R&D, brought products to market (go to market), C-level reports\n- Postgres and k8s\n"
    skills = _skills("R, Go, C, PostgreSQL, Kubernetes", job)
    assert skills == {"R": None, "Go": None, "C": None, "PostgreSQL": 5.0, "Kubernetes": 5.0}
    assert _skills("Go, R", "- Services written in Go, code in R\n") == {"Go": 5.0, "R": 5.0}


@pytest.mark.parametrize(
    ("told", "years"),
    [
        ("Python (5 years), SQL (5-7 years), Kafka (five to seven years), Go (over ten years)", [5, 5, 5, 10]),
        ("Python - 5-7 years", [5]),
        ("Python | 10+ yrs | Expert", [10]),
        ("Over ten years of experience in Python", [10]),
        ("Python: fünf bis sieben Jahre", [5]),
        ("Python (5 ans), SQL (entre 3 et 5 ans)", [5, 3]),
        ("Python (5 años), SQL (3 a 5 años)", [5, 3]),
    ],
)
def test_years_stated_beside_a_skill_are_its_own_and_of_a_range_the_lower_end_counts(told, years):
    read = read_resume(f"Jane Roe\njane@roe.example\n\nSkills\n{told}\n".encode()).skills
    assert [one.name.value for one in read] == ["Python", "SQL", "Kafka", "Go"][: len(years)]
    assert [one.years for one in read] == years
