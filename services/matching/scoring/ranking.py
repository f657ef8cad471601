"""What was found for a person, as arrays; in words for those that are asked for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from quiethire.domain.matching import FactorScore, Hidden, Match
from services.matching.factors.registry import FACTORS, MILLIONTHS, points_of_rows
from services.matching.index.arrays import Found
from services.matching.index.columns import uuids_of
from services.matching.index.posting_index import PostingIndex
from services.matching.reasons.filters import FILTERS
from services.matching.reasons.told import Teller
from services.matching.reasons.view import PostingView, views
from services.matching.scoring.people import Person
from services.matching.scoring.read_profile import ReadProfile

_UNTOLD = ("",) * len(FACTORS)
_MATCHES = TypeAdapter(tuple[Match, ...])


@lru_cache(maxsize=1 << 12)
def _unknown(factor: int, reason: str) -> FactorScore:
    """A factor without evidence: the same for match after match."""
    name, weight = FACTORS[factor]
    return FactorScore(name=name, value=None, weight=weight, points=0.0, reason=reason)


def _factors(values: Sequence[float], points: Sequence[float], reasons: Sequence[str]) -> list[Any]:
    return [
        _unknown(at, reason)
        if math.isnan(value)
        else {"name": name, "value": value, "weight": weight, "points": given, "reason": reason}
        for at, ((name, weight), value, given, reason) in enumerate(zip(FACTORS, values, points, reasons, strict=True))
    ]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Postings for a person, best first."""

    person: Person
    index: PostingIndex
    profiles: Sequence[ReadProfile]
    """Those of the person, as they were read."""
    segments: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    tracks: npt.NDArray[np.int64]
    """Which profile fits best."""
    millionths: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    """The value of each factor, in the order of `FACTORS`; NaN = unknown."""
    fired: npt.NDArray[np.uint8]
    """The filter that hides each; `PASSES` where none does."""
    _tellers: dict[int, Teller] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def scores(self) -> npt.NDArray[np.float64]:
        """The scores."""
        return self.millionths / MILLIONTHS

    def job_ids(self) -> list[UUID]:
        """The postings."""
        return uuids_of(self._ids())

    def _ids(self) -> npt.NDArray[np.void]:
        tables = [segment.columns.ids for segment in self.index.segments]
        if len(tables) == 1:
            return tables[0][self.rows]
        ids = np.zeros(len(self), tables[0].dtype)
        for at, table in enumerate(tables):
            own = self.segments == at
            ids[own] = table[self.rows[own]]
        return ids

    def matches(self, explain: int | None = None, limit: int | None = None) -> tuple[Match, ...]:
        """All of them, or the first `limit`, in words for the first `explain` (None: for all)."""
        first = self._only(slice(limit))
        told = first.views(len(self) if explain is None else explain)
        numbers = zip(
            first.job_ids(), first.millionths.tolist(), first.tracks.tolist(), first.values.tolist(),
            points_of_rows(first.values).tolist(), strict=True,
        )  # fmt: skip
        return _MATCHES.validate_python([
            self._match(told[place] if place < len(told) else None, *row) for place, row in enumerate(numbers)
        ])  # fmt: skip

    def told(self, places: Sequence[int]) -> tuple[Match, ...]:
        """Those at these places, in words."""
        return self._only(np.array(places, np.int64)).matches()

    def _match(  # noqa: PLR0917 - a row of the table
        self,
        posting: PostingView | None,
        job_id: UUID,
        millionths: int,
        track: int,
        values: list[float],
        points: list[float],
    ) -> dict[str, Any]:
        """The fields of a `Match`: it costs less to make all of them models at once."""
        teller, score = self._teller(track), millionths / MILLIONTHS
        reasons = _UNTOLD if posting is None else teller.sentences(posting, values)
        learnt = [] if posting is None else teller.improvements(posting, values, score)
        return {
            "candidate_id": self.person.id,
            "job_id": job_id,
            "score": score,
            "factors": _factors(values, points, reasons),
            "track": self.person.profiles[track].track,
            "improvements": [{"skill": skill, "score": after} for skill, after in learnt],
        }

    def views(self, count: int) -> list[PostingView]:
        """The first so many postings."""
        segments, rows = self.segments[:count], self.rows[:count]
        if len(self.index.segments) == 1:
            return views(self.index, 0, rows)
        found: dict[int, PostingView] = {}
        for at in range(len(self.index.segments)):
            own = np.flatnonzero(segments == at)
            if own.size:
                found.update(zip(own.tolist(), views(self.index, at, rows[own]), strict=True))
        return [found[place] for place in range(len(rows))]

    def _teller(self, track: int) -> Teller:
        found = self._tellers.get(track)
        if found is None:
            found = self._tellers[track] = Teller(self.profiles[track], self.index.vocabulary.titles)
        return found

    def without(self, others: "Ranking") -> "Ranking":
        """Those that another ranking of the same person has not."""
        width = max((len(segment) for segment in self.index.segments), default=0)
        kept = ~np.isin(self.segments * width + self.rows, others.segments * width + others.rows)
        return self._only(np.flatnonzero(kept))

    def _only(self, places: npt.NDArray[np.int64] | slice) -> "Ranking":
        return Ranking(
            self.person, self.index, self.profiles, self.segments[places], self.rows[places], self.tracks[places],
            self.millionths[places], self.values[places], self.fired[places],
        )  # fmt: skip

    def hidden(self, limit: int, *, in_words: bool) -> tuple[tuple[Hidden, ...], dict[str, int]]:
        """Of postings that filters hide: the first, with reasons where they are to be in words, and how many each filter hides."""
        counts = {each.name: int((self.fired == number).sum()) for number, each in FILTERS.items()}
        shown: list[Hidden] = []
        best = self._only(slice(limit))
        postings = best.views(limit) if in_words else [None] * len(best)
        for place, (job_id, posting) in enumerate(zip(best.job_ids(), postings, strict=True)):
            which = FILTERS[int(best.fired[place])]
            profile = self.person.profiles[int(self.tracks[place])]
            shown.append(
                Hidden(
                    job_id=job_id,
                    filter=which.name,
                    reason=which.reason(profile, posting) if posting else "",
                    score=float(self.millionths[place]) / MILLIONTHS,
                    values={
                        name: None if math.isnan(value) else value
                        for (name, _), value in zip(FACTORS, self.values[place].tolist(), strict=True)
                    },
                )
            )
        return tuple(shown), {name: count for name, count in counts.items() if count}


