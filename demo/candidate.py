"""The demo candidate: a senior data and backend engineer in Berlin."""

from uuid import UUID

from quiethire.domain.candidate import Candidate, Preferences, SkillLevel, Track
from quiethire.domain.matching import Proficiency, SalaryFloor
from quiethire.domain.posting import Workplace

_EU = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
)  # fmt: skip

_LEVELS = {
    Proficiency.EXPERT: ("Python", "SQL", "PostgreSQL"),
    Proficiency.WORKING: ("Apache Spark", "Apache Kafka", "dbt", "Airflow", "Docker", "AWS"),
    Proficiency.LEARNING: ("Terraform", "Kubernetes", "Go"),
}

CANDIDATE = Candidate(
    id=UUID("5f0c1c52-7d3e-4b8e-9a41-0d2f6f1b7a10"),
    name="Demo candidate",
    tracks=(
        Track(
            name="Data and backend",
            titles=("Senior Data Engineer", "Backend Engineer"),
            skills={skill: SkillLevel(proficiency=level) for level, skills in _LEVELS.items() for skill in skills},
            years_experience=7,
            industries=("energy", "logistics"),
            summary=(
                "Builds data platforms and the services around them: batch and streaming pipelines in Python and "
                "Spark, dimensional models in dbt, APIs on PostgreSQL. Has led a small team and likes systems that "
                "are boring to run."
            ),
        ),
    ),
    preferences=Preferences(
        places=("Berlin",),
        countries=("DE",),
        workplaces=(Workplace.REMOTE, Workplace.HYBRID),
        salary_floor=SalaryFloor(amount=70_000, currency="EUR"),
        culture={"size": "small", "pace": "steady", "remote": "remote"},
    ),
    work_authorisation=_EU,
    verified={"skills": True, "experience": True, "work_authorisation": False},
)
