"""HTML to safe HTML, to plain text with its paragraphs, and text to a form in which it can be compared."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import nh3
from selectolax.lexbor import LexborNode

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


class _Plain(dict[int, int | str | None]):
    """What becomes of each code point of decomposed text: accents go, letters with a stroke lose it, the rest stays."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]  # type: ignore[return-value]  # the only strings are those it starts with


_PLAIN = _Plain({ord("ł"): "l", ord("ø"): "o", ord("æ"): "ae"})


def fold(text: str) -> str:
    """Lower case without accents and punctuation at the ends: what labels and names are compared by."""
    return _folded_line(text) if len(text) <= _LINE else _folded(text)


def _folded(text: str) -> str:
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return " ".join(plain.split()).strip(" :*.,;–-|")


_LINE = 200
_folded_line = lru_cache(maxsize=4_096)(_folded)
"""Two in three of the lines, labels and links of a page are asked for more than once."""


_NUMBERS = (
    "one ein einen einem einer eine un une uno una um uma een en et ett jeden jedna jedno",
    "two zwei deux dos due dois duas dues twee to tva dva dwa dwie",
    "three drei trois tres tre drie tri trzy",
    "four vier quatre cuatro quattro quatro fire fyra ctyri cztery",
    "five funf cinq cinco cinque vijf fem pet piec",
)
NUMBER_WORDS = {word: number for number, words in enumerate(_NUMBERS, 1) for word in words.split()}
"""Folded words for one to five, in the languages of the field."""


def tree_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest at a place, as a tree of letters: many times faster than a list of them."""
    tree: dict[str, Any] = {}
    for word in words:
        branch = tree
        for letter in word:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return _branches(tree)


def _branches(tree: dict[str, Any]) -> str:
    some = "|".join(re.escape(letter) + _branches(branch) for letter, branch in tree.items() if letter)
    if not some:
        return ""
    return f"(?:{some})?" if "" in tree else f"(?:{some})"


def near(text: str, hints: re.Pattern[str], *, before: int, after: int) -> Iterator[tuple[int, int]]:
    """The stretches of a text around any of some hints in lower case, in order, joined where they overlap.

    A slow pattern that needs one of the hints has to be tried in them alone.
    """
    start, end = -1, -1
    for hint in hints.finditer(text.lower()):
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
    """A description as a source states it, as markup: escaped markup is unescaped once, plain text gets paragraphs."""
    text = text[:MAX_DESCRIPTION]
    if not looks_like_html(text) and looks_like_html(unescaped := html.unescape(text)):
        text = unescaped
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


def walk(root: LexborNode | None) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below `root`, entering and leaving, without recursion: pages may nest deeper than Python does.

    What is not read as text (scripts, styles, templates …) is left out.
    """
    if root is None:
        return
    # Nodes are compared by address: `==` on them serialises both subtrees.
    node, entering, end = root, True, root.mem_id
    while True:
        if entering:
            yield node, True
            child = node.first_child if node.tag not in SILENT else None
            if child is not None:
                node = child
                continue
        yield node, False
        if node.mem_id == end:
            return
        following = node.next
        if following is not None:
            node, entering = following, True
            continue
        parent = node.parent
        if parent is None:
            return
        node, entering = parent, False
