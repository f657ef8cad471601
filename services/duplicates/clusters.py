"""Postings gathered into clusters. A function of the postings alone: in whatever order they came, the end is the same.

Likeness does not carry over: a posting in Berlin and Munich is like one in Berlin and like one in Munich, which are two jobs.
So each is gathered around the earliest posting that it is like itself; those in the very same places first, and those that
only share a place thereafter. And a board knows its own: what one board lists apart never comes into one cluster.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from quiethire.domain.cluster import COPY_RANK, Fingerprint, Placement, Standing
from services.duplicates.pairs import SameJob, same_company, same_job

Group = list[Fingerprint]
"""Postings of one job; the first is the earliest."""


def arrange(fingerprints: Iterable[Fingerprint]) -> dict[UUID, Placement]:
    """Where each posting stands. One that is alone is its own cluster, with the rank of its standing."""
    ordered = sorted({each.job_id: each for each in fingerprints}.values(), key=lambda each: each.order)
    groups = _joined([[each] for each in ordered], firmly=True)
    return {
        member.job_id: Placement(cluster=members[0].job_id, rank=rank)
        for members in _joined(groups, firmly=False)
        for member, rank in _ranked(members)
    }


def gathered(placements: Mapping[UUID, Placement]) -> dict[UUID, Placement]:
    """The placements of postings that have mates."""
    sizes: dict[UUID, int] = {}
    for placement in placements.values():
        sizes[placement.cluster] = sizes.get(placement.cluster, 0) + 1
    return {job: placement for job, placement in placements.items() if sizes[placement.cluster] > 1}


def _joined(groups: Sequence[Group], *, firmly: bool) -> list[Group]:
    """The groups in order, each put to the one before it that it fits best, if it fits any."""
    kept: list[_Cluster] = []
    by_hint: dict[tuple[str, int], dict[int, None]] = {}
    for group in groups:
        hints = list(_hints(group))
        known = dict.fromkeys(number for hint in hints for number in by_hint.get(hint, ()))
        fits = [
            (*_fit(link), number)
            for number in known
            if (link := _link(kept[number].core, group, firmly=firmly)) is not None
            and not _listed_apart(kept[number].members, group)
        ]
        number = min(fits)[-1] if fits else len(kept)
        if not fits:
            kept.append(_Cluster())
        kept[number].add(group)
        for hint in hints:
            by_hint.setdefault(hint, {})[number] = None
    return [cluster.members for cluster in kept]


class _Cluster:
    """Groups put together, and the core that others must be like: the first of them, and what bears a name of it."""

    def __init__(self) -> None:
        self.members: Group = []
        self.core: Group = []
        self._names: set[int] = set()

    def add(self, group: Group) -> None:
        self.members.extend(group)
        names = {name for each in group for name in each.names}
        if not self.core or not self._names.isdisjoint(names):
            self.core.extend(group)
            self._names |= names


def _hints(group: Group) -> Iterator[tuple[str, int]]:
    """What two groups share that may be one: few are compared for it."""
    for each in group:
        yield "title", each.title
        for name in each.names:
            yield "name", name


def _link(core: Group, group: Group, *, firmly: bool) -> SameJob | None:
    found = [link for one in core for other in group if (link := same_job(one, other)) is not None]
    return min((link for link in found if link.firm or not firmly), key=_fit, default=None)


def _fit(link: SameJob) -> tuple[bool, bool, float]:
    return not link.by_name, not link.firm, -round(link.alike, 1)


def _listed_apart(one: Group, other: Group) -> bool:
    """Whether a board lists one of these and one of those as two jobs."""
    return any(
        mine.board != 0 and mine.board == its.board and same_job(mine, its) is None for mine in one for its in other
    )


def _ranked(members: Group) -> Iterable[tuple[Fingerprint, int]]:
    original = min(members, key=_originality)
    for member in members:
        copy = member is not original and not same_company(member, original)
        yield member, int(member.standing) + (COPY_RANK if copy else 0)


def _originality(each: Fingerprint) -> tuple[object, ...]:
    """The employer's own before others, and one whose text names its company before one put under another name."""
    return each.standing is Standing.AGENCY, not each.speaks_of_itself, each.standing, each.order
