"""Spans of time and words that narrow columns broke, put together again before the lines become one text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.matching.resume.fields.periods import MONTH_NAMES
from services.matching.resume.lines import Raw

_MONTH_NAME = r"[^\W\d_]{3,10}\.?"
_BEGUN = rf"(?:{_MONTH_NAME}\s|\d{{1,2}}[./])?(?:19|20)\d\d(?:-\d\d)?"
_BROKEN = re.compile(rf"(?:^|[\t|,(]\s?)({_BEGUN}\s?(?P<dash>[-–—]?)(?:\s?(?P<month>{_MONTH_NAME}))?)\s*$")
"""A line that ends within a span of time."""
_BARE_MONTH = re.compile(rf"(?:^|[|,(\t]\s?)((?:{MONTH_NAMES})\.?)\s*$|^((?:{MONTH_NAMES})\.?)(?=\t)", re.IGNORECASE)
"""A line or a cell that ends with the month that a span of time begins with."""
_YEAR_ON = re.compile(r"^((?:19|20)\d\d\s?[-–—][^\t]{0,25})(?=\t|$)\t?")
_BROKEN_CELL = re.compile(rf"^({_BEGUN}\s?[-–—](?:\s?{_MONTH_NAME})?)(?=\t)")
"""The same in the first cell of a row."""
_REST = rf"((?P<dash>[-–—]\s?)?(?:(?P<month>{_MONTH_NAME})\s|\d{{1,2}}[./])?(?:19|20)\d\d(?:-\d\d)?|(?:[-–—]\s?)?(?:present|now|heute|jetzt|aujourd'hui|présent|actualidad|presente))"
_BROKEN_OFF = re.compile(rf"^{_REST}(?=\s*$|\t)\t?")
_BROKEN_OFF_CELL = re.compile(rf"\t{_REST}\s*$")


_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})[-\u00ad\u2010]\s*$")
_REST_OF_WORD = re.compile(r"^[^\W\d_]{2,}[,;.:)]*(?:\s+|$)")


def whole_words(raw: Sequence[Raw]) -> list[Raw]:
    """The lines, with words whole that their ends broke: `Kuber-` above `netes, Excel`. Names keep their hyphen before a capital."""
    joined: list[Raw] = []
    for one in raw:
        last = joined[-1] if joined else None
        hyphen = (
            _HYPHENATED.search(last.text) if last is not None and last.flow == one.flow and not one.bullet else None
        )
        rest = _REST_OF_WORD.match(one.text) if hyphen is not None and one.text[:1].islower() else None
        if last is None or hyphen is None or rest is None:
            joined.append(one)
            continue
        joined[-1] = replace(last, text=f"{last.text[: hyphen.start()]}{rest[0].rstrip()}")
        if one.text[rest.end() :]:
            joined.append(replace(one, text=one.text[rest.end() :]))
    return joined


def whole_dates(raw: Sequence[Raw]) -> list[Raw]:
    """The lines, with spans of time whole that narrow columns broke: `May 2022 – December` above `2025`."""
    joined: list[Raw] = []
    for one in raw:
        last = joined[-1] if joined else None
        whole = _joined(last.text, one.text) if last is not None else None
        if last is None or whole is None:
            joined.append(one)
        else:
            joined[-1:] = [replace(like, text=text) for like, text in zip((last, one), whole, strict=False)]
    return joined


def _joined(last: str, text: str) -> tuple[str, ...] | None:
    """Two lines as they are once a date that they break is whole; None where they break none."""
    month, year = _BARE_MONTH.search(last), _YEAR_ON.match(text)
    if month is not None and year is not None:
        return _put_back(last, month.end(month.lastindex or 0), text, year)
    broken = _BROKEN_CELL.search(last) or _BROKEN.search(last)
    if broken is None:
        return None
    told = broken.groupdict()
    rest = _BROKEN_OFF.match(text)
    if rest is not None and _fit(told, rest):
        return _put_back(last, broken.end(1), text, rest)
    rest = _BROKEN_OFF_CELL.search(text)
    if rest is not None and broken.start() == 0 and _fit(told, rest) and "\t" not in last:
        return (f"{text[: rest.start()]}\t{last.strip()} {rest[1]}",)
    return None


def _put_back(last: str, at: int, text: str, rest: re.Match[str]) -> tuple[str, ...]:
    """The first line with the rest of its date, and what is left of the second."""
    kept = text[rest.end() :].strip()
    whole = f"{last[:at].rstrip()} {rest[1].strip()}{last[at:].rstrip(' ')}"
    return (whole, kept) if kept else (whole,)


def _fit(told: Mapping[str, str | None], rest: re.Match[str]) -> bool:
    """One dash between two dates, and one month to the second."""
    dashes = bool(told.get("dash", "-")) + bool(rest["dash"])
    return dashes == 1 and not (told.get("month") and rest["month"])
