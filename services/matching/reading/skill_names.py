"""The key under which two spellings of a skill are one: `Postgres` and `PostgreSQL`, `React.js` and `ReactJS`."""

import re
from functools import lru_cache

from quiethire.domain import technologies
from services.matching.reading.text import name_key

_SPELLINGS = {"psql": "postgresql", "py": "python", "sklearn": "scikit-learn", "ts": "typescript"}
"""Spellings that name a skill in a list of skills alone: in running text they are something else as often."""

_JS_SUFFIX = re.compile(r"(?<=[a-z]{3})\.?js$")


@lru_cache(maxsize=1 << 16)
def skill_key(name: str) -> str:
    """The key of a skill: that of the field's own name for it, where it is a known technology."""
    key = name_key(name)
    key = _SPELLINGS.get(key) or name_key(technologies.names().get(key, key))
    return _JS_SUFFIX.sub("", key.removeprefix("apache "))
