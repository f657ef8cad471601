"""Whether a listing goes on: on another page, or behind a button."""

import re
from urllib.parse import parse_qs

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
    r"^(p|pg|page|pagenum|pagenumber|seite|pagina|strana|strona|offset|start|startrow|from|skip)$", re.IGNORECASE
)


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
        if _is_further_page(node.attributes.get("href") or "", own.pathname, document.url):
            return True
    return False


def _is_further_page(href: str, path: str, base: str) -> bool:
    if "?" not in href or len(href) > 2_000:
        return False
    try:
        target = parse_url(href, base)
    except InvalidInput:
        return False
    if target.pathname != path:
        return False
    query = parse_qs(target.search.removeprefix("?"))
    numbers = [values[0] for name, values in query.items() if _PAGE.match(name)]
    return any(number.isdigit() and int(number) >= 2 for number in numbers)
