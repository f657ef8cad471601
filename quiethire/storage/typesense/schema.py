"""The search collection: its fields, its names, and how a document is written into it."""

import re

from typesense.types.collection import CollectionCreateSchema

from quiethire.domain.errors import InvalidInput

SEPARATORS = ["-", "/", ",", "(", ")", "|", ":", ";", "&", "_"]
"""These split words: `Python/Django`, `full-stack` and `(m/w/d)` are found by their parts."""

SYMBOLS = ["+", "#"]
"""These are part of a word: C, C++ and C# are three things."""

FACETS = ("company", "location", "remote", "job_type")

WEIGHTS = {"title": 8, "skills": 4, "company": 4, "location": 2, "description": 1}
"""What is searched, and how much a match there counts."""


def collection_schema(name: str) -> CollectionCreateSchema:
    """The collection `name`. Pay is int64: a yearly figure in rupiah or dong overflows int32."""
    return {
        "name": name,
        "default_sorting_field": "posted_at",
        "token_separators": SEPARATORS,
        "symbols_to_index": SYMBOLS,
        "fields": [
            {"name": "title", "type": "string"},
            {"name": "company", "type": "string", "facet": True},
            {"name": "location", "type": "string[]", "facet": True},
            {"name": "description", "type": "string"},
            {"name": "remote", "type": "string", "facet": True},
            {"name": "job_type", "type": "string", "facet": True},
            {"name": "skills", "type": "string[]"},
            {"name": "salary_min", "type": "int64", "optional": True},
            {"name": "salary_max", "type": "int64", "optional": True},
            {"name": "salary_currency", "type": "string", "optional": True},
            {"name": "on_site_days", "type": "int32", "optional": True},
            {"name": "visa_sponsorship", "type": "bool", "optional": True},
            {"name": "quality_score", "type": "int32"},
            {"name": "posted_at", "type": "int64"},
            {"name": "geopoint", "type": "geopoint[]", "optional": True},
            {"name": "listings", "type": "int32", "optional": True, "index": False},
        ],
    }


def is_collection_of(alias: str, name: str) -> bool:
    """Whether `name` is `<alias>_<word>`. Only such collections are ever dropped: `jobs_test_1` is none of `jobs`."""
    return re.fullmatch(rf"{re.escape(alias)}_[A-Za-z0-9.-]+", name) is not None


def check_collection_name(alias: str, name: str) -> None:
    """Raises InvalidInput for a name that a later swap would not recognise as one of this alias."""
    if not is_collection_of(alias, name):
        raise InvalidInput(
            f"{name!r} is no collection of {alias!r}",
            where="typesense",
            hint=f"name it {alias}_<letters, digits, '.' or '-'>",
        )
