"""Which postings are the same job: what is compared of each, and where each stands among its like."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from quiethire.domain.base import Model
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import Workplace

SKETCH_BITS = 512
"""Bits of the sketch of a text."""


class Standing(IntEnum):
    """Whose posting it is, the one that is shown first."""

    OWN = 0
    """The employer's: on its ATS, or on a page of its own."""
    ELSEWHERE = 1
    """Listed by a page that is not the employer's."""
    AGENCY = 2
    """Of a company that places people with others."""


Second = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC).replace(microsecond=0))]
"""A time to the second, as it is stored."""


class Fingerprint(Model):
    """What is compared of a posting. Hashes are of 32 or 64 bits, the same in every process."""

    job_id: UUID
    method: int
    """The version of the rules that made it. Those of two versions are not compared."""
    first_seen_at: Second
    board: int
    """Hash of the board's key; 0 where there is none."""
    company: str
    """The name without legal forms, blanks and signs."""
    domain: int
    """Hash of the company's domain; 0 where it is not known."""
    title: int
    """Hash of the title's words, without marks of gender, ids, places and the company."""
    department: int
    """Hash of the department; 0 where it is not stated."""
    places: tuple[str, ...]
    """`DE:berlin`, `DE`, or a name as stated, sorted; empty where none is stated."""
    names: tuple[int, ...]
    """Hashes of all that names this very posting: its id on an ATS, its address, where one applies."""
    text: bytes = Field(min_length=SKETCH_BITS // 8, max_length=SKETCH_BITS // 8)
    """One bit of each of the MinHashes over the description's shingles."""
    shingles: int = Field(ge=0, le=65_535)
    """How many different ones the description has."""
    standing: Standing
    speaks_of_itself: bool
    """Whether the description names the company that posted it."""
    keys: tuple[int, ...] = ()
    """Where the like of it are looked for. Blank in what is read back: nobody needs them then."""

    @property
    def order(self) -> tuple[datetime, str]:
        """Of two postings of one job the lesser was there first."""
        return self.first_seen_at, str(self.job_id)


class Placement(Model):
    """Where a posting stands: its cluster, by the id of the posting it is gathered around, and its rank in there."""

    cluster: UUID
    rank: int = 0
    """The least is shown, of two alike the one seen first; copies under another company's name come last."""

    @property
    def is_copy(self) -> bool:
        """Whether another company's posting is the original."""
        return self.rank >= COPY_RANK


COPY_RANK = 10
"""Added to the rank of a copy under another company's name."""


def by_cluster(placements: Mapping[UUID, Placement]) -> dict[UUID, set[UUID]]:
    """The postings of each cluster, of those that are placed here."""
    found: dict[UUID, set[UUID]] = {}
    for job_id, placed in placements.items():
        found.setdefault(placed.cluster, set()).add(job_id)
    return found


class Neighbours(Model):
    """Postings that may be the same job as some others, with all mates of theirs, and where each stands now.

    One that has no placement stands alone.
    """

    fingerprints: tuple[Fingerprint, ...] = ()
    placements: dict[UUID, Placement] = {}


class Member(Model):
    """One posting of a cluster."""

    row: StoredPosting
    placement: Placement


def members_of(rows: Mapping[UUID, StoredPosting], placements: Mapping[UUID, Placement]) -> dict[UUID, list[Member]]:
    """These postings by cluster; one that was never placed is a cluster of its own."""
    clusters: dict[UUID, list[Member]] = {}
    for job_id, row in rows.items():
        placement = placements.get(job_id) or Placement(cluster=job_id)
        clusters.setdefault(placement.cluster, []).append(Member(row=row, placement=placement))
    return clusters


def leader(members: Iterable[Member]) -> Member | None:
    """The open posting that stands for the cluster; None where all are closed."""
    return min((member for member in members if member.row.is_open), key=shown_first, default=None)


def shown_as(row: StoredPosting, mates: Iterable[Member]) -> StoredPosting:
    """The posting that stands for the job of this one; itself where it is closed or has no mates."""
    first = leader(mates) if row.is_open else None
    return row if first is None else first.row


def shown_first(member: Member) -> tuple[int, datetime, str]:
    """The order in which the postings of a cluster are shown."""
    return member.placement.rank, member.row.first_seen_at, str(member.row.posting.id)


def whole(members: Iterable[Member]) -> tuple[StoredPosting, int] | None:
    """The job as it is shown, and how many open postings it is made of; None where all are closed.

    It is the leader's posting with the places of all open mates. Pay, skills and where the work is done, with where that is
    allowed, are the first stated ones, in the order in which mates are shown.
    """
    listed = [member.row for member in sorted(members, key=shown_first) if member.row.is_open]
    if not listed:
        return None
    postings = [row.posting for row in listed]
    first = postings[0]
    places = {place.name: place for posting in reversed(postings) for place in reversed(posting.locations)}
    names = dict.fromkeys(place.name for posting in postings for place in posting.locations)
    workplace = next((posting for posting in postings if posting.remote is not Workplace.NONE), first)
    shown = first.model_copy(
        update={
            "locations": tuple(places[name] for name in names),
            "salary": next((posting.salary for posting in postings if posting.salary), None),
            "skills": next((posting.skills for posting in postings if posting.skills), ()),
            "remote": workplace.remote,
            "remote_allowed_in": workplace.remote_allowed_in,
            "on_site_days": workplace.on_site_days,
        }
    )
    return listed[0].model_copy(update={"posting": shown}), len(listed)


def whole_jobs(
    rows: Mapping[UUID, StoredPosting], placements: Mapping[UUID, Placement]
) -> list[tuple[StoredPosting, int]]:
    """The jobs that these postings are, each whole, without those that are closed. All mates are among the postings."""
    jobs = map(whole, members_of(rows, placements).values())
    return [job for job in jobs if job is not None]


def reposts(rows: Collection[StoredPosting]) -> int:
    """How often a board opened the job anew under another id, after it had closed it.

    `rows` are the postings of one cluster. That a posting was opened again under its own id is told by its events. What was
    withdrawn is no posting.
    """
    by_board: dict[str, list[StoredPosting]] = {}
    for row in rows:
        if row.posting.board_key is not None and not row.is_withdrawn:
            by_board.setdefault(row.posting.board_key, []).append(row)
    return sum(_reposted(listed) for listed in by_board.values())


def _reposted(listed: Sequence[StoredPosting]) -> int:
    return sum(
        any(
            earlier.first_seen_at < row.first_seen_at
            and earlier.closed_at is not None
            and earlier.closed_at <= row.first_seen_at
            for earlier in listed
        )
        for row in listed
    )


def moved(before: Mapping[UUID, Placement], after: Mapping[UUID, Placement]) -> dict[UUID, Placement]:
    """The placements that are not as they were."""
    return {job: placement for job, placement in after.items() if before.get(job) != placement}
