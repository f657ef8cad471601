"""HTML to safe HTML, to plain text with its paragraphs, and text to a form in which it can be compared."""

import html
import re
import unicodedata
from collections.abc import Iterator

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

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
    return " ".join(_INVISIBLE.sub("", text).split())


class _Plain(dict[int, int | str | None]):
    """What becomes of each code point of decomposed text: accents go, letters with a stroke lose it, the rest stays."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]  # type: ignore[return-value]  # the only strings are those it starts with


_PLAIN = _Plain({ord("ł"): "l", ord("ø"): "o", ord("æ"): "ae"})


def fold(text: str) -> str:
    """Lower case without accents and punctuation at the ends: what labels and names are compared by."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return " ".join(plain.split()).strip(" :*.,;–-|")


def safe_html(markup: str) -> str:
    """The markup with an allowlist of tags, links over http(s) and mailto only, no style and no scripts."""
    clean = nh3.clean(
        _INVISIBLE.sub("", markup[:MAX_DESCRIPTION]),
        tags=_TAGS,
        clean_content_tags=SILENT - _TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",  # A relative link leads nowhere outside its page, and may hide a scheme behind odd blanks.
    )
    return clean.strip()


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


def plain_text(markup: str) -> str:
    """The text of markup: a line for each block, `- ` before list items, an empty line between paragraphs."""
    out: list[str] = []
    for line, tag in blocks(markup):
        if tag == "li":
            out.append(f"- {line}")
        else:
            out.extend(("", line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()[:MAX_DESCRIPTION]


def blocks(markup: str) -> Iterator[tuple[str, str]]:
    """The lines of text of a fragment with the tag of the block that each stands in."""
    tree = LexborHTMLParser(markup)
    current, tag = "", "p"
    for node, entering in walk(tree.body):
        name = node.tag
        if name in BLOCKS:
            if line := squeeze(current):
                yield line, tag
            current = ""
            if entering:
                tag = "li" if name in ("li", "p", "div") and _in_item(node) else str(name)
        elif entering and node.is_text_node:
            current += node.text_content or ""
    if line := squeeze(current):
        yield line, tag


def _in_item(node: LexborNode) -> bool:
    """Whether a block opens a list item: `<li>` itself, or the first block in one."""
    if node.tag == "li":
        return True
    parent = node.parent
    first = parent.first_child if parent is not None and parent.tag == "li" else None
    return first is not None and first.mem_id == node.mem_id


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
