"""What becomes of matches: kept, put into feeds, told to their people, and each decision written down.

A worker may die between any two of these steps. The log of decisions comes first: by it the next try knows what was new to
whom, and does the rest again. Nothing is told twice, for what was told is known by its advert. What did not change is read
once, for many people together, and neither opened nor written.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import orjson

from activities.clients import Clients
from activities.digest import Digests
from activities.match_news import news_of
from activities.shown_jobs import shown_jobs
from quiethire.domain.alerts import digest_id
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import Decision, Hidden, HiddenFrom, KnownMatches, Match, Matching
from quiethire.telemetry import ERRORS

if TYPE_CHECKING:
    from services.matching.engine import PostingIndex

logger = logging.getLogger(__name__)

KEPT = 200
"""Matches that are kept for one candidate."""
FEED = 100
"""Matches in a candidate's daily feed."""
_TOLD_AT_ONCE = 8


@dataclass(frozen=True)
class Run:
    """What a run looked at."""

    id: str
    """The same for every try, and another for each round and part of a workflow."""
    engine: str
    index: "PostingIndex"
    scored: Collection[UUID] | None
    """The postings that were scored; None = all."""
    of_one: bool = False
    """Whether somebody's own matches were asked for, who then hears of all that is new in one word."""
    is_retry: bool = False


class Scored(NamedTuple):
    """What was found for one candidate."""

    candidate: Candidate
    matching: Matching
    in_words: Callable[[Sequence[int]], Sequence[Match]] | None = None
    """Puts the matches at these places in words, where they are numbers alone."""


@dataclass(frozen=True)
class _Compared:
    """What was found for one candidate, beside what is stored."""

    candidate: Candidate
    matching: Matching
    known: KnownMatches
    untold: Collection[UUID]
    """What a try before this one stored as new, and perhaps did not tell."""
    otherwise: tuple[Match, ...]
    """Those that are not stored as they are now, and those that may not have been told."""

    @property
    def missed(self) -> set[UUID]:
        """What they match by what is stored, and by this run not."""
        return self.known.scores.keys() - {match.job_id for match in self.matching.matches}


@dataclass(frozen=True)
class _Changes:
    """What is otherwise than before for one candidate."""

    candidate: Candidate
    matching: Matching
    new: tuple[Match, ...]
    """Those that were not there before, best first."""
    changed: tuple[Match, ...]
    """These, and those that are otherwise than they were."""
    gone: frozenset[UUID]
    hidden: tuple[Hidden, ...]
    """What filters keep from them, of which the log does not say so yet."""
    shown: dict[UUID, float]
    """Posting → score of all matches that there are now, in the order in which they are shown."""

    @property
    def any(self) -> bool:
        return bool(self.changed or self.gone)

    @property
    def who(self) -> UUID:
        return self.candidate.id


