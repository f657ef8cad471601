"""Postings to compare."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.cluster import Fingerprint
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobPosting, Location, job_id
from services.duplicates.fingerprint import fingerprints
from services.parser.ats.registry import recognise

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
_WORDS = [f"{head}{tail}" for head in ("build", "data", "team", "plan", "work") for tail in range(400)]


def text(seed: int, words: int = 200) -> str:
    """A text of its own for each seed."""
    return " ".join(random.Random(seed).choices(_WORDS, k=words))


def place(city: str) -> Location:
    """A city in Germany."""
    return Location(name=f"{city}, Germany", city=city, country="DE")


@pytest.fixture
def stored() -> Callable[..., StoredPosting]:
    """A row: `stored("greenhouse/northwind/1", cities=("Berlin",), seen=3, description_text=…)`; seen at day `seen`."""

    def make(
        identity: str, *, cities: tuple[str, ...] = ("Berlin",), seen: float = 0, **changes: object
    ) -> StoredPosting:
        ats, _, rest = identity.partition("/")
        on_ats = "://" not in identity
        fields: dict[str, object] = {
            "id": job_id(identity),
            "identity": identity,
            "url": f"https://{ats}.example/{rest}" if on_ats else identity,
            "board_key": identity.rpartition("/")[0] if on_ats else None,
            "ats": ats if on_ats else "website",
            "external_id": rest.rpartition("/")[2] if on_ats else None,
            "title": "Data Engineer",
            "company_name": "Northwind",
            "locations": tuple(map(place, cities)),
            "description_text": f"Northwind is a company. {text(1)}",
            "quality_score": 90,
        }
        at = NOW + timedelta(days=seen)
        posting = JobPosting.model_validate(fields | changes)
        return StoredPosting(posting=posting, first_seen_at=at, last_seen_at=at, updated_at=at)

    return make


@pytest.fixture
def known(stored: Callable[..., StoredPosting]) -> Callable[..., Fingerprint]:
    """The fingerprint of such a row."""

    def make(identity: str, **given: object) -> Fingerprint:
        return fingerprints([stored(identity, **given)], recognise)[0]

    return make
