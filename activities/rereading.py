"""One board after the other, as a better parser reads it: what is another reading, what is new, and what was no posting."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import unescape
from uuid import UUID

from activities.archived_boards import ArchivedBoards, Outcome, Reading
from activities.clients import Clients
from activities.duplicates import Gathering
from activities.match_withdrawal import withdraw_matches
from activities.storing import IndexInput, StoreActivities
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting, correct, observe, withdraw
from quiethire.domain.posting import JobPosting
from quiethire.domain.reading import StoredReading
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url
from quiethire.domain.words import fold
from services.parser.encoding import decode
from services.parser.version import PARSER_VERSION

STORED_AT_ONCE = 1_000
"""Rows that are written together."""
INDEXED_AT_ONCE = 500
"""Postings whose search documents are made together."""


class ReparseChoice(Model):
    """What to parse again."""

    board: str | None = None
    """The key of one board."""
    host: str | None = None
    """Boards on this host, or below it."""
    force: bool = False
    """Postings that the current parser read as well."""
    closed: bool = False
    """Closed postings as well; they stay closed."""


class ReparsePlan(Model):
    """Boards in batches: what is long is in the archive."""

    content_hash: str = ""
    batches: int = 0
    boards: int = 0
    current: int = 0
    """Boards left alone: the current parser read all of their postings."""


class ReparseBatch(Model):
    """One batch of a plan. `at` is when the run began: corrections are told as of then."""

    plan: ReparsePlan
    number: int
    at: datetime
    choice: ReparseChoice = ReparseChoice()
    dry_run: bool = False


class ReparseCounts(Model):
    """What came of it. `read` = corrected + opened + unchanged, and those that were closed and stay so."""

    boards: int = 0
    read: int = 0
    """Postings that the archive gave."""
    corrected: int = 0
    opened: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    unarchived: int = 0
    """Postings that no archived page gives."""
    problems: int = 0

    def __add__(self, other: "ReparseCounts") -> "ReparseCounts":
        """Field by field."""
        mine, theirs = self.model_dump(), other.model_dump()
        return ReparseCounts(**{name: mine[name] + theirs[name] for name in mine})


class Rereading:
    """A batch of boards on its way. Boards may be read side by side."""

    def __init__(self, clients: Clients, batch: ReparseBatch, *, again: bool) -> None:
        """`again` where an earlier try may have written a part: what it corrected is counted and indexed once more."""
        self.problems: list[Problem] = []
        self._counts: Counter[str] = Counter()
        self._clients = clients
        self._archived = ArchivedBoards(clients)
        self._gathering = Gathering(clients)
        self._store = StoreActivities(clients)
        self._batch = batch
        self._again = again
        self._rows: dict[UUID, StoredPosting] = {}
        self._events: list[JobEvent] = []
        self._touched: set[UUID] = set()
        self._stale: set[UUID] = set()
        """Those of the touched whose search documents are still to be made."""
        self._withdrawn: set[UUID] = set()

    @property
    def counts(self) -> ReparseCounts:
        """What came of it so far."""
        return ReparseCounts(**self._counts)

    async def read(self, board: Board, stored: Sequence[StoredReading], crawls: Sequence[CrawlRecord]) -> None:
        """Read one board, whose postings are stored so, and whose latest crawls were these."""
        work = _BoardWork(stored, crawls, self._batch.choice)
        if self._again:
            self._recount(work)
        async for readings in self._archived.listing(board, since=work.list_read_at, skip=work.settled_pages()):
            await self._take(work, readings)
        async for readings in self._archived.pages(board, work.unread_pages(), listed=False):
            await self._take(work, readings)
        await self._withdraw(work)
        self._count(boards=1, unarchived=len(work.unread_pages()))

    async def flush(self) -> None:
        """Write what came so far: rows to ClickHouse, then search documents out of it.

        A death on the way is mended by the retry.
        """
        rows, events, stale = self._rows, tuple(self._events), self._stale
        withdrawn = frozenset(self._withdrawn)
        self._rows, self._events, self._stale, self._withdrawn = {}, [], set(), set()
        if self._batch.dry_run:
            return
        if rows:
            await self._clients.postings.save(tuple(rows.values()), events)
        if withdrawn:
            # Behind the rows: a run of matches that comes in between finds them closed, and makes none anew.
            await withdraw_matches(self._clients.matches, self._clients.cache, withdrawn)
        # A better reading leaves a row its moment, by which it is told that a vector is of another text.
        await self._clients.embeddings.look_again(self._clients.embedder.model, stale)
        # What an earlier try wrote may not have been gathered by it.
        before = await self._clients.postings.known(stale - rows.keys()) if stale - rows.keys() else {}
        written = [row for job_id, row in {**rows, **before}.items() if job_id in stale]
        told = sorted(stale | await self._gathering.gather(written))
        for start in range(0, len(told), INDEXED_AT_ONCE):
            some = IndexInput(job_ids=tuple(told[start : start + INDEXED_AT_ONCE]))
            indexed = await self._store.index_jobs_in_typesense(some)
            self.problems.extend(indexed.problems)
            self._count(problems=len(indexed.problems))

    async def _take(self, work: "_BoardWork", outcomes: Sequence[Outcome]) -> None:
        """What the pages give, told from what is stored."""
        different: dict[UUID, JobPosting] = {}
        strangers: dict[UUID, tuple[JobPosting, datetime]] = {}
        for reading in outcomes:
            if isinstance(reading, Problem):
                if work.is_news(reading):
                    self.problems.append(reading)
                    self._count(problems=1)
                continue
            for posting in work.unseen(reading):
                self._count(read=1)
                stored = work.stored.get(posting.id)
                if stored is None:
                    if reading.listed:
                        strangers[posting.id] = (posting, reading.ref.fetched_at)
                elif work.is_settled(stored) or work.is_newer(stored, reading):
                    self._count(unchanged=stored.closed_at is None and stored.id not in self._touched)
                elif stored.content_hash != posting.content_hash:
                    different[posting.id] = posting
                else:
                    self._unchanged(stored, posting)
        await self._correct(work, different)
        await self._open(strangers)
        if len(self._rows) >= STORED_AT_ONCE:
            await self.flush()

    def _unchanged(self, stored: StoredReading, posting: JobPosting) -> None:
        self._count(unchanged=1)
        if stored.parser_version != posting.parser_version:
            self._rows[posting.id] = stored.renewed(posting)

    async def _correct(self, work: "_BoardWork", different: dict[UUID, JobPosting]) -> None:
        rows = await self._clients.postings.known(different.keys()) if different else {}
        for job_id, row in rows.items():
            stored, posting = work.stored[job_id], different[job_id]
            if row.updated_at != stored.updated_at:
                self._count(unchanged=1)  # A crawl came in between: its reading is the newer one.
            elif row.posting.content_hash == posting.content_hash:
                self._unchanged(stored, posting)  # The row is of a version that kept less of a posting.
            else:
                corrected, events = correct(row, posting, self._batch.at)
                self._write(corrected, events)
                self._count(corrected=1)

    async def _open(self, strangers: dict[UUID, tuple[JobPosting, datetime]]) -> None:
        """Open postings as of when their page was fetched: that they are told now is no news."""
        # Another board may list them too, or a crawl may have come in between.
        known = await self._clients.postings.known(strangers.keys()) if strangers else {}
        for job_id, (posting, fetched_at) in strangers.items():
            if job_id not in known and job_id not in self._touched:
                opened = observe({}, [posting], fetched_at)
                self._write(opened.rows[0], opened.events)
                self._count(opened=1)

    async def _withdraw(self, work: "_BoardWork") -> None:
        """Take back what the pages that gave it no longer give."""
        refused = work.refused()
        rows = await self._clients.postings.known(refused.keys()) if refused else {}
        for job_id, row in rows.items():
            if not row.is_open or row.updated_at != work.stored[job_id].updated_at:
                continue
            reading = refused[job_id]
            if reading.is_list or _says(await self._archived.body(reading.ref), reading, row.posting.title):
                [ended], events = withdraw([row], self._batch.at)
                self._write(ended, events)
                self._withdrawn.add(job_id)
                self._count(withdrawn=1)

    def _recount(self, work: "_BoardWork") -> None:
        """What an earlier try of this very batch wrote."""
        for stored in work.stored.values():
            if stored.parser_version == PARSER_VERSION and stored.cause in (
                JobEventKind.CORRECTED,
                JobEventKind.OPENED,
            ):
                self._touch(stored.id)
                self._count(corrected=stored.cause is JobEventKind.CORRECTED)
            elif stored.cause is JobEventKind.WITHDRAWN and stored.closed_at == self._batch.at:
                self._touch(stored.id)
                self._withdrawn.add(stored.id)
                self._count(withdrawn=1)

    def _write(self, row: StoredPosting, events: Iterable[JobEvent]) -> None:
        self._rows[row.posting.id] = row
        self._events.extend(events)
        self._touch(row.posting.id)

    def _touch(self, job_id: UUID) -> None:
        self._touched.add(job_id)
        self._stale.add(job_id)

    def _count(self, **counts: int) -> None:
        self._counts.update(counts)


class _BoardWork:
    """What is known of a board's postings, and which of them were read by now."""

    def __init__(self, stored: Sequence[StoredReading], crawls: Sequence[CrawlRecord], choice: ReparseChoice) -> None:
        self.stored = {reading.id: reading for reading in stored}
        self.list_read_at = next(
            (crawl.started_at for crawl in crawls if crawl.complete and crawl.requests and not crawl.same_list), None
        )
        """When the whole list was last read from the board itself."""
        self._choice = choice
        self._read_live = {crawl.started_at for crawl in crawls if crawl.requests}
        self._at: dict[str, list[StoredReading]] = defaultdict(list)
        for reading in stored:
            self._at[canonical_url(reading.url)].append(reading)
        self._seen: set[UUID] = set()
        self._pages: set[str] = set()
        self._doubtful: dict[UUID, Reading] = {}
        self._problems: set[Problem] = set()

    def unseen(self, reading: Reading) -> list[JobPosting]:
        """The postings of a page that no page before gave. Those stored that it should have given are doubtful."""
        own = set() if reading.is_list else {canonical_url(reading.ref.url), canonical_url(reading.ref.final_url)}
        self._pages |= own
        if reading.postings:
            # What gives a posting under another form of its address takes nothing back under the one that was asked for.
            own &= {canonical_url(reading.ref.final_url)}
        for address in own | {canonical_url(refusal.url) for refusal in reading.refused}:
            for stored in self._at.get(address, ()):
                self._doubtful.setdefault(stored.id, reading)
        found = [posting for posting in reading.postings if posting.id not in self._seen]
        self._seen.update(posting.id for posting in found)
        return found

    def is_news(self, problem: Problem) -> bool:
        """Whether the problem was not told yet: a page may be tried as one of the list and as a known posting's."""
        told = problem in self._problems
        self._problems.add(problem)
        return not told

    def is_settled(self, stored: StoredReading) -> bool:
        """Whether nothing is to be learned of it: closed ones keep their last reading, and the best is read already."""
        if stored.closed_at is not None and not self._choice.closed:
            return True
        return stored.parser_version >= PARSER_VERSION and not self._choice.force

    def is_newer(self, stored: StoredReading, reading: Reading) -> bool:
        """Whether the row was read from a page that is newer than this one, and that the archive has lost."""
        return stored.last_seen_at in self._read_live and reading.ref.fetched_at < stored.last_seen_at

    def settled_pages(self) -> frozenset[str]:
        """Addresses whose postings are all settled."""
        return frozenset(address for address, stored in self._at.items() if all(map(self.is_settled, stored)))

    def unread_pages(self) -> list[str]:
        """Addresses of postings that no page has given or refused yet."""
        return [
            stored[0].url
            for address, stored in self._at.items()
            if address not in self._pages
            and any(not self.is_settled(each) and not self._is_told(each.id) for each in stored)
        ]

    def _is_told(self, job_id: UUID) -> bool:
        return job_id in self._seen or job_id in self._doubtful

    def refused(self) -> dict[UUID, Reading]:
        """Open postings that no page gives, though one was read that should."""
        return {
            job_id: reading
            for job_id, reading in self._doubtful.items()
            if job_id not in self._seen
            and self.stored[job_id].closed_at is None
            and not self.is_settled(self.stored[job_id])
            and not self.is_newer(self.stored[job_id], reading)
        }


def _says(body: bytes, reading: Reading, title: str) -> bool:
    """Whether a page still says what the posting was taken from. An error page or a login in its place takes nothing back."""
    return fold(title) in fold(unescape(decode(body, reading.ref.content_type)))