class MatchResults:
    """Keeps the matches of a run."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._candidates = clients.candidates
        self._matches = clients.matches
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._cache = clients.cache
        self._alerts = clients.alerts
        self._digests = Digests(clients)
        self._turn = asyncio.Semaphore(_TOLD_AT_ONCE)

    async def keep(self, found: Sequence[Scored], run: Run) -> int:
        """Keep what was found for some candidates. Returns how many matches were not there before."""
        compared = await self._compared(found, run)
        hidden = await self._newly_hidden(compared, run)
        wanted = {match.job_id for each in compared for match in each.otherwise}
        rows = await self._rows(wanted.union(job_id for _, job_id in hidden))
        left = await self._left(compared, run)
        changes = [_changes(each, hidden, rows, left) for each in compared]
        changes = await self._of_unchanged_people(
            [each for each in changes if each.any or each.hidden or run.of_one], run
        )
        await self._log(changes, rows, run)
        changes = [each for each in changes if each.any or run.of_one]
        if not changes:
            return 0
        await self._matches.save_matches(
            [match for each in changes for match in each.changed],
            {(each.who, job_id) for each in changes for job_id in each.gone},
        )
        await asyncio.gather(*(self._tell(each, rows, run) for each in changes))
        erased = await self._forget_erased([each.who for each in changes])
        return sum([len(each.new) for each in changes if each.who not in erased])

    async def _rows(self, job_ids: Collection[UUID]) -> dict[UUID, StoredPosting]:
        """These postings; those that stand for a job as the whole of it, as they were scored."""
        rows = dict(await self._postings.known(job_ids))
        jobs = await shown_jobs(self._clients, rows.values()) if rows else ()
        return rows | {row.posting.id: row for row, _ in jobs}

    async def _compared(self, found: Sequence[Scored], run: Run) -> list[_Compared]:
        """Of a run over some postings, whoever had none of them before and has none now is not looked at."""
        if run.scored is not None and not run.of_one:
            holders = await self._matches.holders([each.candidate.id for each in found], run.scored)
            found = [
                each for each in found if each.matching.matches or each.matching.hidden or each.candidate.id in holders
            ]
        if not found:
            return []
        ids = [each.candidate.id for each in found]
        known = await self._matches.known(ids)
        logged = await self._matches.logged_as_new(run.id, ids) if run.is_retry else set()
        # Whoever is not known any more was erased while they were scored.
        there = [each for each in found if each.candidate.id in known]
        return await asyncio.to_thread(lambda: [_compare(each, known[each.candidate.id], logged) for each in there])

    async def _newly_hidden(self, compared: Sequence[_Compared], run: Run) -> set[tuple[UUID, UUID]]:
        """What is hidden is looked at in each run: a line that says the same as the last says nothing."""
        hidden = [
            HiddenFrom(each.candidate.id, one.job_id, one.filter, profile_hash, run.engine)
            for each in compared
            if each.matching.hidden
            for profile_hash in [_profile_hash(each.candidate)]
            for one in each.matching.hidden
        ]
        return await self._matches.not_logged(hidden) if hidden else set()

    async def _left(self, compared: Sequence[_Compared], run: Run) -> set[UUID]:
        """The postings of stored matches of which this run says nothing.

        A run over all of them says nothing of what came since its index was made: others have scored that, and their word stands.
        """
        missed = {job_id for each in compared for job_id in each.missed}
        if run.scored is not None:
            return missed.difference(run.scored)
        unknown = await asyncio.to_thread(run.index.lacks, missed) if missed else set[UUID]()
        rows = await self._postings.known(unknown) if unknown else {}
        there = {job_id for job_id, row in rows.items() if row.is_open}
        listings = await self._clusters.listings(there) if there else {}
        return {job_id for job_id in there if listings.get(job_id, 1)}

    async def _of_unchanged_people(self, changes: Sequence[_Changes], run: Run) -> list[_Changes]:
        """Whoever changed while they were scored is left to the run that their change began; somebody's own run goes another round."""
        if run.of_one or not changes:
            return list(changes)
        now = {one.id: one for one in await self._candidates.some([each.who for each in changes])}
        return [each for each in changes if now.get(each.who) == each.candidate]

    async def _log(self, changes: Sequence[_Changes], rows: Mapping[UUID, StoredPosting], run: Run) -> None:
        hashes: dict[UUID, str] = {}
        lines = [
            line for each in changes if each.changed or each.hidden for line in _decisions(each, rows, run, hashes)
        ]
        if lines:
            await self._matches.log(lines)

    async def _tell(self, changes: _Changes, rows: Mapping[UUID, StoredPosting], run: Run) -> None:
        """Some people at a time: most of it is waiting."""
        async with self._turn:
            await self._digests.claim(changes.candidate, changes.new, rows)
            hidden = _hidden(changes.matching) if run.scored is None and run.of_one else None
            try:
                await self._cache.put_daily_matches(changes.who, dict(islice(changes.shown.items(), FEED)), hidden)
                await self._cache.notify(changes.who, news_of(changes.new, rows, run.id, at_once=run.of_one))
            except (Transient, InvalidInput) as error:
                # The matches themselves are in PostgreSQL; the feed and the notifications are only quicker ways to them.
                ERRORS.labels(kind="cache").inc()
                logger.warning("feed not refreshed: %s", error, extra={"candidate_id": str(changes.who)})

    async def _forget_erased(self, who: Sequence[UUID]) -> set[UUID]:
        """Whoever was erased meanwhile keeps nothing of what was just written: this look comes last, as erasing cleans up last."""
        erased = set(who) - await self._candidates.there(who)
        for each in erased:
            await self._alerts.delete(digest_id(each))
        if erased:
            try:
                await self._cache.forget_people(erased)
            except Transient as error:
                # What is there of them ends by itself within a month; erasing them has emptied the cache before.
                ERRORS.labels(kind="cache").inc()
                logger.warning("the cache may keep something of who was erased: %s", error)
        return erased


