"""The search index on Typesense."""

from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.matching import TypesenseMatcher

__all__ = ["TypesenseIndex", "TypesenseMatcher"]
