"""The MiniLM sentence encoder as an ONNX graph, made of its published weights.

Architecture: BERT (Devlin et al. 2019) of six layers as in MiniLM (Wang et al. 2020), pooled by the mean over the tokens and
brought to length one, as `all-MiniLM-L6-v2` is trained (sentence-transformers). The package that carries the weights has no
graph, and torch, which would run them, is a hundred times larger than what is needed.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from services.matching.embedding.model import SIZE

LAYERS, HEADS, WIDTH = 6, 12, SIZE
EPSILON = 1e-12
OPSET = 20
"""The first with Gelu."""

Weights = Mapping[str, NDArray[np.float32]]


def sentence_encoder(weights: Weights) -> onnx.ModelProto:
    """`input_ids` and `attention_mask`, both [texts, tokens] of int64, to two of float32.

    `embedding` is [texts, 384] of length one; `tokens`, [texts, tokens, 384], is what it is the mean of.
    """
    graph = _Graph(weights)
    hidden = graph.embedded()
    bias = graph.attention_bias()
    for layer in range(LAYERS):
        hidden = graph.layer(f"encoder.layer.{layer}", hidden, bias)
    graph.add("Identity", hidden, output="tokens")
    graph.pooled(hidden)
    whole = helper.make_graph(
        graph.nodes,
        "sentence_encoder",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", WIDTH]),
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["texts", "tokens", WIDTH]),
        ],
        graph.constants,
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model)
    return model


class _Graph:
    """Nodes and constants as they are added. Methods return the name of what they compute."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[np.float32] | NDArray[np.int64], name: str | None = None) -> str:
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:  # noqa: ANN401 - each kind of node has its own
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def shape(self, *sizes: int) -> str:
        return self.constant(np.array(sizes, np.int64))

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def dense(self, name: str, value: str) -> str:
        weight = self.constant(self.weights[f"{name}.weight"].T, f"{name}.weight")
        return self.add("Add", self.add("MatMul", value, weight), self.constant(self.weights[f"{name}.bias"]))

    def norm(self, name: str, value: str) -> str:
        scale, bias = (self.constant(self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=EPSILON)

    def embedded(self) -> str:
        """Word, position and the one kind of sentence, added."""
        words = self.constant(self.weights["embeddings.word_embeddings.weight"], "words")
        places = self.weights["embeddings.position_embeddings.weight"]
        kinds = self.weights["embeddings.token_type_embeddings.weight"]
        length = self.add("Shape", "input_ids", start=1, end=2)
        here = self.add("Slice", self.constant(places + kinds[0], "places"), self.shape(0), length, self.shape(0))
        summed = self.add("Add", self.add("Gather", words, "input_ids"), here)
        return self.norm("embeddings.LayerNorm", summed)

    def attention_bias(self) -> str:
        """[texts, 1, 1, tokens]: 0 where there is a token, and nearly minus infinity where there is none."""
        self.add("Cast", "attention_mask", output="mask", to=TensorProto.FLOAT)
        spread = self.add("Unsqueeze", "mask", self.shape(1, 2))
        return self.add("Mul", self.add("Sub", spread, self.scalar(1.0)), self.scalar(10_000.0))

    def layer(self, name: str, value: str, bias: str) -> str:
        attended = self.dense(f"{name}.attention.output.dense", self.attention(f"{name}.attention.self", value, bias))
        value = self.norm(f"{name}.attention.output.LayerNorm", self.add("Add", attended, value))
        wide = self.add("Gelu", self.dense(f"{name}.intermediate.dense", value))
        return self.norm(f"{name}.output.LayerNorm", self.add("Add", self.dense(f"{name}.output.dense", wide), value))

    def attention(self, name: str, value: str, bias: str) -> str:
        split = self.shape(0, 0, HEADS, WIDTH // HEADS)

        def heads(part: str, order: list[int]) -> str:
            return self.add("Transpose", self.add("Reshape", self.dense(f"{name}.{part}", value), split), perm=order)

        scores = self.add("MatMul", heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]))
        scaled = self.add("Mul", scores, self.scalar((WIDTH // HEADS) ** -0.5))
        shares = self.add("Softmax", self.add("Add", scaled, bias), axis=-1)
        mixed = self.add("MatMul", shares, heads("value", [0, 2, 1, 3]))
        return self.add("Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self.shape(0, 0, WIDTH))

    def pooled(self, value: str) -> None:
        """The mean over the tokens there are, at length one. The mean's divisor falls away with the length."""
        weight = self.add("Unsqueeze", "mask", self.shape(2))
        total = self.add("ReduceSum", self.add("Mul", value, weight), self.shape(1), keepdims=0)
        length = self.add("ReduceL2", total, self.shape(1), keepdims=1)
        self.add("Div", total, length, output="embedding")