def _compare(scored: Scored, known: KnownMatches, logged: set[tuple[UUID, UUID]]) -> _Compared:
    """What is told by numbers alone is compared by them, and put in words where it is otherwise."""
    candidate, matching, in_words = scored
    untold = {job_id for who, job_id in logged if who == candidate.id}
    if in_words is None:
        otherwise = [match for match in matching.matches if match.job_id in untold or not known.hold(match)]
        return _Compared(candidate, matching, known, untold, tuple(otherwise))
    places = [
        place
        for place, match in enumerate(matching.matches)
        if match.job_id in untold or not known.hold_numbers(match, in_words=place < FEED)
    ]
    told = in_words([place for place in places if place < FEED])
    rest = [matching.matches[place] for place in places if place >= FEED]
    return _Compared(candidate, matching, known, untold, (*told, *rest))


def _changes(
    compared: _Compared, hidden: set[tuple[UUID, UUID]], rows: Mapping[UUID, StoredPosting], left: Collection[UUID]
) -> _Changes:
    """What closed while it was scored matches nobody, and beyond the best two hundred nothing is kept."""
    before, found = compared.known.scores, compared.matching.matches
    closed = {
        match.job_id for match in compared.otherwise if (row := rows.get(match.job_id)) is None or not row.is_open
    }
    now = {match.job_id: match.score for match in found if match.job_id not in closed}
    kept = {job_id: before[job_id] for job_id in compared.missed.intersection(left)}
    ordered = sorted((kept | now).items(), key=lambda each: (-each[1], each[0]))
    shown = dict(ordered[:KEPT])
    changed = tuple(match for match in compared.otherwise if match.job_id in shown and match.job_id not in closed)
    return _Changes(
        candidate=compared.candidate,
        matching=compared.matching,
        new=tuple(match for match in changed if match.job_id not in before or match.job_id in compared.untold),
        changed=changed,
        gone=frozenset(before.keys() - shown.keys()),
        hidden=tuple(one for one in compared.matching.hidden if (compared.candidate.id, one.job_id) in hidden),
        shown=shown,
    )


def _hidden(matching: Matching) -> bytes:
    kept = matching.model_copy(update={"matches": ()})
    return kept.model_dump_json().encode()


def _decisions(
    changes: _Changes, rows: Mapping[UUID, StoredPosting], run: Run, hashes: dict[UUID, str]
) -> list[Decision]:
    """A line for each match that is new or otherwise, with the rank that it has now, and for each posting that is newly hidden.

    `hashes`: of postings, as far as they are known.
    """
    profile_hash = _profile_hash(changes.candidate)
    ranks = {job_id: rank for rank, job_id in enumerate(changes.shown, start=1)}
    new = {match.job_id for match in changes.new}
    now = datetime.now(UTC)

    def line(job_id: UUID, score: float, values: Mapping[str, float | None], filters: tuple[str, ...] = ()) -> Decision:
        if job_id not in hashes:
            hashes[job_id] = _hash(rows[job_id].posting.model_dump_json().encode())
        return Decision(
            run=run.id,
            at=now,
            candidate_id=changes.who,
            job_id=job_id,
            engine=run.engine,
            profile_hash=profile_hash,
            posting_hash=hashes[job_id],
            values=dict(values),
            score=score,
            filters=filters,
            rank=None if filters else ranks[job_id],
            is_new=job_id in new,
        )

    shown = [line(one.job_id, one.score, {each.name: each.value for each in one.factors}) for one in changes.changed]
    hidden = [one for one in changes.hidden if one.job_id in rows]
    return shown + [line(one.job_id, one.score, one.values, (one.filter,)) for one in hidden]


def _profile_hash(candidate: Candidate) -> str:
    profiles = [profile.model_dump(mode="json") for profile in candidate.profiles]
    return _hash(orjson.dumps(profiles, option=orjson.OPT_SORT_KEYS))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
