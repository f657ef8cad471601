"""What a posting would like and does not ask for: `nice to have`, `von Vorteil`, `un plus`, in the languages of the field."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from quiethire.domain.words import fold

HEADING_LENGTH = 90
"""Characters of a heading: a longer line is none."""

_WISHED = re.compile(
    r"\b(?:nice[- ]to[- ]haves?|good to have|bonus(?:es)? (?:points|skills|if)|(?:as|is|are|be) an? (?:\w+ )?bonus|bonus:|preferred|preferably|ideally|desirable|desired"
    r"|optional|(?:a|big|huge|real|strong|definite|as) plus|pluses|would be (?:great|nice|helpful|useful|beneficial)|an advantage|advantageous|beneficial|sets? you apart|extra credit"
    r"|not required|not a must|even better if"
    # German
    r"|von vorteil|vorteilhaft|wunschenswert|idealerweise|ware (?:toll|schon|super)|gern(?:e)? gesehen|\w*pluspunkte?\w*|bonuspunkte?\w*|ein plus|kein muss|optimalerweise"
    # French
    r"|(?:est|sont|serai\w+|constitue\w*) un (?:vrai |gros |reel )?(?:plus|atout)|un plus|un atout|idealement|souhait(?:e|ee|es|ees|able)s?|appreciee?s?"
    # Spanish, Catalan, Portuguese, Italian
    r"|deseable\w*|se valorar\w+|es valorar\w+|valorable\w*|diferencia(?:l|is)|desejave(?:l|is)|gradit[aeio]|preferibil\w+|costituis\w+ (?:titolo|un plus)"
    # Dutch, Danish, Norwegian, Swedish
    r"|een (?:grote )?pre|pluspunten|is mooi meegenomen|meriterande|en fordel|(?:et|ett|stort) pluss?|det ar en fordel"
    # Czech, Polish
    r"|vyhodou|vitan[aoey]|mile widzian\w+|dodatkow\w+ (?:atut\w*|plus\w*)|atutem)\b"
)
"""What says, of a list or of one item, that it is welcome and not asked for."""
BULLET = re.compile(r"(?:- |[•·▪●‣◦✓✔➢➤]\s?|[*–—]\s)(?=\S)")
"""How an item of a list begins, in plain text."""


class Line(NamedTuple):
    """A line of plain text."""

    text: str
    """An item of a list without its bullet."""
    is_item: bool
    is_wish: bool
    """It says so itself, or, of an item, the line over its list does."""


def is_wish(line: str) -> bool:
    """Whether a line says, of itself or of the list below it, that this is welcome and not asked for."""
    return _WISHED.search(fold(line)) is not None


def lines_of(text: str) -> Iterator[Line]:
    """The lines of plain text that say anything."""
    wished = False
    for line in text.splitlines():
        if (bullet := BULLET.match(line)) is not None:
            item = line[bullet.end() :]
            yield Line(item, is_item=True, is_wish=wished or is_wish(item))
        elif line.strip():
            own = is_wish(line)
            wished = own and len(line) <= HEADING_LENGTH
            yield Line(line, is_item=False, is_wish=own)
