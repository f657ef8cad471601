"""How much a caller may ask: which limit counts for a request, and how the answer tells of it.

The headers are those of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10).
"""

from functools import lru_cache
from math import ceil

from quiethire.domain.gate import WINDOW, Allowance, Endpoint, Verdict
from quiethire.settings import Settings
from services.api.gate.access import Caller, anonymous
from services.api.gate.conditional import Header

_FREE = ("/health", "/metrics", "/readyz", "/static/")
"""What machines watch, and files that cost nothing."""
_SEARCHES = ("/api/v1/search", "/api/v1/suggest")
_EXPORTS = ("/api/v1/exports/", "/sitemap")
_OWN = "/api/v1/candidates/me"
"""What nobody asks for but who it is about."""


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """Whose limit counts; None for what has none."""
    if path.startswith(_FREE):
        return None
    if method not in {"GET", "HEAD"}:
        return Endpoint.WRITE
    if path.startswith(_EXPORTS):
        return Endpoint.EXPORT
    if path.startswith(_SEARCHES) or not path.startswith("/api/"):
        # Pages search as one types, a request a letter.
        return Endpoint.SEARCH
    return Endpoint.READ


def counted_as(caller: Caller, path: str, address: str) -> Caller:
    """Whose limits count: a key or an account that anybody can make brings no others than those of the address, but for what is its person's own."""
    if (caller.candidate is not None or caller.is_half) and not path.startswith(_OWN):
        return anonymous(address)
    return caller


class Limits:
    """The limits of the settings, for those with a key and for those without."""

    def __init__(self, settings: Settings) -> None:
        fields = Settings.model_fields
        self._anonymous = {**fields["rate_limits"].default, **settings.rate_limits}
        self._keys = {**fields["key_rate_limits"].default, **settings.key_rate_limits}

    def allowance(self, caller: Caller, endpoint: Endpoint) -> Allowance | None:
        """What this caller may ask here; None for the operator's own key, which has no limit."""
        if caller.who == "operator":
            return None
        limit, burst = (self._anonymous if caller.is_anonymous else self._keys)[endpoint]
        return Allowance(f"ratelimit:{caller.who}:{endpoint.value}", limit, burst)


def limit_headers(endpoint: Endpoint, allowance: Allowance, verdict: Verdict) -> list[Header]:
    """What an answer tells of the limit."""
    state = f'"{endpoint.value}";r={verdict.remaining};t={ceil(verdict.reset_after)}'
    return [_policy(endpoint, allowance.limit, allowance.burst), (b"ratelimit", state.encode())]


@lru_cache
def _policy(endpoint: Endpoint, limit: float, burst: int) -> Header:
    """The quota is all that is granted at once, and its window the time in which that grows again."""
    quota = limit + burst
    return b"ratelimit-policy", f'"{endpoint.value}";q={quota};w={ceil(WINDOW * quota / limit)}'.encode()
