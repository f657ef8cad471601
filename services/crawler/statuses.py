"""What an HTTP status means, in the words of the error tree."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from quiethire.domain.errors import Blocked, Gone, Permanent, QuietHireError, Throttled, Transient

MAX_RETRY_AFTER = 366 * 86_400.0
"""Seconds. A host that asks for more than a year is left alone for that year."""

MAX_LIMIT_WAIT = 3_600.0
"""Seconds that a host is left alone at most because its X-RateLimit-Reset says so: windows of an hour are the longest."""
_EPOCH = 1_000_000_000.0
"""From here on X-RateLimit-Reset is a moment in seconds since 1970, as GitHub writes it; less is a number of seconds."""

MAX_HEADER = 1_000
"""Characters of a Retry-After that are read."""
_VALUE = re.compile(r"\s*((?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,)?[^,]+)")
"""One of several values that were joined by commas; a date may have one behind its weekday."""

_CHALLENGES = ("cf-mitigated", "x-amzn-waf-action")
"""Headers that come with a challenge page, whatever its status (Cloudflare, AWS WAF)."""

_ASK = "the host turns crawlers away: ask its owner for leave, or for a feed"


def failure(status: int, headers: Mapping[str, str], where: str) -> QuietHireError | None:
    """The error of an answer (headers by lower-case name), or None for a success. Redirects, and a 304 that was asked for, are the caller's."""
    if any(name in headers for name in _CHALLENGES):
        return Blocked("answered with a challenge", where=where, hint=_ASK, kind="challenge")
    if 200 <= status < 300 and status != 206:  # a part was not asked for, and is no whole page
        return None
    detail, limit = f"answered {status}", limit_wait(headers)
    if status in (429, 503) or (status == 403 and limit):  # 403 is how GitHub's API says 429
        wait = max(retry_after(headers), limit)
        return Throttled(detail, where=where, hint="it is left alone meanwhile", retry_after=wait)
    if status in (401, 403, 999):  # 999 is LinkedIn's way to say 403
        return Blocked(detail, where=where, hint=_ASK)
    if status in (404, 410):
        return Gone(detail, where=where, hint="is the address still right?")
    passing = status in (206, 304, 408, 425) or status >= 500
    error, hint = (Transient, "try again later") if passing else (Permanent, "open it in a browser: is it a page?")
    return error(detail, where=where, hint=hint, kind=f"http_{status}")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float:
    """Seconds that a Retry-After header asks for, in either form (RFC 9110 10.2.3); 0.0 where there is none to be read.

    Of several headers the longest wait counts. A date is counted from the answer's own Date as well as from our clock: the
    longer wait is early by neither.
    """
    values = _VALUE.findall(headers.get("retry-after", "")[:MAX_HEADER])
    return max((_seconds(value.strip(), headers, now or datetime.now(UTC)) for value in values), default=0.0)


def limit_wait(headers: Mapping[str, str], now: datetime | None = None) -> float:
    """Seconds until an API that refused a request takes the next; 0.0 where it does not say that its limit is used up.

    It says so by `X-RateLimit-Remaining: 0` and `X-RateLimit-Reset`, or, of a limit that it does not count in public, by
    a `Retry-After` beside its X-RateLimit headers (GitHub REST API, "Rate limits for the REST API").
    """
    remaining, reset = (headers.get(f"x-ratelimit-{name}", "").strip()[:12] for name in ("remaining", "reset"))
    if not remaining:
        return 0.0
    asked = retry_after(headers, now)
    if remaining.strip("0") or not (reset.isascii() and reset.isdigit()):
        return asked
    seconds = float(reset)
    if seconds >= _EPOCH:
        seconds -= (now or datetime.now(UTC)).timestamp()
    return max(min(seconds, MAX_LIMIT_WAIT), asked, 1.0)


def _seconds(text: str, headers: Mapping[str, str], now: datetime) -> float:
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MAX_RETRY_AFTER)
    until, answered = _date(text), _date(headers.get("date", ""))
    if until is None:
        return 0.0
    ours = (until - now).total_seconds()
    theirs = (until - answered).total_seconds() if answered is not None else 0.0
    return min(max(ours, theirs, 0.0), MAX_RETRY_AFTER)


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
