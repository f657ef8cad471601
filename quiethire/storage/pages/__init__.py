"""The page archive: bodies by content hash, in a directory or an S3-compatible store."""

from quiethire.storage.pages.archive import ObjectPageArchive, PageIndex, open_archive
from quiethire.storage.pages.importing import ImportReport, import_pages

__all__ = ["ImportReport", "ObjectPageArchive", "PageIndex", "import_pages", "open_archive"]
