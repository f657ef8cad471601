"""URLs: one WHATWG parser (ada) for the canonical form, for identity and for the crawler's guard."""

import re
from urllib.parse import unquote

import ada_url

from quiethire.domain.errors import InvalidInput

MAX_URL_LENGTH = 8_192
"""Longer URLs are refused: no posting needs one and some servers choke on them."""

_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "hsa_", "__hs", "_hs", "lever-", "vero_", "oly_", "ns_mchannel")
"""Names that begin so are a campaign's: those of Google, Matomo, HubSpot, Lever, Vero, Omeda, comScore."""
_TRACKING = frozenset(
    (
        *("_ga", "_gl", "_openstat", "dclid", "epik", "fbclid", "gbraid", "gclid", "gclsrc", "igsh", "igshid"),
        *("irclickid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "rb_clickid", "s_cid", "sc_cid"),
        *("srsltid", "ttclid", "twclid", "wbraid", "wickedid", "yclid", "ymclid", "zanpid"),
        *("gh_src", "trk", "trkcampaign", "trackingid", "searchid", "rps", "promotion"),
        *("jvst", "jvsd", "__jvst", "__jvsd"),
    )
)
"""Click identifiers of advertisers and mailers, then the job boards' own names for where a visitor came from."""
_IN_WORDS = frozenset(("source", "src", "ref", "referrer", "referer"))
"""They say where a visitor came from in words; with a digit in it, `ref=12345` may be the posting's own number."""
_DIGIT = re.compile(r"\d")
_VISITS = frozenset(("refid", "trid"))
"""They number a visit on some job boards, and a posting elsewhere: in short figures, where a visit has a long random text."""
_POSTING_NUMBER = re.compile(r"[A-Za-z-]{0,4}\d{1,12}")
_SHOWS_ONE = re.compile(
    r"/(?:job|vacan|position|posting|stelle|offer|offre|oferta|vaga|opening|details?|view|show)[\w-]*\.(?:php|aspx?|jsp|cfm|cgi|do)$",
    re.IGNORECASE,
)
"""A script that shows one posting, which its query must name."""
_ROOTED = re.compile(r"[^.]\.$")
"""A host name with the final dot that names the root of the DNS, and may be left out."""

_NOT_IN_DNS = frozenset({"invalid", "example", "onion", "alt"})
"""Top-level domains that are kept out of the DNS (RFC 6761, 7686, 9476)."""


def parse_url(url: str, base: str | None = None) -> ada_url.URL:
    """Parse an http(s) URL by the WHATWG URL Standard, relative to `base` where one is given.

    Raises InvalidInput for anything that is no absolute http(s) URL with a host.
    """
    if len(url) > MAX_URL_LENGTH:
        raise InvalidInput(
            f"longer than {MAX_URL_LENGTH} characters",
            where=f"{url[:80]}…",
            hint="no posting's URL is that long",
            kind="invalid_url",
        )
    try:
        parsed = ada_url.URL(url, base=base)
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

    WHATWG-normalised, without fragment, credentials, the host's final dot or tracking parameters; what is left of the
    query is sorted by name, and parameters of one name keep their order.
    """
    parsed = parse_url(url, base)
    parsed.hash = ""
    parsed.username = ""
    parsed.password = ""
    if (host := _unrooted(parsed.hostname)) != parsed.hostname:
        parsed.hostname = host
    # As it stands, not decoded: bytes that are no UTF-8 would not survive it.
    given = [part for part in parsed.search.removeprefix("?").split("&") if part]
    parts = [part for part in given if not _is_tracking(part)]
    if not parts and _SHOWS_ONE.search(parsed.pathname):
        parts = [part for part in given if part.startswith("ref=")]
    query = "&".join(sorted(parts, key=lambda part: part.partition("=")[0]))
    # With its own question mark: a query may begin with another one, which must not be taken for it.
    parsed.search = f"?{query}" if query else ""
    return str(parsed.href)


def _is_tracking(part: str) -> bool:
    """Whether a query parameter says where a visitor came from, never which posting is shown."""
    name, _, value = part.partition("=")
    name = unquote(name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name in _VISITS:
        return _POSTING_NUMBER.fullmatch(unquote(value)) is None
    return name in _IN_WORDS and not _DIGIT.search(unquote(value))


def _unrooted(host: str) -> str:
    return host.removesuffix(".") if _ROOTED.search(host) else host


def absolute_url(url: str, base: str | None = None) -> str:
    """The URL to fetch: as WHATWG normalises it, without its fragment. Raises InvalidInput as `parse_url` does."""
    parsed = parse_url(url, base)
    parsed.hash = ""
    return str(parsed.href)


def host_of(url: str) -> str:
    """The host of a URL, lower-case, without port and without the final dot that makes no other host of it."""
    return _unrooted(str(parse_url(url).hostname))


def domain_of(text: str) -> str:
    """A bare domain such as `northwind.example` out of a domain or a URL.

    Raises InvalidInput where there is none.
    """
    host = host_of(text if "://" in text else f"https://{text}")
    return host.removeprefix("www.")


def is_kept_out_of_dns(host: str) -> bool:
    """Whether no name server knows the host, because its top-level domain is reserved; to ask for it is pointless."""
    return host.rstrip(".").rpartition(".")[2].lower() in _NOT_IN_DNS
