"""Sentences to skills by what they mean, where no label stands in them: `you love to untangle messy data` is data cleansing.

A skill is worth the likeness of its label to the nearest words of the sentence, half that of its whole text (labels and
description), three tenths of the likeness of label and sentence, and three tenths of the share of the words of its nearest
label, the rarer weighing more, that the sentence has. The model reads a sentence once: words in their context stand for the
windows that others embed one by one, and the last part makes up for more than that loses (benchmarks/skills.py).
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.embedding.minilm import MiniLm, open_minilm
from services.matching.embedding.model import SIZE
from services.matching.taxonomy.esco import Concept, Esco, open_esco
from services.matching.taxonomy.label_vectors import label_vectors
from services.matching.taxonomy.skills import plain_name
from services.matching.taxonomy.terms import CONNECTING, words

WINDOW = 3
"""Words at most that stand for a skill together."""
TEXT, WHOLE, COVERED = 0.5, 0.3, 0.3
"""Weights beside that of the nearest words, which is 1."""

_COARSE = 64
"""Components by which all skills are looked through; the best are then compared by all."""
_SHORTLIST = 300

Floats = NDArray[np.float32]


class Ranked(NamedTuple):
    """A skill and how well it fits a sentence."""

    skill: Concept
    score: float


class SkillRanking:
    """The skills of ESCO that come nearest to sentences."""

    def __init__(self, esco: Esco, labels: Floats, texts: Floats, model: MiniLm) -> None:
        """`labels` and `texts` hold a vector of length one for each skill of `esco`."""
        self._skills = esco.skills
        self._labels, self._texts, self._model = labels, texts, model
        self._axes = np.linalg.svd(labels.T @ labels)[0][:, :_COARSE].astype(np.float32)
        self._coarse = np.ascontiguousarray((labels @ self._axes).T)
        self._cover = Cover(esco.skills)

    def rank(self, sentence: str, limit: int = 10) -> list[Ranked]:
        """The skills nearest to what a sentence asks, best first. Takes some 4 CPU-milliseconds."""
        read = self._model.words(sentence)
        windows = _windows(read.sums) if len(read.sums) else read.embedding[None, :]
        covered = COVERED * self._cover.of(sentence)
        coarse = np.vstack([windows, read.embedding]) @ self._axes @ self._coarse
        rough = coarse[:-1].max(axis=0) + WHOLE * coarse[-1] + covered
        near = np.argpartition(-rough, _SHORTLIST)[:_SHORTLIST] if len(rough) > _SHORTLIST else np.arange(len(rough))
        labels, texts = self._labels[near], self._texts[near]
        score = (windows @ labels.T).max(axis=0) + TEXT * (windows @ texts.T).max(axis=0)
        score += WHOLE * (labels @ read.embedding) + covered[near]
        best = np.argsort(-score, kind="stable")[:limit]
        return [Ranked(self._skills[near[at]], float(score[at])) for at in best]


class Cover:
    """Which share of the words of the nearest label of each skill a sentence has, the rarer weighing more."""

    def __init__(self, skills: Sequence[Concept]) -> None:
        labels = [_content(label) for each in skills for label in (plain_name(each), *each.others)]
        counts = Counter(word for label in labels for word in label)
        self._weights = {word: float(np.log(len(labels) / (count + 1)) + 1) for word, count in counts.items()}
        self._totals = np.array([sum(map(self._weights.__getitem__, label)) or 1.0 for label in labels], np.float32)
        rows: dict[str, list[int]] = {}
        for row, label in enumerate(labels):
            for word in label:
                rows.setdefault(word, []).append(row)
        self._rows = {word: np.array(each, np.int32) for word, each in rows.items()}
        self._firsts = np.cumsum([0, *(1 + len(each.others) for each in skills[:-1])], dtype=np.int64)

    def of(self, sentence: str) -> Floats:
        """0-1 for each skill."""
        covered = np.zeros(len(self._totals), np.float32)
        for word in sorted(_content(sentence)):
            if word in self._rows:
                covered[self._rows[word]] += self._weights[word]
        return np.asarray(np.maximum.reduceat(covered / self._totals, self._firsts))


def _content(text: str) -> set[str]:
    return {word.verb for word in words(text)} - CONNECTING


def _windows(sums: Floats) -> Floats:
    """Vectors of length one of each run of up to `WINDOW` words."""
    upto = np.vstack([np.zeros((1, SIZE), np.float32), np.cumsum(sums, axis=0)])
    runs = np.vstack([upto[size:] - upto[:-size] for size in range(1, WINDOW + 1) if size < len(upto)])
    return np.asarray(runs / np.maximum(np.linalg.norm(runs, axis=1, keepdims=True), 1e-9))


def open_ranking(taxonomy: Path, models: Path) -> SkillRanking:
    """The ranking by the local model; needs the extras `semantic` and `taxonomy`.

    The vectors of all skills are made once, in two minutes, and kept below `taxonomy`, some 22 MB.
    """
    esco, model = open_esco(taxonomy), open_minilm(models)
    names = [plain_name(each) for each in esco.skills]
    texts = [" ".join((each.name, *each.others, each.description)) for each in esco.skills]
    return SkillRanking(
        esco,
        label_vectors(taxonomy, model, "skills", names),
        label_vectors(taxonomy, model, "skill-texts", texts),
        model,
    )
