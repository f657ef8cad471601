"""Scores of some candidates, with all that the stores know of them."""

import asyncio
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from activities.clients import Clients
from activities.match_results import FEED, KEPT, Scored
from activities.profile_vectors import MeaningOfProfiles
from quiethire.domain.candidate import Candidate, Verdict, Why
from quiethire.domain.cluster import by_cluster
from quiethire.domain.matching import Matching
from quiethire.domain.ports import Vector
from services.matching.engine import Person, PostingIndex, hidden_from, match_all


class _Refused(NamedTuple):
    """What somebody wants no more."""

    jobs: tuple[UUID, ...]
    companies: tuple[str, ...]


class Scoring:
    """Scores candidates."""

    def __init__(self, clients: Clients) -> None:
        self._matches = clients.matches
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._meaning = MeaningOfProfiles(clients)

    async def of(self, candidates: Sequence[Candidate], index: PostingIndex, *, in_words: bool) -> list[Scored]:
        """What fits each of them, by what they said and refused until now; in words, or by numbers with a way to words."""
        vectors = await self._meaning.of(candidates)
        refused = await self._refused(candidates)
        people = [_person(one, vectors[one.id], refused.get(one.id)) for one in candidates]
        return await asyncio.to_thread(_scored, candidates, people, index, in_words=in_words)

    async def _refused(self, candidates: Sequence[Candidate]) -> dict[UUID, _Refused]:
        """What they want no more: postings, all that are the same job, and companies."""
        said = await self._matches.feedback_of([candidate.id for candidate in candidates])
        no = {who: [each for each in words if each.verdict is Verdict.NOT_INTERESTED] for who, words in said.items()}
        jobs = {each.job_id for words in no.values() for each in words}
        if not jobs:
            return {}
        mates = await self._clusters.mates(jobs)
        of_cluster = by_cluster(mates)
        companies = await self._companies(
            {each.job_id for words in no.values() for each in words if each.why is Why.COMPANY}
        )
        found: dict[UUID, _Refused] = {}
        for who, words in no.items():
            own = {each.job_id for each in words}
            same = [of_cluster[mates[job_id].cluster] for job_id in own if job_id in mates]
            firms = {companies[each.job_id] for each in words if each.why is Why.COMPANY and each.job_id in companies}
            found[who] = _Refused(tuple(sorted(own.union(*same))), tuple(sorted(firms)))
        return found

    async def _companies(self, job_ids: Collection[UUID]) -> dict[UUID, str]:
        rows = await self._postings.known(job_ids) if job_ids else {}
        return {job: row.posting.company_domain or row.posting.company_name for job, row in rows.items()}


def _person(candidate: Candidate, vectors: Sequence[Vector | None], refused: _Refused | None) -> Person:
    if refused is None:
        return Person(candidate.id, candidate.profiles, vectors)
    profiles = [
        profile.model_copy(update={"blocked_companies": (*profile.blocked_companies, *refused.companies)})
        for profile in candidate.profiles
    ]
    return Person(candidate.id, profiles, vectors, refused.jobs)


def _scored(
    candidates: Sequence[Candidate], people: Sequence[Person], index: PostingIndex, *, in_words: bool
) -> list[Scored]:
    """In words as far as a feed goes: sentences cost more than scores. With what is hidden, which is decided, too."""
    found: list[Scored] = []
    for candidate, ranking in zip(candidates, match_all(people, index, limit=KEPT), strict=True):
        hidden, counts = hidden_from(ranking.person, index, in_words=in_words)
        matching = Matching(
            candidate_id=candidate.id,
            matches=ranking.matches(FEED if in_words else 0),
            hidden=hidden,
            hidden_counts=counts,
            considered=len(index),
        )
        found.append(Scored(candidate, matching, None if in_words else ranking.told))
    return found
