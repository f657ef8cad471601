"""Postings as the contracts of their stores make them."""

from datetime import UTC, datetime, timedelta

from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import (
    JobPosting,
    JobType,
    Location,
    Period,
    Provenance,
    Salary,
    Seniority,
    Source,
    Workplace,
    job_id,
)

NOW = datetime(2026, 11, 2, 12, 0, 0, 123456, UTC)
DAY = timedelta(days=1)


def posting(token: str, **changes: object) -> JobPosting:
    identity = f"greenhouse/northwind/{token}"
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{token}",
        "board_key": "greenhouse/northwind",
        "ats": "greenhouse",
        "title": f"Engineer {token}",
        "company_name": "Northwind",
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


def full(token: str = "full") -> JobPosting:
    """Every field filled, with what databases like to lose."""
    return posting(
        token,
        external_id="42",
        title="Ingénieur·e «données» \\ 'x' \"y\" 数据 \x00 {id:UUID} %s",
        company_domain="northwind.example",
        locations=(
            Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52437, lon=13.41053),
            Location(name="Somewhere", region=""),
        ),
        remote=Workplace.HYBRID,
        remote_allowed_in=("DE", "AT"),
        on_site_days=3,
        visa_sponsorship=False,
        job_type=JobType.FULL_TIME,
        seniority=Seniority.SENIOR,
        department="",
        description_html="<p>Zeile\r\n\t&amp; mehr</p>" * 200,
        description_text="Zeile\r\n\t& mehr\n" * 200,
        requirements=("SQL", "", "5+ years"),
        skills=("Python", "SQL"),
        salary=Salary(min=90_000_000, max=2**50, currency="IDR", period=Period.MONTH),
        posted_at=datetime(1969, 12, 31, 23, 59, 59, 1, UTC),
        valid_through=NOW + DAY,
        application_url="https://boards.greenhouse.io/apply?x=1&y=%20",
        language="de",
        provenance={
            "title": Provenance(source=Source.JSON_LD, path="$.title"),
            "": Provenance(source=Source.TEXT, path=""),
        },
    )


def row(given: JobPosting, at: datetime = NOW, **changes: object) -> StoredPosting:
    fields: dict[str, object] = {"posting": given, "first_seen_at": at, "last_seen_at": at, "updated_at": at}
    return StoredPosting.model_validate(fields | changes)
