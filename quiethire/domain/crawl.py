"""What is kept of each crawl of a board."""

from datetime import datetime

from quiethire.domain.base import Model


class CrawlRecord(Model):
    """The facts of one crawl of one board."""

    crawl_id: str
    board_key: str
    started_at: datetime
    complete: bool
    """Whether the crawl saw the whole board."""
    proof: str = ""
    """What `complete` rests on: "42 of 42 counted, last page reached", or what was missing."""
    fingerprint: str = ""
    """SHA-256 over what the board's list said. A later crawl that meets the same list has met the same board.

    Two of them, of its bytes and of what it lists, where postings stand behind the list (`activities/known_lists.py`).
    Blank where the list cannot vouch for the board.
    """
    same_list: bool = False
    """Whether the crawl ended with its first request, because the list was that of the last complete crawl."""
    gone: bool = False
    """Whether the first request of the board itself was answered with 404 or 410."""
    missing: int = 0
    """Postings that were open and that the board did not list. Closed only where that is believed."""
    seen: int = 0
    opened: int = 0
    changed: int = 0
    corrected: int = 0
    """Postings that a better parser reads otherwise: our change, not the employer's."""
    reopened: int = 0
    unchanged: int = 0
    refused: int = 0
    closed: int = 0
    problems: int = 0
    requests: int = 0
