"""Postal addresses: the place at the end of one, and a postcode with its town."""

import re

from services.parser.normalise.location import known_place

_MAX_POSTAL = 80
_POSTAL = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{5}|\d{4}(?: [A-Z]{2})?|\d{3} \d{2}) (?!(?:EUR|Euro|USD|CHF|Uhr|Stunden|Mitarbeit\w*|Employees)\b)"
    r"[A-Z\u00c0-\u017d][\w.'’-]+(?:(?:,? (?:in|am|an|der|im|bei|sur|en|la|le|de|del|y|i|v|pod|nad|ob|[A-Z\u00c0-\u017d(][\w.'’)-]*)){1,6})?"
)


def address_end(text: str) -> str | None:
    """The place at the end of a postal address: `Main St. 12, 04109 Leipzig` gives `04109 Leipzig`."""
    street, comma, rest = text.partition(",")
    while comma:
        # A comma in brackets ends no street: "100% remote (Germany, Austria)".
        whole = street.count("(") == street.count(")")
        if whole and any(c.isdigit() for c in street) and known_place(rest):
            return rest.strip()
        street, comma, rest = rest.partition(",")
    return None


def postal_place(text: str) -> bool:
    """Whether a text is a postcode with a name behind it, known or not: `35999 Lahnstadt`, `1011 AB Amsterdam`."""
    return len(text) <= _MAX_POSTAL and _POSTAL.fullmatch(text.strip()) is not None
