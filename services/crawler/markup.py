"""A rendered page's HTML, if it is of a size that we take."""

from services.crawler.tabs import Tab

_MARKUP = """most => {
  const root = document.documentElement?.outerHTML;
  if (root === '') return null;  // What is too long for a string comes as none.
  const markup = (document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '') + (root ?? '');
  return markup.length > most ? null : markup;
}"""


async def markup_of(tab: Tab, max_bytes: int) -> bytes | None:
    """The DOM as HTML; None where it is larger. That is found out in the browser: none of it comes over then."""
    # A character is a byte at least; whether it is more is told here.
    markup: str | None = await tab.world.call(_MARKUP, max_bytes)
    body = markup.encode("utf-8", "replace") if markup is not None else None
    return body if body is not None and len(body) <= max_bytes else None
