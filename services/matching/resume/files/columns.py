"""The order in which a page of loose words is read: rows across the page, or one column after the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.matching.resume.parts.headings import heading_of

MIN_ROWS = 4
"""Rows that each side of a gap must have to be a column."""
MIN_GAP = 9.0
"""Points between two columns, at least."""
_MAX_CROSSING = 0.4
"""Share of rows that may run across the gap: what stands over both columns."""
_MARGIN_WORDS = 6
"""Words of the longest entry of a margin that holds dates or labels."""
_DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}[/.]\d{2}\b")
_LABEL = re.compile(r":\s*$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page, in points from its top left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


Row = list[Word]


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row in reading order, and the column it stands in: 0 across the page."""

    words: Row
    flow: int


def rows_of(words: Sequence[Word]) -> list[Row]:
    """Words that stand on one line, from top to bottom and left to right."""
    rows: list[Row] = []
    for word in sorted(words, key=lambda one: ((one.top + one.bottom) / 2, one.x0)):
        middle = (word.top + word.bottom) / 2
        if rows and _middle(rows[-1]) + 0.45 * min(word.size, rows[-1][0].size) >= middle:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda one: one.x0) for row in rows]


def _middle(row: Row) -> float:
    return median((word.top + word.bottom) / 2 for word in row)


def in_order(words: Sequence[Word], *, flow: int = 0, depth: int = 0) -> list[PlacedRow]:
    """The rows of a page in reading order."""
    rows = rows_of(words)
    gap = _gap(rows) if depth < 2 else None
    if gap is None:
        return [PlacedRow(row, flow) for row in rows]
    placed: list[PlacedRow] = []
    band: list[Row] = []
    for row in rows:
        if _crosses(row, gap):
            placed += _band(band, gap, flow, depth)
            band = []
            placed.append(PlacedRow(row, flow))
        else:
            band.append(row)
    return placed + _band(band, gap, flow, depth)


def _band(band: list[Row], gap: float, flow: int, depth: int) -> list[PlacedRow]:
    """Rows between two that run across: one column after the other, unless they are rows of a table."""
    left = [word for row in band for word in row if word.x1 <= gap]
    right = [word for row in band for word in row if word.x0 >= gap]
    if not left or not right or len(band) < 2:
        return [PlacedRow(row, flow) for row in band]
    shift = 1 + 2 * flow
    return [
        *in_order(left, flow=shift, depth=depth + 1),
        *in_order(right, flow=shift + 1, depth=depth + 1),
    ]


def _crosses(row: Row, gap: float) -> bool:
    return any(word.x0 < gap < word.x1 for word in row) or any(
        before.x1 <= gap <= after.x0 and after.x0 - before.x1 < MIN_GAP * 0.75 for before, after in pairwise(row)
    )


def _gap(rows: list[Row]) -> float | None:
    """Where the page is parted into two columns, if it is."""
    if len(rows) < MIN_ROWS:
        return None
    left = min(row[0].x0 for row in rows)
    right = max(row[-1].x1 for row in rows)
    width = right - left
    best: tuple[float, float] | None = None
    starts = sorted({round(word.x0) for row in rows for word in row if 0.15 * width < word.x0 - left < 0.85 * width})
    for start in starts:
        at = start - 2.0
        share = sum(_crosses(row, at) for row in rows) / len(rows)
        if share > _MAX_CROSSING:
            continue
        begun = sum(1 for row in rows for word in row if abs(word.x0 - start) < 2.5)
        merit = begun / len(rows) - share
        if (best is None or merit > best[0]) and _are_columns(rows, at):
            best = merit, at
    return best[1] if best else None


def _are_columns(rows: list[Row], gap: float) -> bool:
    """Whether what stands on both sides of a gap is read apart."""
    band = [row for row in rows if not _crosses(row, gap)]
    lefts = [[word for word in row if word.x1 <= gap] for row in band]
    rights = [[word for word in row if word.x0 >= gap] for row in band]
    left = [row for row in lefts if row]
    right = [row for row in rights if row]
    if len(left) < MIN_ROWS or len(right) < MIN_ROWS:
        return False
    if _is_table(lefts, rights) or _aligned(right) < 0.5:
        return False
    return min(_headings(left), _headings(right)) > 0 or _apart(lefts, rights)


def _is_table(lefts: list[Row], rights: list[Row]) -> bool:
    """Whether rows that reach over both sides mostly have a date or a label at one of them."""
    pairs = [(_text(left), _text(right)) for left, right in zip(lefts, rights, strict=True) if left and right]
    return any(sum(map(_is_margin, side)) >= 0.5 * len(pairs) for side in zip(*pairs, strict=True))


def _is_margin(text: str) -> bool:
    """A date or a label, and little else."""
    return len(text.split()) <= _MARGIN_WORDS and bool(_DATED.search(text) or _LABEL.search(text))


def _aligned(rows: list[Row]) -> float:
    """Share of rows that begin at the same distance from the left as most of them."""
    starts = [row[0].x0 for row in rows]
    return max(sum(abs(start - other) < 3 for other in starts) for start in starts[:40]) / len(starts)


def _headings(rows: list[Row]) -> int:
    return sum(1 for row in rows if heading_of(_text(row)) is not None)


def _apart(lefts: list[Row], rights: list[Row]) -> bool:
    """Whether two sides are no rows of one table: neither is a margin of dates or labels, and their rows do not meet."""
    for side in (lefts, rights):
        told = [_text(row) for row in side if row]
        short = sum(1 for text in told if _is_margin(text) or heading_of(text))
        if short >= 0.5 * len(told):
            return False
    alone = sum(1 for left, right in zip(lefts, rights, strict=True) if bool(left) != bool(right))
    return alone >= 0.4 * len(lefts)


def _text(row: Row) -> str:
    return " ".join(word.text for word in row)
