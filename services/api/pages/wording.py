"""How values are written for people."""

from datetime import date, datetime

from quiethire.domain.posting import Period

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "PLN": "zł ", "CHF": "CHF "}

_PERIODS = {
    Period.HOUR: "an hour",
    Period.DAY: "a day",
    Period.WEEK: "a week",
    Period.MONTH: "a month",
    Period.YEAR: "a year",
}

LABELS = {
    "remote": {"none": "On site or not stated", "hybrid": "Hybrid", "remote": "Remote"},
    "job_type": {
        "full_time": "Full-time",
        "part_time": "Part-time",
        "contract": "Contract",
        "temporary": "Temporary",
        "internship": "Internship",
        "apprenticeship": "Apprenticeship",
        "volunteer": "Volunteer",
        "unknown": "Not stated",
    },
    "visa_sponsorship": {"true": "Sponsored", "false": "Not sponsored", "none": ""},
    "seniority": {
        "intern": "Intern",
        "junior": "Junior",
        "mid": "Mid-level",
        "senior": "Senior",
        "staff": "Staff",
        "lead": "Lead",
        "executive": "Executive",
    },
    "language": {
        "ar": "Arabic",
        "cs": "Czech",
        "da": "Danish",
        "de": "German",
        "el": "Greek",
        "en": "English",
        "es": "Spanish",
        "fi": "Finnish",
        "fr": "French",
        "he": "Hebrew",
        "hu": "Hungarian",
        "it": "Italian",
        "ja": "Japanese",
        "ko": "Korean",
        "nb": "Norwegian",
        "nl": "Dutch",
        "no": "Norwegian",
        "pl": "Polish",
        "pt": "Portuguese",
        "ro": "Romanian",
        "ru": "Russian",
        "sv": "Swedish",
        "tr": "Turkish",
        "uk": "Ukrainian",
        "zh": "Chinese",
    },
    "parameter": {
        "q": "Words",
        "location": "Where",
        "radius_km": "How far",
        "geo": "Where",
        "remote": "Workplace",
        "remote_from": "Remote from",
        "company": "Company",
        "exclude_company": "Company to leave out",
        "job_type": "Type",
        "seniority": "Level",
        "skills": "Skills",
        "salary_min": "Pay, at least",
        "salary_currency": "Currency",
        "salary_period": "Pay period",
        "posted_within": "Posted",
        "language": "Language",
        "sponsorship": "Visa",
        "semantic": "Also by meaning",
        "sort": "Sort",
        "page": "Page",
        "per_page": "Jobs a page",
    },
    "sort": {"relevance": "Relevance", "date": "Newest", "salary": "Highest pay"},
    "source": {
        "ats": "Board API",
        "json-ld": "JSON-LD",
        "microdata": "Microdata",
        "html": "Page",
        "text": "Text",
    },
}
"""Stable words of the API, and what a reader calls them."""

_FIELDS = {
    "company_name": "Company",
    "locations": "Places",
    "remote": "Workplace",
    "job_type": "Type",
    "salary": "Pay",
    "description_text": "Description",
    "description_html": "Description",
    "posted_at": "Posted",
    "application_url": "Apply link",
    "on_site_days": "Days on site",
    "remote_allowed_in": "Remote from",
    "seniority": "Level",
    "visa_sponsorship": "Visa",
}


def field_name(field: str) -> str:
    """The reader's name of a posting's field."""
    return _FIELDS.get(field, field.replace("_", " ").capitalize())


def label(kind: str, value: str) -> str:
    """The reader's word, else the value itself."""
    return LABELS.get(kind, {}).get(value, value)


def pay_range(low: float | None, high: float | None, currency: str | None) -> str:
    """`€75–95k`, `from €75k`, `up to €95k`; empty where nothing is stated."""
    if low is not None and high is not None:
        first, last = _amount(low), _amount(high)
        if first == last:  # Rounded, two ends may be told alike.
            return f"{_symbol(currency)}{last}"
        if first[-1] == last[-1] and not last[-1].isdigit():
            first = first[:-1]
        return f"{_symbol(currency)}{first}–{last}"
    if low is not None:
        return f"from {_symbol(currency)}{_amount(low)}"
    return f"up to {_symbol(currency)}{_amount(high)}" if high is not None else ""


def pay_step(amount: float, currency: str | None) -> str:
    """By how much pay was changed: `€5k`, `€2.5k`, `€450`."""
    told = f"{amount / 1_000:g}k" if amount >= 1_000 and amount % 100 == 0 else _amount(amount)
    return f"{_symbol(currency)}{told}"


def period_words(period: Period | str) -> str:
    """`an hour`, `a year`."""
    return _PERIODS[Period(period)]


def circle_words(geo: str) -> str:
    """A circle as a search has it, `52.52,13.405,30`, as people say it: `30 km around 52.52, 13.405`."""
    lat, lon, km = (part.strip() for part in geo.split(","))
    return f"{km} km around {lat}, {lon}"


def _symbol(currency: str | None) -> str:
    return _SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}") if currency else ""


def _amount(value: float) -> str:
    """At most four figures: 17.50, 4,500, 75k, 82.5k, 1.2M."""
    for size, suffix in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**4, "k")):
        if value >= size * 0.99995:  # What rounds to the next unit is told in it: 999,999 is 1M.
            unit = 10**3 if suffix == "k" else size
            return f"{value / unit:.1f}".removesuffix(".0") + suffix
    return f"{value:,.2f}" if value < 1_000 and value != int(value) else f"{value:,.0f}"


def ago(then: datetime, now: datetime) -> str:
    """`today`, `yesterday`, `5 days ago`, `3 weeks ago`; a date ahead of the clock is `today`.

    Yesterday begins at midnight; before it, whole days are counted, as they are of how long a posting is open.
    """
    days = (now.date() - then.date()).days
    if days > 2:
        days = max(2, (now - then).days)
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    for size, unit in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * size:
            return f"{days // size} {unit}s ago"
    return f"{days} days ago"


def count_words(count: int, *, estimated: bool = False) -> str:
    """`1,284`; an estimated one to two figures: `~640`."""
    if not estimated or count < 10:
        return f"{'~' if estimated else ''}{count:,}"
    return f"~{int(float(f'{count:.1e}')):,}"


def day(at: date) -> str:
    """`20 Nov 2026`."""
    return f"{at.day} {at:%b %Y}"


def few(values: tuple[str, ...], most: int) -> str:
    """The first ones, and how many more there are."""
    text = " · ".join(values[:most])
    return f"{text} +{len(values) - most}" if len(values) > most else text
