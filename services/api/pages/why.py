"""The answer to "why?" that stands behind each figure of a page: where it was found, and how it was worked out."""

from collections.abc import Mapping
from dataclasses import dataclass

from quiethire.domain.posting import Provenance, Source
from services.api.pages.wording import field_name, label

_FOUND = {
    Source.ATS: "from the board API",
    Source.JSON_LD: "from JSON-LD",
    Source.MICRODATA: "from microdata",
    Source.HTML: "from the page",
    Source.TEXT: "found in the text",
}

_PATH = 300
"""Characters of a path or quotation that are shown."""


@dataclass(frozen=True)
class Origin:
    """Where a field was found."""

    field: str
    source: str
    path: str


@dataclass(frozen=True)
class Why:
    """What a reader opens behind a figure."""

    asked: str
    """The words to open it by."""
    reasons: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


def reasoned(*reasons: str) -> Why:
    """Of a figure that we worked out."""
    return Why("why?", reasons=reasons)


def sourced(provenance: Mapping[str, Provenance], *fields: str, reasons: tuple[str, ...] = ()) -> Why | None:
    """Of a fact made of these fields, the first of which gives it its source; None where nothing is known."""
    known = [(field, provenance[field]) for field in fields if field in provenance]
    if not known:
        return reasoned(*reasons) if reasons else None
    return Why(_FOUND[known[0][1].source], reasons, tuple(_origin(field, found) for field, found in known))


def all_origins(provenance: Mapping[str, Provenance]) -> tuple[Origin, ...]:
    """The source of every field, by its name. A description is one to a reader, however many forms we keep of it."""
    told = (
        _origin(field, found)
        for field, found in provenance.items()
        if field != "description_html" or "description_text" not in provenance
    )
    return tuple(sorted(told, key=lambda origin: origin.field))


def _origin(field: str, found: Provenance) -> Origin:
    return Origin(field_name(field), label("source", found.source), found.path[:_PATH])
