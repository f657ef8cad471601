"""Whether a listing goes on: on another page, or behind a button."""

import re
from urllib.parse import parse_qsl

from quiethire.domain.errors import InvalidInput
from quiethire.domain.urls import parse_url
from quiethire.domain.words import fold
from services.parser.document import Document

MAX_ANCHORS = 20_000

_NEXT = re.compile(
    r"(next( page)?|load more|show more|more (jobs|positions|results)|weiter|nachste( seite)?|mehr (laden|anzeigen|stellen)"
    r"|suivante?|page suivante|voir plus|plus d.offres|siguiente|ver mas|seguent|proxima|ver mais|successiva|avanti"
    r"|volgende|meer (laden|vacatures)|naeste|nasta|neste|dalsi|nastepna|[›»→>]{1,2})"
)
_PAGE = re.compile(
    r"^(p|pg|page|paged|pagenum|pagenumber|seite|pagina|strana|strona|offset|start|startrow|from|skip)$", re.IGNORECASE
)
_PATH_NUMBER = re.compile(r"/(?:p|page|seite|pagina|strana|strona)[/-]?(\d{1,4})/?$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SECOND = 2
_LONGEST_NUMBER = 6
"""Digits of a page's number, or of how many entries to skip."""


def goes_on(document: Document) -> bool:
    """Whether a listing page says that there is more of it: rel=next, a link to a further page, a word for more."""
    tree = document.tree
    if tree.css_first("link[rel~=next], a[rel~=next]") is not None:
        return True
    own = parse_url(document.url)
    for node in tree.css("a[href]")[:MAX_ANCHORS]:
        if _NEXT.fullmatch(fold(node.text(strip=True))[:40]) and not (node.attributes.get("href") or "").startswith(
            "#"
        ):
            return True
        if _leads_on(node.attributes.get("href") or "", own.pathname, document.url):
            return True
    return False


def _leads_on(href: str, path: str, base: str) -> bool:
    if len(href) > 2_000 or _DIGIT.search(href) is None:
        return False
    try:
        target = parse_url(href, base)
    except InvalidInput:
        return False
    return is_further_page(target.pathname, target.search, path)


def is_further_page(path: str, query: str, own: str) -> bool:
    """Whether an address is that of a page after the first of the listing at a path: by a number in the query, or at the path's end."""
    first = _PATH_NUMBER.sub("", own).rstrip("/")
    if (number := _PATH_NUMBER.search(path)) is not None and path[: number.start()].rstrip("/") == first:
        return int(number[1]) >= _SECOND
    return path.rstrip("/") == first and any(
        _PAGE.match(name) is not None and _is_number(value) and int(value) >= _SECOND
        for name, value in parse_qsl(query.removeprefix("?"))
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
