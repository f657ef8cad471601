"""What an HTTP status means, in the words of the error tree."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from quiethire.domain.errors import Blocked, Gone, Permanent, QuietHireError, Throttled, Transient

DEFAULT_RETRY_AFTER = 5.0
MAX_RETRY_AFTER = 3_600.0
"""Seconds. No host makes us wait longer than an hour at once; it may say so again."""

_CHALLENGES = ("cf-mitigated", "x-amzn-waf-action")
"""Headers that come with a challenge page, whatever its status (Cloudflare, AWS WAF)."""


def failure(status: int, headers: httpx.Headers, where: str) -> QuietHireError | None:
    """The error of an answer, or None for a success. Redirects, and a 304 that was asked for, are the caller's."""
    if any(name in headers for name in _CHALLENGES):
        return Blocked("answered with a challenge", where=where, kind="challenge")
    if 200 <= status < 300 and status != 206:  # a part was not asked for, and is no whole page
        return None
    detail = f"answered {status}"
    if status in (401, 403, 999):  # 999 is LinkedIn's way to say 403
        return Blocked(detail, where=where)
    if status in (404, 410):
        return Gone(detail, where=where)
    if status in (429, 503):
        return Throttled(detail, where=where, retry_after=retry_after(headers.get("retry-after")))
    transient = status in (206, 304, 408, 425) or status >= 500
    return (Transient if transient else Permanent)(detail, where=where, kind=f"http_{status}")


def retry_after(value: str | None, now: datetime | None = None) -> float:
    """Seconds of a Retry-After header, in either form (RFC 9110 10.2.3), bounded."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            when = parsedate_to_datetime(text)
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
            seconds = (when - (now or datetime.now(UTC))).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return DEFAULT_RETRY_AFTER
    return min(max(seconds, 1.0), MAX_RETRY_AFTER)
