"""The quality score, its parts, and the document that explains them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.posting import JobPosting, JobType, Location, Period, Salary, Workplace, job_id
from services.parser import quality
from services.parser.messages import ParsedPosting

DOCUMENT = Path(__file__).parents[3] / "docs" / "postings.md"


def posting(**fields: object) -> JobPosting:
    url = "https://northwind.example/jobs/7"
    least = {
        "id": job_id(url),
        "identity": url,
        "url": url,
        "ats": "website",
        "title": "",
        "company_name": "",
        "quality_score": 0,
    }
    draft = JobPosting.model_validate(least | fields)
    return draft.model_copy(update={"quality_score": quality.score(draft)})


FULL = {
    "title": "Nurse",
    "company_name": "Northwind",
    "description_text": "x" * 400,
    "locations": (Location(name="Leeds", country="GB"),),
    "posted_at": datetime(2026, 11, 1, tzinfo=UTC),
    "job_type": JobType.FULL_TIME,
    "salary": Salary(min=12.21, max=None, currency="GBP", period=Period.HOUR),
    "application_url": "https://northwind.example/apply",
}


def test_a_full_posting_has_all_points_and_an_empty_one_none():
    assert posting(**FULL).quality_score == 100
    assert posting().quality_score == 0
    assert quality.refusal_reason(posting(**FULL)) is None


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({"title": ""}, 70),
        ({"company_name": ""}, 80),
        ({"description_text": "x" * 399}, 93),
        ({"description_text": "x" * 199}, 85),
        ({"description_text": "x" * 79}, 80),
        ({"description_text": "x" * 29}, 75),
        ({"description_text": "仕" * 134}, 100),
        ({"description_text": "仕" * 133}, 93),
        ({"locations": (Location(name="Nowhere"),)}, 97),
        ({"locations": ()}, 90),
        ({"locations": (), "remote": Workplace.REMOTE}, 100),
        ({"posted_at": None}, 96),
        ({"job_type": None}, 96),
        ({"salary": None}, 96),
        ({"application_url": None}, 97),
    ],
)
def test_each_part_counts_for_itself(change, score):
    assert posting(**FULL | change).quality_score == score


def test_a_refusal_names_the_score_and_what_is_missing():
    poor = posting(title="Nurse", company_name="Northwind", description_text="x" * 100)
    reason = quality.refusal_reason(poor)
    assert reason is not None
    assert reason.startswith("quality 60 is below 70: ")
    assert all(part in reason for part in ("description", "location", "posted date", "salary", "application address"))
    assert "title" not in reason


def test_a_title_a_company_and_a_whole_description_are_enough_and_a_short_one_needs_a_fact_more():
    whole = posting(title="Nurse", company_name="Northwind", description_text="x" * 400)
    short = {"title": "Nurse", "company_name": "Northwind", "description_text": "x" * 250}
    assert quality.refusal_reason(whole) is None
    assert quality.refusal_reason(posting(**short)) is not None
    assert quality.refusal_reason(posting(**short, job_type=JobType.FULL_TIME)) is None


def test_the_document_lists_every_part_with_its_points():
    rows = re.findall(
        r"^\| ([a-z ]+) \| (\d+) \|", DOCUMENT.read_text(encoding="utf-8").partition("## Quality")[2], re.MULTILINE
    )
    assert [(name, int(points)) for name, points in rows] == [(p.name, p.of) for p in quality.quality_parts(posting())]


def test_the_document_lists_every_field_in_order():
    text = DOCUMENT.read_text(encoding="utf-8")
    fields = re.findall(r"^\| `(\w+)` \|", text.partition("## Pay")[0], re.MULTILINE)
    assert fields == list(JobPosting.model_fields)
    assert all(f"`{name}`" in text for name in ParsedPosting.model_fields)
