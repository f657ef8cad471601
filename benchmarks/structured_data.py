"""The baseline: what extruct alone finds of a posting, taken as it is stated."""

import re
import warnings
from collections.abc import Iterator
from typing import Any

import extruct

SYNTAXES = ["json-ld", "microdata", "rdfa", "opengraph", "microformat", "dublincore"]

Json = dict[str, Any]


def extract(markup: str, url: str) -> Json:
    """Everything that extruct finds on a page, in every syntax."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Json = extruct.extract(markup, base_url=url, syntaxes=SYNTAXES, uniform=True, errors="ignore")
    return found


def posting_of(markup: str, url: str) -> Json | None:
    """The first JobPosting of a page as the scorer reads it; None where extruct finds none."""
    found = extract(markup, url)
    items = (item for syntax in ("json-ld", "microdata", "rdfa") for item in _items(found.get(syntax)))
    posting = next((item for item in items if "JobPosting" in str(item.get("@type"))), None)
    return _prediction(posting) if posting is not None else None


def _items(value: object) -> Iterator[Json]:
    if isinstance(value, list):
        for entry in value:
            yield from _items(entry)
    elif isinstance(value, dict):
        yield value
        yield from _items(value.get("@graph"))


def _prediction(item: Json) -> Json:
    pay = _first(item.get("baseSalary"))
    value = _first(pay.get("value")) if isinstance(pay, dict) else pay
    amount: Json = value if isinstance(value, dict) else {"value": value}
    period = str(amount.get("unitText") or "").lower()
    return {
        "title": _name(item.get("title")),
        "company": _name(item.get("hiringOrganization")),
        "locations": _places(item.get("jobLocation")),
        "remote": "remote" if item.get("jobLocationType") == "TELECOMMUTE" else "none",
        "job_type": item.get("employmentType"),
        "posted_at": _date(item.get("datePosted")),
        "salary_min": _number(amount.get("minValue") or amount.get("value")),
        "salary_max": _number(amount.get("maxValue") or amount.get("value")),
        "salary_currency": pay.get("currency") if isinstance(pay, dict) else None,
        "salary_period": period or None,
    }


def _first(value: Any) -> Any:  # noqa: ANN401 - markup holds anything
    return value[0] if isinstance(value, list) and value else value


def _name(value: object) -> str | None:
    value = _first(value)
    value = value.get("name") if isinstance(value, dict) else value
    return str(value) if value else None


def _places(value: object) -> list[str]:
    names: list[str] = []
    for place in value if isinstance(value, list) else [value]:
        address = _first(place.get("address")) if isinstance(place, dict) else place
        parts = address.values() if isinstance(address, dict) else [address]
        names.append(", ".join(str(part) for part in parts if part and part != "PostalAddress"))
    return [name for name in names if name]


def _date(value: object) -> str | None:
    stated = str(_first(value) or "")[:10]
    return stated if re.fullmatch(r"\d{4}-\d{2}-\d{2}", stated) else None


def _number(value: object) -> float | None:
    try:
        return float(str(_first(value)))
    except ValueError:
        return None
