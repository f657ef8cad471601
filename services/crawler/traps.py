"""Traps: addresses without end that lead to nothing new. Told by their shapes, among the links of one crawl.

What is surely the same page twice is left out (session identifiers) or never right (a path that repeats itself). What
only looks endless, a calendar or combinations of filters, is cut to a few of each. All else stays, in an order that takes
a few of every shape first: whatever wastes fetches comes after the postings have been seen.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import zip_longest

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.urls import canonical_url, parse_url

MAX_SEGMENTS = 20
"""Parts of a path; a deeper one is a mistake that grew."""
REPEATS = 3
"""So many times the same part or parts of a path, one after the other, are a relative link gone wrong."""
CALENDAR = 24
"""Addresses that differ in nothing but their date: those nearest to today are kept."""
COMBINATIONS = 24
"""Addresses of one path whose queries combine few values: so many are kept."""
FORMS = 3
"""Forms of one page; where more differ in what looks like a session …"""
FEW = 2
"""… and so many pages at most have them, that is no session but what tells postings apart."""

_SESSION = re.compile(
    r"(?:jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|sessionid|session_id|sessid|session|cfid|cftoken|zenid|oscsid)$",
    re.IGNORECASE,
)
_SHORT_SESSION = re.compile(r"(?:sid|s|sess)$", re.IGNORECASE)
_TOKEN = re.compile(r"(?=.*\d)(?=.*[a-z])[0-9a-z]{16,}$", re.IGNORECASE)
_PATH_SESSION = re.compile(r";(?:jsessionid|sessionid|sid|phpsessid)=[^/?#;]*", re.IGNORECASE)
_ASP_SESSION = re.compile(r"/\([SsAaFf]\([0-9a-z]{16,}\)\)", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:lang|language|locale|hl|sprache|lingua|langue)=[a-z]{2}(?:[-_][a-z]{2})?$", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)((?:19|2[01])\d\d)[-/._](1[0-2]|0?[1-9])(?:[-/._]([0-3]?\d))?(?!\d)")
_DATE_PARTS = re.compile(r"(?<=[?&])(year|month|day|week|y|m|d|jahr|monat|tag)=(\d{1,4})(?=&|$)", re.IGNORECASE)


class Untrapped(Model):
    """Addresses worth a fetch, and how many were left out, by the kind of trap."""

    urls: tuple[str, ...]
    left_out: dict[str, int]


def untrapped(urls: Iterable[str], today: date) -> Untrapped:
    """The addresses without those of traps; each page once, a few of every shape first."""
    left_out: Counter[str] = Counter()
    pages: dict[str, dict[str, str]] = defaultdict(dict)
    for url in urls:
        try:
            clean = without_session(url)
            repeating = is_repeating(clean)
            key, form = (canonical_url(_without(_LANGUAGE, address)) for address in (clean, url))
        except InvalidInput:
            continue
        if repeating:
            left_out["repeating"] += 1
        else:
            pages[key].setdefault(form, url)
    kept = _without_calendars(_once(pages), today, left_out)
    kept = _without_combinations(kept, left_out)
    return Untrapped(urls=tuple(_interleaved(kept)), left_out=dict(left_out))


def without_session(url: str) -> str:
    """The address without session identifiers. Raises InvalidInput for no URL."""
    parsed = parse_url(url)
    path = _ASP_SESSION.sub("", _PATH_SESSION.sub("", str(parsed.pathname)))
    parts = str(parsed.search).removeprefix("?").split("&")
    query = "&".join(part for part in parts if not _is_session(part))
    if path == parsed.pathname and len(query) == len(str(parsed.search).removeprefix("?")):
        return url
    parsed.pathname = path
    parsed.search = query
    return str(parsed.href)


def is_repeating(url: str) -> bool:
    """Whether the path repeats itself (`a/a/a`, `a/b/a/b/a/b`) or is deeper than any should be."""
    segments = [segment for segment in str(parse_url(url).pathname).split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return True
    for width in range(1, len(segments) // REPEATS + 1):
        for start in range(len(segments) - width * REPEATS + 1):
            unit = segments[start : start + width]
            if segments[start : start + width * REPEATS] == unit * REPEATS:
                return True
    return False


def _without(pattern: re.Pattern[str], url: str) -> str:
    """The address without the parts of its query that match."""
    path, _, query = url.partition("?")
    kept = "&".join(part for part in query.split("&") if not pattern.match(part))
    return f"{path}?{kept}" if kept else path


def _once(pages: Mapping[str, Mapping[str, str]]) -> list[str]:
    """One address of each page, in one language and without its session."""
    sessions = sum(len(forms) > FORMS for forms in pages.values()) > FEW
    found: list[str] = []
    for forms in pages.values():
        first, *_ = forms.values()
        found += [without_session(first)] if sessions or len(forms) <= FORMS else forms.values()
    return found


def _is_session(part: str) -> bool:
    name, _, value = part.partition("=")
    return bool(value) and (
        _SESSION.match(name) is not None or (_SHORT_SESSION.match(name) is not None and _TOKEN.match(value) is not None)
    )


def _without_calendars(urls: Sequence[str], today: date, left_out: Counter[str]) -> list[str]:
    """Of addresses that differ in their date alone, those nearest to today."""
    families: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        families[_DATE_PARTS.sub(r"\1=", _DATE.sub("<date>", url))].append(url)
    far: set[str] = set()
    for family in families.values():
        if len(family) > CALENDAR:
            family.sort(key=lambda url: _months_from(url, today))
            far.update(family[CALENDAR:])
    left_out["calendar"] += len(far)
    return [url for url in urls if url not in far]


def _months_from(url: str, today: date) -> float:
    if found := _DATE.search(url):
        year, month = int(found[1]), int(found[2])
    else:
        parts = {name.lower()[0]: int(value) for name, value in _DATE_PARTS.findall(url)}
        year, month = parts.get("y", parts.get("j", today.year)), parts.get("m", today.month)
    return abs((year - today.year) * 12 + month - today.month)


def _without_combinations(urls: Sequence[str], left_out: Counter[str]) -> list[str]:
    """Of addresses that combine a few values of several parameters, some: one for each value of the most diverse first.

    Where one parameter has another value in most of them, or many values, that is what tells postings apart: all stay.
    """
    families: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        path, mark, _ = url.partition("?")
        if mark:
            families[path].append(url)
    surplus: set[str] = set()
    for family in families.values():
        if len(family) <= COMBINATIONS:
            continue
        by_value = _by_most_diverse(family)
        if len(by_value) <= COMBINATIONS and len(by_value) * 2 <= len(family):
            turns = [url for turn in zip_longest(*by_value.values()) for url in turn if url is not None]
            surplus.update(turns[COMBINATIONS:])
    left_out["combinations"] += len(surplus)
    return [url for url in urls if url not in surplus]


def _by_most_diverse(family: Sequence[str]) -> dict[str, list[str]]:
    """The addresses by the values of that parameter which has the most."""
    values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for url in family:
        for part in url.partition("?")[2].split("&"):
            name, _, value = part.partition("=")
            values[name][value].append(url)
    return max(values.values(), key=len)


def _interleaved(urls: Sequence[str]) -> list[str]:
    """A few of every shape in turn, so that a huge one holds up no other. Within a shape the order stays."""
    shapes: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        shapes[shape_of(url)].append(url)
    rounds = zip_longest(*shapes.values())
    return [url for turn in rounds for url in turn if url is not None]


def shape_of(url: str) -> str:
    """Folder and names of parameters: what addresses made by one template share."""
    path, _, query = url.partition("?")
    folder = re.sub(r"\d+", "0", path.rstrip("/").rpartition("/")[0])
    return f"{folder}?{'&'.join(sorted({part.partition('=')[0] for part in query.split('&')}))}"
