"""What was told of postings, held against the truth."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from benchmarks.simulation import trouble
from benchmarks.simulation.employers import Advert
from benchmarks.simulation.life import Life, Look
from benchmarks.simulation.shapes import Opening
from benchmarks.simulation.truth import FIELDS, Job
from quiethire.domain.cadence import GONE_AFTER
from quiethire.domain.lifecycle import JobEvent, JobEventKind
from quiethire.domain.posting import job_id

LOOKS = 2
"""Looks at a board that answers, after which a change must have been told."""
SETTLED = timedelta(hours=30)
"""A change within a posting must have stood for so long: pages behind a list that stays as it is are read once a day."""


@dataclass
class Rate:
    """Right ones among all."""

    right: int = 0
    all: int = 0
    left_out: int = 0
    """Those that nobody could have seen, or not yet."""

    def count(self, *, right: bool) -> None:
        """One more."""
        self.all += 1
        self.right += right

    @property
    def share(self) -> float:
        """1.0 where there is none."""
        return round(self.right / self.all, 5) if self.all else 1.0


@dataclass
class Tally:
    """The figures of some boards, before they are figures."""

    boards: int = 0
    days: float = 0.0
    postings: int = 0
    looks: int = 0
    same_list: int = 0
    requests: int = 0
    unchanged_seconds: float = 0.0
    closing_precision: Rate = field(default_factory=Rate)
    closing_recall: Rate = field(default_factory=Rate)
    naive_precision: Rate = field(default_factory=Rate)
    naive_recall: Rate = field(default_factory=Rate)
    reopening_precision: Rate = field(default_factory=Rate)
    reopening_recall: Rate = field(default_factory=Rate)
    opening_precision: Rate = field(default_factory=Rate)
    delays: list[tuple[float, float]] = field(default_factory=list)
    """Of closings: in intervals of the board, and in hours."""
    change_precision: dict[str, Rate] = field(default_factory=lambda: defaultdict(Rate))
    change_recall: dict[str, Rate] = field(default_factory=lambda: defaultdict(Rate))
    amid: Counter[str] = field(default_factory=Counter)
    """Looks by what was wrong with the board meanwhile."""
    blame: Counter[str] = field(default_factory=Counter)
    """What was wrong with the board when a posting was closed wrongly."""

    def add(self, other: Self) -> None:
        """Take in another."""
        for name in (each.name for each in fields(self)):
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Rate):
                _join(mine, theirs)
            elif isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, dict):
                for key, rate in theirs.items():
                    _join(mine[key], rate)
            else:
                setattr(self, name, mine + theirs)


def _join(rate: Rate, other: Rate) -> None:
    rate.right += other.right
    rate.all += other.all
    rate.left_out += other.left_out


def score(life: Life) -> Tally:
    """The figures of one board."""
    return _Score(life).tally


Told = tuple[UUID, datetime]


class _Score:
    def __init__(self, life: Life) -> None:
        self._life = life
        self._looks = life.looks
        self._began = [look.began for look in life.looks]
        self._jobs = {
            job_id(life.site.shape.identity(Opening(job.number, job.versions[0][2], job.spans[0][0]))): job
            for job in life.site.history.jobs
        }
        vanished = [wrong.start for wrong in life.site.troubles if wrong.kind is trouble.Kind.GONE]
        self._vanished = min(vanished, default=None)
        """When the board itself went, and all its postings with it: it never comes back."""
        self._events: dict[UUID, list[JobEvent]] = defaultdict(list)
        for event in life.events:
            self._events[event.job_id].append(event)
        looks, unchanged = life.looks, [look for look in life.looks if look.same_list]
        self.tally = Tally(
            boards=1,
            days=(life.end - life.start) / timedelta(days=1),
            postings=len(self._events),
            looks=len(looks),
            same_list=len(unchanged),
            requests=sum(look.requests for look in looks),
            unchanged_seconds=sum(look.seconds for look in unchanged),
            amid=Counter(str(kind) for look in looks for kind in look.amid),
        )
        self._closings()
        self._openings()
        for job_key, job in self._jobs.items():
            self._reopenings(job, self._events[job_key])
            self._changes(job, self._events[job_key])

    # --- closings ---

    def _closings(self) -> None:
        told = [(event.job_id, event.at) for event in self._life.events if event.kind is JobEventKind.CLOSED]
        naive = self._naive()
        self._precision(told, self.tally.closing_precision, self.tally.blame)
        self._precision(naive, self.tally.naive_precision, Counter())
        self._recall(told, self.tally.closing_recall, self.tally.delays)
        self._recall(naive, self.tally.naive_recall, [])

    def _naive(self) -> list[Told]:
        """Who closes whatever one crawl did not list, whenever the list came with 200."""
        told: list[Told] = []
        known: frozenset[UUID] = frozenset()
        for look in self._looks:
            if look.listed is not None:
                told += [(job, look.began) for job in known - look.listed]
                known = look.listed
        return told

    def _precision(self, told: Iterable[Told], rate: Rate, blame: Counter[str]) -> None:
        for key, at in told:
            job = self._jobs.get(key)
            right = job is not None and (job.was_off(at, self._look(at).ended) or self._has_vanished(at))
            rate.count(right=right)
            if not right:
                wrong = trouble.at(at, self._life.site.troubles) or trouble.at(
                    self._look(at).ended, self._life.site.troubles
                )
                blame[f"{wrong.kind if wrong else 'nothing'}"] += 1

    def _recall(self, told: Sequence[Told], rate: Rate, delays: list[tuple[float, float]]) -> None:
        when: dict[UUID, list[datetime]] = defaultdict(list)
        for key, at in told:
            when[key].append(at)
        for key, job in self._jobs.items():
            for gone, until in self._absences(job):
                if not self._life.start <= gone < until or not self._is_open(key, gone):
                    continue
                found = next((at for at in when[key] if self._look(at).ended >= gone and at < until), None)
                if found is None and len(self._reachable(gone, until)) < LOOKS and not self._is_long_vanished():
                    rate.left_out += 1
                    continue
                rate.count(right=found is not None)
                if found is not None:
                    hours = max((found - gone) / timedelta(hours=1), 0.0)
                    delays.append((hours / self._interval(gone), hours))

    def _absences(self, job: Job) -> Iterator[tuple[datetime, datetime]]:
        """From when to when the posting was not there; what is after the end is not looked at."""
        for (_, gone), (until, _) in zip(job.spans, [*job.spans[1:], (self._life.end, None)], strict=True):
            if self._vanished is not None and self._vanished < until:
                yield min(gone, self._vanished), self._life.end
                return
            yield gone, min(until, self._life.end)

    def _has_vanished(self, at: datetime) -> bool:
        return self._vanished is not None and self._vanished <= at

    def _is_long_vanished(self) -> bool:
        """Whether the board was gone for long enough since anything else was wrong with it, and was looked at after that."""
        looks = [look for look in self._looks if self._has_vanished(look.began)]
        while any(look.amid != {trouble.Kind.GONE} for look in looks):
            looks.pop(0)
        return sum(look.began >= looks[0].began + GONE_AFTER for look in looks) >= LOOKS

    def _is_open(self, key: UUID, at: datetime) -> bool:
        """Whether the house took the posting for open then."""
        last = None
        for event in self._events[key]:
            if event.at < at and event.kind in (JobEventKind.OPENED, JobEventKind.REOPENED, JobEventKind.CLOSED):
                last = event.kind
        return last in (JobEventKind.OPENED, JobEventKind.REOPENED)

    # --- openings and returns ---

    def _openings(self) -> None:
        for event in self._life.events:
            if event.kind is JobEventKind.OPENED:
                job, ended = self._jobs.get(event.job_id), self._look(event.at).ended
                right = job is not None and (job.listed(event.at) or job.listed(ended))
                self.tally.opening_precision.count(right=right)

    def _reopenings(self, job: Job, events: Sequence[JobEvent]) -> None:
        closed: datetime | None = None
        told = []
        for event in events:
            if event.kind is JobEventKind.CLOSED:
                closed = event.at
            if event.kind is JobEventKind.REOPENED and closed is not None:
                told.append(event.at)
                right = job.was_off(closed, self._look(closed).ended) and job.listed(self._look(event.at).ended)
                self.tally.reopening_precision.count(right=right)
        for (_, gone), (back, until) in zip(job.spans, job.spans[1:], strict=False):
            shut = any(
                event.kind is JobEventKind.CLOSED and gone <= self._look(event.at).ended and event.at < back
                for event in events
            )
            if not shut or back >= self._life.end:
                continue
            found = any(self._look(at).ended >= back and at < until for at in told)
            if not found and len(self._reachable(back, min(until, self._life.end))) < LOOKS:
                self.tally.reopening_recall.left_out += 1
            else:
                self.tally.reopening_recall.count(right=found)

    # --- changes ---

    def _changes(self, job: Job, events: Sequence[JobEvent]) -> None:
        since: dict[str, datetime] = {}
        opened = events[0].at if events else self._life.end
        for event in events:
            if event.kind is not JobEventKind.CHANGED:
                continue
            from_, to = since.get(event.field, opened), self._look(event.at).ended
            changed = {name for at, name, _ in job.versions[1:] if from_ < at <= to}
            right = event.field in changed or (self._shows_all(event.field) and bool(changed))
            self.tally.change_precision[_name(event.field)].count(right=right)
            since[event.field] = event.at
        for place, (at, name, advert) in enumerate(job.versions[1:], 1):
            later = [moment for moment, other, _ in job.versions[place + 1 :] if other == name]
            until = min(next((end for start, end in job.spans if start <= at < end), at), self._life.end, *later)
            if at < opened or at < self._life.start or not self._differs(job, name, advert, at):
                continue
            found = any(
                event.kind is JobEventKind.CHANGED
                and event.field == name
                and self._look(event.at).ended >= at
                and event.at < until
                for event in events
            )
            if not found and (until - at < SETTLED or len(self._reachable(at, until)) < LOOKS):
                self.tally.change_recall[name].left_out += 1
            else:
                self.tally.change_recall[name].count(right=found)

    def _shows_all(self, name: str) -> bool:
        """Where the description is the page, it changes with whatever stands on it."""
        return name == "description_text" and self._life.site.shape.board.ats in ("workday", "website")

    def _differs(self, job: Job, name: str, advert: Advert, at: datetime) -> bool:
        """Whether the change was one to who looked before it: what was changed to and fro was not."""
        place = bisect_right(self._began, at) - 1
        return place >= 0 and _value(job.advert(self._looks[place].began), name) != _value(advert, name)

    # --- looks ---

    def _look(self, at: datetime) -> Look:
        return self._looks[max(bisect_right(self._began, at) - 1, 0)]

    def _reachable(self, start: datetime, end: datetime) -> list[Look]:
        return [look for look in self._looks if not look.amid and look.began > start and look.ended < end]

    def _interval(self, at: datetime) -> float:
        """Hours between the looks before and after this moment."""
        place = min(max(bisect_right(self._began, at), 1), len(self._began) - 1)
        return (self._began[place] - self._began[place - 1]) / timedelta(hours=1)


def _name(field_name: str) -> str:
    return field_name if field_name in FIELDS else "other"


def _value(advert: Advert, name: str) -> object:
    return {"title": advert.title, "salary": advert.pay, "locations": advert.places}.get(name, advert.duties)
