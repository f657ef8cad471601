"""What somebody wants of any job, changed field by field, as RFC 7396 merges JSON: what is left out stays, null clears."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError

from quiethire.domain.base import Model
from quiethire.domain.candidate import MAX_BLOCKED, Country, Preferences, Word
from quiethire.domain.errors import InvalidInput
from quiethire.domain.money import Currency
from quiethire.domain.posting import MAX_AMOUNT, Period, Workplace


class FloorChange(Model):
    """Parts of the least pay that are to be otherwise."""

    amount: int | None = Field(None, ge=0, le=MAX_AMOUNT)
    currency: Currency | None = None
    period: Period | None = None


class PreferencesChange(Model):
    """Fields of `Preferences` that are to be otherwise. A list replaces the list before; objects are merged."""

    places: tuple[Word, ...] | None = Field(None, max_length=50)
    countries: tuple[Country, ...] | None = Field(None, max_length=60)
    workplaces: tuple[Workplace, ...] | None = Field(None, max_length=3)
    salary_floor: FloorChange | None = None
    culture: dict[Word, Word | None] | None = Field(None, max_length=10)
    blocked_companies: tuple[Word, ...] | None = Field(None, max_length=MAX_BLOCKED)

    def of(self, kept: Preferences) -> Preferences:
        """Preferences with these changes. Raises InvalidInput where the whole does not fit: a floor without its currency."""
        changes = self.model_dump(exclude_unset=True)
        try:
            return Preferences.model_validate(_merged(kept.model_dump(), changes))
        except ValidationError as error:
            where = ".".join(map(str, ("preferences", *error.errors()[0]["loc"])))
            hint = "a floor has an amount and a currency; culture has ten words at most"
            raise InvalidInput("the change leaves preferences that are not whole", where=where, hint=hint) from error


def _merged(kept: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Both; of a value that is None, the name goes too, and the model's own empty value takes its place."""
    result = dict(kept)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            before = result.get(name)
            result[name] = _merged(before if isinstance(before, Mapping) else {}, value)
        else:
            result[name] = value
    return result
