"""The model's vectors of ESCO's labels and texts: made once, and kept."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.matching.embedding.minilm import MiniLm
from services.matching.embedding.model import MODEL, SIZE
from services.matching.taxonomy.esco import kept_bytes, version_of


def label_vectors(cache: Path, model: MiniLm, kind: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """[texts, 384], of length one to three digits. Takes a CPU-millisecond a label and six a long text, the first time."""
    made_of = version_of("\n".join(texts), __file__)
    path = cache / f"{kind}-{MODEL}-{made_of}.f16"
    made = kept_bytes(path, lambda: model.embed(texts).astype(np.float16).tobytes())
    return np.frombuffer(made, np.float16).reshape(-1, SIZE).astype(np.float32)
