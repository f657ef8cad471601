"""Vectors of texts, of which a model may refuse some: a service has rules of its own for what it reads."""

import logging
from collections.abc import Mapping

from quiethire.domain.errors import Permanent
from quiethire.domain.ports import Embedder, Vector
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)


async def vectors_of(embedder: Embedder, texts: Mapping[str, str]) -> dict[str, Vector]:
    """The vector of each of these texts, by its name; a text that is refused costs no other its vector.

    Raises what the model says where it takes none of them.
    """
    try:
        return dict(zip(texts, await embedder.embed(list(texts.values())), strict=True))
    except Permanent as error:
        if len(texts) == 1:
            raise
        refusal = error
    names, found = list(texts), dict[str, Vector]()
    # By halves: one among two hundred is found by sixteen questions.
    for half in (names[: len(names) // 2], names[len(names) // 2 :]):
        try:
            found |= await vectors_of(embedder, {name: texts[name] for name in half})
        except Permanent as error:
            refusal = error
            ERRORS.labels(kind="embedding").inc()
            logger.warning("texts are left without a vector: %s", error, extra={"texts": len(half)})
    if not found:
        raise refusal
    return found
