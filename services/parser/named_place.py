"""The place that a page's own name states, alone or behind the employer's."""

import re

from services.parser.document import Document
from services.parser.headline import MAX_NAME, SEPARATOR
from services.parser.normalise.gazetteer import is_large_city
from services.parser.normalise.location import known_place

_MAX_TEXT = 2_000
"""Characters of a line that are read."""
_PROSE = 100
"""Characters from which a line is no heading or badge."""


def read(document: Document) -> str | None:
    """The place in the name (`Engineer at Northwind — Hull, England | Jobs`), else the city behind the employer's."""
    pieces = SEPARATOR.split(document.title[:MAX_NAME])
    stated = (piece for piece in pieces[1:] if "," in piece and known_place(piece))
    return next(stated, None) or _behind_employer(pieces[-1], document)


def _behind_employer(piece: str, document: Document) -> str | None:
    """The city in `Nordlicht Studio Rostock`, where the text speaks of it (`in Rostock`), or of the employer without it."""
    name, _, city = piece.rpartition(" ")
    if not name or not city[:1].isupper() or not is_large_city(city):
        return None
    spoken = re.compile(rf"\b(?:in|nach|bei|à|en|em|w|v|i|te|a) {re.escape(city)}\b")
    alone = re.compile(rf"\b{re.escape(name)}\b(?! {re.escape(city)})")
    for line in document.content:
        text = line.text[:_MAX_TEXT]
        if spoken.search(text) is not None or (len(text) > _PROSE and alone.search(text) is not None):
            return city
    return None
