"""A person as the API tells them to themselves: what they said, and which places of it nobody knows."""

from collections.abc import Iterable
from typing import Self

from pydantic import ConfigDict

from quiethire.domain.candidate import Candidate
from quiethire.domain.money import in_euros
from services.api.people.examples import TOLD
from services.api.search.answers import Unknown
from services.api.search.places import near_place, resolve
from services.matching.factors.culture import ASPECTS
from services.matching.reading.regions import countries_of

_UNKNOWN = "No city of this name is known: it is kept, and fits the postings alone that spell it so."
_LARGER = (
    "This is larger than a city: it fits no posting as one. Name cities in it, or its country among the countries."
)
_NO_COUNTRY = "No country has this code: it is kept, and allows nothing."
_NO_RATE = "No rate of this currency is known: pay in others is not compared with the floor."
_NO_WISH = "Nothing is compared by this; known are " + "; ".join(
    f"{aspect}: {', '.join(filter(None, words))}" for aspect, words in ASPECTS.items()
)
_COUNTRY = "This is a country: it fits no posting as a city. Name it among the countries."


class ToldCandidate(Candidate):
    """A person, and what they named that is not known here."""

    model_config = ConfigDict(json_schema_extra={"example": TOLD})

    unknown: tuple[Unknown, ...] = ()
    """Places that are no city, codes of no country, a currency without a rate, words of culture that say nothing: they are kept as they are."""

    @classmethod
    def of(cls, person: Candidate) -> Self:
        """Somebody as they are kept."""
        return cls(**dict(person), unknown=tuple(_unknown(person)))


def _unknown(person: Candidate) -> Iterable[Unknown]:
    wanted = person.preferences
    yield from unknown_places(wanted.places)
    for parameter, codes in (
        ("preferences.countries", wanted.countries),
        ("work_authorisation", person.work_authorisation),
    ):
        for code in codes:
            if not countries_of(code):
                yield Unknown(parameter=parameter, value=code, near=None, hint=_NO_COUNTRY)
    if wanted.salary_floor is not None and in_euros(1, wanted.salary_floor.currency) is None:
        currency = wanted.salary_floor.currency
        yield Unknown(parameter="preferences.salary_floor.currency", value=currency, near=None, hint=_NO_RATE)
    for aspect, word in wanted.culture.items():
        if word.strip().lower() not in ASPECTS.get(aspect, ()):
            yield Unknown(parameter=f"preferences.culture.{aspect}"[:200], value=word, near=None, hint=_NO_WISH)


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
