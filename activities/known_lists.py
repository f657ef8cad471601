"""Whether a board's list is the one that its last complete crawl met: then the board is the same, and is not read again.

A fingerprint is the hash of the first answer, and behind a dash, where postings stand on further pages or on pages of their
own, the hash of what that answer lists. The first hash costs no parse. The second one holds where the answer's bytes differ
at each request and its postings do not.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from quiethire.domain.board import Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.page import PageRef
from services.parser.links import Listing
from services.parser.parse import ParsedPage
from services.parser.version import PARSER_VERSION

FULL_READ = timedelta(hours=24)
"""For so long a list vouches for pages that stand behind it. A list that holds its postings whole vouches for ever."""

_BEHIND = "-"


def answer_hash(board: Board, ref: PageRef) -> str:
    """What the first answer of a board is known by; a new parser, or another name of the company, reads it anew."""
    return _hash((str(PARSER_VERSION), board.company_domain or "", board.company_name or "", ref.content_hash))


def listed_hash(listed: ParsedPage | Listing) -> str:
    """What a page lists, in whatever order; blank where that is nothing, for many a page lists nothing."""
    if isinstance(listed, Listing):
        links = [link.url for link in listed.links]
        return _hash(("listing", str(listed.goes_on), *sorted(links))) if links else ""
    given = [*listed.links, *(f"{posting.identity} {posting.content_hash}" for posting in listed.postings)]
    refused = [refusal.url for refusal in listed.refused]
    if not given and not refused and not listed.total:
        return ""
    return _hash(("board", str(listed.total), listed.cursor or "", *sorted(given), *sorted(refused)))


def fingerprint(answer: str, listed: str | None = None) -> str:
    """Of a list that is the whole board by its answer alone; else by what it lists as well, as far as that is known."""
    return answer if listed is None else f"{answer}{_BEHIND}{listed}"


def is_met_again(last: CrawlRecord, *, answer: str = "", listed: str = "") -> bool:
    """Whether the list has one of the hashes that it had."""
    known_answer, _, known_listed = last.fingerprint.partition(_BEHIND)
    return bool(answer and answer == known_answer) or bool(listed and listed == known_listed)


def lists_pages(last: CrawlRecord) -> bool:
    """Whether it is known what that list led to."""
    return bool(last.fingerprint.partition(_BEHIND)[2])


def vouching(crawls: Sequence[CrawlRecord], *, crawl_id: str, at: datetime) -> CrawlRecord | None:
    """The crawl whose list, met again at `at`, says that the board is as it was; None where it has to be read in full.

    `crawls` are the board's, the newest first; an earlier try of the same crawl is passed over. A crawl that left anything
    unresolved vouches for nothing, nor does any before one that failed or was incomplete: what that one stored is not known.
    """
    last: CrawlRecord | None = None
    for crawl in crawls:
        if crawl.crawl_id == crawl_id:
            continue
        if not crawl.complete:
            return None
        if last is None:
            if not crawl.fingerprint or crawl.missing != crawl.closed:
                return None
            last = crawl
            if _BEHIND not in crawl.fingerprint:
                return last
        if not crawl.same_list:
            return last if at - crawl.started_at < FULL_READ else None
    return None


def same_again(last: CrawlRecord, *, crawl_id: str, at: datetime) -> CrawlRecord:
    """The facts of a crawl that ended with its first request, for it met the list of `last`."""
    proof = last.proof if last.same_list else f"the list of {last.started_at:%Y-%m-%d %H:%M} UTC again: {last.proof}"
    return CrawlRecord(
        crawl_id=crawl_id,
        board_key=last.board_key,
        started_at=at,
        complete=True,
        proof=proof,
        fingerprint=last.fingerprint,
        same_list=True,
        seen=last.seen,
        unchanged=last.seen - last.refused,
        refused=last.refused,
        requests=1,
    )


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
