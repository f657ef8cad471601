"""In-memory twin of the cluster store, held to the same contract."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from quiethire.domain.cluster import Fingerprint, Neighbours, Placement, leader, members_of
from quiethire.storage.clickhouse.memory import MemoryPostings


class MemoryClusters:
    """`ClusterStore` in memory, over the postings in memory."""

    def __init__(self, postings: MemoryPostings) -> None:
        self._postings = postings
        postings.clusters = self
        self._fingerprints: dict[UUID, tuple[Fingerprint, datetime]] = {}
        self._keys: dict[int, set[UUID]] = {}
        self._placements: dict[UUID, Placement] = {}
        self._members: dict[UUID, set[UUID]] = {}

    async def remember(self, fingerprints: Sequence[Fingerprint]) -> None:
        """Keep fingerprints and keys."""
        now = datetime.now(UTC).replace(microsecond=0)
        for each in fingerprints:
            self._fingerprints[each.job_id] = (each.model_copy(update={"keys": ()}), now)
            for key in each.keys:
                self._keys.setdefault(key, set()).add(each.job_id)

    async def around(self, fingerprints: Sequence[Fingerprint]) -> Neighbours:
        """What may be the same job as any of these, with all mates."""
        given = {each.job_id: each for each in fingerprints}
        near = {job_id for each in fingerprints for key in each.keys for job_id in self._keys.get(key, ())}
        placements = dict(await self.mates(near | set(given)))
        stored = {
            job_id: self._fingerprints[job_id][0] for job_id in (near | set(placements)) if job_id in self._fingerprints
        }
        return Neighbours(fingerprints=tuple({**stored, **given}.values()), placements=placements)

    async def place(self, placements: Mapping[UUID, Placement]) -> None:
        """Keep where postings stand."""
        for job_id, placement in placements.items():
            if (old := self._placements.get(job_id)) is not None:
                self._members[old.cluster].discard(job_id)
            self._placements[job_id] = placement
            self._members.setdefault(placement.cluster, set()).add(job_id)

    async def mates(self, job_ids: Collection[UUID]) -> Mapping[UUID, Placement]:
        """The members of all clusters that any of these is in."""
        clusters = {self._placements[job_id].cluster for job_id in job_ids if job_id in self._placements}
        return {job_id: self._placements[job_id] for cluster in clusters for job_id in self._members[cluster]}

    async def listings(self, job_ids: Collection[UUID] | None = None) -> Mapping[UUID, int]:
        """Of these postings, or of all: for each open one that has mates, how many open postings it stands for."""
        wanted = set(self._placements if job_ids is None else job_ids)
        known = await self._postings.known(await self.mates(wanted))
        open_ = {job_id: row for job_id, row in known.items() if row.is_open}
        return {
            member.row.posting.id: len(members) if member is first else 0
            for members in members_of(open_, self._placements).values()
            for first in [leader(members)]
            for member in members
            if member.row.posting.id in wanted
        }

    async def hidden(self) -> int:
        """How many open postings stand for none."""
        return sum(count == 0 for count in (await self.listings()).values())

    async def strange(self, method: int) -> set[UUID]:
        """Open postings without a fingerprint of this method that is as new as they are."""
        rows = await self._postings.known(await self._postings.open_ids())
        known = {job_id: at for job_id, (each, at) in self._fingerprints.items() if each.method == method}
        return {
            job_id
            for job_id, row in rows.items()
            if job_id not in known or known[job_id] < row.updated_at.replace(microsecond=0)
        }

    async def remembered_since(self, moment: datetime) -> set[UUID]:
        """The postings whose fingerprints were kept at this moment or later."""
        return {job_id for job_id, (_, at) in self._fingerprints.items() if at >= moment.replace(microsecond=0)}
