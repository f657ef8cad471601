"""Whether an HTML page was cut on its way: it would lack postings that the board lists."""

import re

_END = re.compile(rb"</\s{0,9}(?:body|html)\b", re.IGNORECASE)
_LAST = 300
"""Bytes at the end of a page, where its end tag is believed whatever is around it: few write scripts that are in order."""
_MARK = re.compile(rb"(</\s{0,9}(?:body|html)\b)|<(script|style)\b|<!--", re.IGNORECASE)
_SCRIPT_END = re.compile(rb"</script\b", re.IGNORECASE)
_STYLE_END = re.compile(rb"</style\b", re.IGNORECASE)
_COMMENT_END = re.compile(rb"-->")
_TAG = re.compile(rb"<(/?)(?:div|ul|ol|table|section|main|article|a|span|h[1-6]|script|style|button)\b", re.IGNORECASE)
_ITEM = re.compile(rb"<(/?)(p|li)\b", re.IGNORECASE)
_BROKEN = re.compile(rb"<[a-z/][^<>]{0,2000}$", re.IGNORECASE)


def is_cut(body: bytes) -> bool:
    """Whether a page neither ends as pages do nor closes what it opened.

    HTML lets `</body>` and `</html>` be left out, and much of the web is careless with other tags: a page that was cut has
    neither in order. Paragraphs and items may be left open too: where all are closed but the last one, that one was cut.
    """
    if _ends(body):
        return False
    if _BROKEN.search(body[-2_001:].rstrip()):
        return True
    opened = sum(-1 if tag[1] else 1 for tag in _TAG.finditer(body))
    return opened > 0 or _stops_within(body, b"p") or _stops_within(body, b"li")


def _ends(body: bytes) -> bool:
    """Whether the page has its end tag: one in a script, a style or a comment is but a text."""
    if _END.search(body[-_LAST:]):
        return True
    at = 0
    while (mark := _MARK.search(body, at)) is not None and not mark[1]:
        inner = _COMMENT_END if mark[2] is None else _STYLE_END if mark[2].lower() == b"style" else _SCRIPT_END
        close = inner.search(body, mark.end())
        if close is None:
            return False
        at = close.end()
    return mark is not None


def _stops_within(body: bytes, name: bytes) -> bool:
    """Whether the last element of this name is left open by somebody who closes them."""
    signs = [tag[1] for tag in _ITEM.finditer(body) if tag[2].lower() == name]
    closed = signs.count(b"/")
    return closed > 0 and len(signs) == 2 * closed + 1 and not signs[-1]