def merged(
    person: Person,
    index: PostingIndex,
    profiles: Sequence[ReadProfile],
    found: Sequence[Found],
    *,
    at: int,
    limit: int | None,
) -> Ranking:
    """One ranking of what was found in each segment for a person, who stands at this place there."""
    parts = [
        Ranking(
            person, index, profiles,
            np.full(count, segment, np.int64), one.rows[at, :count].astype(np.int64), one.tracks[at, :count].astype(np.int64),
            one.scores[at, :count].copy(), one.values[at, :count].copy(), one.fired[at, :count].copy(),
        )
        for segment, (one, count) in enumerate((one, int(one.counts[at])) for one in found)
    ]  # fmt: skip
    some = [part for part in parts if len(part)]
    if len(some) < 2:
        return (some or parts)[0]
    return _ordered(some, limit)


def _ordered(parts: Sequence[Ranking], limit: int | None) -> Ranking:
    """Those of several segments as one: no posting stands in two."""
    first = parts[0]
    whole = Ranking(
        first.person,
        first.index,
        first.profiles,
        np.concatenate([part.segments for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.tracks for part in parts]),
        np.concatenate([part.millionths for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.fired for part in parts]),
    )
    ids = whole._ids()  # noqa: SLF001 - of the same class
    order = np.lexsort((ids["low"], ids["high"], -whole.millionths))
    return whole._only(order[:limit])  # noqa: SLF001
