"""When a board is due again: as often as it changes, by what its crawls have seen.

Changes are taken for a Poisson process, which holds well for pages of the web. A crawl tells only whether anything
changed since the crawl before, not how often, and the times between crawls differ. The rate that explains such crawls
best solves, with `t` the time before each crawl,

    sum over changed crawls of t / (exp(rate * t) - 1)  =  sum over unchanged crawls of t

(J. Cho, H. Garcia-Molina: "Estimating Frequency of Change", ACM Transactions on Internet Technology 3(3), 2003,
section 5). Half an unchanged crawl is added, which is their correction of its bias for crawls at even times, and gives
a finite rate where every crawl met a change. Older crawls count less, so that a board may change its habits.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from uuid import UUID

from quiethire.domain.crawl import CrawlRecord

SOONEST = timedelta(hours=1)
"""No board is read more often by itself."""
FIRST = timedelta(hours=6)
"""After the first crawl of a board, when nothing is known of its habits."""
LATEST = timedelta(days=7)
"""No board is left alone for longer."""

CONFIRM_AFTER = timedelta(hours=12)
"""A board that lost many of its postings at once must say so again, this much later, before any is closed."""
EMPTIED_AFTER = timedelta(hours=24)
"""The same for one that lists nothing any more: such a list is more often a mistake than the truth, and may last."""
MANY = 3
"""Fewer postings than this may go at once from a board that goes on: that is how boards live, and little is lost."""
MANY_SHARE = 0.2
"""What share of a board's postings is many."""

GONE_AFTER = timedelta(days=7)
"""A board that was not there at every look for so long is no more, …"""
GONE_LOOKS = 3
"""… where there were so many looks at least."""

CHANGES_PER_CRAWL = 0.5
"""A crawl is due when so many changes are to be expected: at this rate two crawls of five meet one or more."""

RECENT = 50
"""Crawls that are looked at. Those before hardly weigh any more."""
FADING = 0.95
"""What each crawl counts, measured by the one after it."""
SPREAD = 0.1
"""Boards that were added together part: the times between the crawls of a board are longer by up to this share, always the same
for the same board.
"""


def due_at(crawls: Sequence[CrawlRecord], *, doubted_since: datetime | None = None) -> datetime:
    """When the board of these crawls is due again; the crawl that started last comes first, and there is one at least.

    A failed crawl is tried again after an hour, then after twice as long each time. Postings that are missing since
    `doubted_since`, and a board that is gone, are looked at again as soon as a crawl can confirm it.
    """
    newest = crawls[0]
    failures = next((place for place, crawl in enumerate(crawls) if _has_seen(crawl)), len(crawls))
    if failures:
        due = newest.started_at + _spread(newest.board_key, SOONEST * 2 ** min(failures - 1, 10))
        told = _gone(crawls)[-1].started_at + GONE_AFTER if newest.gone else due
        return min(due, max(told, newest.started_at + SOONEST)) if told > newest.started_at else due
    due = newest.started_at + _spread(newest.board_key, _interval(crawls))
    if doubted_since is None:
        return due
    last_said = next((crawl for crawl in crawls if crawl.complete), newest)
    return max(min(due, doubted_since + confirmed_after(last_said)), newest.started_at + SOONEST)


def is_sudden(known: int, missing: int) -> bool:
    """Whether so many of a board's known postings are missing at once that one crawl is not proof enough."""
    return missing * 2 > known or (missing >= MANY and missing > known * MANY_SHARE)


def confirmed_after(crawl: CrawlRecord) -> timedelta:
    """How long what this crawl misses must have been missing, where that is sudden."""
    return EMPTIED_AFTER if crawl.seen == 0 and crawl.missing >= MANY else CONFIRM_AFTER


def believed_gone(
    crawl: CrawlRecord, known: int, missing: Collection[UUID], doubts: Mapping[UUID, datetime]
) -> Collection[UUID]:
    """Those of a board's missing postings that this complete crawl may close, `known` being all that were open.

    Where many are missing at once, those alone that were missing long enough before: `doubts` says since when.
    """
    if crawl.gone or not is_sudden(known, len(missing)):
        return missing
    latest = crawl.started_at - confirmed_after(crawl)
    return {job_id for job_id in missing if job_id in doubts and doubts[job_id] <= latest}


def gone_for_good(crawls: Sequence[CrawlRecord]) -> str:
    """What proves that a board is no more, blank where nothing does. The newest crawl comes first."""
    gone = _gone(crawls)
    if len(gone) < GONE_LOOKS or gone[0].started_at - gone[-1].started_at < GONE_AFTER:
        return ""
    return f"gone: answers 404 or 410 since {gone[-1].started_at:%Y-%m-%d %H:%M} UTC, {len(gone)} crawls"


def change_rate(crawls: Sequence[CrawlRecord]) -> float:
    """Changes an hour, as estimated from these crawls, the newest first. Zero where none of them met a change."""
    return _rate(_observations(crawls))


@dataclass(frozen=True)
class _Observation:
    """What one crawl says of the hours since the crawl before."""

    hours: float
    changed: bool
    weight: float


def _gone(crawls: Sequence[CrawlRecord]) -> list[CrawlRecord]:
    """The last crawls that found no board, without one among them that was answered otherwise."""
    return list(takewhile(lambda crawl: crawl.gone, crawls))


def _has_seen(crawl: CrawlRecord) -> bool:
    return crawl.complete or crawl.seen > 0


def _has_changed(crawl: CrawlRecord) -> bool:
    """Whether the employer changed anything. What a better parser corrects is no change of theirs."""
    return crawl.opened + crawl.changed + crawl.reopened + crawl.closed > 0


def _observations(crawls: Sequence[CrawlRecord]) -> list[_Observation]:
    """The first crawl of all says nothing: that its postings are new to us does not make them new."""
    seen = [crawl for crawl in crawls[:RECENT] if _has_seen(crawl)]
    return [
        _Observation(
            hours=max((later.started_at - earlier.started_at).total_seconds(), 1.0) / 3600,
            changed=_has_changed(later),
            weight=FADING**place,
        )
        for place, (later, earlier) in enumerate(pairwise(seen))
    ]


def _rate(observations: Sequence[_Observation]) -> float:
    changed = [each for each in observations if each.changed]
    if not changed:
        return 0.0
    weight = sum(each.weight for each in observations)
    half = 0.5 * sum(each.weight * each.hours for each in observations) / weight
    unchanged = half + sum(each.weight * each.hours for each in observations if not each.changed)

    def excess(rate: float) -> float:
        """Falls from above zero to below it as the rate grows, so that its root is found by halving."""
        return sum(each.weight * each.hours / math.expm1(min(rate * each.hours, 700.0)) for each in changed) - unchanged

    # At rates this low and this high no interval between the bounds is meant any more.
    low, high = 1e-6, 1e3
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return low


def _interval(crawls: Sequence[CrawlRecord]) -> timedelta:
    """The time until the next crawl, at most twice the time that the last crawl looked back on: quiet is learnt step by step."""
    observations = _observations(crawls)
    if not observations:
        return FIRST
    rate = _rate(observations)
    longest = 2 * max(observations[0].hours, FIRST / timedelta(hours=1))
    return timedelta(hours=min(CHANGES_PER_CRAWL / rate if rate else longest, longest))


def _spread(key: str, interval: timedelta) -> timedelta:
    """The interval within the bounds, a little longer by a share that is the board's own."""
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
    return max(SOONEST, min(interval, LATEST / (1 + SPREAD))) * (1 + SPREAD * share)
