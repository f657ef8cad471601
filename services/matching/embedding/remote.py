"""A model behind an OpenAI-compatible endpoint, as the rest of the house uses it.

The API: `POST {url}/embeddings` with `model`, `input` and `dimensions`; `data[i].embedding`, told apart by `data[i].index`.
"""

import math
from collections.abc import Sequence
from typing import Any

from quiethire.domain.errors import Permanent
from quiethire.domain.ports import Vector
from quiethire.domain.ports.endpoints import JsonEndpoint
from services.matching.embedding.model import SIZE

BATCH = 64
"""Texts of one request."""
LONGEST = 2_000
"""Characters of a text that are sent: what tells jobs apart stands first."""


class RemoteEmbedder:
    """`Embedder` over the network. Postings and questions go through the same one, so that vectors never mix."""

    size = SIZE
    available = True

    def __init__(self, endpoint: JsonEndpoint, model: str) -> None:
        """`model`: its name there; it must give vectors of `SIZE` components, of itself or where it is asked for them."""
        self._endpoint = endpoint
        self._name = model
        # A model of the same name elsewhere need not be the same one.
        self.model = f"{model}@{endpoint.where}"

    async def warm_up(self) -> None:
        """There is nothing to load."""

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of these texts, in their order. Raises Transient, or Permanent for vectors of another size."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            # An empty text is refused by some.
            batch = [text[:LONGEST] or " " for text in texts[start : start + BATCH]]
            body = {"model": self._name, "input": batch, "dimensions": SIZE, "encoding_format": "float"}
            vectors += self._read(await self._endpoint.post("embeddings", body), len(batch))
        return vectors

    def _read(self, answer: Any, count: int) -> list[Vector]:  # noqa: ANN401 - JSON of a stranger
        try:
            found = {entry["index"]: [float(part) for part in entry["embedding"]] for entry in answer["data"]}
        except (KeyError, TypeError, ValueError) as error:
            raise Permanent("the answer is not in the form of the API", where=self._endpoint.where) from error
        if found.keys() != set(range(count)):
            raise Permanent(f"{len(found)} vectors for {count} texts", where=self._endpoint.where)
        return [self._unit(found[index]) for index in range(count)]

    def _unit(self, parts: list[float]) -> Vector:
        """Of length one: not every model gives that."""
        if len(parts) != SIZE:
            hint = f"QUIETHIRE_EMBEDDING_MODEL must give {SIZE} components"
            raise Permanent(f"a vector of {len(parts)} components", where=self._endpoint.where, hint=hint)
        length = math.hypot(*parts)
        if not math.isfinite(length) or length == 0:
            raise Permanent("a vector without a direction", where=self._endpoint.where)
        return tuple(part / length for part in parts)
