"""Postings in the examples of the OpenAPI document: one job of a company that is made up, as each answer tells it."""

from typing import Any

from pydantic.config import JsonDict

JOB = "8e10130d-4662-5c5d-86ac-2414f0a75e5a"
"""The id of the job that all examples speak of."""


SUMMARY: JsonDict = {
    "id": JOB,
    "title": "Senior Data Engineer",
    "company_name": "Northwind",
    "company_domain": "northwind.example",
    "locations": [
        {"name": "Berlin, Germany", "city": "Berlin", "region": None, "country": "DE", "lat": 52.52, "lon": 13.41}
    ],
    "remote": "hybrid",
    "on_site_days": 2,
    "visa_sponsorship": True,
    "job_type": "full_time",
    "seniority": "senior",
    "skills": ["Python", "Spark"],
    "salary": {
        "min": 6500,
        "max": 7900,
        "currency": "EUR",
        "period": "month",
        "yearly_min": 78000,
        "yearly_max": 94800,
    },
    "posted_at": "2026-11-18T08:00:00Z",
    "url": "https://boards.greenhouse.io/northwind/jobs/4012345",
    "ats": "greenhouse",
    "quality_score": 92,
    "status": "open",
    "first_seen_at": "2026-11-18T09:00:00Z",
    "updated_at": "2026-11-18T09:00:00Z",
    "closed_at": None,
}

LIFE: JsonDict = {
    "since": "2026-10-20T08:00:00Z",
    "since_posted": True,
    "open_days": 31,
    "days_to_close": 31,
    "reopened": 0,
    "salary_changes": [
        {
            "at": "2026-11-12T09:00:00Z",
            "old": {
                "min": 70000,
                "max": 90000,
                "currency": "EUR",
                "period": "year",
                "yearly_min": 70000,
                "yearly_max": 90000,
            },
            "new": {
                "min": 75000,
                "max": 95000,
                "currency": "EUR",
                "period": "year",
                "yearly_min": 75000,
                "yearly_max": 95000,
            },
        }
    ],
    "changes": {"salary": 1},
    "corrections": 0,
}


_WHOLE: JsonDict = {
    **SUMMARY,
    "remote_allowed_in": ["DE"],
    "department": "Data Platform",
    "description_html": "<p>You build the pipelines that…</p>",
    "description_text": "You build the pipelines that…",
    "requirements": ["Python", "Five years with data at scale"],
    "valid_through": None,
    "application_url": "https://boards.greenhouse.io/northwind/jobs/4012345#app",
    "language": "en",
    "external_id": "4012345",
    "board_key": "greenhouse/northwind",
    "provenance": {"title": {"source": "ats", "path": "jobs[0].title"}},
}

FOUND: JsonDict = {
    "id": JOB,
    "title": "Senior Data Engineer",
    "company": "Northwind",
    "company_domain": "northwind.example",
    "location": ["Berlin, Germany"],
    "description": "You build the pipelines that…",
    "remote": "hybrid",
    "remote_from": ["DE"],
    "job_type": "full_time",
    "seniority": "senior",
    "language": "en",
    "skills": ["Python", "Spark"],
    "salary": {"min": 75000, "max": 95000, "currency": "EUR", "period": "year"},
    "on_site_days": 2,
    "visa_sponsorship": True,
    "quality_score": 92,
    "posted_at": "2026-11-18T08:00:00Z",
    "geopoint": [[52.52, 13.41]],
    "listings": 1,
    "highlights": {"title": "Senior <mark>Data</mark> Engineer"},
}
_SIMILAR: list[Any] = [
    {
        **FOUND,
        "id": "0b7f1c5e-63de-5d0a-9a51-5f1c3d8f6a27",
        "title": "Data Engineer",
        "seniority": "mid",
        "highlights": {},
    }
]

DETAIL: JsonDict = {
    **_WHOLE,
    "last_seen_at": "2026-11-20T07:12:00Z",
    "life": {
        "since": "2026-11-18T08:00:00Z",
        "since_posted": True,
        "open_days": 2,
        "days_to_close": None,
        "reopened": 0,
        "salary_changes": [],
        "changes": {},
        "corrections": 0,
    },
    "history": [{"kind": "opened", "at": "2026-11-18T09:00:00Z", "field": None, "old": None, "new": None}],
    "shown_as": JOB,
    "listed_elsewhere": [
        {
            "id": "5d3a1c2e-0f4b-5b8e-8a52-7c1f0e9d4b36",
            "url": "https://northwind.example/careers/senior-data-engineer",
            "company_name": "Northwind",
            "ats": "website",
            "board_key": "website/northwind.example",
            "status": "open",
            "agency_copy": False,
            "first_seen_at": "2026-11-19T06:40:00Z",
            "closed_at": None,
        }
    ],
    "agency_copy": False,
    "reposts": 0,
    "quality_parts": {"title": "30/30", "company": "20/20", "description": "17/25"},
    "similar": _SIMILAR,
    "similar_known": True,
    "partial": False,
}

_OF_INDEX = (
    *(
        "id",
        "title",
        "company_name",
        "company_domain",
        "remote",
        "on_site_days",
        "visa_sponsorship",
        "job_type",
        "seniority",
        "skills",
    ),
    *("posted_at", "quality_score", "status", "first_seen_at"),
)
PARTIAL: JsonDict = {
    **{name: SUMMARY[name] for name in _OF_INDEX},
    "partial": True,
    "locations": [{"name": "Berlin, Germany", "city": None, "region": None, "country": None, "lat": None, "lon": None}],
    "salary": {
        "min": 75000,
        "max": 95000,
        "currency": "EUR",
        "period": "year",
        "yearly_min": 75000,
        "yearly_max": 95000,
    },
    "language": "en",
    "description_text": "You build the pipelines that…",
    "similar": _SIMILAR,
}
