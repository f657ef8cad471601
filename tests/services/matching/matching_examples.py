"""Postings and profiles to match: small ones by hand, many by chance."""

import random
from uuid import UUID

from quiethire.domain.matching import Proficiency, Profile, SalaryFloor
from quiethire.domain.posting import JobPosting, Location, Period, Salary, Seniority, Workplace, job_id

CANDIDATE = UUID("00000000-0000-4000-8000-000000000001")
BERLIN = Location(name="Berlin", city="Berlin", country="DE")


def posting(key: str = "a", **fields) -> JobPosting:
    given = {"title": "Data Engineer", "company_name": "Acme", "skills": ("Python", "SQL", "Linux"), **fields}
    identity = f"board/acme/{key}"
    return JobPosting(
        id=job_id(identity), identity=identity, url=f"https://acme.example/{key}", ats="html",
        quality_score=90, **given,
    )  # fmt: skip


def profile(**fields) -> Profile:
    return Profile(
        **{
            "titles": ("Data Engineer",),
            "skills": dict.fromkeys(("Python", "SQL", "Linux"), Proficiency.EXPERT),
            **fields,
        }
    )


WORDS = [
    "data",
    "engineer",
    "platform",
    "baker",
    "nurse",
    "cloud",
    "stream",
    "model",
    "bread",
    "ward",
    "metrics",
    "kitchen",
    "sensor",
    "ledger",
]
SKILLS = ["Python", "SQL", "Kafka", "Spark", "dbt", "Baking", "Nursing", "Go", "React.js", "C++"]
SENTENCES = [
    "At least 3 years of experience.", "5+ years of experience with data.", "2-4 years of experience.",
    "We do not sponsor visas.", "We are a fast-paced team.", "A company of 300 employees.", "We work at a calm pace.",
]  # fmt: skip
PLACES = [
    BERLIN,
    Location(name="Lyon", city="Lyon", country="FR"),
    Location(name="Germany", country="DE"),
    Location(name="Somewhere"),
]


def random_posting(rng: random.Random, number: int) -> JobPosting:
    low = rng.choice([None, 30_000, 50_000, 70_000])
    high = rng.choice([None, 60_000, 80_000]) if low else 55_000
    salary = Salary(
        min=low, max=max(low or 0, high) if high else None, currency=rng.choice(["EUR", "USD"]), period=Period.YEAR
    )
    return posting(
        str(number),
        title=" ".join(rng.choices(["Senior", "Junior", *WORDS], k=rng.randint(1, 4))),
        skills=tuple(rng.sample(SKILLS, rng.randint(0, 5))),
        requirements=tuple(rng.sample(SENTENCES, rng.randint(0, 3)))
        + (("Kafka is nice to have",) if rng.random() < 0.3 else ()),
        description_text=" ".join(rng.choices(WORDS, k=rng.randint(0, 30))),
        seniority=rng.choice([None, *Seniority]),
        salary=rng.choice([None, salary]),
        locations=tuple(rng.sample(PLACES, rng.randint(0, 2))),
        remote=rng.choice(list(Workplace)),
        remote_allowed_in=tuple(rng.sample(["DE", "EU", "US", "the moon"], rng.randint(0, 2))),
    )


def random_profile(rng: random.Random) -> Profile:
    return Profile(
        titles=tuple(" ".join(rng.choices(["Senior", *WORDS], k=2)) for _ in range(rng.randint(0, 2))),
        skills={skill: rng.choice(list(Proficiency)) for skill in rng.sample([*SKILLS, "Welding"], rng.randint(0, 6))},
        years_experience=rng.choice([None, 1, 3.5, 12]),
        places=tuple(rng.sample(["Berlin, Germany", "lyon", "Oslo"], rng.randint(0, 2))),
        countries=tuple(rng.sample(["DE", "FR", "US"], rng.randint(0, 2))),
        workplaces=tuple(rng.sample(list(Workplace), rng.randint(0, 2))),
        salary_floor=rng.choice([None, SalaryFloor(amount=65_000, currency="EUR"), SalaryFloor(amount=30, currency="USD", period=Period.HOUR)]),
        work_authorisation=tuple(rng.sample(["DE", "US", "EU"], rng.randint(0, 2))),
        culture=dict(rng.sample([("remote", "hybrid"), ("size", "large"), ("pace", "fast"), ("food", "vegan")], rng.randint(0, 3))),
        verified=dict(rng.sample([("skills", True), ("experience", False)], rng.randint(0, 2))),
    )  # fmt: skip
