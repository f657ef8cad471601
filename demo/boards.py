"""The ATS hosts of the demo web: their public APIs, in the shapes that their documentation gives."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from html import escape, unescape
from typing import Any

from demo.answers import Answer, PerQuery, Query, Site, as_json
from demo.companies import COUNTRIES, DemoCompany, DemoPosting, Pay, Place
from demo.wording import describe, description_html, pay_text
from quiethire.domain.posting import JobType, Period, Workplace

GREENHOUSE_API, GREENHOUSE_BOARDS = "boards-api.greenhouse.io", "job-boards.greenhouse.io"
LEVER_API, LEVER_BOARDS = "api.lever.co", "jobs.lever.co"
ASHBY_API, ASHBY_BOARDS = "api.ashbyhq.com", "jobs.ashbyhq.com"

BOARD_HOSTS = {"greenhouse": GREENHOUSE_BOARDS, "lever": LEVER_BOARDS, "ashby": ASHBY_BOARDS}
LEVER_LIMIT = 100
"""Lever gives at most so many postings at once."""

_EMPLOYMENT = {
    JobType.FULL_TIME: ("Full-time", "FullTime"),
    JobType.PART_TIME: ("Part-time", "PartTime"),
    JobType.CONTRACT: ("Contract", "Contract"),
    JobType.INTERNSHIP: ("Internship", "Intern"),
}
_LEVER_INTERVALS = {Period.YEAR: "per-year-salary", Period.MONTH: "per-month-salary", Period.HOUR: "per-hour-wage"}
_ASHBY_INTERVALS = {Period.YEAR: "1 YEAR", Period.MONTH: "1 MONTH", Period.HOUR: "1 HOUR"}
_LEVER_WORKPLACES = {Workplace.NONE: "on-site", Workplace.HYBRID: "hybrid", Workplace.REMOTE: "remote"}
_ASHBY_WORKPLACES = {Workplace.NONE: "OnSite", Workplace.HYBRID: "Hybrid", Workplace.REMOTE: "Remote"}


def board_url(company: DemoCompany, posting: DemoPosting | None = None) -> str:
    """Where a person reads a board, or a posting on it."""
    root = f"https://{BOARD_HOSTS[company.kind]}/{company.token}"
    if posting is None:
        return root
    return f"{root}/jobs/{posting.number}" if company.kind == "greenhouse" else f"{root}/{posting.id}"


def apis(companies: Sequence[DemoCompany]) -> dict[str, Site]:
    """The answers of the API hosts. A token that is not there is answered as each API answers it."""
    return {
        GREENHOUSE_API: _greenhouse([company for company in companies if company.kind == "greenhouse"]),
        LEVER_API: _lever([company for company in companies if company.kind == "lever"]),
        ASHBY_API: _ashby([company for company in companies if company.kind == "ashby"]),
    }


def not_found(host: str) -> Answer | None:
    """How this API says 404; None where the host is no API."""
    return {
        GREENHOUSE_API: as_json({"status": 404, "error": "Job not found"}, 404),
        LEVER_API: as_json({"ok": False, "error": "Document not found"}, 404),
        ASHBY_API: Answer(b"Not Found", "text/plain; charset=utf-8", 404),
    }.get(host)


def _greenhouse(companies: Sequence[DemoCompany]) -> Site:
    """`GET /v1/boards/{token}[/jobs[/{id}]]` with `content` and `pay_transparency`."""
    site: Site = {}
    for company in companies:
        root = f"/v1/boards/{company.token}"
        site[root] = as_json({"name": company.name, "content": f"<p>{escape(company.about)}</p>"})
        site[f"{root}/jobs"] = PerQuery(partial(_greenhouse_list, company))
        for posting in company.postings:
            site[f"{root}/jobs/{posting.number}"] = PerQuery(partial(_greenhouse_detail, company, posting))
    return site


def _greenhouse_list(company: DemoCompany, query: Query) -> Answer:
    jobs = [_greenhouse_job(company, posting, query) for posting in company.postings]
    return as_json({"jobs": jobs, "meta": {"total": len(jobs)}})


def _greenhouse_detail(company: DemoCompany, posting: DemoPosting, query: Query) -> Answer:
    return as_json(_greenhouse_job(company, posting, {**query, "content": "true"}))


def _greenhouse_job(company: DemoCompany, posting: DemoPosting, query: Query) -> dict[str, Any]:
    names = [place.name() for place in posting.places]
    if posting.workplace is Workplace.REMOTE:
        names = [f"Remote - {COUNTRIES['en'][posting.remote_in[0]]}"]
    published = _moment(posting.posted).isoformat()
    employment = {"id": 4001, "name": "Employment Type", "value": _EMPLOYMENT[posting.type][0]}
    job: dict[str, Any] = {
        "absolute_url": board_url(company, posting),
        "data_compliance": [{"type": "gdpr", "requires_consent": False, "retention_period": None}],
        "internal_job_id": posting.number + 7,
        "location": {"name": "; ".join(names)},
        "metadata": [employment | {"value_type": "single_select"}],
        "id": posting.number,
        "updated_at": published,
        "requisition_id": f"R-{posting.number % 10_000:04d}",
        "title": posting.title,
        "company_name": company.name,
        "first_published": published,
        "language": company.language,
        "application_deadline": None,
    }
    if query.get("content") == "true":
        job["content"] = escape(description_html(company, posting))
        job["departments"] = [_named(posting.dept) | {"child_ids": [], "parent_id": None}]
        job["offices"] = [
            _named(place.city) | {"location": place.name(), "child_ids": [], "parent_id": None}
            for place in posting.places
        ]
    if query.get("pay_transparency") == "true":
        job["pay_input_ranges"] = [_greenhouse_pay(posting.pay)] if posting.pay else []
    return job


def _greenhouse_pay(pay: Pay) -> dict[str, Any]:
    hourly = pay.period is Period.HOUR
    return {
        "min_cents": pay.low * 100,
        "max_cents": pay.high * 100,
        "currency_type": pay.currency,
        "title": "Hourly pay range" if hourly else "Annual pay range",
        "blurb": "",
    }


def _named(name: str) -> dict[str, Any]:
    """A department or an office with an id that is made of its name."""
    return {"id": 4_000_000 + sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 999_983, "name": name}


def _lever(companies: Sequence[DemoCompany]) -> Site:
    """`GET /v0/postings/{token}?mode=json&skip=&limit=` and `GET /v0/postings/{token}/{id}`."""
    site: Site = {}
    for company in companies:
        root = f"/v0/postings/{company.token}"
        site[root] = PerQuery(partial(_lever_list, company))
        for posting in company.postings:
            site[f"{root}/{posting.id}"] = as_json(_lever_job(company, posting))
    return site


def _lever_list(company: DemoCompany, query: Query) -> Answer:
    skip = int(query["skip"]) if query.get("skip", "").isdecimal() else 0
    limit = int(query["limit"]) if query.get("limit", "").isdecimal() else LEVER_LIMIT
    page = company.postings[skip : skip + min(limit, LEVER_LIMIT)]
    return as_json([_lever_job(company, posting) for posting in page])


def _lever_job(company: DemoCompany, posting: DemoPosting) -> dict[str, Any]:
    intro, *rest = describe(company, posting)
    lists = [
        {"text": part.heading, "content": "".join(f"<li>{escape(item)}</li>" for item in part.items)}
        for part in rest
        if part.items
    ]
    closing = "".join(f"<h3>{escape(part.heading)}</h3>{part.html}" for part in rest if not part.items)
    places = [place.name() for place in posting.places]
    job: dict[str, Any] = {
        "additionalPlain": _plain(closing),
        "additional": closing,
        "categories": {
            "commitment": _EMPLOYMENT[posting.type][0],
            "department": posting.dept,
            "location": places[0],
            "team": posting.dept,
            "allLocations": places,
        },
        "createdAt": int(_moment(posting.posted).timestamp() * 1000),
        "descriptionPlain": _plain(intro.html),
        "description": intro.html,
        "id": str(posting.id),
        "lists": lists,
        "text": posting.title,
        "country": posting.places[0].country,
        "workplaceType": _LEVER_WORKPLACES[posting.workplace],
        "hostedUrl": board_url(company, posting),
        "applyUrl": f"{board_url(company, posting)}/apply",
    }
    if posting.pay:
        job["salaryRange"] = {
            "currency": posting.pay.currency,
            "interval": _LEVER_INTERVALS[posting.pay.period],
            "min": posting.pay.low,
            "max": posting.pay.high,
        }
    return job


def _ashby(companies: Sequence[DemoCompany]) -> Site:
    """`GET /posting-api/job-board/{token}?includeCompensation=true`."""
    return {f"/posting-api/job-board/{company.token}": PerQuery(partial(_ashby_list, company)) for company in companies}


def _ashby_list(company: DemoCompany, query: Query) -> Answer:
    with_pay = query.get("includeCompensation") == "true"
    return as_json(
        {"jobs": [_ashby_job(company, posting, with_pay) for posting in company.postings], "apiVersion": "1"}
    )


def _ashby_job(company: DemoCompany, posting: DemoPosting, with_pay: bool) -> dict[str, Any]:
    first, *others = posting.places
    description = description_html(company, posting)
    job: dict[str, Any] = {
        "id": str(posting.id),
        "title": posting.title,
        "department": posting.dept,
        "team": posting.dept,
        "employmentType": _EMPLOYMENT[posting.type][1],
        "location": first.name(),
        "shouldDisplayCompensationOnJobPostings": posting.pay is not None,
        "secondaryLocations": [{"location": place.name(), "address": _address(place)} for place in others],
        "publishedAt": _moment(posting.posted).isoformat(timespec="milliseconds"),
        "isListed": True,
        "isRemote": posting.workplace is Workplace.REMOTE,
        "workplaceType": _ASHBY_WORKPLACES[posting.workplace],
        "address": _address(first),
        "jobUrl": board_url(company, posting),
        "applyUrl": f"{board_url(company, posting)}/application",
        "descriptionHtml": description,
        "descriptionPlain": _plain(description),
    }
    if with_pay and posting.pay:
        job["compensation"] = _ashby_pay(posting.pay)
    return job


def _ashby_pay(pay: Pay) -> dict[str, Any]:
    summary = pay_text(pay, "en")
    component = {
        "compensationType": "Salary",
        "interval": _ASHBY_INTERVALS[pay.period],
        "currencyCode": pay.currency,
        "minValue": pay.low,
        "maxValue": pay.high,
    }
    tier = {"title": None, "additionalInformation": None, "tierSummary": summary}
    return {
        "compensationTierSummary": summary,
        "scrapeableCompensationSalarySummary": summary,
        "compensationTiers": [tier | {"components": [component | {"summary": summary}]}],
        "summaryComponents": [component],
    }


def _address(place: Place) -> dict[str, Any]:
    postal = {"addressLocality": place.city, "addressCountry": COUNTRIES["en"][place.country]}
    return {"postalAddress": postal | ({"addressRegion": place.region} if place.region else {})}


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), UTC)


def _plain(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()
