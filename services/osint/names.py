"""Names of hosts below a domain, as strangers write them: which are names at all, and which of them speak of jobs."""

import re

from services.osint.words import CAREER, plain

JOB_NAMES = (
    "careers", "jobs", "career", "hiring", "job", "join", "joinus", "join-us", "workwithus", "work-with-us", "workforus", "work", "apply",
    "recruiting", "recruitment", "recruit", "recruiter", "talent", "talents", "vacancies", "vacancy", "opportunities", "positions", "openings",
    "employment", "jobboard", "job-board", "jobportal", "jobsearch", "careersite", "people", "team", "hire", "ats",
    "karriere", "stellen", "stellenangebote", "jobboerse", "bewerbung", "bewerben", "ausbildung",  # German
    "vacatures", "vacature", "werkenbij", "werken",  # Dutch
    "emplois", "emploi", "recrutement", "carriere", "carrieres", "rejoignez-nous",  # French
    "empleo", "empleos", "trabaja", "trabajo", "talento", "carreras", "lavora", "lavoraconnoi", "carriera",  # Spanish, Italian
    "vagas", "carreiras", "trabalhe", "trabalheconosco", "recrutamento",  # Portuguese
    "rekrytering", "jobb", "karriar", "stillinger", "ledigestillinger", "rekry", "tyopaikat",  # Nordic
    "ura", "kariera", "praca", "prace", "rekrutacja", "kariyer", "karrier", "karijera", "cariere",  # further east
    "saiyo", "zhaopin", "karir", "tuyendung",
)  # fmt: skip
OTHER_NAMES = ("www", "hr", "about", "company", "corporate", "blog", "docs", "api", "app", "shop", "support")
"""Names to ask the DNS for: those of jobs, then those at which a company often keeps its pages."""

MAX_NAMES = 500
"""Names of one domain that are kept."""

_JOB_NAMES = frozenset(JOB_NAMES)
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "gov", "gob", "go", "ne", "net", "or", "org"))
"""What stands before a country's domain where companies are registered one level further down: acme.co.uk."""


def name_below(domain: str, text: str) -> str | None:
    """The name that a text is, in lower case and without a wildcard's star; None where it is none below the domain."""
    name = text.strip().lower().removeprefix("*.").rstrip(".")
    return name if name.endswith(f".{domain}") and _NAME.fullmatch(name) else None


def is_public(domain: str) -> bool:
    """Whether strangers can know of a domain: none is registered, and no certificate issued, below these (RFC 6761)."""
    return domain.rpartition(".")[2] not in ("example", "test", "invalid", "localhost")


def speaks_of_jobs(name: str, domain: str) -> bool:
    """Whether a name below a domain is called after jobs: `careers.acme.com`, `jobs-eu.acme.com`, `eu.karriere.acme.de`."""
    own = name.removesuffix(f".{domain}")
    return any(label in _JOB_NAMES or CAREER.search(plain(label)) is not None for label in own.split("."))


def company_domain(host: str) -> str:
    """The domain of the company whose career host this is: `careers.acme.com` → `acme.com`."""
    labels = host.split(".")
    while len(labels) > 2 and (labels[0] == "www" or labels[0] in _JOB_NAMES):
        if len(labels) == 3 and labels[1] in _SECOND_LEVEL and len(labels[2]) == 2:
            break  # careers.co.uk is a company of this name
        labels = labels[1:]
    return ".".join(labels)
