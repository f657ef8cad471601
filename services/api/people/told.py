"""A person as the API tells them to themselves: what they said, and which places of it nobody knows."""

from collections.abc import Iterable
from typing import Self

from quiethire.domain.candidate import Candidate
from services.api.search.answers import Unknown
from services.api.search.places import near_place, resolve

_UNKNOWN = "No city of this name is known: it is kept, and fits the postings alone that spell it so."
_LARGER = (
    "This is larger than a city: it fits no posting as one. Name cities in it, or its country among the countries."
)
_COUNTRY = "This is a country: it fits no posting as a city. Name it among the countries."


class ToldCandidate(Candidate):
    """A person, and what they named that is not known here."""

    unknown: tuple[Unknown, ...] = ()
    """Places that are no city; they are kept as they are."""

    @classmethod
    def of(cls, person: Candidate) -> Self:
        """Somebody as they are kept."""
        return cls(**dict(person), unknown=tuple(unknown_places(person.preferences.places)))


def unknown_places(places: Iterable[str]) -> Iterable[Unknown]:
    """Of these places those that are no city that is known."""
    for place in places:
        meant = resolve(place)
        if meant.circle is not None:
            continue
        near = None if meant.country or meant.part or meant.area else near_place(place)
        hint = (
            _COUNTRY
            if meant.country
            else _LARGER
            if meant.part or meant.area
            else f"{_UNKNOWN} Did you mean {near}?"
            if near
            else _UNKNOWN
        )
        yield Unknown(parameter="preferences.places", value=place, near=near, hint=hint)
