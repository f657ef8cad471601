"""Whether an HTML page was cut on its way: it would lack postings that the board lists."""

import re

_END = re.compile(rb"</\s{0,9}(?:body|html)\b", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)(?:div|ul|ol|table|section|main|article|a|span|h[1-6]|script|style|button)\b", re.IGNORECASE)
_BROKEN = re.compile(rb"<[a-z/][^<>]{0,2000}$", re.IGNORECASE)


def is_cut(body: bytes) -> bool:
    """Whether a page neither ends as pages do nor closes what it opened.

    HTML lets `</body>` and `</html>` be left out, and much of the web is careless with other tags: a page that was cut has
    neither in order.
    """
    if _END.search(body):
        return False
    if _BROKEN.search(body[-2_001:].rstrip()):
        return True
    opened = sum(-1 if tag[1] else 1 for tag in _TAG.finditer(body))
    return opened > 0
