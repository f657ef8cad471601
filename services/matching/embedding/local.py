"""The local model as the rest of the house uses it: opened when it is first needed, and off the event loop."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from quiethire.domain.ports import Vector
from services.matching.embedding.graph import WIDTH
from services.matching.embedding.minilm import MODEL, MiniLm, open_minilm, weights_folder


class LocalEmbedder:
    """`Embedder` on this machine. Opening it takes half a second; the first time ever three."""

    model = MODEL
    size = WIDTH

    def __init__(self, cache: Path) -> None:
        """`cache` keeps the model's graph, some 23 MB."""
        self._cache = cache
        self.available = weights_folder() is not None
        self._opening = Lock()
        self._opened: MiniLm | None = None

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of these texts, in their order. Raises InvalidInput where the model is not installed."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> list[Vector]:
        with self._opening:
            model = self._opened = self._opened or open_minilm(self._cache)
        return [tuple(vector.tolist()) for vector in model.embed(texts)]
