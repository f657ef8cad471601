"""Keeping what is private in a request out of all that is kept of its answer: hosts like to echo what they were sent."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import ada_url

LEAST_SECRET = 6
"""Characters from which on a private value is looked for everywhere; a shorter one may be a part of anything."""
REPLACED = "private"
_KEPT_HEADERS = frozenset(
    (
        *("cache-control", "content-encoding", "content-language", "content-length", "content-type", "date", "etag"),
        *("expires", "last-modified", "retry-after", "vary"),
    )
)
"""Headers that do not speak of the request."""


class Private:
    """What a private query holds, and the credentials of an Authorization header (`Bearer …`, or as they are)."""

    def __init__(self, query: str, authorization: str = "") -> None:
        self._pairs = set(parse_qsl(query, keep_blank_values=True))
        secrets = {value for _, value in self._pairs} | {authorization.rpartition(" ")[2]}
        self._values = {value for value in secrets if len(value) >= LEAST_SECRET}
        self._anywhere = re.compile("|".join(map(_in_any_form, self._values)), re.IGNORECASE) if self._values else None

    def url(self, href: str) -> str:
        """A URL without the private parameters, and without what is secret wherever else it stands."""
        if not (self._pairs or self._values):
            return href
        public = ada_url.URL(href)
        pairs = parse_qsl(public.search.removeprefix("?"), keep_blank_values=True)
        kept = [
            (name, value) for name, value in pairs if (name, value) not in self._pairs and value not in self._values
        ]
        if len(kept) < len(pairs):
            public.search = urlencode(kept)
        return self._replaced(str(public.href))

    def headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Of an answer, by lower-case name, those that may be kept."""
        if not (self._pairs or self._values):
            return headers
        return {name: self._replaced(value) for name, value in headers.items() if name in _KEPT_HEADERS}

    def _replaced(self, text: str) -> str:
        return self._anywhere.sub(REPLACED, text) if self._anywhere is not None else text


def _in_any_form(value: str) -> str:
    """The pattern of a value as it is, percent-encoded, or that several times over; each character may differ."""
    return "".join(_byte(byte) for byte in value.encode())


def _byte(byte: int) -> str:
    forms = [f"%(?:25){{0,9}}{byte:02x}"]
    if byte < 0x80:
        forms.append(re.escape(chr(byte)))
    if byte == ord(" "):
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"
