"""Columns that a text file sets side by side with blanks, as programs write them that keep the layout of a PDF: one after the other."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from services.matching.resume.files.columns import MIN_GAP, MIN_ROWS, PlacedRow, Word, in_order
from services.matching.resume.lines import Raw
from services.matching.resume.parts.headings import heading_of

_PHRASE = re.compile(r"\S+(?:[^\S\n]{1,2}\S+)*")
"""Words with at most two blanks between them stand in one column."""
_MAX_LINES = 1_000
"""Of a page; a longer one is no page, and is read line by line."""
_SIGN = 3.0
"""Points that a sign is wide, and a line is high, where all are alike."""
_LINE = 12.0
_TAB = 8
_LEFT, _RIGHT = 1, 2
"""Columns, as `in_order` counts them."""


def in_columns(pages: Sequence[Sequence[str]]) -> Iterator[Raw]:
    """The lines of pages in reading order; as they are where nothing says that they are columns."""
    for page in pages:
        placed = _placed(page) if _may_be(page) else []
        if placed:
            yield from _lines(placed)
        else:
            yield from (Raw(line) for line in page)


def _placed(page: Sequence[str]) -> list[PlacedRow]:
    """The rows of a page of two columns, with what a long line of the left one pushed against the right one apart; else none."""
    phrases = _phrases(page)
    placed = in_order(phrases)
    if not _are_columns(placed):
        return []
    right = [row.words[0] for row in placed if _side(row) == _RIGHT]
    begin = Counter(word.x0 for word in right).most_common(1)[0][0]
    top, bottom = min(word.top for word in right), max(word.top for word in right)
    apart = [part for one in phrases for part in (_cut_at(one, begin) if top <= one.top <= bottom else (one,))]
    again = in_order(apart) if len(apart) > len(phrases) else placed
    return again if _are_columns(again) else placed


def _cut_at(phrase: Word, begin: float) -> tuple[Word, ...]:
    """A phrase in two where a word of it begins with the column."""
    at = round((begin - phrase.x0) / _SIGN)
    if not 0 < at < len(phrase.text) or not phrase.text[at - 1].isspace() or phrase.text[at].isspace():
        return (phrase,)
    return (
        replace(phrase, text=phrase.text[:at].rstrip(), x1=begin - MIN_GAP),
        replace(phrase, text=phrase.text[at:], x0=begin),
    )


def _may_be(page: Sequence[str]) -> bool:
    wide = sum(len(_PHRASE.findall(line)) > 1 for line in page[:_MAX_LINES])
    return wide >= MIN_ROWS and len(page) <= _MAX_LINES


def _phrases(page: Sequence[str]) -> list[Word]:
    return [
        Word(
            text=found[0],
            x0=found.start() * _SIGN,
            x1=found.end() * _SIGN,
            top=row * _LINE,
            bottom=row * _LINE + _LINE - 2,
            size=_LINE - 2,
            bold=False,
        )
        for row, line in enumerate(page)
        for found in _PHRASE.finditer(line.expandtabs(_TAB))
    ]


def _are_columns(placed: Sequence[PlacedRow]) -> bool:
    """Whether each side has a heading of its own: rows of a table have none, nor has a margin of dates or places."""
    headed = {_side(row) for row in placed if heading_of(_text(row)) is not None}
    return headed >= {_LEFT, _RIGHT}


def _side(row: PlacedRow) -> int:
    """The column of a row, also where that is parted again; 0 across both."""
    flow = row.flow
    while flow > _RIGHT:
        flow = (flow - 1) // 2
    return flow


def _lines(placed: Sequence[PlacedRow]) -> Iterator[Raw]:
    """The rows as lines, with an empty one where they stand in another column, or a line between them is empty in all."""
    filled = {_number(row) for row in placed}
    yield Raw(_text(placed[0]), flow=placed[0].flow)
    for before, row in pairwise(placed):
        between = range(_number(before) + 1, _number(row))
        if row.flow != before.flow or not filled.issuperset(between):
            yield Raw("", flow=row.flow)
        yield Raw(_text(row), flow=row.flow)


def _number(row: PlacedRow) -> int:
    return round(row.words[0].top / _LINE)


def _text(row: PlacedRow) -> str:
    """Its phrases, as far from each other as they stand."""
    text = row.words[0].text
    for before, word in pairwise(row.words):
        text += " " * max(round((word.x0 - before.x1) / _SIGN), 1) + word.text
    return text
