"""The daily mail with new matches, by the machinery of alerts: its ledger, its deliveries, its way out by one click.

Each person who wants it has a saved search that asks nothing: what it is told are their matches. It begins when whoever reads their
address has said yes (`services.api.publishing.saved_searches`), and goes to that address alone. Nothing of it tells who they are; the address is
looked up when a mail goes out.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from activities.clients import Clients
from activities.match_news import Alike, adverts_of
from activities.opinions import opinions_of
from quiethire.domain.alerts import (
    AlertPosting,
    AlertStatus,
    Claim,
    SavedSearch,
    address_hash,
    candidate_of,
    digest_id,
    together,
)
from quiethire.domain.candidate import Candidate
from quiethire.domain.cluster import Placement, by_cluster
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import Match
from quiethire.domain.search import SearchDocument

MOST = 40
"""Matches of one run that a mail tells of: as many as it lists."""


class Digests:
    """Puts new matches into the ledger, and finds out where mails go."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._alerts = clients.alerts
        self._candidates = clients.candidates
        self._clusters = clients.clusters
        self._matches = clients.matches
        self._hour = clients.settings.alert_digest_hour

    async def claim(self, candidate: Candidate, new: Sequence[Match], rows: Mapping[UUID, StoredPosting]) -> None:
        """Put new matches into the next mail to somebody who wants one and said so by their address too.

        What the ledger knows is not told again.
        """
        if not (candidate.digest and candidate.email and new):
            return
        now, search = datetime.now(UTC), await self._alerts.get(digest_id(candidate.id))
        if search is None or search.status is not AlertStatus.ACTIVE or _address(search, candidate) is None:
            return
        best = [match for match in new if match.job_id in rows][:MOST]
        placements = await self._clusters.mates([match.job_id for match in best])
        claims = [self._claim(search, alike, rows, placements, now) for alike in adverts_of(best, rows)]
        await self._alerts.claim(claims, now)

    async def address(self, search: SavedSearch) -> str | None:
        """Where a digest goes now; None where nobody wants it any more, or at another address than the one that was asked."""
        candidate = await self._candidates.get(candidate_of(search))
        return _address(search, candidate) if candidate is not None and candidate.digest and candidate.active else None

    async def fitting(self, search: SavedSearch, postings: Sequence[AlertPosting]) -> tuple[AlertPosting, ...]:
        """Those of the postings claimed that still are matches, and were not dismissed, in this listing or another.

        Hours lie between the two, in which jobs close, wishes change and companies are blocked.
        """
        who = candidate_of(search)
        known = (await self._matches.known([who])).get(who)
        people = await self._candidates.some([who])
        if known is None or not people:
            return ()
        refused = (await opinions_of(self._clients, people))[who].refused
        placements = await self._clusters.mates([posting.id for posting in postings])
        listings = by_cluster(placements)
        same = {each.id: {each.id} | listings.get(_cluster(each.id, placements), set()) for each in postings}
        return tuple(each for each in postings if not same[each.id].isdisjoint(known.scores) and each.id not in refused)

    def _claim(
        self,
        search: SavedSearch,
        alike: Alike,
        rows: Mapping[UUID, StoredPosting],
        placements: Mapping[UUID, Placement],
        now: datetime,
    ) -> Claim:
        best = alike.matches[0]
        clusters = {match.job_id: _cluster(match.job_id, placements) for match in alike.matches}
        told = [AlertPosting.of(SearchDocument.of(rows[match.job_id])) for match in alike.matches]
        return Claim(
            search_id=search.id,
            cluster=clusters[best.job_id],
            advert=alike.advert,
            mates=tuple(job_id for job_id, place in placements.items() if place.cluster in set(clusters.values())),
            posting=together(told).model_copy(update={"score": round(best.score)}),
            due_at=search.due(now, self._hour),
        )


def _address(search: SavedSearch, candidate: Candidate) -> str | None:
    """Their address, if it is the one that was asked."""
    return candidate.email if candidate.email and address_hash(candidate.email) == search.address else None


def _cluster(job_id: UUID, placements: Mapping[UUID, Placement]) -> UUID:
    placed = placements.get(job_id)
    return placed.cluster if placed else job_id
