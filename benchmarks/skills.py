"""Sentences to skills of ESCO: how many of a sentence's skills are among the five that are ranked first (RP@5).

`python -m benchmarks.skills [--json] [--quick]`. The sentences are the validation parts of the TECH and HOUSE benchmark (Decorte et
al. 2022) in the corpus; its test parts are not here, and the targets were set on them. RP@5 is, over all sentences that have a
label, the mean of right ones among the first five by the lesser of five and of what is right. The baseline of the same run is the
one that the targets were set against: the label and the whole text nearest to any window of up to five words, each embedded by
itself, and n-grams of letters. Nothing is learned from the annotations. The first run embeds all skills, in some two minutes.

Speed: postings of the corpus whose requirements, fifteen lines at most, are ranked by one core; and the lookup of labels alone.
All runs in a process of its own, whose linear algebra keeps to one core: two that wait for each other cost more than they bring.
"""

import csv
import math
import os
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.copied_feeds import corpus_postings
from benchmarks.report import Target, finish, options
from quiethire.domain.posting import JobPosting
from quiethire.settings import Settings
from services.matching.embedding.minilm import MiniLm, open_minilm
from services.matching.taxonomy.esco import Esco, open_esco
from services.matching.taxonomy.label_vectors import label_vectors
from services.matching.taxonomy.meaning import SkillRanking, open_ranking
from services.matching.taxonomy.skills import open_skills

TARGETS: dict[str, Target] = {
    "tech_rp5": (">=", 64.0),
    "house_rp5": (">=", 51.0),
    "postings_a_second_a_core": (">=", 20.0),
    "lookup_ms_a_posting": ("<=", 2.0),
}
AT = 5
LINES = 15
"""Requirements of one posting that are ranked."""
_NO_LABELS = ("", "LABEL NOT PRESENT", "UNDERSPECIFIED")
_WINDOW = 5
_TEXT, _LETTERS = 0.5, 0.4
_WIDTH = 1 << 18

Scores = NDArray[np.float32]


def sentences(corpus: Path, part: str) -> dict[str, set[str]]:
    """Sentence → the preferred labels that annotators gave it, where they gave any."""
    found: dict[str, set[str]] = {}
    path = corpus / "skills" / "esco" / f"{part}_validation_annotations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] not in _NO_LABELS:
                found.setdefault(row["sentence"], set()).add(row["label"])
    return found


def rp5(truth: dict[str, set[str]], ranked: Callable[[str], Sequence[str]]) -> float:
    """R-precision at five, in per cent."""
    shares = [
        sum(name in right for name in ranked(sentence)[:AT]) / min(AT, len(right)) for sentence, right in truth.items()
    ]
    return round(100 * sum(shares) / len(shares), 2)


class Baseline:
    """What the specification's figures were taken with."""

    def __init__(self, esco: Esco, model: MiniLm, cache: Path) -> None:
        self._names = [each.name for each in esco.skills]
        texts = [" ".join((each.name, *each.others, each.description)) for each in esco.skills]
        self._labels = label_vectors(cache, model, "skill-labels", self._names)
        self._texts = label_vectors(cache, model, "skill-texts", texts)
        self._model = model
        grams = [_grams(name) for name in self._names]
        counts = Counter(gram for each in grams for gram in each)
        self._idf = {gram: math.log(len(grams) / count) + 1 for gram, count in counts.items()}
        self._rows: dict[int, list[tuple[int, float]]] = {}
        for row, each in enumerate(grams):
            for gram, weight in self._unit(each).items():
                self._rows.setdefault(gram, []).append((row, weight))

    def ranked(self, sentence: str) -> list[str]:
        """The labels nearest to a sentence."""
        said = sentence.split()
        windows = sorted(
            {
                " ".join(said[at : at + size])
                for size in range(1, _WINDOW + 1)
                for at in range(max(1, len(said) - size + 1))
            }
        )
        vectors = self._model.embed(windows)
        letters = np.stack([self._letters(window) for window in windows]).max(axis=0)
        score = (
            (vectors @ self._labels.T).max(axis=0) + _TEXT * (vectors @ self._texts.T).max(axis=0) + _LETTERS * letters
        )
        return [self._names[at] for at in np.argsort(-score, kind="stable")[:AT]]

    def _letters(self, window: str) -> Scores:
        score = np.zeros(len(self._names), np.float32)
        for gram, weight in self._unit(_grams(window)).items():
            for row, own in self._rows.get(gram, ()):
                score[row] += weight * own
        return score

    def _unit(self, grams: Counter[int]) -> dict[int, float]:
        weights = {gram: count * self._idf.get(gram, 10.0) for gram, count in grams.items()}
        length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items()}


def _grams(text: str) -> Counter[int]:
    """Letters by threes to fives, hashed."""
    text = f" {text.lower()} "
    return Counter(
        zlib.crc32(text[at : at + size].encode()) % _WIDTH for size in (3, 4, 5) for at in range(len(text) - size + 1)
    )


def speed(ranking: SkillRanking, postings: Sequence[JobPosting]) -> float:
    """Postings that one core reads a second: the best of three goes, by CPU time, for other work runs beside."""
    lines = [(posting.requirements or tuple(posting.description_text.split("\n")))[:LINES] for posting in postings]
    best = math.inf
    for _ in range(3):
        began = time.process_time()
        for line in (line for asked in lines for line in asked if line.strip()):
            ranking.rank(line)
        best = min(best, time.process_time() - began)
    return round(len(postings) / best, 1)


def lookup(postings: Sequence[JobPosting]) -> float:
    """CPU-milliseconds a posting of the lookup of labels: the best of three goes."""
    skills = open_skills(Settings().cache_path / "taxonomy")
    best = math.inf
    for _ in range(3):
        began = time.process_time()
        for posting in postings:
            skills.mentions(f"{posting.title}\n{posting.description_text}")
        best = min(best, time.process_time() - began)
    return round(1_000 * best / len(postings), 3)


def measured(corpus: Path, *, quick: bool) -> dict[str, float]:
    """Rank every sentence of both parts."""
    data = Settings().cache_path
    ranking = open_ranking(data / "taxonomy", data / "models")
    figures: dict[str, float] = {}
    for part in ("tech", "house"):
        truth = sentences(corpus, part)
        figures[f"{part}_rp5"] = rp5(truth, lambda sentence: [each.skill.name for each in ranking.rank(sentence, AT)])
        figures[f"{part}_sentences"] = float(len(truth))
    if not quick:
        baseline = Baseline(open_esco(data / "taxonomy"), open_minilm(data / "models"), data / "taxonomy")
        for part in ("tech", "house"):
            figures[f"{part}_rp5_baseline"] = rp5(sentences(corpus, part), baseline.ranked)
    figures |= {"tech_rp5_baseline_stated_on_test": 60.7, "house_rp5_baseline_stated_on_test": 48.6}
    postings = list({seen.job: seen.posting for seen in corpus_postings(corpus)}.values())[: 30 if quick else 120]
    figures["postings_a_second_a_core"] = speed(ranking, postings)
    figures["lookup_ms_a_posting"] = lookup(postings)
    return figures


def main() -> int:
    """Measure in a process beside."""
    given = options(__doc__)
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        figures = beside.submit(measured, corpus, quick=given.quick).result()
    return finish(figures, TARGETS, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
