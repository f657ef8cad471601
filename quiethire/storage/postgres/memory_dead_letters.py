"""Dead letters in memory: the twin for tests."""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from quiethire.domain.dead_letters import DeadLetter, KeptLetter


class MemoryDeadLetters:
    """`DeadLetters` in memory."""

    def __init__(self) -> None:
        self._letters: dict[int, KeptLetter] = {}
        self._payloads: dict[int, bytes | None] = {}
        self._ids = itertools.count(1)

    async def keep(self, letter: DeadLetter, payload: bytes | None, at: datetime) -> None:
        """Keep it, or count it once more."""
        told = {name: str(value).replace("\0", "�") for name, value in letter.model_dump().items()}
        before = next((each for each in self._letters.values() if _key(each) == _key(letter)), None)
        number = before.id if before else next(self._ids)
        self._letters[number] = KeptLetter(
            **told,
            id=number,
            count=before.count + (before.occurrence != letter.occurrence) if before else 1,
            first_at=before.first_at if before else at,
            last_at=max(before.last_at, at) if before else at,
            replayed_at=before.replayed_at if before and before.occurrence == letter.occurrence else None,
            payload_kept=payload is not None,
        )
        self._payloads[number] = payload

    async def newest(self, limit: int, *, kind: str | None = None) -> Sequence[KeptLetter]:
        """Those seen last, first."""
        wanted = [each for each in self._letters.values() if kind in (None, each.kind)]
        return sorted(wanted, key=lambda each: (each.last_at, each.id), reverse=True)[:limit]

    async def get(self, letter_id: int) -> KeptLetter | None:
        """One of them."""
        return self._letters.get(letter_id)

    async def payload(self, letter_id: int) -> bytes | None:
        """What its workflow was started with."""
        return self._payloads.get(letter_id)

    async def replayed(self, letter: KeptLetter, at: datetime) -> None:
        """Its workflow was started again."""
        now = self._letters.get(letter.id)
        if now is not None and now.occurrence == letter.occurrence:
            self._letters[letter.id] = now.model_copy(update={"replayed_at": at})

    async def drop(self, letter_id: int) -> bool:
        """Forget it."""
        self._payloads.pop(letter_id, None)
        return self._letters.pop(letter_id, None) is not None

    async def drop_kind(self, kind: str) -> int:
        """Forget all of a kind."""
        return await self._drop(lambda letter: letter.kind == kind)

    async def prune(self, before: datetime) -> int:
        """Forget those last seen before."""
        return await self._drop(lambda letter: letter.last_at < before)

    async def open_by_kind(self) -> Mapping[str, int]:
        """How many of each kind nobody has started again."""
        return Counter(each.kind for each in self._letters.values() if each.replayed_at is None)

    async def _drop(self, is_gone: Callable[[KeptLetter], bool]) -> int:
        return sum([await self.drop(each.id) for each in list(self._letters.values()) if is_gone(each)])


def _key(letter: DeadLetter) -> tuple[str, str, str]:
    return letter.workflow_id, letter.activity, letter.kind
