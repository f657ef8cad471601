"""Claim check for postings: a batch is stored in the page archive, and its reference travels through Temporal."""

from collections.abc import Iterator, Sequence

from pydantic import TypeAdapter

from quiethire.domain.base import Model
from quiethire.domain.ports import PageArchive
from quiethire.domain.posting import JobPosting

BATCH_SIZE = 500
"""Postings that one activity stores: enough to be cheap, few enough to retry."""

_POSTINGS = TypeAdapter(list[JobPosting])


class PostingBatch(Model):
    """Parsed postings in the archive."""

    content_hash: str
    count: int


async def save_batches(archive: PageArchive, postings: Sequence[JobPosting]) -> tuple[PostingBatch, ...]:
    """Store postings in batches. The same postings give the same references."""
    return tuple([await _save(archive, chunk) for chunk in _chunks(postings)])


async def load_batch(archive: PageArchive, batch: PostingBatch) -> list[JobPosting]:
    """The postings of a batch."""
    return _POSTINGS.validate_json(await archive.get(batch.content_hash))


async def _save(archive: PageArchive, postings: Sequence[JobPosting]) -> PostingBatch:
    body = _POSTINGS.dump_json(list(postings))
    return PostingBatch(content_hash=await archive.put(body), count=len(postings))


def _chunks(postings: Sequence[JobPosting]) -> Iterator[Sequence[JobPosting]]:
    for start in range(0, len(postings), BATCH_SIZE):
        yield postings[start : start + BATCH_SIZE]
