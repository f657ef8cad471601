"""Postings, ready to be matched: one great segment of those that were there when it was built, a small one of what came since.

An index does not change: `changed` gives another, which shares what is the same. So runs go on while it is kept current.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Self
from uuid import UUID

import numpy as np

from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting
from services.matching.factors.experience import Occupations
from services.matching.factors.registry import FACTORS
from services.matching.index.arrays import LexiconArrays, ReachArrays, Scratch
from services.matching.index.blocks import Blocks, Bytes, Judge, Wishes
from services.matching.index.columns import joined
from services.matching.index.rarity import Rarity
from services.matching.index.reader import PostingReader
from services.matching.index.segment import Ranges, Segment
from services.matching.index.vocabulary import OccupationTable, Sizes, Vocabulary

_SHARE = 0.1
"""How large the segment of what came since may grow, by the great one, before both are made one."""

_SMALL = 2_000
"""So many postings are always few."""

_KEPT_BYTES = 100_000_000
"""Of verdicts and ranges that are kept for the next candidate with the same wishes."""


class _Reached(dict[Wishes, tuple[Bytes, tuple[Ranges, ...]]]):
    """What wishes reach, for the next candidate who has the same."""

    size = 0
    """Bytes of all verdicts and ranges."""

    def keep(self, wishes: Wishes, found: tuple[Bytes, tuple[Ranges, ...]]) -> None:
        """All before is forgotten where it would be too much."""
        verdict, ranges = found
        size = verdict.nbytes + sum(each.nbytes for each in ranges)
        if self.size + size > _KEPT_BYTES:
            self.clear()
            self.size = 0
        self[wishes] = found
        self.size += size


@dataclass(frozen=True, eq=False)
class PostingIndex:
    """Postings as sorted columns, with what their names weigh."""

    vocabulary: Vocabulary
    blocks: Blocks
    segments: tuple[Segment, ...]
    lexicon: LexiconArrays
    """What the names weigh, how many there are, and the blocks: as they are known now. Later indexes add to them, in their threads."""
    sizes: Sizes
    judge: Judge
    _reach: _Reached = field(default_factory=_Reached)
    _scratch: list[tuple[Scratch, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, vocabulary: Vocabulary, blocks: Blocks, segments: tuple[Segment, ...]) -> Self:
        """An index of these segments. Raises InvalidInput where their vectors are of different lengths."""
        dimensions = {segment.arrays.vectors.shape[1] for segment in segments} - {0}
        if len(dimensions) > 1:
            raise InvalidInput("vectors of different lengths", where="matching", hint="give those of one model")
        titles = vocabulary.titles
        starts, works, weights = titles.works_of_words()
        lexicon = LexiconArrays(
            skill_weights=vocabulary.skills.weights(),
            word_starts=starts,
            word_works=works,
            word_weights=weights,
            work_occupations=titles.all_occupations(),
            rates=vocabulary.currencies.rates(),
        )
        sizes = Sizes(len(titles.words), len(titles.occupation_names), max(dimensions, default=0))
        return cls(vocabulary, blocks, segments, lexicon, sizes, Judge(blocks))

    @classmethod
    def build(
        cls,
        postings: Sequence[JobPosting],
        *,
        rarity: Rarity | None = None,
        vectors: Mapping[UUID, Vector] | None = None,
        occupations: Occupations | None = None,
    ) -> Self:
        """Read and sort. `rarity` is that of these postings where none is given; raises InvalidInput on a repeated id."""
        reader = cls.reader(occupations)
        reader.add(postings, vectors or {})
        return cls.of_read(reader, rarity)

    @staticmethod
    def reader(occupations: Occupations | None = None) -> PostingReader:
        """What reads the postings of an index some at a time."""
        return PostingReader(Vocabulary(occupations), Blocks())

    @classmethod
    def of_read(cls, reader: PostingReader, rarity: Rarity | None = None) -> Self:
        """The index of all that was read; see `build`."""
        columns = reader.columns()
        blocks, numbers = reader.blocks.in_order()
        columns.facts["block"] = numbers[columns.facts["block"]]
        reader.vocabulary.weigh(rarity or reader.counted(columns))
        return cls.of(reader.vocabulary, blocks, (Segment.of(columns, reader.vocabulary, blocks),))

    def changed(
        self,
        postings: Sequence[JobPosting],
        gone: Collection[UUID] = (),
        *,
        vectors: Mapping[UUID, Vector] | None = None,
    ) -> Self:
        """With these postings added or in place of those of their ids, those that are gone left out, and vectors that came.

        A vector may be that of a posting that has not changed. The rarity stays that of the build.
        """
        with self.vocabulary.growing:
            return self._changed(postings, gone, vectors or {})

    def _changed(self, postings: Sequence[JobPosting], gone: Collection[UUID], vectors: Mapping[UUID, Vector]) -> Self:
        new, away = {posting.id for posting in postings}, set(gone)
        reader = PostingReader(self.vocabulary, self.blocks)
        reader.add(postings, vectors)
        columns = [reader.columns()]
        moved = [job_id for job_id in vectors if job_id not in new and job_id not in away]
        great, *small = self.segments
        for segment in self.segments:
            rows = segment.find(moved)
            if rows.size:
                columns.append(segment.columns.take(rows).with_vectors(vectors))
        dead = {*new, *away, *moved}
        great = great.without(great.find(dead))
        columns += [segment.without(segment.find(dead)).living() for segment in small]
        fresh = joined(columns)
        if len(fresh) > max(_SMALL, _SHARE * len(great)):
            whole = joined([great.living(), fresh])
            return self.of(self.vocabulary, self.blocks, (Segment.of(whole, self.vocabulary, self.blocks),))
        some = (great, Segment.of(fresh, self.vocabulary, self.blocks)) if len(fresh) else (great,)
        return self.of(self.vocabulary, self.blocks, some)

    def __len__(self) -> int:
        return sum(int(segment.arrays.alive.sum()) for segment in self.segments)

    def lacks(self, job_ids: Collection[UUID]) -> set[UUID]:
        """Those of these postings that it does not have."""
        here = (segment.columns.take(segment.find(job_ids)).uuids() for segment in self.segments)
        return set(job_ids).difference(*here)

    @cached_property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        arrays = (
            array for segment in self.segments for array in (*segment.arrays, segment.columns.skills, segment.by_id)
        )
        return sum(array.nbytes for array in arrays) + sum(array.nbytes for array in self.lexicon)

    @cached_property
    def likenesses(self) -> OccupationTable:
        """How alike occupations are."""
        return OccupationTable(self.vocabulary, self.sizes.occupations)

    def reach(self, wishes: Sequence[Wishes]) -> list[ReachArrays]:
        """What these wishes can reach of each segment."""
        each = [self._reach_of(one) for one in wishes]
        verdict = np.array([one for one, _ in each]) if each else np.zeros((0, 0), np.uint8)
        found: list[ReachArrays] = []
        for at in range(len(self.segments)):
            ranges = [one[at] for _, one in each]
            starts = np.array(list(accumulate(map(len, ranges), initial=0)), np.int32)
            found.append(ReachArrays(verdict, starts, np.concatenate([*ranges, np.zeros((0, 2), np.int32)])))
        return found

    def _reach_of(self, wishes: Wishes) -> tuple[Bytes, tuple[Ranges, ...]]:
        found = self._reach.get(wishes)
        if found is None:
            verdict = self.judge.verdicts(wishes)
            found = verdict, tuple(segment.ranges(verdict) for segment in self.segments)
            self._reach.keep(wishes, found)
        return found

    def scratch(self) -> tuple[Scratch, ...]:
        """Room to work in, for each segment; give it back when the work went well."""
        try:
            return self._scratch.pop()
        except IndexError:
            return tuple(self._room(len(segment)) for segment in self.segments)

    def give_back(self, scratch: tuple[Scratch, ...]) -> None:
        """For the next one."""
        self._scratch.append(scratch)

    def _room(self, rows: int) -> Scratch:
        works = len(self.lexicon.work_occupations)
        return Scratch(
            overlaps=np.zeros(rows),
            likeness=np.empty(works),
            sums=np.zeros(works),
            taken=np.zeros(rows, np.uint8),
            rows=np.empty(rows + 1, np.int32),
            totals=np.empty(rows),
            points=np.empty(rows),
            weights=np.empty(rows),
            bounds=np.empty(rows),
            values=np.empty((rows, len(FACTORS))),
            order=np.empty(rows, np.int32),
            fired=np.empty(rows, np.uint8),
            places=np.empty(rows, np.int32),
        )
