"""Scores of some candidates, with all that the stores know of them."""

import asyncio
from collections.abc import Sequence

from activities.clients import Clients
from activities.match_results import FEED, KEPT, Scored
from activities.opinions import Opinion, opinions_of
from activities.profile_vectors import MeaningOfProfiles
from quiethire.domain.candidate import Candidate
from quiethire.domain.matching import Matching
from quiethire.domain.ports import Vector
from services.matching.engine import Person, PostingIndex, hidden_from, match_all


class Scoring:
    """Scores candidates."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._meaning = MeaningOfProfiles(clients)

    async def of(self, candidates: Sequence[Candidate], index: PostingIndex, *, in_words: bool) -> list[Scored]:
        """What fits each of them, by what they said and refused until now; in words, or by numbers with a way to words."""
        vectors = await self._meaning.of(candidates)
        opinions = await opinions_of(self._clients, candidates)
        people = [_person(one, vectors[one.id], opinions[one.id]) for one in candidates]
        return await asyncio.to_thread(_scored, candidates, people, index, in_words=in_words)


def _person(candidate: Candidate, vectors: Sequence[Vector | None], opinion: Opinion) -> Person:
    profiles = [
        profile.model_copy(update={"blocked_companies": opinion.companies})
        if opinion.companies != profile.blocked_companies
        else profile
        for profile in candidate.profiles
    ]
    return Person(candidate.id, profiles, vectors, tuple(sorted(opinion.refused)))


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
