"""What brute force finds, worked out in a process beside the one that measures: the same market, made anew from its seed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from benchmarks.matching_data import Labour, Opening
from benchmarks.matching_reference import Best, BruteForce
from quiethire.domain.matching import MATCH_FLOOR
from quiethire.domain.ports import Vector
from services.matching.engine import Person

KEPT = 200
AT_ONCE = 20_000


@dataclass(frozen=True)
class Market:
    """How large a market is."""

    base: int
    postings: int
    people: int
    """Who are checked."""


@dataclass(frozen=True)
class Change:
    """What changes in a market: some postings come, some go, some take another's place, some are embedded."""

    came: list[Opening]
    gone: list[UUID]
    vectors: dict[UUID, Vector]


def opened(market: Market) -> tuple[Labour, Iterable[list[Opening]]]:
    """The market, with its postings some at a time: to be gone through before people are asked for."""
    labour = Labour(base=market.base)
    openings = labour.openings(market.postings)
    return labour, iter(lambda: list(islice(openings, AT_ONCE)), [])


def changed(labour: Labour, before: Sequence[Opening], share: float) -> tuple[Change, list[Opening]]:
    """What changes of a market, and the postings that there are then. `share` of them come, half as many go."""
    count = int(len(before) * share)
    came = list(labour.openings(count))
    instead = [_in_place_of(old, new) for old, new in zip(before[: count // 4], came, strict=False)]
    came = [*instead, *came[len(instead) :]]
    gone = [each.posting.id for each in before[count : count + count // 2]]
    bare = [each for each in before[2 * count :] if each.vector is None][:count]
    vectors = dict(zip((each.posting.id for each in bare), labour.vectors(bare), strict=True))
    kept = {each.posting.id: each for each in before}
    for each in bare:
        kept[each.posting.id] = Opening(each.posting, each.stated, each.industry, vectors[each.posting.id])
    kept |= {each.posting.id: each for each in came}
    for job_id in gone:
        del kept[job_id]
    return Change(came, gone, vectors), list(kept.values())


def _in_place_of(old: Opening, new: Opening) -> Opening:
    return Opening(new.posting.model_copy(update={"id": old.posting.id}), new.stated, new.industry, new.vector)


def best_of_all(market: Market) -> list[Best]:
    """The best of each of the people, by brute force."""
    labour, parts = opened(market)
    brute = BruteForce()
    for part in parts:
        brute.add(part)
    return _best(brute.ready(), list(labour.people(market.people)))


def best_of_changed(market: Market, shares: Sequence[float]) -> list[list[Best]]:
    """The same after each of these changes, one after the other; skills stay as rare as before the first."""
    labour, parts = opened(market)
    before = [opening for part in parts for opening in part]
    people = list(labour.people(market.people))
    first = BruteForce()
    first.add(before)
    first.ready()
    found: list[list[Best]] = []
    for share in shares:
        _, before = changed(labour, before, share)
        brute = BruteForce()
        brute.add(before)
        found.append(_best(brute.ready(first), people))
    return found


def _best(brute: BruteForce, people: Iterable[Person]) -> list[Best]:
    return [brute.best(person, KEPT, MATCH_FLOOR) for person in people]
