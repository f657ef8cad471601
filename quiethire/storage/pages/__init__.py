"""The page archive: bodies by content hash, in a directory or an S3-compatible store."""

from quiethire.storage.pages.archive import ObjectPageArchive, PageIndex, open_archive
from quiethire.storage.pages.exporting import ExportReport, export_pages
from quiethire.storage.pages.importing import ImportReport, import_pages

__all__ = [
    "ExportReport",
    "ImportReport",
    "ObjectPageArchive",
    "PageIndex",
    "export_pages",
    "import_pages",
    "open_archive",
]
