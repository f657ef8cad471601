"""JobPosting in microdata, read by extruct; only where the page has one, for that is slow."""

import warnings

import extruct

from quiethire.domain.posting import RawPosting, Source
from services.parser.document import Document
from services.parser.schema_org import Json, is_job_posting, to_raw

MAX_DEPTH = 12


def read(document: Document) -> tuple[RawPosting, ...]:
    """Every JobPosting in the page's microdata."""
    if document.tree.css_first('[itemtype*="JobPosting" i]') is None:
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extruct's parser warns of markup that it then reads all the same
        data = extruct.extract(
            document.tree.html or "", base_url=document.url, syntaxes=["microdata"], uniform=True, errors="ignore"
        )
    found = [_plain(item, 0) for item in data.get("microdata", [])]
    return tuple(
        to_raw(item, url=document.url, source=Source.MICRODATA, path=f"microdata[{index}]")
        for index, item in enumerate(found)
        if isinstance(item, dict) and is_job_posting(item)
    )


def _plain(value: object, depth: int) -> Json | list[object] | object:
    """Untyped data, cut off below a depth that no posting has."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {str(k): _plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v, depth + 1) for v in value]
    return value
