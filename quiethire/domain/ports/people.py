"""Ports of what is kept of people: candidates, their résumés, their matches and what they said of them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from quiethire.domain.candidate import Candidate, Feedback, Introduction, KnownCandidate
from quiethire.domain.matching import Decision, HiddenFrom, KnownMatches, Match, Selection
from quiethire.domain.resume import Resume


class CandidateStore(Protocol):
    """Candidates and their résumés, each encrypted with a key of its own, so that erasing is destroying the key."""

    async def save(self, candidate: Candidate) -> None:
        """Add or replace. Raises Gone for somebody who was erased: nobody comes back by a write that was under way."""
        ...

    async def change(self, candidate_id: UUID, change: Callable[[Candidate], Candidate]) -> tuple[Candidate, Candidate]:
        """Keep what `change` makes of somebody as they are at this moment; whoever else changes them waits.

        Returns them as they were, and as they are. What `change` raises is raised, and nothing is kept; where it changes nothing,
        nothing is written. Raises Gone where there is no such candidate.
        """
        ...

    async def get(self, candidate_id: UUID) -> Candidate | None:
        """One candidate."""
        ...

    async def some(self, candidate_ids: Collection[UUID]) -> list[Candidate]:
        """Those of these that are there, by id."""
        ...

    async def page(self, *, limit: int, after: UUID | None = None) -> list[KnownCandidate]:
        """Candidates by id, those after the id `after`, without who they are."""
        ...

    async def active(
        self, *, limit: int, after: UUID | None = None, shard: int = 0, shards: int = 1
    ) -> list[Candidate]:
        """Active candidates of one shard by id, those after the id `after`. A candidate is in the shard `id.int % shards`."""
        ...

    async def there(self, candidate_ids: Collection[UUID]) -> set[UUID]:
        """Those of these that are known, and were not erased."""
        ...

    async def changed_since(self, moment: datetime, *, shard: int = 0, shards: int = 1) -> list[UUID]:
        """Candidates of a shard that were saved, or erased, at or after this moment, by id."""
        ...

    async def unchanged_since(self, moment: datetime, *, limit: int, after: UUID | None = None) -> list[UUID]:
        """Candidates by id, those after the id `after`, who were last saved before this moment."""
        ...

    async def save_resume(self, candidate_id: UUID, resume: Resume) -> None:
        """Keep the reading of their résumé, in place of the one before. Raises Gone where there is no such candidate."""
        ...

    async def resume(self, candidate_id: UUID) -> Resume | None:
        """The reading of their résumé."""
        ...

    async def drop_resume(self, candidate_id: UUID) -> bool:
        """Drop the reading of their résumé. Returns whether there was one."""
        ...

    async def erase(self, candidate_id: UUID) -> None:
        """Destroy their key and every row that is theirs; a second time does nothing."""
        ...


class MatchStore(Protocol):
    """Matches, feedback, introductions, and the log of decisions."""

    async def save_matches(self, matches: Sequence[Match], gone: Collection[tuple[UUID, UUID]] = ()) -> None:
        """Add or replace matches, of however many people, and drop those that are none any more (candidate and job).

        Whoever was erased in the meantime is left out.
        """
        ...

    async def known(self, candidate_ids: Collection[UUID]) -> dict[UUID, KnownMatches]:
        """What is stored of the matches of these people, of those who are there."""
        ...

    async def holders(self, candidate_ids: Collection[UUID], job_ids: Collection[UUID]) -> set[UUID]:
        """Those of these people whom one of these postings matches."""
        ...

    async def matches(self, candidate_id: UUID, limit: int = 100) -> list[Match]:
        """Matches, best first."""
        ...

    async def matches_of(self, job_id: UUID, limit: int = 100) -> list[Match]:
        """The matches of a posting with active candidates who agreed to be found, best first."""
        ...

    async def remove_matches_of(self, job_ids: Collection[UUID]) -> set[UUID]:
        """Postings that closed match nobody. Returns the candidates whom they did match."""
        ...

    async def give_feedback(self, feedback: Feedback) -> None:
        """Keep what a candidate says of a job, in place of what they said before. Raises Gone without such a candidate."""
        ...

    async def feedback(self, candidate_id: UUID) -> list[Feedback]:
        """Everything that they said, the newest first."""
        ...

    async def take_feedback_back(self, candidate_id: UUID, job_id: UUID) -> None:
        """They say nothing of this job any more; a second time does nothing."""
        ...

    async def feedback_of(self, candidate_ids: Collection[UUID]) -> dict[UUID, list[Feedback]]:
        """The same of several, of those who said something."""
        ...

    async def log(self, decisions: Sequence[Decision]) -> None:
        """Append to the log of decisions; one that stands there (same run, candidate and job) is left as it is."""
        ...

    async def decisions(self, candidate_id: UUID, limit: int = 1_000) -> list[Decision]:
        """The log of one candidate, the newest first."""
        ...

    async def prune_decisions(self, before: datetime) -> int:
        """Drop the lines of the log that are older, but for those of what is a match still. Returns how many.

        No store drops a line that is younger than half a year.
        """
        ...

    async def logged_as_new(self, run: str, candidate_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Candidate and job of each decision of this run, for these people, about what was no match before."""
        ...

    async def not_logged(self, hidden: Sequence[HiddenFrom]) -> set[tuple[UUID, UUID]]:
        """Candidate and job of those of which the last line of the log does not say the same."""
        ...

    async def selections(self, since: datetime, candidate_ids: Collection[UUID]) -> list[Selection]:
        """What was decided of these candidates at or after this moment, by id; who has no match and of whom nothing was is left out.

        What stays as it is is not logged again: a match counts for its person as long as it is there, and a posting in the days in
        which it was decided on first.
        """
        ...

    async def ask(self, introduction: Introduction) -> None:
        """Keep an employer's question; asked a second time, the first one stands. Raises Gone without such a candidate."""
        ...

    async def answer(
        self, candidate_id: UUID, job_id: UUID, asked_by: str, *, agreed: bool, now: datetime
    ) -> Introduction:
        """Keep the person's answer to one who asked; the newest counts. Raises Gone where they did not ask."""
        ...

    async def introductions(
        self, *, candidate_id: UUID | None = None, job_id: UUID | None = None
    ) -> list[Introduction]:
        """Those of a candidate or of a job, the newest first."""
        ...
