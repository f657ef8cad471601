"""The search collection: its fields, its names, and how a document is written into it."""

import re
from typing import NamedTuple
from uuid import UUID

import orjson
from typesense.types.collection import CollectionCreateSchema

from quiethire.domain.errors import InvalidInput
from quiethire.domain.grid import cell
from quiethire.domain.ports import Vector
from quiethire.domain.search import SearchDocument
from quiethire.domain.search_words import SEPARATORS, Asked
from quiethire.storage.typesense.synonyms import also
from quiethire.storage.typesense.words import SYMBOLS

ALSO = "also"
"""What else the title, the skills and the places are called."""

DESCRIPTION = "description"

WEIGHTS = {"title": 8, ALSO: 6, "skills": 4, "company": 4, "location": 2, DESCRIPTION: 1}
"""What is searched, and how much a match there counts."""

TIE, TIES = "tie", 2**62
"""A number of each posting's own that orders those of the same second, for it has no other meaning; by chance anywhere below the
second, as far as the variant of a UUID lets it."""

LOT, LOTS = "lot", 16
"""One of so many lots that a posting falls into by chance: a part of them stands for all where very many are counted."""

SPOT = "spot"
"""The cells that its places lie in: circles are made of them, and parts of countries."""

REGIONS = "regions"

BORN_WITH = frozenset({SPOT, REGIONS})
"""Fields that no collection gets later on: a document that was written before would be found by none of them."""

NEVER_TOLD = (ALSO, TIE, LOT, SPOT, REGIONS, "embedding")
"""What only the collection needs, and no answer carries."""

VECTOR_SIZE = 384
"""Components of a vector. Another model needs another collection: `quiethire index rebuild`."""


class Served(NamedTuple):
    """The collection that is asked."""

    name: str
    """Its own, or that of an alias."""
    has_places: bool = True
    """Whether it was made with what places are found by, `BORN_WITH`."""
    is_exact: bool = False
    """Whether circles are asked for by the radius, to the metre, rather than by the grid."""


def collection_schema(name: str) -> CollectionCreateSchema:
    """The collection `name`. Pay is int64: a yearly figure in rupiah or dong overflows int32.

    A field that came after the first version is optional, so that an older collection can take it in place; but for `BORN_WITH`.
    """
    return {
        "name": name,
        "default_sorting_field": "posted_at",
        "token_separators": list(SEPARATORS),
        "symbols_to_index": SYMBOLS,
        "fields": [
            {"name": "title", "type": "string", "facet": True},
            {"name": "company", "type": "string", "facet": True},
            {"name": "company_domain", "type": "string", "optional": True, "index": False},
            {"name": "location", "type": "string[]", "facet": True},
            {"name": "countries", "type": "string[]", "optional": True},
            {"name": "description", "type": "string"},
            {"name": "remote", "type": "string", "facet": True},
            {"name": "remote_from", "type": "string[]", "optional": True},
            {"name": "job_type", "type": "string", "facet": True},
            {"name": "seniority", "type": "string", "facet": True, "optional": True},
            {"name": "skills", "type": "string[]", "facet": True},
            {"name": "language", "type": "string", "facet": True, "optional": True},
            {"name": "salary_min", "type": "int64", "optional": True},
            {"name": "salary_max", "type": "int64", "optional": True},
            {"name": "salary_currency", "type": "string", "optional": True},
            {"name": "pay_eur", "type": "int64", "optional": True},
            {"name": "on_site_days", "type": "int32", "optional": True},
            {"name": "visa_sponsorship", "type": "bool", "optional": True},
            {"name": "quality_score", "type": "int32"},
            {"name": "posted_at", "type": "int64"},
            {"name": "seen_at", "type": "int64", "optional": True},
            {"name": "geopoint", "type": "geopoint[]", "optional": True},
            {"name": "listings", "type": "int32", "optional": True, "index": False},
            {"name": "embedding", "type": "float[]", "num_dim": VECTOR_SIZE, "optional": True},
            {"name": ALSO, "type": "string[]", "optional": True},
            {"name": TIE, "type": "int64", "optional": True},
            {"name": LOT, "type": "int32", "optional": True},
            {"name": SPOT, "type": "int64[]", "optional": True},
            {"name": REGIONS, "type": "string[]", "optional": True},
        ],
    }


def written(document: SearchDocument) -> str:
    """The document as the collection holds it, in JSON."""
    number = tie(UUID(document.id))
    told = document.model_dump(exclude_none=True, exclude={"embedding"})
    told |= {ALSO: also(document), TIE: number, LOT: number % LOTS}
    if document.geopoint is not None:
        told[SPOT] = sorted({cell(lat, lon) for lat, lon in document.geopoint})
    if document.embedding is not None:
        told["embedding"] = in_bytes(document.embedding)
    return orjson.dumps(told).decode()


def in_bytes(vector: Vector) -> list[int]:
    """The vector as whole numbers of one byte: only its direction counts.

    The server reads a document whole for each hit and for each value of a facet that it tells: with 384 fractions in it that took
    42 µs, with these 27.
    """
    most = max(map(abs, vector), default=0.0)
    return [round(part * 127 / most) for part in vector] if most else [0] * len(vector)


def searched_in(parts: Asked) -> dict[str, int]:
    """The fields that are searched, with their weights. A phrase is meant as it stands, not in other words."""
    return {field: weight for field, weight in WEIGHTS.items() if field != ALSO or not parts.phrases}


def tie(job_id: UUID) -> int:
    """The lower 63 bits of its id, as many as an int64 holds. Two postings of one second do not share them."""
    return job_id.int & (2**63 - 1)


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
