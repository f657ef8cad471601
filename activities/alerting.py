"""Alerts: who is to hear of the postings whose documents are new, and telling them."""

import asyncio
import logging
from collections.abc import Awaitable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from activities.clients import Clients
from activities.digest import Digests
from activities.heartbeat import heartbeating
from quiethire.domain.alerts import (
    CRAWL_TIME,
    KEPT_NOTES,
    NEWS,
    Advert,
    AlertPosting,
    AlertStatus,
    Channel,
    Claim,
    Delivery,
    NotedPosting,
    SavedSearch,
    alike,
    together,
)
from quiethire.domain.base import Model
from quiethire.domain.cluster import leader, members_of, whole
from quiethire.domain.errors import Gone, Permanent, QuietHireError, Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JOB_NAMESPACE
from quiethire.domain.search import SearchDocument, SearchQuery
from quiethire.settings import TASK_QUEUE
from quiethire.telemetry import ERRORS
from quiethire.telemetry.metrics import DELIVERIES
from services.duplicates.fingerprint import fingerprints
from services.parser.ats.registry import recognise

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

ALERTS = "alerts"
"""The workflow's id: there is one at a time."""
SIGNAL = "postings"

CHUNK = 500
"""Postings that searches are asked about at once."""
PAGE = 2_000
"""Saved searches held at once."""
CLAIMED = 1_000
"""Claims after which they are written down, at the end of a search: making those of a whole page would let nothing else run for seconds."""
BATCHED = 500
"""Searches whose postings are put into deliveries at once."""
LEASE = timedelta(minutes=10)
"""How long a delivery is one worker's: longer than any try of it."""
TRIED_AT_ONCE = 16
TAKEN = {Channel.EMAIL: 16, Channel.WEBHOOK: 64}
"""Deliveries taken at once, of each channel by itself: the last of them is tried within two minutes though every try hangs."""
SENDING = timedelta(minutes=2)
"""After this time new postings are looked at before more is taken, whoever holds up sending."""
WRITTEN_WITHIN = timedelta(minutes=1)
"""How long it is tried to write down what arrived: as long as a database restarts, and within the lease."""
WRITTEN_AGAIN = timedelta(seconds=1)
LEFT_OUT = timedelta(days=3)
"""A posting that the index did not take for so long is not waited for."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


class AlertResult(Model):
    """What a run did."""

    postings: int = 0
    """Noted postings that all searches were asked about."""
    claimed: int = 0
    """Pairs of a search and a posting that were new."""
    sent: int = 0
    failed: int = 0
    """Tries that reached nobody."""
    next_at: datetime | None = None
    """When there is something to send again."""


@dataclass(frozen=True)
class _Job:
    """A posting that is news to somebody."""

    posting: AlertPosting
    cluster: UUID
    advert: Advert
    mates: tuple[UUID, ...]
    first_seen_at: datetime
    """When the first of its job's open postings was seen."""
    first_noted_at: datetime

    def is_new_to(self, search: SavedSearch) -> bool:
        """Whether it was not there when the search was saved.

        First sight is the beginning of a crawl. One whose crawl was under way then was not there either: nothing had noted it.
        A first note more than `KEPT_NOTES` after first sight is of a change: the one before it may be forgotten.
        """
        if self.first_seen_at > search.since:
            return True
        known_from = max(search.since - CRAWL_TIME, self.first_noted_at - KEPT_NOTES)
        return self.first_noted_at > search.since and self.first_seen_at > known_from


