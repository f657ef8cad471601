"""A page out of a file, as both readers give it."""

from datetime import datetime

from quiethire.domain.base import Model


class ImportedPage(Model):
    """One saved page with its body."""

    url: str
    status: int
    content_type: str
    body: bytes
    fetched_at: datetime
