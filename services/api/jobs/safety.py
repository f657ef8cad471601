"""What a posting says goes out to readers only through here: postings are written by strangers.

The parser sanitises descriptions too. Doing it again at the door (0.1 ms a page) keeps readers safe from rows
that an older parser wrote and from whatever else writes to the store.
"""

import re
from collections import Counter

import nh3

from quiethire.domain.errors import InvalidInput
from quiethire.domain.urls import parse_url

_TAGS = {
    *("p", "br", "hr", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "s", "sub", "sup", "a"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
"""Text and its structure: no pictures (they would call other hosts), no forms, no styles."""


_MAX_DEPTH = 256
"""Elements within elements. Cleaning takes the square of it: 88,000 nested ones took 2 s, in which nobody is served."""

_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def safe_html(markup: str) -> str:
    """A description as HTML that can do nothing but be read; empty where it is nested beyond all sense."""
    if _depth(markup) > _MAX_DEPTH:
        return ""
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes={"a": {"href"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        # A relative link would lead into our own site, not into the employer's.
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )


def _depth(markup: str) -> int:
    """How deep a parser may nest this: for each name, what was opened and not closed."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for closing, tag in _TAG.findall(markup):
        name = tag.lower()
        if not closing and name not in _VOID:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif closing and opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


_MARKS = nh3.Cleaner(tags={"mark"}, attributes={})
"""Made once: making it takes longer than cleaning one highlight, and a page of hits has sixty."""

_ONLY_MARKS = re.compile(r"[^<]*+(?:<mark>[^<]*+</mark>[^<]*+)*+")


def safe_marks(highlight: str) -> str:
    """A highlight as HTML with `<mark>` alone, as it already is where no other tag begins and each mark ends before the next."""
    if _ONLY_MARKS.fullmatch(highlight):
        return highlight
    return _MARKS.clean(highlight)


def safe_link(url: str | None) -> str | None:
    """The URL where it is an http(s) one, else None: `javascript:` and its like lead nowhere."""
    if url is None:
        return None
    try:
        return str(parse_url(url).href)
    except InvalidInput:
        return None


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def safe_text(text: str) -> str:
    """The text without characters that XML 1.0 has no place for: one of them in one posting would break a whole feed."""
    return _UNPRINTABLE.sub("", text)
