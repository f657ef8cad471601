"""What the pages of an ATS board gave, and what proves that it is the whole board."""

from dataclasses import dataclass, field

from activities.batches import MAX_LINKS
from quiethire.domain.board import Board
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from services.parser.parse import ParsedPage

MAX_REPEATS = 3
"""Pages in a row that give nothing new, after which a board's paging is taken to go nowhere."""

CAPS = frozenset({50, 100, 150, 200, 250, 300, 400, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 5_000, 10_000, 20_000})
"""Where feeds that give all in one answer are cut in silence, if they are: no vendor that counts nothing says so. A board that
has just so many postings is not called whole until it has one more or one less."""


@dataclass
class BoardReading:
    """What the pages of a board gave, each posting and link once, and how many the board says there are."""

    postings: list[JobPosting] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    pages: int = 0
    total: int | None = None
    uncounted: bool = False
    """Whether `total` is but the number of those that one answer gave."""
    ended: bool = False
    """Whether the last page was reached."""
    repeats: bool = False
    """Whether some page gave but what was known: then others may have been left out."""
    in_a_row: int = 0
    cut: bool = False
    """Whether some page held more than is read of one, ended before its end, or is not there."""

    def add(self, parsed: ParsedPage) -> None:
        """Take in one page."""
        before, found = len(self.given), [*(posting.identity for posting in parsed.postings), *parsed.links]
        self.pages += 1
        self.postings.extend(parsed.postings)
        self.refused.extend(parsed.refused)
        self.links.extend(link for link in dict.fromkeys(parsed.links) if link not in self.given)
        self.given.update(found, (refusal.url for refusal in parsed.refused))
        self.cut |= parsed.cut
        self.uncounted |= parsed.uncounted
        repeated = bool(found) and len(self.given) == before
        self.repeats |= repeated
        self.in_a_row = self.in_a_row + 1 if repeated else 0
        # Some boards count on their first page only, others on their last. One that shrinks while it is read has moved
        # postings past the reader: the highest count is what there is to see.
        self.total = self.total if parsed.total is None else max(self.total or 0, parsed.total)

    @property
    def is_enough(self) -> bool:
        """Whether going on is of no use."""
        return len(self.links) > MAX_LINKS or self.in_a_row == MAX_REPEATS

    @property
    def is_whole(self) -> bool:
        """Whether all of the board was given."""
        return not self.missing

    @property
    def missing(self) -> str:
        """What speaks against the board being whole; blank where nothing does.

        One that counts nothing and gave nothing is not known to be empty.
        """
        seen, total = len(self.given), self.total
        against = (
            (total is not None and seen < total, f"counted {total}, read {seen}"),
            (total is None and not seen, "nothing listed, and not said that there is nothing"),
            (self.cut, f"a page was cut: {seen} read"),
            (len(self.links) > MAX_LINKS, f"lists {len(self.links)} pages, more than are followed"),
            (self.repeats, "a page gave nothing but what pages before it gave"),
            (not self.ended, f"the last page was not reached: {self.pages} pages read"),
            (self.uncounted and seen in CAPS, f"exactly {seen} in one answer, not counted: it may be cut there"),
        )
        return next((why for speaks, why in against if speaks), "")

    @property
    def proof(self) -> str:
        """What `is_whole` rests on, or what is missing."""
        if why := self.missing:
            return why
        seen = len(self.given)
        if self.uncounted:
            return f"{seen} in one answer that is never paged, no count given, nothing cut"
        if self.total is None:
            return f"{seen} on {self.pages} pages, no count given, last page reached"
        return f"{seen} of {self.total} counted, last page reached"

    def problems(self, board: Board) -> tuple[Problem, ...]:
        """A board that is empty, or not whole."""
        if not self.given:
            return (Problem(kind="empty_board", where=board.key, detail="the board answers and lists no posting"),)
        if self.missing:
            return (Problem(kind="incomplete_board", where=board.key, detail=self.missing),)
        return ()
