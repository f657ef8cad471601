"""What truly happens on a board: openings, changes, closings, reposts and returns, each with its moment."""

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.simulation.employers import Advert, Employer, advert, changed
from benchmarks.simulation.shapes import Opening

FIELDS = ("title", "salary", "locations", "description_text")
"""What changes, by the name of its event."""

REPOSTED = 0.12
"""Of the closings: the same job comes up again within days, as a new posting."""
RETURNS = 0.06
"""Of the closings: the same posting comes up again within days."""
MASS_CLOSINGS = 0.04
"""Boards that take most of their postings down in one day."""
CHANGED_EVERY = 25.0
"""Days between two changes of a posting, on average."""


@dataclass
class Job:
    """One posting of a board, over all of the time."""

    number: int
    versions: list[tuple[datetime, str, Advert]]
    """Since when it says what, and which field made the difference. The first is the posting as it came."""
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    """From when to when it was listed."""

    def listed(self, at: datetime) -> bool:
        """Whether it is on the board."""
        return any(start <= at < end for start, end in self.spans)

    def was_off(self, start: datetime, end: datetime) -> bool:
        """Whether it was off the board at some moment of this time, both ends included."""
        return not any(since <= start and end < until for since, until in self.spans)

    def advert(self, at: datetime) -> Advert:
        """What it says."""
        return next((text for since, _, text in reversed(self.versions) if since <= at), self.versions[0][2])


@dataclass
class History:
    """A board's truth."""

    employer: Employer
    jobs: list[Job]
    _moments: list[datetime] = field(default_factory=list)
    _seen: dict[int, list[Opening]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        edges = {edge for job in self.jobs for span in job.spans for edge in span}
        self._moments = sorted(edges | {since for job in self.jobs for since, _, _ in job.versions})

    def openings(self, at: datetime) -> list[Opening]:
        """What the board lists, the newest first."""
        epoch = bisect_right(self._moments, at)
        if epoch not in self._seen:
            listed = [(start, job) for job in self.jobs for start, end in job.spans if start <= at < end]
            listed.sort(key=lambda pair: (pair[0], pair[1].number), reverse=True)
            self._seen = {epoch: [Opening(job.number, job.advert(at), start) for start, job in listed]}
        return self._seen[epoch]


@dataclass(frozen=True)
class Habits:
    """How lively a board is."""

    size: int
    """Postings that are open at a time, on average."""
    life: float
    """Days that a posting stays, on average."""


def habits(chance: random.Random) -> Habits:
    """Long-tailed: most boards are small and slow, a few are large or lively."""
    size = min(max(round(chance.lognormvariate(2.2, 1.1)), 1), 300)
    return Habits(size=size, life=chance.choices((4.0, 12.0, 30.0, 60.0, 120.0), (1, 3, 6, 6, 4))[0])


def history(chance: random.Random, by: Employer, of: Habits, start: datetime, end: datetime) -> History:
    """A board's life from `start` to `end`, in steps that people take: on working days, at working hours mostly."""
    maker = _Maker(chance, by, of, start, end)
    return History(by, list(maker.jobs()))


class _Maker:
    def __init__(self, chance: random.Random, by: Employer, of: Habits, start: datetime, end: datetime) -> None:
        self._chance, self._by, self._of, self._start, self._end = chance, by, of, start, end
        self._number = chance.randint(1_000_000, 8_000_000)
        self._purge: datetime | None = None
        if chance.random() < MASS_CLOSINGS and of.size > 2:
            self._purge = self._office_hours(start + (end - start) * chance.uniform(0.2, 0.8))

    def jobs(self) -> Iterator[Job]:
        """Those there at the start, then those that come."""
        for _ in range(max(round(self._chance.gauss(self._of.size, self._of.size**0.5)), 1)):
            yield from self._life(
                advert(self._chance, self._by), self._start - timedelta(days=self._days(self._of.life))
            )
        at = self._start + timedelta(days=self._days(self._of.life / self._of.size))
        while at < self._end:
            yield from self._life(advert(self._chance, self._by), self._office_hours(at))
            at += timedelta(days=self._days(self._of.life / self._of.size))

    def _life(self, text: Advert, since: datetime) -> Iterator[Job]:
        """A posting from its opening to its closing, and what comes of it."""
        self._number += self._chance.randint(1, 40)
        gone = self._office_hours(max(since, self._start) + timedelta(days=self._days(self._of.life)))
        if self._purge is not None and since < self._purge < gone and self._chance.random() < 0.85:
            gone = self._purge
        job = Job(self._number, [(since, "", text)], [(since, gone)])
        luck = self._chance.random()
        again = self._office_hours(gone + timedelta(days=self._chance.uniform(0.2, 6.0)))
        if luck < RETURNS:
            job.spans.append((again, self._office_hours(again + timedelta(days=self._days(self._of.life)))))
        self._edit(job)
        yield job
        if RETURNS <= luck < RETURNS + REPOSTED and again < self._end:
            yield from self._life(job.versions[-1][2], again)

    def _edit(self, job: Job) -> None:
        """Changes, while it is listed or not: what is edited offline shows when it is back."""
        at = max(job.spans[0][0], self._start) + timedelta(days=self._days(CHANGED_EVERY))
        while at < min(job.spans[-1][1], self._end):
            moment, field_name = self._office_hours(at), self._chance.choice(FIELDS)
            if moment > job.versions[-1][0] and job.listed(moment):
                job.versions.append((moment, field_name, changed(self._chance, job.versions[-1][2], field_name)))
            at += timedelta(days=self._days(CHANGED_EVERY))

    def _days(self, mean: float) -> float:
        return self._chance.expovariate(1 / mean)

    def _office_hours(self, at: datetime) -> datetime:
        """Nine of ten things are done between seven and nineteen on working days: later ones wait for the next."""
        if self._chance.random() < 0.1:
            return at
        moved = (
            at
            if 7 <= at.hour < 19
            else (at + timedelta(hours=5)).replace(hour=7) + timedelta(hours=self._chance.uniform(0, 12))
        )
        while moved.weekday() >= 5:
            moved += timedelta(days=1)
        return max(at, moved)
