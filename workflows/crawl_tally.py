"""What a crawl of one board has come to so far."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import ConfigDict
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.batches import NAMED, PostingBatch, UrlList
    from activities.crawling import BoardCrawl, PagesCrawl
    from activities.parsing import ExtractedLinks, ParsedJobs
    from activities.shapes import TOLD_SHAPES, ShapeYield, summed
    from activities.storing import CloseResult, IndexResult, StoreResult
    from quiethire.domain.base import Model
    from quiethire.domain.board import Board
    from quiethire.domain.crawl import CrawlRecord
    from quiethire.domain.errors import Gone
    from quiethire.domain.result import Problem, Refusal
    from workflows.results import CareerPageCrawlResult, PostingCounts

T = TypeVar("T")

REASONS = 3
"""Of what a crawl misses, so many things are told in its facts."""


class CrawlTally(Model):
    """Counts, problems, and whether the whole board was seen and what proves it.

    It grows while the crawl goes on, and goes with it from one history to the next. So what it names is bounded: of the
    problems and refusals the first, of the ids of postings those that nobody has looked at yet.
    """

    model_config = ConfigDict(frozen=False)

    batches: list[PostingBatch] = []
    gone: list[PostingBatch] = []
    """Pages that are listed and not there: nothing was seen of them."""
    yields: list[ShapeYield] = []
    touched: list[UUID] = []
    """Postings whose documents and matches are stale, in the order in which they are made anew."""
    failed: bool = False
    refused: list[Refusal] = []
    problems: list[Problem] = []
    problem_count: int = 0
    counts: PostingCounts = PostingCounts()
    indexed: int = 0
    requests: int = 0
    complete: bool = False
    no_board: bool = False
    proof: str = ""
    fingerprint: str = ""
    listed: int = 0
    missing: list[str] = []
    missing_count: int = 0
    seconds: dict[str, float] = {}

    def take(self, crawl: BoardCrawl) -> None:
        """What the board itself gave."""
        self.complete, self.failed, self.no_board = crawl.complete, crawl.failed, crawl.gone
        self.proof, self.fingerprint = crawl.proof, crawl.fingerprint
        self.batches.extend(crawl.batches)
        self._refuse(crawl.refused)
        self.name(*crawl.problems)
        self.requests += crawl.requests
        self._spent("fetch", crawl.seconds)
        if crawl.same is not None:
            facts = crawl.same
            self.counts += PostingCounts(seen=facts.seen, unchanged=facts.unchanged, refused=facts.refused)

    def take_links(self, extracted: ExtractedLinks, board: Board) -> None:
        """What a listing leads to."""
        self.batches.extend(extracted.batches)
        self._refuse(extracted.refused)
        self.fingerprint += extracted.listed
        self.lose(extracted.problems)
        if extracted.left:
            # A list that takes itself for a posting, perhaps: nothing is to close by it.
            self.complete = False
            self.proof += f", which is a posting itself: {extracted.left} others that it leads to were left"
        if extracted.none_open:
            self.proof += ", which says that there are no open positions"
            self.name(Problem(kind="empty_board", where=board.key, detail="says that it has no posting"))

    def take_pages(self, fetched: PagesCrawl) -> None:
        """What came of job pages. One that is listed and not there was answered for: its posting stays as it is."""
        self.gone.extend(fetched.gone)
        self._add_yields(fetched.barren)
        self.requests += fetched.requests
        self.failed = self.failed or fetched.failed
        self._spent("fetch", fetched.seconds)
        self.name(*(problem for problem in fetched.problems if problem.kind == Gone.kind))
        self.lose([problem for problem in fetched.problems if problem.kind != Gone.kind])

    def take_parsed(self, parsed: ParsedJobs) -> None:
        """What the job pages hold."""
        self.batches.extend(parsed.batches)
        self._refuse(parsed.refused)
        self._add_yields(parsed.yields)
        self._spent("parse", parsed.seconds)
        self.lose(parsed.problems)

    def followed(self, links: UrlList | None, board: Board, *, from_page: bool) -> None:
        """All pages that the board names were asked for. A page none of whose links is a posting is no list of them."""
        self.listed = links.count if links else 0
        if self.complete and from_page and self.listed and not any(batch.count for batch in self.batches):
            detail = f"none of the {self.listed} pages it links to is a posting"
            self.lose([Problem(kind="no_postings", where=board.url, detail=detail)])

    def take_stored(self, result: StoreResult) -> None:
        """What became of a batch."""
        stored = result.opened + result.changed + result.corrected + result.reopened
        self.counts += PostingCounts(
            seen=stored + result.unchanged,
            stored=stored,
            opened=result.opened,
            changed=result.changed,
            corrected=result.corrected,
            reopened=result.reopened,
            unchanged=result.unchanged,
        )
        self.touched.extend(result.touched)
        self._spent("store", result.seconds)

    def take_indexed(self, result: IndexResult) -> None:
        """What became of search documents."""
        self.indexed += result.indexed
        self.name(*result.problems)
        self._spent("index", result.seconds)

    def take_closed(self, result: CloseResult) -> None:
        """What the board no longer lists. What stands for a job in its place is shown already, and not matched yet."""
        self.counts += PostingCounts(closed=result.closed)
        known = set(self.touched)
        self.touched.extend(job_id for job_id in result.taken_over if job_id not in known)
        self.indexed += result.indexed
        self._spent("index", result.index_seconds)
        self.name(*result.problems)

    def take_matched(self, seconds: float) -> None:
        """How long a match took."""
        self._spent("match", seconds)

    def name(self, *problems: Problem) -> None:
        """What went wrong, and took nothing from what was seen of the board."""
        self.problem_count += len(problems)
        _add_first(self.problems, problems)

    def lose(self, problems: Sequence[Problem]) -> None:
        """What could not be had: the crawl did not see the whole board."""
        self.name(*problems)
        missing = [f"{problem.kind}: {problem.detail}" for problem in problems]
        self.missing.extend(missing[: max(REASONS - len(self.missing), 0)])
        self.missing_count += len(missing)
        self.complete = self.complete and not problems

    def record(self, crawl_id: str, board: Board, started_at: datetime) -> CrawlRecord:
        """The facts of the crawl, after the last batch was stored."""
        refused = sum(batch.refused for batch in self.batches)
        self.counts += PostingCounts(seen=refused, refused=refused)
        counts = self.counts
        return CrawlRecord(
            crawl_id=crawl_id,
            board_key=board.key,
            started_at=started_at,
            complete=self.complete,
            proof=self._proven(),
            fingerprint=self.fingerprint,
            gone=self.no_board,
            seen=counts.seen,
            opened=counts.opened,
            changed=counts.changed,
            corrected=counts.corrected,
            reopened=counts.reopened,
            unchanged=counts.unchanged,
            refused=counts.refused,
            problems=self.problem_count,
            requests=self.requests,
        )

    def shown(self, record: CrawlRecord, page: Board) -> CrawlRecord:
        """The facts of the page that led to the board of these facts: what it shows, and that it lists nothing itself."""
        facts = {
            "crawl_id": f"{record.crawl_id}/shown",
            "board_key": page.key,
            "proof": f"shows {record.board_key}: {record.proof}",
            "fingerprint": "",
            "unchanged": record.seen,
        }
        nothing = dict.fromkeys(("opened", "changed", "corrected", "reopened", "refused", "problems", "requests"), 0)
        return record.model_copy(update=facts | nothing)

    def _proven(self) -> str:
        """What `complete` rests on, or what is missing."""
        if self.missing:
            left = self.missing_count - len(self.missing)
            return "; ".join((*self.missing, *([f"and {left} more"] if left else [])))
        if self.complete and self.listed:
            gone = sum(batch.refused for batch in self.gone)
            but = f", and {gone} of them are not there" if gone else ""
            return f"{self.proof}; all {self.listed} pages it names were read{but}"
        return self.proof

    def result(self, board: Board) -> CareerPageCrawlResult:
        """What the workflow returns."""
        return CareerPageCrawlResult(
            board=board,
            complete=self.complete,
            failed=self.failed,
            postings=self.counts,
            indexed=self.indexed,
            requests=self.requests,
            refused=tuple(self.refused),
            problems=tuple(self.problems),
            stage_seconds=self.seconds,
        )

    def _refuse(self, refused: Sequence[Refusal]) -> None:
        _add_first(self.refused, refused)

    def _add_yields(self, yields: Sequence[ShapeYield]) -> None:
        self.yields.extend(yields)
        if len(self.yields) > 2 * TOLD_SHAPES:
            self.yields = summed(self.yields)

    def _spent(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


class CrawlSoFar(Model):
    """How far the earlier histories of a crawl came in its job pages. All that they fetched is stored, indexed and matched."""

    board: Board
    links: UrlList | None
    from_page: bool
    """Whether a page leads to the links; else the board names them."""
    start: int = 0
    """The first link that was not fetched."""
    left: int = 0
    """How many before it were not worth a fetch."""
    parts: int = 0
    """Activities that fetched them."""
    waited: float = 0.0
    """Seconds, for hosts that asked for it."""
    stored_at: datetime | None = None
    tally: CrawlTally


def _add_first(named: list[T], others: Sequence[T]) -> None:
    """Each once, as long as they are few enough to be named."""
    for other in others:
        if len(named) == NAMED:
            return
        if other not in named:
            named.append(other)
