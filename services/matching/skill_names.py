"""The key under which two spellings of a skill are one: `Postgres` and `PostgreSQL`, `React.js` and `ReactJS`."""

import re

from services.matching.text import name_key

_SPELLINGS = {
    "golang": "go",
    "js": "javascript",
    "k8s": "kubernetes",
    "postgres": "postgresql",
    "psql": "postgresql",
    "py": "python",
    "amazon web services": "aws",
    "google cloud platform": "gcp",
    "google cloud": "gcp",
    "sklearn": "scikit-learn",
    "ts": "typescript",
}
"""Only spellings of one name. Which skill is part of which other is a taxonomy's matter."""

_JS_SUFFIX = re.compile(r"(?<=[a-z]{3})\.?js$")


def skill_key(name: str) -> str:
    """The key of a skill."""
    key = _JS_SUFFIX.sub("", name_key(name).removeprefix("apache "))
    return _SPELLINGS.get(key, key)
