"""What a person is told of new matches: one word an advert, in however many cities it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import orjson

from quiethire.domain.alerts import Advert, alike
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import Match
from quiethire.domain.notifications import News
from quiethire.domain.posting import JOB_NAMESPACE
from services.duplicates.fingerprint import fingerprints
from services.parser.ats.registry import recognise

MOST = 20
"""Adverts that one run tells a person of; of the rest it tells how many they are."""
_PLACES = 3


@dataclass(frozen=True)
class Alike:
    """Matches that are one advert in several cities, best first."""

    key: str
    advert: Advert
    matches: tuple[Match, ...]


def news_of(
    matches: Sequence[Match], rows: Mapping[UUID, StoredPosting], run: str, *, at_once: bool = False
) -> list[News]:
    """New matches, best first, as notifications. `at_once`: in one word, to who looks at them right now.

    Reasons are left to the feed: they tell of the person, and these pass through a store that keeps them in the clear.
    """
    known = [match for match in matches if match.job_id in rows]
    if not known:
        return []
    if at_once:
        return [_summary("matches", len(known), run)]
    adverts = adverts_of(known, rows)
    told = [_one(each, rows) for each in adverts[:MOST]]
    left = len(adverts) - len(told)
    return [*told, _summary("more_matches", left, run)] if left else told


def adverts_of(matches: Sequence[Match], rows: Mapping[UUID, StoredPosting]) -> list[Alike]:
    """Matches of one company, title and text whatever the place, in the order of the first of each."""
    prints = {each.job_id: each for each in fingerprints([rows[match.job_id] for match in matches], recognise)}

    def advert(match: Match) -> Advert:
        own = prints[match.job_id]
        return Advert(family=uuid5(JOB_NAMESPACE, f"{own.company}/{own.title}"), text=own.text)

    found: list[Alike] = []
    for same in alike(matches, advert):
        first = advert(same[0])
        found.append(Alike(key=f"{first.family}/{first.text.hex()}", advert=first, matches=tuple(same)))
    return found


def _one(same: Alike, rows: Mapping[UUID, StoredPosting]) -> News:
    best = same.matches[0]
    posting = rows[best.job_id].posting
    names = dict.fromkeys(place.name for match in same.matches for place in rows[match.job_id].posting.locations)
    told = {
        "type": "match",
        "job_id": str(best.job_id),
        "score": round(best.score, 1),
        "title": posting.title,
        "company": posting.company_name,
        "places": list(names)[:_PLACES],
        "listings": len(same.matches),
    }
    return News(same.key, orjson.dumps(told))


def _summary(kind: str, count: int, run: str) -> News:
    return News(f"{kind}/{run}", orjson.dumps({"type": kind, "count": count}))
