"""Scores postings for candidates: one formula, told in full.

`score = sum(weight x value) / sum(weight) x 100` over the factors with evidence. A factor without evidence leaves
the mean; its weight goes to the others in proportion. A candidate's score for a posting is that of the best track.
Scores are in millionths of a point, and ranked by that and then by job id, so that ties are the same on every machine.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from uuid import UUID

import numpy as np

from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import MATCH_FLOOR, Hidden, Matching, Profile
from quiethire.domain.ports import Vector
from services.matching.factors.registry import FACTORS
from services.matching.index.arrays import Found
from services.matching.index.posting_index import PostingIndex
from services.matching.scoring.kernel import rank as rank_in_segment
from services.matching.scoring.people import Person, people_of
from services.matching.scoring.ranking import Ranking, merged

__all__ = [
    "ENGINE",
    "Person",
    "PostingIndex",
    "Ranking",
    "hidden_from",
    "match",
    "match_all",
    "rank",
]

ENGINE = "engine/10 weights/1"
"""Changes with whatever changes a score."""

_AT_ONCE = 256
"""People whose arrays are made together."""


def match(
    candidate_id: UUID,
    profiles: Sequence[Profile],
    index: PostingIndex,
    *,
    vectors: Sequence[Vector | None] = (),
    without: Collection[UUID] = (),
    limit: int = 100,
    floor: float = MATCH_FLOOR,
) -> Matching:
    """The best postings for a candidate, best first, with their reasons.

    `vectors` are the meanings of the profiles, in their order; postings of `without`, and those of companies that a profile
    blocks, are left out without a word. Hidden are those that would have been matches but for a filter, in the same
    order and up to the same limit, and counted by filter.
    """
    if limit < 1:
        raise InvalidInput(f"a limit of {limit}", where="matching", hint="ask for one match or more")
    person = Person(candidate_id, profiles, vectors, tuple(without))
    hidden, counts = hidden_from(person, index, limit=limit, floor=floor)
    return Matching(
        candidate_id=candidate_id,
        matches=rank(person, index, limit=limit, floor=floor).matches(),
        hidden=hidden,
        hidden_counts=counts,
        considered=len(index),
    )


def rank(person: Person, index: PostingIndex, *, limit: int = 200, floor: float = MATCH_FLOOR) -> Ranking:
    """The best postings as arrays, in words only for those that are asked for: what is quick where a page shows twenty of many."""
    return _rank([person], index, limit, floor)[0]


def match_all(
    people: Iterable[Person], index: PostingIndex, *, limit: int = 200, floor: float = MATCH_FLOOR, threads: int = 2
) -> Iterator[Ranking]:
    """A ranking for each person, in their order: arrays, and words only for those that are asked for."""
    people = iter(people)
    with ThreadPoolExecutor(threads) as pool:
        running: list[Future[list[Ranking]]] = []
        while True:
            batch = list(islice(people, _AT_ONCE))
            if batch:
                running.append(pool.submit(_rank, batch, index, limit, floor))
            if not running:
                return
            if len(running) > threads or not batch:
                yield from running.pop(0).result()


def hidden_from(
    person: Person, index: PostingIndex, *, limit: int = 100, floor: float = MATCH_FLOOR, in_words: bool = True
) -> tuple[tuple[Hidden, ...], dict[str, int]]:
    """What filters keep from a person: the best of it, and how many postings each filter hides first.

    A posting is hidden where it would be a match, and is one for none of the tracks.
    """
    (ranking,) = _rank([person], index, None, floor, hidden=True)
    if len(person.profiles) > 1:
        (shown,) = _rank([person], index, None, floor)
        ranking = ranking.without(shown)
    return ranking.hidden(limit, in_words=in_words)


def _rank(
    people: Sequence[Person], index: PostingIndex, limit: int | None, floor: float, *, hidden: bool = False
) -> list[Ranking]:
    """The best `limit` (None: all) of the postings for each person, or of those that filters hide from them."""
    encoded = people_of(people, index.vocabulary, index.sizes, index.likenesses)
    room = index.scratch()
    found: list[Found] = []
    for segment, reach, scratch in zip(index.segments, index.reach(encoded.wishes), room, strict=True):
        one = _empty(len(people), len(segment) if limit is None else min(limit, len(segment)))
        rank_in_segment(encoded.arrays, segment.arrays, reach, index.lexicon, scratch, float(floor), hidden, one)
        found.append(one)
    index.give_back(room)
    return [
        merged(person, index, read, found, at=at, limit=limit)
        for at, (person, read) in enumerate(zip(people, encoded.read, strict=True))
    ]


def _empty(people: int, limit: int) -> Found:
    return Found(
        counts=np.zeros(people, np.int32),
        rows=np.empty((people, limit), np.int32),
        tracks=np.empty((people, limit), np.int32),
        scores=np.empty((people, limit), np.int64),
        values=np.empty((people, limit, len(FACTORS))),
        fired=np.empty((people, limit), np.uint8),
    )
