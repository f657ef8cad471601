"""Claim checks: what is long is stored in the page archive, and its reference travels through Temporal.

Temporal fails an activity whose result is over 2 MB, and retries a workflow for ever whose input to an activity is.
"""

from collections.abc import Sequence

from pydantic import TypeAdapter

from quiethire.domain.base import Model
from quiethire.domain.ports import PageArchive
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Refusal

BATCH_SIZE = 500
"""Postings that one activity stores: enough to be cheap, few enough to retry."""

MAX_LINKS = 20_000
"""Job pages of one board or website. More than that, in whatever shapes, are not followed, and such a crawl is never complete."""

NAMED = 50
"""Refusals and problems that a result names one by one. Its counts are always whole."""

_URLS = TypeAdapter(tuple[str, ...])


class ParsedBatch(Model):
    """What a batch holds: postings that were taken and pages that were refused."""

    postings: tuple[JobPosting, ...] = ()
    refused: tuple[Refusal, ...] = ()


class PostingBatch(Model):
    """A `ParsedBatch` in the archive."""

    content_hash: str
    count: int
    refused: int = 0


class UrlList(Model):
    """URLs in the archive."""

    content_hash: str
    count: int


async def save_batches(
    archive: PageArchive, postings: Sequence[JobPosting], refused: Sequence[Refusal] = ()
) -> tuple[PostingBatch, ...]:
    """Store in batches. The same postings give the same references."""
    longest = max(len(postings), len(refused))
    batches = []
    for start in range(0, longest, BATCH_SIZE):
        part = slice(start, start + BATCH_SIZE)
        batch = ParsedBatch(postings=tuple(postings[part]), refused=tuple(refused[part]))
        content_hash = await archive.put(batch.model_dump_json().encode())
        batches.append(PostingBatch(content_hash=content_hash, count=len(batch.postings), refused=len(batch.refused)))
    return tuple(batches)


async def load_batch(archive: PageArchive, batch: PostingBatch) -> ParsedBatch:
    """What a batch holds."""
    return ParsedBatch.model_validate_json(await archive.get(batch.content_hash))


async def save_urls(archive: PageArchive, urls: Sequence[str]) -> UrlList:
    """Store a list of URLs, each once."""
    distinct = tuple(dict.fromkeys(urls))
    return UrlList(content_hash=await archive.put(_URLS.dump_json(distinct)), count=len(distinct))


async def load_urls(archive: PageArchive, urls: UrlList) -> tuple[str, ...]:
    """The URLs of a list."""
    return _URLS.validate_json(await archive.get(urls.content_hash))
