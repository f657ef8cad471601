"""Puts postings into the ClickHouse of a data directory, as a crawl would: python seed_postings.py DIRECTORY."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from quiethire.domain.lifecycle import observe
from quiethire.domain.posting import JobPosting, Location, Seniority, Workplace, job_id
from quiethire.settings import Settings
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from services.matching.taxonomy.titles import open_occupations

SKILLS = ("Python", "SQL", "Apache Spark", "dbt", "Airflow")


def posting(number: int) -> JobPosting:
    """A posting that a data engineer in Berlin fits."""
    identity = f"greenhouse/northwind/{number}"
    title = ("Senior Data Engineer", "Data Platform Engineer")[number % 2]
    skills = SKILLS[: 3 + number % 3]
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://boards.greenhouse.io/northwind/jobs/{number}",
        board_key="greenhouse/northwind",
        ats="greenhouse",
        external_id=str(number),
        title=f"{title} {number}",
        company_name="Northwind",
        company_domain="northwind.example",
        locations=(Location(name="Berlin, Germany", city="Berlin", country="DE"),),
        remote=Workplace.HYBRID,
        seniority=Seniority.SENIOR,
        description_text=f"{title} number {number} with {', '.join(skills)}.",
        requirements=skills,
        skills=skills,
        quality_score=90,
    )


async def seed(directory: Path) -> None:
    """Observe twenty postings now."""
    engine = open_clickhouse(None, directory / "clickhouse")
    store = ClickHousePostings(engine)
    await store.migrate()
    advance = observe({}, [posting(number) for number in range(20)], datetime.now(UTC))
    await store.save(advance.rows, advance.events)
    engine.close()
    # Made once for a user, in seconds that a busy machine does not give to a run's first try.
    open_occupations(Settings(data_dir=directory).cache_path / "taxonomy")


if __name__ == "__main__":
    asyncio.run(seed(Path(sys.argv[1])))
