"""HTML to safe HTML, to plain text with its paragraphs, and text to a form in which it can be compared."""

import html
import re
from collections.abc import Iterator
from functools import lru_cache

import nh3

from quiethire.domain.words import lowered

MAX_DESCRIPTION = 200_000
"""Characters of a description that are kept."""

_TAGS = {
    *("p", "br", "hr", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup", "code", "pre", "blockquote", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
SILENT = {
    *("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea", "title"),
    "noembed",
    "noframes",
    "xmp",
}
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "label",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "button",
    ]
)
"""Elements that end a line of text."""

_BLANK = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200d\u2060\ufeff\u00ad\ud800-\udfff]")


def squeeze(text: str) -> str:
    """One line: blanks collapsed, invisible and control characters and broken surrogates gone."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_INVISIBLE.sub("", text).split())


_TWICE_DECODED = {
    "Â£": "£",
    "â‚¬": "€",
    "Â€": "€",
    "â\u0082¬": "€",
    "â€“": "–",
    "â€”": "—",
    "Â¥": "¥",
    "â‚¹": "₹",
    "â€™": "’",
    "Â\u00a0": " ",
    "zÅ‚": "zł",
    "KÄ\u008d": "Kč",
    "Â ": " ",
}
"""What UTF-8 becomes when it is read as Windows-1252."""


def mended(text: str) -> str:
    """UTF-8 that was decoded as Windows-1252 before it got here: `Â£` is `£`."""
    if "Â" in text or "â" in text or "Å" in text or "Ä" in text:
        for wrong, right in _TWICE_DECODED.items():
            text = text.replace(wrong, right)
    return text


_NUMBERS = (
    "one ein einen einem einer eine un une uno una um uma een en et ett jeden jedna jedno",
    "two zwei deux dos due dois duas dues twee to tva dva dwa dwie",
    "three drei trois tres tre drie tri trzy",
    "four vier quatre cuatro quattro quatro fire fyra ctyri cztery",
    "five funf cinq cinco cinque vijf fem pet piec",
)
NUMBER_WORDS = {word: number for number, words in enumerate(_NUMBERS, 1) for word in words.split()}
"""Folded words for one to five, in the languages of the field."""


def near(text: str, hints: re.Pattern[str], *, before: int, after: int) -> Iterator[tuple[int, int]]:
    """The stretches of a text around any of some hints in lower case, in order, joined where they overlap.

    A slow pattern that needs one of the hints has to be tried in them alone.
    """
    start, end = -1, -1
    for hint in hints.finditer(lowered(text)):
        if start >= 0 and hint.start() - before > end:
            yield start, end
            start = -1
        start = max(0, hint.start() - before) if start < 0 else start
        end = hint.end() + after
    if start >= 0:
        yield start, end


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=SILENT - _TAGS,
    attributes={"a": {"href"}, "*": set()},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # A relative link leads nowhere outside its page, and may hide a scheme behind odd blanks.
)


@lru_cache(maxsize=4)
def safe_html(markup: str) -> str:
    """The markup with an allowlist of tags, links over http(s) and mailto only, no style and no scripts.

    The last few are kept: the facts in a description and the description itself are read one after the other.
    """
    return _CLEANER.clean(_INVISIBLE.sub("", markup[:MAX_DESCRIPTION])).strip()


def looks_like_html(text: str) -> bool:
    """Whether a string holds tags, rather than plain text that may hold `<`."""
    return re.search(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", text, re.IGNORECASE) is not None


def as_html(text: str) -> str:
    """A description as a source states it, as markup: escaped markup is unescaped, plain text gets paragraphs."""
    text = text[:MAX_DESCRIPTION]
    if not looks_like_html(text):
        once = html.unescape(text)
        # Some escape what was escaped.
        text = next(filter(looks_like_html, (once, html.unescape(once))), text)
    if looks_like_html(text):
        return text
    paragraphs = (p.strip() for p in re.split(r"\n\s*\n|\r\n\s*\r\n", html.unescape(text)))
    return "".join(f"<p>{html.escape(p, quote=False).replace(chr(10), '<br>')}</p>" for p in paragraphs if p)


_TAG = re.compile(r"""<(/?[a-z][a-z0-9]*)(?:[^<>"]|"[^"]*")*>""")
"""A tag as the sanitiser writes it."""


@lru_cache(maxsize=4)
def plain_text(markup: str) -> str:
    """The text of markup that `safe_html` gave: a line for each block, `- ` before items, an empty line between paragraphs."""
    out: list[str] = []
    opened = False  # Whether a list item was opened whose first line is to come.
    current, *rest = _TAG.split(markup)
    for tag, text in zip((*rest[::2], "/body"), (*rest[1::2], ""), strict=True):
        name = tag.removeprefix("/")
        if name not in BLOCKS:
            current += text
            continue
        if line := squeeze(html.unescape(current)):
            out.extend((f"- {line}",) if opened else ("", line))
            opened = False
        if name == "li":
            opened = tag == name
        current = text
    return "\n".join(out).strip()[:MAX_DESCRIPTION]
