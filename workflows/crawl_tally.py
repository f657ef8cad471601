"""What a crawl of one board has come to so far."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.batches import NAMED, PostingBatch, UrlList
    from activities.crawling import BoardCrawl, PagesCrawl
    from activities.parsing import ExtractedLinks, ParsedJobs
    from activities.shapes import ShapeYield
    from activities.storing import CloseResult, IndexResult, StoreResult
    from quiethire.domain.board import Board
    from quiethire.domain.crawl import CrawlRecord
    from quiethire.domain.errors import Gone
    from quiethire.domain.result import Problem, Refusal
    from workflows.results import CareerPageCrawlResult, PostingCounts

REASONS = 3
"""Of what a crawl misses, so many things are told in its facts."""


class CrawlTally:
    """Counts, problems, and whether the whole board was seen and what proves it."""

    def __init__(self) -> None:
        self.batches: list[PostingBatch] = []
        self.gone: list[PostingBatch] = []
        """Pages that are listed and not there: nothing was seen of them."""
        self.yields: list[ShapeYield] = []
        self.touched: list[UUID] = []
        self.failed = False
        self._refused: list[Refusal] = []
        self._problems: list[Problem] = []
        self._counts = PostingCounts()
        self._indexed = 0
        self._requests = 0
        self._complete = False
        self._no_board = False
        self._proof = ""
        self._fingerprint = ""
        self._listed = 0
        self._missing: list[str] = []
        self._seconds: dict[str, float] = {}

    def take(self, crawl: BoardCrawl) -> None:
        """What the board itself gave."""
        self._complete, self.failed, self._no_board = crawl.complete, crawl.failed, crawl.gone
        self._proof, self._fingerprint = crawl.proof, crawl.fingerprint
        self.batches.extend(crawl.batches)
        self._refused.extend(crawl.refused)
        self._problems.extend(crawl.problems)
        self._requests += crawl.requests
        self._spent("fetch", crawl.seconds)
        if crawl.same is not None:
            facts = crawl.same
            self._counts += PostingCounts(seen=facts.seen, unchanged=facts.unchanged, refused=facts.refused)

    def take_links(self, extracted: ExtractedLinks, board: Board) -> None:
        """What a listing leads to."""
        self.batches.extend(extracted.batches)
        self._refused.extend(extracted.refused)
        self._fingerprint += extracted.listed
        self.lose(extracted.problems)
        if extracted.left:
            # A list that takes itself for a posting, perhaps: nothing is to close by it.
            self._complete = False
            self._proof += f", which is a posting itself: {extracted.left} others that it leads to were left"
        if extracted.none_open:
            self._proof += ", which says that there are no open positions"
            self._problems.append(Problem(kind="empty_board", where=board.key, detail="says that it has no posting"))

    def take_pages(self, fetched: PagesCrawl) -> None:
        """What came of job pages. One that is listed and not there was answered for: its posting stays as it is."""
        self.gone.extend(fetched.gone)
        self.yields.extend(fetched.barren)
        self._requests += fetched.requests
        self.failed = self.failed or fetched.failed
        self._spent("fetch", fetched.seconds)
        self._problems.extend(problem for problem in fetched.problems if problem.kind == Gone.kind)
        self.lose([problem for problem in fetched.problems if problem.kind != Gone.kind])

    def take_parsed(self, parsed: ParsedJobs) -> None:
        """What the job pages hold."""
        self.batches.extend(parsed.batches)
        self._refused.extend(parsed.refused)
        self.yields.extend(parsed.yields)
        self._spent("parse", parsed.seconds)
        self.lose(parsed.problems)

    def followed(self, links: UrlList | None, board: Board, *, from_page: bool) -> None:
        """All pages that the board names were asked for. A page none of whose links is a posting is no list of them."""
        self._listed = links.count if links else 0
        if self._complete and from_page and self._listed and not any(batch.count for batch in self.batches):
            detail = f"none of the {self._listed} pages it links to is a posting"
            self.lose([Problem(kind="no_postings", where=board.url, detail=detail)])

    def take_stored(self, result: StoreResult) -> None:
        """What became of a batch."""
        stored = result.opened + result.changed + result.corrected + result.reopened
        self._counts += PostingCounts(
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
        self._indexed += result.indexed
        self._problems.extend(result.problems)
        self._spent("index", result.seconds)

    def take_closed(self, result: CloseResult) -> None:
        """What the board no longer lists."""
        self._counts += PostingCounts(closed=result.closed)
        self._indexed += result.indexed
        self._spent("index", result.index_seconds)
        self._problems.extend(result.problems)

    def take_matched(self, seconds: float) -> None:
        """How long a match took."""
        self._spent("match", seconds)

    def name(self, problem: Problem) -> None:
        """What went wrong after the board was seen."""
        self._problems.append(problem)

    def lose(self, problems: Sequence[Problem]) -> None:
        """What could not be had: the crawl did not see the whole board."""
        self._problems.extend(problems)
        self._missing.extend(f"{problem.kind}: {problem.detail}" for problem in problems)
        self._complete = self._complete and not problems

    def record(self, crawl_id: str, board: Board, started_at: datetime) -> CrawlRecord:
        """The facts of the crawl, after the last batch was stored."""
        refused = sum(batch.refused for batch in self.batches)
        self._counts += PostingCounts(seen=refused, refused=refused)
        counts = self._counts
        return CrawlRecord(
            crawl_id=crawl_id,
            board_key=board.key,
            started_at=started_at,
            complete=self._complete,
            proof=self._proven(),
            fingerprint=self._fingerprint,
            gone=self._no_board,
            seen=counts.seen,
            opened=counts.opened,
            changed=counts.changed,
            corrected=counts.corrected,
            reopened=counts.reopened,
            unchanged=counts.unchanged,
            refused=counts.refused,
            closed=0,
            problems=len(self._problems),
            requests=self._requests,
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
        if self._missing:
            left = len(self._missing) - REASONS
            return "; ".join((*self._missing[:REASONS], *([f"and {left} more"] if left > 0 else [])))
        if self._complete and self._listed:
            gone = sum(batch.refused for batch in self.gone)
            but = f", and {gone} of them are not there" if gone else ""
            return f"{self._proof}; all {self._listed} pages it names were read{but}"
        return self._proof

    def result(self, board: Board) -> CareerPageCrawlResult:
        """What the workflow returns."""
        return CareerPageCrawlResult(
            board=board,
            complete=self._complete,
            failed=self.failed,
            postings=self._counts,
            indexed=self._indexed,
            requests=self._requests,
            refused=tuple(dict.fromkeys(self._refused))[:NAMED],
            problems=tuple(dict.fromkeys(self._problems))[:NAMED],
            stage_seconds=self._seconds,
        )

    def _spent(self, stage: str, seconds: float) -> None:
        self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds
