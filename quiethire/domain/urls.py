"""URLs: one WHATWG parser (ada) for the canonical form, for identity and for the crawler's guard."""

import re

import ada_url

from quiethire.domain.errors import InvalidInput

MAX_URL_LENGTH = 8_192
"""Longer URLs are refused: no posting needs one and some servers choke on them."""

_TRACKING = re.compile(
    r"(utm_\w*|gh_src|lever-(source|origin|via)[^=]*|trk|trackingid|refid|fbclid|gclid|msclkid|mc_[ce]id|_hs(enc|mi)|searchid|rps)"
    r"(=|$)|(source|src|ref|referrer)(=[^\d]*)?$",
    re.IGNORECASE,
)
"""Query parameters that say where a visitor came from, never which posting is shown. `ref` and its like do so in words;
with a digit in it, `ref=12345` may be the posting's own number.
"""


def parse_url(url: str, base: str | None = None) -> ada_url.URL:
    """Parse an http(s) URL by the WHATWG URL Standard, relative to `base` where one is given.

    Raises InvalidInput for anything that is no absolute http(s) URL with a host.
    """
    if len(url) > MAX_URL_LENGTH:
        raise InvalidInput(f"longer than {MAX_URL_LENGTH} characters", where=f"{url[:80]}…", kind="invalid_url")
    try:
        parsed = ada_url.URL(url.strip(), base=base)
    except ValueError as error:
        raise InvalidInput(
            "not a URL", where=url[:200], hint="give an absolute http:// or https:// URL", kind="invalid_url"
        ) from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise InvalidInput(
            f"{parsed.protocol}// is not fetched", where=url[:200], hint="only http and https are", kind="invalid_url"
        )
    return parsed


def canonical_url(url: str, base: str | None = None) -> str:
    """The one form under which a URL is stored and compared.

    WHATWG-normalised, without fragment, credentials or tracking parameters, query sorted by name.
    """
    parsed = parse_url(url, base)
    parsed.hash = ""
    parsed.username = ""
    parsed.password = ""
    query = parsed.search.removeprefix("?")
    if query:
        # As it stands, not decoded: bytes that are no UTF-8 would not survive it.
        parsed.search = "&".join(sorted(part for part in query.split("&") if part and not _TRACKING.match(part)))
    return str(parsed.href)


def absolute_url(url: str, base: str | None = None) -> str:
    """The URL to fetch: as WHATWG normalises it, without its fragment. Raises InvalidInput as `parse_url` does."""
    parsed = parse_url(url, base)
    parsed.hash = ""
    return str(parsed.href)


def host_of(url: str) -> str:
    """The host of a URL, lower-case, without port."""
    return str(parse_url(url).hostname)


def domain_of(text: str) -> str:
    """A bare domain such as `northwind.example` out of a domain or a URL.

    Raises InvalidInput where there is none.
    """
    host = host_of(text if "://" in text else f"https://{text}")
    return host.removeprefix("www.")
