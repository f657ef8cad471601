"""One posting of an index, in words again: what the sentences are made of."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.factors.salary import Paid
from services.matching.factors.skills import AskedSkill
from services.matching.index.blocks import Block, Blocks, Told
from services.matching.index.columns import SENIORITIES
from services.matching.index.posting_index import PostingIndex
from services.matching.index.vocabulary import Vocabulary

_LEVELS = tuple(each.value for each in SENIORITIES)


@dataclass(slots=True)
class PostingView:
    """What an index knows of a posting."""

    title: str
    title_number: int
    skills: tuple[AskedSkill, ...]
    skill_total: float
    paid: Paid
    asked: float | None
    least: float
    level: str | None
    industries: int
    culture: tuple[int, ...]
    block: Block
    told: Told
    authorisation: str


def views(index: PostingIndex, segment_number: int, rows: npt.NDArray[np.int64]) -> list[PostingView]:
    """Look at some rows of a segment, at once: what is taken from arrays one by one takes ten times as long."""
    segment = index.segments[segment_number]
    columns = segment.columns
    starts, ends = columns.skill_starts[rows].tolist(), columns.skill_starts[rows + 1].tolist()
    return [
        _view(
            index.vocabulary,
            index.blocks,
            facts,
            index.vocabulary.skills.asked(columns.skills[start:end].tolist(), columns.notes[start:end].tolist()),
            total,
        )
        for facts, start, end, total in zip(
            columns.facts[rows].tolist(), starts, ends, segment.arrays.skill_totals[rows].tolist(), strict=True
        )
    ]


def _view(
    vocabulary: Vocabulary, blocks: Blocks, facts: tuple[Any, ...], asked: tuple[AskedSkill, ...], total: float
) -> PostingView:
    (low, high, title, _, _, block, authorisation, _, years, least, industries, currency, _, level, *stated) = facts
    return PostingView(
        vocabulary.titles.spelled.names[title],
        title,
        asked,
        total,
        Paid(low, high, vocabulary.currencies.codes.names[currency]),
        None if math.isnan(years) else years,
        least,
        _LEVELS[level] if level >= 0 else None,
        industries,
        tuple(stated),
        blocks.blocks[block],
        blocks.told[block],
        vocabulary.authorisations.names[authorisation],
    )
