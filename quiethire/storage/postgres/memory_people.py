"""Candidates and matches in memory: the twins for tests."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from quiethire.domain.candidate import Candidate, Feedback, Introduction, KnownCandidate
from quiethire.domain.errors import Gone
from quiethire.domain.matching import DECISIONS_STAY, Decision, HiddenFrom, KnownMatches, Match, Selection, print_of
from quiethire.domain.resume import Resume


@dataclass
class MemoryPeople:
    """What the two stores share, as the real ones share a database."""

    candidates: dict[UUID, Candidate] = field(default_factory=dict)
    created_at: dict[UUID, datetime] = field(default_factory=dict)
    saved_at: dict[UUID, datetime] = field(default_factory=dict)
    """Of those erased, when they were."""
    erased: set[UUID] = field(default_factory=set)
    resumes: dict[UUID, Resume] = field(default_factory=dict)
    matches: dict[UUID, dict[UUID, Match]] = field(default_factory=dict)
    feedback: dict[tuple[UUID, UUID], Feedback] = field(default_factory=dict)
    decisions: dict[tuple[UUID, UUID, str], Decision] = field(default_factory=dict)
    introductions: dict[tuple[UUID, UUID, str], Introduction] = field(default_factory=dict)

    def know(self, candidate_id: UUID) -> None:
        """Raise Gone where there is no such candidate."""
        if candidate_id not in self.candidates:
            raise Gone("there is no such candidate", where=f"memory: {candidate_id}")


class MemoryCandidates:
    """`CandidateStore` in memory."""

    def __init__(self, people: MemoryPeople | None = None) -> None:
        self.people = people or MemoryPeople()

    async def save(self, candidate: Candidate) -> None:
        """Add or replace. Raises Gone for somebody who was erased."""
        if candidate.id in self.people.erased:
            raise Gone("there is no such candidate", where=f"memory: {candidate.id}")
        self.people.candidates[candidate.id] = candidate
        self.people.saved_at[candidate.id] = datetime.now(UTC)
        self.people.created_at.setdefault(candidate.id, self.people.saved_at[candidate.id])

    async def change(self, candidate_id: UUID, change: Callable[[Candidate], Candidate]) -> tuple[Candidate, Candidate]:
        """Keep what `change` makes of somebody. Raises Gone where there is no such candidate."""
        self.people.know(candidate_id)
        was = self.people.candidates[candidate_id]
        now = change(was)
        if now != was:
            await self.save(now)
        return was, now

    async def get(self, candidate_id: UUID) -> Candidate | None:
        """One candidate."""
        return self.people.candidates.get(candidate_id)

    async def some(self, candidate_ids: Collection[UUID]) -> list[Candidate]:
        """Those of these that are there, by id."""
        known = self.people.candidates
        return [known[candidate_id] for candidate_id in sorted(set(candidate_ids)) if candidate_id in known]

    async def page(self, *, limit: int, after: UUID | None = None) -> list[KnownCandidate]:
        """Candidates by id, those after the id `after`, without who they are."""
        known = [one for _, one in sorted(self.people.candidates.items()) if after is None or one.id > after]
        return [
            KnownCandidate(
                id=one.id,
                active=one.active,
                created_at=self.people.created_at[one.id],
                updated_at=self.people.saved_at[one.id],
            )
            for one in known[:limit]
        ]

    async def active(
        self, *, limit: int, after: UUID | None = None, shard: int = 0, shards: int = 1
    ) -> list[Candidate]:
        """Active candidates of one shard by id, those after the id `after`."""
        known = [one for _, one in sorted(self.people.candidates.items()) if after is None or one.id > after]
        return [one for one in known if one.active and one.id.int % shards == shard][:limit]

    async def there(self, candidate_ids: Collection[UUID]) -> set[UUID]:
        """Those of these that are known, and were not erased."""
        return set(candidate_ids) & self.people.candidates.keys()

    async def changed_since(self, moment: datetime, *, shard: int = 0, shards: int = 1) -> list[UUID]:
        """Candidates of a shard that were saved, or erased, at or after this moment, by id."""
        return sorted(
            found for found, at in self.people.saved_at.items() if at >= moment and found.int % shards == shard
        )

    async def unchanged_since(self, moment: datetime, *, limit: int, after: UUID | None = None) -> list[UUID]:
        """Candidates by id, those after the id `after`, who were last saved before this moment."""
        known = (each for each in sorted(self.people.candidates) if after is None or each > after)
        return [each for each in known if self.people.saved_at[each] < moment][:limit]

    async def save_resume(self, candidate_id: UUID, resume: Resume) -> None:
        """Keep the reading of their résumé. Raises Gone where there is no such candidate."""
        self.people.know(candidate_id)
        self.people.resumes[candidate_id] = resume

    async def resume(self, candidate_id: UUID) -> Resume | None:
        """The reading of their résumé."""
        return self.people.resumes.get(candidate_id)

    async def drop_resume(self, candidate_id: UUID) -> bool:
        """Drop the reading of their résumé. Returns whether there was one."""
        return self.people.resumes.pop(candidate_id, None) is not None

    async def erase(self, candidate_id: UUID) -> None:
        """Everything that is theirs goes."""
        people = self.people
        if people.candidates.pop(candidate_id, None) is None:
            return
        people.erased.add(candidate_id)
        people.saved_at[candidate_id] = datetime.now(UTC)
        people.resumes.pop(candidate_id, None)
        people.matches.pop(candidate_id, None)
        people.feedback = {names: kept for names, kept in people.feedback.items() if names[0] != candidate_id}
        people.decisions = {names: kept for names, kept in people.decisions.items() if names[0] != candidate_id}
        people.introductions = {names: kept for names, kept in people.introductions.items() if names[0] != candidate_id}


class MemoryMatches:
    """`MatchStore` in memory."""

    def __init__(self, people: MemoryPeople | None = None) -> None:
        self.people = people or MemoryPeople()

    async def save_matches(self, matches: Sequence[Match], gone: Collection[tuple[UUID, UUID]] = ()) -> None:
        """Add or replace matches, and drop those that are none any more."""
        for who, job in gone:
            self.people.matches.get(who, {}).pop(job, None)
        for match in matches:
            if match.candidate_id in self.people.candidates:
                self.people.matches.setdefault(match.candidate_id, {})[match.job_id] = match

    async def known(self, candidate_ids: Collection[UUID]) -> dict[UUID, KnownMatches]:
        """What is stored of the matches of these people, of those who are there."""
        found: dict[UUID, KnownMatches] = {}
        for who in self.people.candidates.keys() & set(candidate_ids):
            matches = self.people.matches.get(who, {})
            scores = {job: match.score for job, match in matches.items()}
            found[who] = KnownMatches(scores, {job: print_of(match, _keyed) for job, match in matches.items()}, _keyed)
        return found

    async def holders(self, candidate_ids: Collection[UUID], job_ids: Collection[UUID]) -> set[UUID]:
        """Those of these people whom one of these postings matches."""
        return {who for who in candidate_ids if self.people.matches.get(who, {}).keys() & set(job_ids)}

    async def matches(self, candidate_id: UUID, limit: int = 100) -> list[Match]:
        """Matches, best first."""
        found = self.people.matches.get(candidate_id, {}).values()
        return sorted(found, key=lambda match: (-match.score, match.job_id))[:limit]

    async def matches_of(self, job_id: UUID, limit: int = 100) -> list[Match]:
        """The matches of a posting with active candidates who agreed to be found, best first."""
        found = [
            matches[job_id]
            for owner, matches in self.people.matches.items()
            if (who := self.people.candidates[owner]).active and who.open_to_employers and job_id in matches
        ]
        return sorted(found, key=lambda match: (-match.score, match.candidate_id))[:limit]

    async def remove_matches_of(self, job_ids: Collection[UUID]) -> set[UUID]:
        """Drop every match of these postings."""
        matched = {who for who, matches in self.people.matches.items() if not matches.keys().isdisjoint(job_ids)}
        for who in matched:
            for job in job_ids:
                self.people.matches[who].pop(job, None)
        return matched

    async def give_feedback(self, feedback: Feedback) -> None:
        """Keep what a candidate says of a job. Raises Gone without such a candidate."""
        self.people.know(feedback.candidate_id)
        before = self.people.feedback.get((feedback.candidate_id, feedback.job_id))
        if before is None or before.at <= feedback.at:
            self.people.feedback[feedback.candidate_id, feedback.job_id] = feedback

    async def feedback(self, candidate_id: UUID) -> list[Feedback]:
        """Everything that they said, the newest first."""
        found = [said for (owner, _), said in sorted(self.people.feedback.items()) if owner == candidate_id]
        return sorted(found, key=lambda said: said.at, reverse=True)

    async def take_feedback_back(self, candidate_id: UUID, job_id: UUID) -> None:
        """They say nothing of this job any more; a second time does nothing."""
        self.people.feedback.pop((candidate_id, job_id), None)

    async def feedback_of(self, candidate_ids: Collection[UUID]) -> dict[UUID, list[Feedback]]:
        """The same of several, of those who said something."""
        return {who: said for who in candidate_ids if (said := await self.feedback(who))}

    async def log(self, decisions: Sequence[Decision]) -> None:
        """Append to the log of decisions; a line that stands there is left as it is."""
        for line in decisions:
            if line.candidate_id in self.people.candidates:
                self.people.decisions.setdefault((line.candidate_id, line.job_id, line.run), line)

    async def decisions(self, candidate_id: UUID, limit: int = 1_000) -> list[Decision]:
        """The log of one candidate, the newest first."""
        found = [line for (owner, _, _), line in self.people.decisions.items() if owner == candidate_id]
        return sorted(found, key=_newest_first)[:limit]

    async def prune_decisions(self, before: datetime) -> int:
        """Drop the lines of the log that are older, but for those of what is a match still."""
        until = min(before, datetime.now(UTC) - DECISIONS_STAY)
        old = [
            names
            for names, line in self.people.decisions.items()
            if line.at < until and line.job_id not in self.people.matches.get(line.candidate_id, {})
        ]
        for names in old:
            del self.people.decisions[names]
        return len(old)

    async def logged_as_new(self, run: str, candidate_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Candidate and job of each decision of this run about what was no match before."""
        lines = [line for line in self.people.decisions.values() if line.run == run and line.is_new]
        return {(line.candidate_id, line.job_id) for line in lines if line.candidate_id in set(candidate_ids)}

    async def not_logged(self, hidden: Sequence[HiddenFrom]) -> set[tuple[UUID, UUID]]:
        """Candidate and job of those of which the last line of the log does not say the same."""
        found = set()
        for one in hidden:
            lines = self._lines(one.candidate_id).get(one.job_id)
            said = (lines[-1].filters, lines[-1].profile_hash, lines[-1].engine) if lines else None
            if said != ((one.filter,), one.profile_hash, one.engine):
                found.add((one.candidate_id, one.job_id))
        return found

    async def selections(self, since: datetime, candidate_ids: Collection[UUID]) -> list[Selection]:
        """What was decided of these candidates at or after this moment, by id."""
        found = []
        for who in sorted(set(candidate_ids)):
            postings = self._lines(who).values()
            fresh = [lines for lines in postings if lines[0].at >= since]
            is_told = any(line.at >= since and line.rank is not None for lines in postings for line in lines)
            one = Selection(
                candidate_id=who,
                matched=is_told or bool(self.people.matches.get(who)),
                decided=len(fresh),
                shown=sum(lines[-1].rank is not None for lines in fresh),
            )
            found += [one] if one.matched or one.decided else []
        return found

    def _lines(self, candidate_id: UUID) -> dict[UUID, list[Decision]]:
        """The log of somebody by posting, the oldest first."""
        found: dict[UUID, list[Decision]] = {}
        theirs = [line for (owner, _, _), line in self.people.decisions.items() if owner == candidate_id]
        for line in sorted(theirs, key=lambda line: (line.at, line.run)):
            found.setdefault(line.job_id, []).append(line)
        return found

    async def ask(self, introduction: Introduction) -> None:
        """Keep an employer's question; asked a second time, the first one stands. Raises Gone without such a candidate."""
        self.people.know(introduction.candidate_id)
        names = (introduction.candidate_id, introduction.job_id, introduction.asked_by)
        unanswered = introduction.model_copy(update={"agreed": None, "answered_at": None})
        self.people.introductions.setdefault(names, unanswered)

    async def answer(
        self, candidate_id: UUID, job_id: UUID, asked_by: str, *, agreed: bool, now: datetime
    ) -> Introduction:
        """Keep the person's answer. Raises Gone where nobody asked."""
        asked = self.people.introductions.get((candidate_id, job_id, asked_by))
        if asked is None:
            raise Gone("nobody asked that", where="memory")
        answered = asked.model_copy(update={"agreed": agreed, "answered_at": now})
        self.people.introductions[candidate_id, job_id, asked_by] = answered
        return answered

    async def introductions(
        self, *, candidate_id: UUID | None = None, job_id: UUID | None = None
    ) -> list[Introduction]:
        """Those of a candidate or of a job, the newest first."""
        found = [
            asked
            for (candidate, job, _), asked in sorted(self.people.introductions.items())
            if candidate_id in (None, candidate) and job_id in (None, job)
        ]
        return sorted(found, key=lambda asked: asked.asked_at, reverse=True)


def _keyed(content: bytes) -> bytes:
    return sha256(content).digest()[:16]


def _newest_first(line: Decision) -> tuple[object, ...]:
    return (-line.at.timestamp(), line.run, line.rank is None, line.rank or 0, line.job_id)
