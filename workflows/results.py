"""What workflows return about crawls, and how results add up."""

from typing import TypeVar

from activities.batches import NAMED
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.result import Problem, Refusal

T = TypeVar("T")


class PostingCounts(Model):
    """What became of the postings of one crawl or of many.

    `seen` = stored + unchanged + refused; `stored` = opened + changed + corrected + reopened.
    """

    seen: int = 0
    stored: int = 0
    opened: int = 0
    changed: int = 0
    corrected: int = 0
    reopened: int = 0
    unchanged: int = 0
    refused: int = 0
    closed: int = 0

    def __add__(self, other: "PostingCounts") -> "PostingCounts":
        """Field by field."""
        mine, theirs = self.model_dump(), other.model_dump()
        return PostingCounts(**{name: mine[name] + theirs[name] for name in mine})


class CareerPageCrawlResult(Model):
    """What came of one board. A crawl that failed is a result too: `complete` is false and a problem says why."""

    board: Board
    complete: bool
    failed: bool = False
    """Whether the board could not be read for a reason that may pass: worth another try soon."""
    postings: PostingCounts = PostingCounts()
    indexed: int = 0
    requests: int = 0
    refused: tuple[Refusal, ...] = ()
    problems: tuple[Problem, ...] = ()
    stage_seconds: dict[str, float] = {}


class CrawlSummary(Model):
    """Many crawls as one. `stage_seconds` are summed over boards that ran side by side."""

    boards: int = 0
    complete: int = 0
    failed: int = 0
    postings: PostingCounts = PostingCounts()
    indexed: int = 0
    requests: int = 0
    refused: tuple[Refusal, ...] = ()
    problems: tuple[Problem, ...] = ()
    stage_seconds: dict[str, float] = {}

    @classmethod
    def of(cls, result: CareerPageCrawlResult) -> "CrawlSummary":
        """One crawl as a summary."""
        return cls(
            boards=1,
            complete=int(result.complete),
            failed=int(result.failed),
            **{name: getattr(result, name) for name in _SHARED},
        )

    def __add__(self, other: "CrawlSummary") -> "CrawlSummary":
        """Both together."""
        stages = sorted({*self.stage_seconds, *other.stage_seconds})
        return CrawlSummary(
            boards=self.boards + other.boards,
            complete=self.complete + other.complete,
            failed=self.failed + other.failed,
            postings=self.postings + other.postings,
            indexed=self.indexed + other.indexed,
            requests=self.requests + other.requests,
            refused=_distinct(self.refused + other.refused),
            problems=_distinct(self.problems + other.problems),
            stage_seconds={
                stage: self.stage_seconds.get(stage, 0.0) + other.stage_seconds.get(stage, 0.0) for stage in stages
            },
        )

    def with_problems(self, *problems: Problem) -> "CrawlSummary":
        """The same, with more problems named."""
        return self.model_copy(update={"problems": _distinct(self.problems + problems)})


_SHARED = ("postings", "indexed", "requests", "refused", "problems", "stage_seconds")


def _distinct(named: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(named))[:NAMED]
