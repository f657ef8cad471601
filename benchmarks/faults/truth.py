"""What is true: boards that change, and what the history of each of their postings must tell."""

import random
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.local_boards import LocalBoards, title
from quiethire.domain.board import Board
from quiethire.domain.lifecycle import JobEventKind

STILL = "still"
"""Boards of this name never change: how many postings a search for them finds is known at every moment."""

FARM = "farm"
"""Boards that are looked at all together, as the schedule does."""

SINGLE = "single"
"""Boards that are crawled one by one."""

POSTINGS = 5

Told = Counter[tuple[str, str]]
"""Events of a posting: the kind, and of a change the new title, as JSON."""


@dataclass
class Truth:
    """The boards, and all that was ever true of them."""

    web: LocalBoards
    chance: random.Random
    told: dict[str, Told] = field(default_factory=dict)
    """By identity: what its history must tell."""
    _versions: int = 0

    @classmethod
    def make(cls, farm: int, single: int, still: int, *, seed: int) -> "Truth":
        """So many boards of each sort, and all their postings open."""
        web = LocalBoards({})
        for prefix, count in ((FARM, farm), (SINGLE, single), (STILL, still)):
            web.lists |= LocalBoards.make(count, POSTINGS, prefix=prefix).lists
        truth = cls(web, random.Random(seed))
        for identity in web.identities():
            truth._tell(identity, JobEventKind.OPENED)
        return truth

    def boards(self, prefix: str) -> list[Board]:
        """Those of one sort."""
        return [board for board in self.web.boards() if board.token.startswith(prefix)]

    def change(self, token: str) -> None:
        """Another day on this board: a title changes, one posting goes and one comes."""
        self._versions += 1
        listed = self.web.lists[token]
        changed, gone = self.chance.sample(sorted(listed), 2)
        listed[changed] = title(changed, self._versions)
        self._tell(f"recruitee/{token}/{changed}", JobEventKind.CHANGED, f'"{listed[changed]}"')
        del listed[gone]
        self._tell(f"recruitee/{token}/{gone}", JobEventKind.CLOSED)
        new = 1_000 + self._versions
        listed[new] = title(new)
        self._tell(f"recruitee/{token}/{new}", JobEventKind.OPENED)

    def _tell(self, identity: str, kind: JobEventKind, new: str = "") -> None:
        self.told.setdefault(identity, Counter())[kind.value, new] += 1
