"""Whether a listing says that there are no open positions at present.

A wrong yes closes live postings, so the sentence alone is not enough. It must say that it speaks of now and hold no word that
narrows it down (see `empty_sayings`), stand alone in plain sight in the content of the page, belong to no search, filter or
form, wait for no script, and the page may lead to no board of a vendor's that could fill it. "No results" is what a widget
says, and is never taken.
"""

import re

from selectolax.lexbor import LexborNode

from quiethire.domain.words import fold
from services.parser.ats.registry import recognise
from services.parser.document import Document, Line
from services.parser.empty_sayings import POSITIONS, is_hiring, is_saying

LONGEST = 300
"""Characters of a line that says so; a longer one says other things as well."""
MAX_NODES = 5_000
"""Elements that are looked at for where a sentence stands."""

_LIMITED = re.compile(
    fold(
        r"search|filter|criteria|match|select|suche|kriteri|auswahl|passend|criter|recherch|busqueda|ricerca|pesquisa|zoek"
        r"|\bsok\b|haku|wyszuk|vyhled|arama|検索|条件|搜索|筛选|검색|поиск|фильтр|пошук|categor|kategor|department|abteilung"
        r"|bereich|except|other than|apart from|ausser|abgesehen|sauf|excepto|salvo|tranne|behalve|undtag|unntatt|\{\{"
        rf"|{POSITIONS} (?:in|for|within|near|based) (?!our |the (?:company|team|moment)|us\b)"
        r"|(?:stellen|jobs|positionen|vakanzen) (?:in|im|fur|als|bei der|am standort)\b"
    )
)
"""What makes the sentence one about a part of the board, or about a search, folded."""
_SENTENCE = re.compile(r"([.!?;。！？]+(?:\s|$)|[。！？])")
_CONDITIONAL = re.compile(
    r"^(?:v-(?:if|show|else|cloak)|x-(?:show|if|cloak)|ng-(?:if|show|hide|cloak)|\*ngif|data-(?:bind|if|show)|hx-|:hidden)"
)
"""Attributes by which scripts decide whether an element is shown, as far as they have run."""
_UNSEEN = re.compile(
    r"(?:^|[\s_-])(?:hidden|hide|d-none|invisible|visually-hidden|sr-only|screen-reader-text|template|placeholder|modal|popup|dialog"
    r"|filter\w*|search\w*|facet\w*|no-?results?|not-?found|loading|cookie\w*|consent)(?:$|[\s_-])"
)
"""Classes and ids of what is not shown, or of what belongs to a search or a notice over the page."""
_PLACES = "p, div, span, li, h1, h2, h3, h4, h5, h6, td, strong, em, b, i, section, article"
_WIDGETS = frozenset(
    {"form", "dialog", "template", "select", "noscript", "label", "button", "nav", "aside", "footer", "header"}
)


def says_none(document: Document) -> bool:
    """Whether a page about jobs that leads to none says in one place, and in plain sight, that there are none at present."""
    said = [line for line in document.content if not line.link and is_said(line.text)]
    if len(said) != 1 or document.tree.css_first("input[type=password]") is not None:
        return False
    if recognise(document.url, document.page.body.decode("utf-8", "replace")) is not None:
        return False  # The board of a vendor's that the page leads to may list what the page does not.
    return _is_in_sight(document, said[0])


def is_said(text: str) -> bool:
    """Whether a line of text says that there are no open positions at present."""
    if not 5 < len(text) <= LONGEST:
        return False
    folded = fold(text)
    if _LIMITED.search(folded):
        return False
    parts = [*_SENTENCE.split(folded), ""]
    sentences = list(zip(parts[::2], parts[1::2], strict=True))
    said = [(sentence, end) for sentence, end in sentences if is_saying(sentence)]
    asks = any("?" in end or "？" in end for _, end in said)
    return bool(said) and not asks and not any(is_hiring(text) for text, end in sentences if (text, end) not in said)


def _is_in_sight(document: Document, line: Line) -> bool:
    """Whether every place where the line stands is shown to whoever reads the page, and part of its content."""
    body, wanted = document.tree.body, _closed(line.text)
    if body is None:
        return False
    places = [node for node in body.css(_PLACES)[:MAX_NODES] if _holds(node, wanted)]
    return bool(places) and all(_is_shown(node) for node in places)


def _holds(node: LexborNode, wanted: str) -> bool:
    text = node.text()
    return len(text) < 10 * LONGEST and _closed(text) == wanted


def _closed(text: str) -> str:
    """A text without its blanks: markup within it breaks it in other places than lines do."""
    return "".join(text.split())


def _is_shown(node: LexborNode) -> bool:
    at: LexborNode | None = node
    while at is not None and at.tag not in ("body", "html"):
        attributes = at.attributes
        if at.tag in _WIDGETS or attributes.get("aria-hidden") == "true" or "hidden" in attributes:
            return False
        if any(_CONDITIONAL.match(name.lower()) for name in attributes):
            return False
        if _UNSEEN.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()):
            return False
        at = at.parent
    return True
