"""The search index on Typesense."""

from quiethire.storage.typesense.index import TypesenseIndex

__all__ = ["TypesenseIndex"]
