"""What was found for a person, as arrays; in words for those that are asked for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from quiethire.domain.matching import Hidden, Match
from services.matching.factors.registry import FACTORS, MILLIONTHS, points_of_rows
from services.matching.index.arrays import Found
from services.matching.index.posting_index import PostingIndex
from services.matching.reasons.filters import FILTERS
from services.matching.reasons.told import Teller
from services.matching.reasons.view import PostingView, views
from services.matching.scoring.people import Person

_UNTOLD = ("",) * len(FACTORS)
_MATCHES = TypeAdapter(tuple[Match, ...])


@dataclass(frozen=True, eq=False)
class Ranking:
    """Postings for a person, best first."""

    person: Person
    index: PostingIndex
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
        ids = self._ids()
        return [UUID(int=int(high) << 64 | int(low)) for high, low in ids.tolist()]

    def _ids(self) -> npt.NDArray[np.void]:
        tables = [segment.columns.ids for segment in self.index.segments]
        ids = np.zeros(len(self), tables[0].dtype)
        for at, table in enumerate(tables):
            own = self.segments == at
            ids[own] = table[self.rows[own]]
        return ids

    def matches(self, explain: int | None = None, limit: int | None = None) -> tuple[Match, ...]:
        """All of them, or the first `limit`, in words for the first `explain` (None: for all)."""
        first = self._only(np.arange(min(len(self), len(self) if limit is None else limit)))
        told = first.views(len(self) if explain is None else explain)
        numbers = zip(
            first.job_ids(), first.millionths.tolist(), first.tracks.tolist(), first.values.tolist(),
            points_of_rows(first.values).tolist(), strict=True,
        )  # fmt: skip
        return _MATCHES.validate_python([
            self._match(told[place] if place < len(told) else None, row) for place, row in enumerate(numbers)
        ])  # fmt: skip

    def told(self, places: Sequence[int]) -> tuple[Match, ...]:
        """Those at these places, in words."""
        return self._only(np.array(places, np.int64)).matches()

    def _match(
        self, posting: PostingView | None, row: tuple[UUID, int, int, list[float], list[float]]
    ) -> dict[str, Any]:
        """The fields of a `Match`: it costs less to make all of them models at once."""
        job_id, millionths, track, values, points = row
        teller, score = self._teller(track), millionths / MILLIONTHS
        reasons = _UNTOLD if posting is None else teller.sentences(posting, values)
        return {
            "candidate_id": self.person.id,
            "job_id": job_id,
            "score": score,
            "factors": [
                {
                    "name": name,
                    "value": None if math.isnan(value) else value,
                    "weight": weight,
                    "points": given,
                    "reason": reason,
                }
                for (name, weight), value, given, reason in zip(FACTORS, values, points, reasons, strict=True)
            ],
            "track": self.person.profiles[track].track,
            "improvements": () if posting is None else teller.improvements(posting, values, score),
        }

    def views(self, count: int) -> list[PostingView]:
        """The first so many postings."""
        segments, rows = self.segments[:count], self.rows[:count]
        found: dict[int, PostingView] = {}
        for at in range(len(self.index.segments)):
            own = np.flatnonzero(segments == at)
            if own.size:
                found.update(zip(own.tolist(), views(self.index, at, rows[own]), strict=True))
        return [found[place] for place in range(len(rows))]

    def _teller(self, track: int) -> Teller:
        found = self._tellers.get(track)
        if found is None:
            found = self._tellers[track] = Teller(self.person.profiles[track], self.index.vocabulary.titles)
        return found

    def without(self, others: "Ranking") -> "Ranking":
        """Those that another ranking of the same person has not."""
        width = max((len(segment) for segment in self.index.segments), default=0)
        kept = ~np.isin(self.segments * width + self.rows, others.segments * width + others.rows)
        return self._only(np.flatnonzero(kept))

    def _only(self, places: npt.NDArray[np.int64]) -> "Ranking":
        return Ranking(
            self.person, self.index, self.segments[places], self.rows[places], self.tracks[places],
            self.millionths[places], self.values[places], self.fired[places],
        )  # fmt: skip

    def hidden(self, limit: int, *, in_words: bool) -> tuple[tuple[Hidden, ...], dict[str, int]]:
        """Of postings that filters hide: the first, with reasons where they are to be in words, and how many each filter hides."""
        counts = {each.name: int((self.fired == number).sum()) for number, each in FILTERS.items()}
        shown: list[Hidden] = []
        best = self._only(np.arange(min(limit, len(self))))
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


def merged(person: Person, index: PostingIndex, found: Sequence[Found], profiles: range, limit: int | None) -> Ranking:
    """One ranking of what was found in each segment for each profile of a person: the best track counts for a posting."""
    parts = [(at, track, profile, one) for at, one in enumerate(found) for track, profile in enumerate(profiles)]
    counts = [int(one.counts[profile]) for _, _, profile, one in parts]
    rows = _joined(
        [one.rows[profile, :count] for (_, _, profile, one), count in zip(parts, counts, strict=True)], np.int32
    )
    scores = _joined(
        [one.scores[profile, :count] for (_, _, profile, one), count in zip(parts, counts, strict=True)], np.int64
    )
    values = [one.values[profile, :count] for (_, _, profile, one), count in zip(parts, counts, strict=True)]
    fired = [one.fired[profile, :count] for (_, _, profile, one), count in zip(parts, counts, strict=True)]
    segments = np.repeat(np.array([at for at, *_ in parts], np.int64), counts)
    tracks = np.repeat(np.array([track for _, track, *_ in parts], np.int64), counts)
    ranking = Ranking(
        person, index, segments, rows, tracks, scores,
        np.concatenate([*values, np.zeros((0, len(FACTORS)))]), np.concatenate([*fired, np.zeros(0, np.uint8)]),
    )  # fmt: skip
    if sum(1 for count in counts if count) > 1:
        return _ordered(ranking, limit)
    return ranking


def _ordered(ranking: Ranking, limit: int | None) -> Ranking:
    ids = ranking._ids()  # noqa: SLF001 - of the same class
    order = np.lexsort((ranking.tracks, ids["low"], ids["high"], -ranking.millionths))
    place = ranking.segments[order] * (1 << 32) + ranking.rows[order]
    first = np.sort(np.unique(place, return_index=True)[1])
    return ranking._only(order[first][:limit])  # noqa: SLF001


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type) -> npt.NDArray[np.int64]:
    joined: npt.NDArray[np.int64] = np.concatenate([*parts, np.zeros(0, kind)]).astype(np.int64)
    return joined
