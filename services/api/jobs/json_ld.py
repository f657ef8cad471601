"""A posting as schema.org JobPosting, by Google's rules for job postings (developers.google.com/search, "JobPosting")."""

from datetime import UTC, datetime
from typing import Any

import orjson

from quiethire.domain.posting import JobType, Location, Period, Workplace
from services.api.jobs.postings import Pay, PostingDetail, Status
from services.parser.normalise import gazetteer

_EMPLOYMENT = {
    JobType.FULL_TIME: "FULL_TIME",
    JobType.PART_TIME: "PART_TIME",
    JobType.CONTRACT: "CONTRACTOR",
    JobType.TEMPORARY: "TEMPORARY",
    JobType.INTERNSHIP: "INTERN",
    JobType.APPRENTICESHIP: "OTHER",
    JobType.VOLUNTEER: "VOLUNTEER",
}

_UNITS = {period: period.value.upper() for period in Period}

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""What could end a script element, begin a comment in it, or end a line of a script."""


def json_ld(posting: PostingDetail, base_url: str) -> str:
    """The JobPosting as JSON that may stand in a script element as it is. `base_url` is the site's, without a slash at its end.

    A closed posting says so by a `validThrough` in the past. Properties that are not known are left out.
    """
    stated = {name: value for name, value in _job_posting(posting, base_url).items() if value not in (None, [], "")}
    return orjson.dumps(stated).decode().translate(_ESCAPES)


def _job_posting(posting: PostingDetail, base_url: str) -> dict[str, Any]:
    remote = posting.remote is Workplace.REMOTE
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title,
        "description": posting.description_html,
        "datePosted": _moment(posting.posted_at or posting.first_seen_at),
        "validThrough": _valid_through(posting),
        "url": f"{base_url}/jobs/{posting.id}",
        "identifier": {
            "@type": "PropertyValue",
            "name": posting.company_name,
            "value": posting.external_id or str(posting.id),
        },
        "hiringOrganization": _organisation(posting),
        "jobLocation": [_place(place) for place in posting.locations],
        "jobLocationType": "TELECOMMUTE" if remote else None,
        "applicantLocationRequirements": _allowed(posting) if remote else None,
        "employmentType": _EMPLOYMENT[posting.job_type] if posting.job_type else None,
        "occupationalCategory": posting.department,
        "baseSalary": _salary(posting.salary) if posting.salary else None,
        # People apply at the employer's, not here.
        "directApply": False,
    }


def _organisation(posting: PostingDetail) -> dict[str, str]:
    known = {"sameAs": f"https://{posting.company_domain}"} if posting.company_domain else {}
    return {"@type": "Organization", "name": posting.company_name, **known}


def _valid_through(posting: PostingDetail) -> str | None:
    ends = [posting.valid_through] if posting.valid_through else []
    if posting.status is Status.CLOSED:
        ends.append(posting.closed_at or posting.last_seen_at)
    return _moment(min(ends)) if ends else None


def _place(place: Location) -> dict[str, Any]:
    """By its parts where they are known; a name alone is a text."""
    parts = {"addressLocality": place.city, "addressRegion": place.region, "addressCountry": place.country}
    known = {name: value for name, value in parts.items() if value}
    address = {"@type": "PostalAddress", **known} if known else place.name
    told: dict[str, Any] = {"@type": "Place", "name": place.name, "address": address}
    if place.lat is not None and place.lon is not None:
        told["geo"] = {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon}
    return told


def _allowed(posting: PostingDetail) -> list[dict[str, str]]:
    """Where remote work may be done from: as stated, else the countries of its places, without which Google takes none."""
    lands = gazetteer.country_names()
    stated = posting.remote_allowed_in or [place.country for place in posting.locations if place.country]
    return [
        {"@type": "Country" if name in lands else "AdministrativeArea", "name": lands.get(name, name)}
        for name in dict.fromkeys(stated)
    ]


def _salary(pay: Pay) -> dict[str, Any]:
    ends = {"minValue": pay.min, "maxValue": pay.max}
    value = {"value": pay.min} if pay.min is not None and pay.min == pay.max else ends
    stated = {name: amount for name, amount in value.items() if amount is not None}
    return {
        "@type": "MonetaryAmount",
        "currency": pay.currency,
        "value": {"@type": "QuantitativeValue", **stated, "unitText": _UNITS[pay.period]},
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