class Announcing:
    """Tells alerts of postings whose documents are made anew."""

    def __init__(self, clients: Clients) -> None:
        self._alerts = clients.alerts

    async def note(self, job_ids: Collection[UUID]) -> int:
        """Before their documents are made: whatever happens to the index, the postings are not forgotten.

        While nobody listens it is only kept that they are there, so that a search saved later takes none of them for new.
        """
        return await self._alerts.note(job_ids, datetime.now(UTC))

    async def announce(self, job_ids: Collection[UUID]) -> None:
        """After it: note them again, for searches may have been asked about older documents, and have the workflow look."""
        if not await self.note(job_ids):
            return
        try:
            await activity.client().start_workflow(
                "AlertWorkflow",
                id=ALERTS,
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal=SIGNAL,
            )
        except RPCError as error:
            # The postings are noted, and a schedule looks every hour.
            ERRORS.labels(kind="alerts").inc()
            logger.warning("alerts are not told of new postings: %s", error)


class AlertActivities:
    """`send_alerts`."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._settings = clients.settings
        self._alerts = clients.alerts
        self._keys = clients.keys
        self._matcher = clients.matcher
        self._mailer = clients.mailer
        self._webhooks = clients.webhooks
        self._postings = clients.postings
        self._clusters = clients.clusters

    @activity.defn(name="send_alerts")
    async def send_alerts(self) -> AlertResult:
        """Ask all searches about the noted postings, and tell whoever is to be told.

        What an earlier run claimed goes first, so that an index that is away keeps nothing back. Raises Transient while it is.
        """
        async with heartbeating():
            await self._alerts.prune(datetime.now(UTC))
            await self._disable_of_bad_keys()
            sent, failed = await self._send()
            postings, claimed = await self._find()
            more = await self._send()
            next_at = await self._alerts.next_try(self._channels())
        return AlertResult(
            postings=postings, claimed=claimed, sent=sent + more[0], failed=failed + more[1], next_at=next_at
        )

    async def _disable_of_bad_keys(self) -> None:
        """What a key has made ends with it."""
        bad = [key.who for key in await self._keys.ended(datetime.now(UTC))]
        await self._alerts.disable_of(bad, "the API key that made it was revoked or has expired")

    # --- finding ---

    async def _find(self) -> tuple[int, int]:
        until, after, settled, claimed = datetime.now(UTC), None, 0, 0
        while noted := await self._alerts.noted(CHUNK, until=until, after=after):
            after = (noted[-1].noted_at, noted[-1].job_id)
            jobs, done = await self._jobs(noted)
            claimed += await self._ask(jobs)
            await self._alerts.settle(done)
            settled += len(done)
        return settled, claimed

    async def _jobs(self, noted: Sequence[NotedPosting]) -> tuple[list[_Job], list[NotedPosting]]:
        """The noted postings that searches can find, and those that need not be asked about again afterwards.

        Hidden mates, and copies whose original is closed, are nobody's news. What should be in the index and is not, is waited for.
        """
        ids = {each.job_id for each in noted}
        placements = await self._clusters.mates(ids)
        rows = await self._postings.known({*ids, *placements})
        shown = {
            first.row.posting.id: (cluster, members)
            for cluster, members in members_of(rows, placements).items()
            if (first := leader(members)) is not None and not first.placement.is_copy and first.row.posting.id in ids
        }
        (found,) = await self._matcher.matches([SearchQuery()], list(shown)) if shown else [set[UUID]()]
        if isinstance(found, str):
            raise Transient(f"the index refuses the search for everything: {found}", where="typesense")
        adverts = await self._adverts([rows[job_id] for job_id in shown if job_id in found])
        jobs = []
        for each in noted:
            if each.job_id in found:
                cluster, members = shown[each.job_id]
                job = whole(members)
                assert job is not None  # noqa: S101  it has an open member: the one that is shown
                jobs.append(
                    _Job(
                        posting=AlertPosting.of(SearchDocument.of(*job)),
                        cluster=cluster,
                        advert=adverts[each.job_id],
                        mates=tuple(member.row.posting.id for member in members),
                        first_seen_at=min(member.row.first_seen_at for member in members if member.row.is_open),
                        first_noted_at=each.first_noted_at,
                    )
                )
        waits = {each.job_id for each in noted if each.job_id in shown and each.job_id not in found}
        forgotten = {each.job_id for each in noted if each.noted_at < datetime.now(UTC) - LEFT_OUT} & waits
        if forgotten:
            ERRORS.labels(kind="not_indexed").inc(len(forgotten))
            logger.warning("postings that the index does not take alert nobody: %d", len(forgotten))
        return jobs, [each for each in noted if each.job_id not in waits or each.job_id in forgotten]

    async def _adverts(self, rows: Sequence[StoredPosting]) -> dict[UUID, Advert]:
        prints = await asyncio.to_thread(fingerprints, rows, recognise) if rows else []
        return {
            each.job_id: Advert(family=uuid5(JOB_NAMESPACE, f"{each.company}/{each.title}"), text=each.text)
            for each in prints
        }

    async def _ask(self, jobs: Sequence[_Job]) -> int:
        """Ask every active search about these, and write down what is news to it. Equal questions are asked once."""
        # The newest city speaks for all: by one that the ledger knows, what is new would be taken for told.
        newest = sorted(jobs, key=lambda job: job.first_seen_at, reverse=True)
        claimed, after = 0, None
        while jobs and (searches := await self._alerts.asking(PAGE, after)):
            after = searches[-1].id
            now = datetime.now(UTC)
            asking: dict[SearchQuery, list[SavedSearch]] = {}
            for search in searches:
                if any(job.is_new_to(search) for job in jobs):
                    asking.setdefault(search.asked(now), []).append(search)
            answers = await self._matcher.matches(list(asking), [job.posting.id for job in jobs]) if asking else []
            claims: list[Claim] = []
            for asked, found in zip(asking.values(), answers, strict=True):
                if isinstance(found, str):
                    await self._switch_off(asked, f"the index refuses this search: {found}")
                    continue
                hits = [job for job in newest if job.posting.id in found]
                for search in asked:
                    claims += self._claims(search, hits, now)
                    if len(claims) >= CLAIMED:
                        claimed += await self._alerts.claim(claims, now)
                        claims = []
            claimed += await self._alerts.claim(claims, now)
        return claimed

    def _claims(self, search: SavedSearch, hits: Iterable[_Job], now: datetime) -> Iterable[Claim]:
        due_at = search.due(now, self._settings.alert_digest_hour)
        for same in alike([job for job in hits if job.is_new_to(search)], lambda job: job.advert):
            first = same[0]
            yield Claim(
                search_id=search.id,
                cluster=first.cluster,
                advert=first.advert,
                mates=tuple(mate for job in same for mate in job.mates),
                posting=together([job.posting for job in same]),
                due_at=due_at,
            )

    async def _switch_off(self, searches: Iterable[SavedSearch], why: str) -> None:
        for search in searches:
            logger.warning("alert switched off: %s", why, extra={"alert": str(search.id)})
            changes = {"status": AlertStatus.DISABLED, "failure": why[:500]}
            await self._alerts.change(search.model_copy(update=changes), search)

    # --- sending ---

    async def _send(self) -> tuple[int, int]:
        """Send what is due, for a while. Returns how many arrived, and how many did not."""
        sent = failed = 0
        while await self._alerts.batch(datetime.now(UTC), BATCHED) == BATCHED:
            pass
        until = datetime.now(UTC) + SENDING
        told = [self._send_by(channel, until) for channel in TAKEN if channel in self._channels()]
        for arrived, tried in await _all(told):
            sent, failed = sent + arrived, failed + tried - arrived
        return sent, failed

    async def _send_by(self, channel: Channel, until: datetime) -> tuple[int, int]:
        """Send what is due of one channel. Returns how many arrived, and how many were tried.

        A worker that is told to stop takes and begins nothing more: it may be killed soon. The next one comes back for the rest.
        """
        arrived, tried, slots = 0, 0, asyncio.Semaphore(TRIED_AT_ONCE)
        while not activity.is_worker_shutdown() and (
            taken := await self._alerts.take((channel,), now=datetime.now(UTC), limit=TAKEN[channel], lease=LEASE)
        ):
            arrived += sum(await _all([self._try(delivery, slots) for delivery in taken]))
            tried += len(taken)
            if datetime.now(UTC) >= until:
                break
        return arrived, tried

    async def _try(self, delivery: Delivery, slots: asyncio.Semaphore) -> bool:
        """Send it and write down how that went, to the end even where the activity is cancelled meanwhile.

        Whoever has paused or deleted the search since it was taken hears nothing.
        """
        async with slots:
            if activity.is_worker_shutdown():
                return False
            search = await self._alerts.get(delivery.search.id)
            if search is None or search.status is not AlertStatus.ACTIVE:
                return False
            if search.is_digest:
                digests = Digests(self._clients)
                address = await digests.address(search)
                if address is None:
                    await self._alerts.delete(search.id)
                    return False
                postings = await digests.fitting(search, delivery.postings)
                if not postings:
                    await self._note_arrival(delivery)  # There is nothing to send.
                    return False
                addressed = delivery.search.model_copy(update={"address": address})
                delivery = delivery.model_copy(update={"search": addressed, "postings": postings})
            telling = asyncio.create_task(self._tell(delivery))
            try:
                return await asyncio.shield(telling)
            except asyncio.CancelledError:
                await asyncio.wait([telling])
                raise

    async def _tell(self, delivery: Delivery) -> bool:
        """Send it and write down how that went, at once: between the two, a death would send it again."""
        sender = self._mailer if delivery.search.channel is Channel.EMAIL else self._webhooks
        try:
            await sender.deliver(delivery)
        except QuietHireError as error:
            DELIVERIES.labels(channel=delivery.search.channel.value, outcome="failed").inc()
            await self._note_failure(delivery, error)
            return False
        DELIVERIES.labels(channel=delivery.search.channel.value, outcome="sent").inc()
        await self._note_arrival(delivery)
        return True

    async def _note_arrival(self, delivery: Delivery) -> None:
        """That it is not sent again. A database that restarts is waited for: meanwhile nothing else is sent in its place."""
        arrived_at = datetime.now(UTC)
        while True:
            try:
                return await self._alerts.delivered(delivery, arrived_at)
            except Transient:
                if datetime.now(UTC) >= arrived_at + WRITTEN_WITHIN:
                    raise
            await asyncio.sleep(WRITTEN_AGAIN.total_seconds())

    async def _note_failure(self, delivery: Delivery, error: QuietHireError) -> None:
        """When it is tried again, and whether its search goes on at all."""
        now, search = datetime.now(UTC), delivery.search
        failing = now - (search.failing_since or now)
        disable = failing >= timedelta(days=self._settings.alert_failing_days) or isinstance(error, Gone)
        final = disable or now - delivery.created_at > NEWS
        if search.channel is Channel.EMAIL and isinstance(error, Permanent):
            final = True
        wait = min(FIRST_WAIT * 2 ** min(delivery.attempts - 1, 20), LONGEST_WAIT)
        ERRORS.labels(kind=error.kind).inc()
        logger.warning("alert not delivered: %s", error, extra={"alert": str(search.id), "attempts": delivery.attempts})
        await self._alerts.failed(
            delivery, str(error), now=now, again_at=None if final else now + wait, disable=disable
        )

    def _channels(self) -> tuple[Channel, ...]:
        """Without a mail server, e-mails wait."""
        return tuple(channel for channel in Channel if channel is not Channel.EMAIL or self._mailer.configured)


async def _all(doing: Iterable[Awaitable[Result]]) -> list[Result]:
    """What comes of all of these, or the first error once each has ended: none goes on behind an activity that is over."""
    results: list[Result] = []
    for result in await asyncio.gather(*doing, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results
