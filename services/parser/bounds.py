"""What a page's markup may be made of: the HTML parser takes quadratic time for a few shapes, which are refused before it.

The looks at a page are cheap and can be evaded by who knows them; the pool, which kills a parser that takes too long, is
what holds in the end.
"""

import re

from quiethire.domain.errors import InvalidInput

MAX_ATTRIBUTES = 10_000
"""Attributes of one element, or as much work in several. The parser compares each with all before it: 10,000 take it 0.2 s,
200,000 take it 72 s."""
MAX_DEPTH = 5_000
"""Elements within each other. A start tag makes the parser look through all that are open: 5,000 take it 20 ms, 100,000 take it
8 s; browsers stop at 512."""

_WINDOW = 8_192
"""Characters without a `>` below which no look is taken: 10,000 attributes are longer than two of these."""
_START_TAG = re.compile(r"<[A-Za-z]")
_ATTRIBUTE = re.compile(r"[\s/\"'][^\s/>=\"'<]+")
_TAG = re.compile(
    # What is left open runs to the end of the page, as it does in browsers.
    r"<!--(?:.*?-->|.*)|<(script|style|textarea|title)\b(?:.*?</\1|.*)|<(?P<end>/?)(?P<name>[a-z][^\s/>]*)",
    re.IGNORECASE | re.DOTALL,
)
_EMPTY = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
_ENDED_BY_KIN = ("p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot")
_NO_DEPTH = frozenset((*_EMPTY, *_ENDED_BY_KIN, "script", "style", "textarea", "title"))
"""Elements of which many do not stand within each other."""


def check(markup: str, url: str) -> None:
    """Raise InvalidInput (kind `too_complex`) for markup of a shape that only a hostile page has."""
    if _comparisons(markup) > MAX_ATTRIBUTES**2:
        raise _refused("an element has", MAX_ATTRIBUTES, "attributes", url)
    # Every level takes a tag: most pages have too few for a look at where they stand.
    if markup.count("<") > MAX_DEPTH and _depth(markup) > MAX_DEPTH:
        raise _refused("elements stand within", MAX_DEPTH, "others", url)


def _refused(what: str, bound: int, of: str, url: str) -> InvalidInput:
    return InvalidInput(f"{what} more than {bound:,} {of}", where=url, hint="no page is built so", kind="too_complex")


def _comparisons(markup: str) -> int:
    """How often attributes of long start tags are compared. A long tag covers a whole window in which no tag ends."""
    end = compared = 0
    for start in range(0, len(markup), _WINDOW):
        if start < end or markup.find(">", start, start + _WINDOW) >= 0:
            continue
        begin, end = markup.rfind(">", 0, start) + 1, markup.find(">", start)
        end = len(markup) if end < 0 else end
        tag = _START_TAG.search(markup, begin, end)
        compared += len(set(_ATTRIBUTE.findall(markup, tag.end(), end))) ** 2 if tag else 0
    return compared


def _depth(markup: str) -> int:
    """The greatest number of elements that are open at once, near enough."""
    depth = deepest = 0
    for match in _TAG.finditer(markup):
        name = match["name"]
        if name is None or name.lower() in _NO_DEPTH:
            continue
        depth = max(0, depth - 1) if match["end"] else depth + 1
        deepest = max(deepest, depth)
    return deepest
