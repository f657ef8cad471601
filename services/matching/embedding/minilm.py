"""The local model: MiniLM in 8-bit integers, on the processor, without torch.

Measured on two cores: cosine to the 32-bit weights 0.99, a quarter of their size.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer

from quiethire.domain.errors import Permanent
from services.matching.embedding.graph import sentence_encoder
from services.matching.embedding.model import MODEL, SIZE, model_folder

MAX_TOKENS = 128
"""A title, skills and the beginning of a description. Time grows with the length, and what tells jobs apart stands first."""

MAKING_TIMEOUT = 300.0
"""Seconds; on an idle machine it takes three."""


class Words(NamedTuple):
    """A text and its words, as far as the model reads it."""

    embedding: NDArray[np.float32]
    """Of the whole text, of length one."""
    sums: NDArray[np.float32]
    """[words, 384]: of each word's tokens, which know their context, the sum."""
    spans: list[tuple[int, int]]
    """Where each word stands."""


class MiniLm:
    """Texts to vectors of length one."""

    def __init__(self, graph: Path, tokenizer: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[texts, 384], in the order given. Takes 5-10 CPU-milliseconds a text of full length.

        One text at a time: in a batch, 8-bit activations are scaled by what else is in it, so that a text would have
        another vector each time (cosine 0.99), and nothing would be won (6.6 against 7.2 ms a text in sixteens).
        """
        vectors = np.zeros((len(texts), SIZE), np.float32)
        for at, encoded in enumerate(self._tokenizer.encode_batch(list(texts))):
            vectors[at] = self._run(["embedding"], encoded)[0]
        return vectors

    def words(self, text: str) -> Words:
        """The whole text and each of its words in its context, in one run, as long as `embed` of the text takes.

        A word is what stands between blanks.
        """
        encoded = self._tokenizer.encode(text)
        embedding, tokens = self._run(["embedding", "tokens"], encoded)
        spans: list[tuple[int, int]] = []
        word_of: list[int] = []
        own = [at for at, special in enumerate(encoded.special_tokens_mask) if not special]
        for start, end in (encoded.offsets[at] for at in own):
            if spans and start <= spans[-1][1]:
                spans[-1] = spans[-1][0], end
            else:
                spans.append((start, end))
            word_of.append(len(spans) - 1)
        sums = np.zeros((len(spans), SIZE), np.float32)
        np.add.at(sums, word_of, tokens[own])
        return Words(embedding, sums, spans)

    def _run(self, names: list[str], encoded: Encoding) -> list[NDArray[np.float32]]:
        given = {"input_ids": [encoded.ids], "attention_mask": [encoded.attention_mask]}
        arrays = {name: np.array(value, np.int64) for name, value in given.items()}
        return [each[0] for each in self._session.run(names, arrays)]


def open_minilm(cache: Path) -> MiniLm:
    """The model, whose graph is made once and kept below `cache`. The extra `semantic` must be installed."""
    carried = model_folder()
    assert carried is not None  # noqa: S101  without it this module cannot be imported
    graph = cache / f"{MODEL}-{_state(carried / 'model.safetensors')}.onnx"
    if not graph.exists():
        _make(carried / "model.safetensors", graph)
    return MiniLm(graph, carried / "tokenizer.json")


def _state(weights: Path) -> str:
    """Changes with the weights, with what makes a graph of them, and with what runs it."""
    told = f"{weights.stat().st_size} {onnxruntime.__version__} {onnx.__version__}"
    sources = (Path(__file__), Path(__file__).with_name("graph.py"))
    return hashlib.sha256(told.encode() + b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def _make(weights: Path, target: Path) -> None:
    """In a process of its own, which holds three times the weights and talks a lot. Raises Permanent where it fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "services.matching.embedding.minilm", str(weights), str(target)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=MAKING_TIMEOUT, check=False)  # noqa: S603
    if made.returncode:
        raise Permanent(made.stderr.strip()[-500:], where="embedding", hint="is there room in the data directory?")


def make_graph(weights: Path, target: Path) -> None:
    """Whole or not at all: two processes may do it at once, and each may die."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "small.onnx"
        onnx.save(sentence_encoder(load_file(weights)), exact)
        quantize_dynamic(exact, small, weight_type=QuantType.QInt8, per_channel=True)
        small.replace(target)


if __name__ == "__main__":
    make_graph(Path(sys.argv[1]), Path(sys.argv[2]))
