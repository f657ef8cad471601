"""The demo candidate: a senior data and backend engineer in Berlin."""

from uuid import UUID

from quiethire.domain.matching import Candidate, Proficiency, Profile, SalaryFloor
from quiethire.domain.posting import Workplace

_EU = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
)  # fmt: skip

CANDIDATE = Candidate(
    id=UUID("5f0c1c52-7d3e-4b8e-9a41-0d2f6f1b7a10"),
    name="Demo candidate",
    profile=Profile(
        titles=("Senior Data Engineer", "Backend Engineer"),
        skills={
            "Python": Proficiency.EXPERT,
            "SQL": Proficiency.EXPERT,
            "PostgreSQL": Proficiency.EXPERT,
            "Apache Spark": Proficiency.WORKING,
            "Apache Kafka": Proficiency.WORKING,
            "dbt": Proficiency.WORKING,
            "Airflow": Proficiency.WORKING,
            "Docker": Proficiency.WORKING,
            "AWS": Proficiency.WORKING,
            "Terraform": Proficiency.LEARNING,
            "Kubernetes": Proficiency.LEARNING,
            "Go": Proficiency.LEARNING,
        },
        years_experience=7,
        industries=("energy", "logistics"),
        summary=(
            "Builds data platforms and the services around them: batch and streaming pipelines in Python and Spark, "
            "dimensional models in dbt, APIs on PostgreSQL. Has led a small team and likes systems that are boring "
            "to run."
        ),
        places=("Berlin",),
        countries=("DE",),
        workplaces=(Workplace.REMOTE, Workplace.HYBRID),
        salary_floor=SalaryFloor(amount=70_000, currency="EUR"),
        work_authorisation=_EU,
        culture={"size": "small", "pace": "steady", "remote": "remote"},
        verified={"skills": True, "experience": True, "work_authorisation": False},
    ),
)
