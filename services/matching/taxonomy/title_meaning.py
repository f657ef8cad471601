"""How alike titles are by what they mean, whatever their words: `realtor` and `real estate agent`.

Three steps, none of which is trained on judged pairs. The model's vectors are whitened by how far ESCO's labels of one
occupation lie apart (within-class covariance normalisation, Hatch, Kajarekar and Stolcke 2006): what differs between names of the
same work counts less. To their cosine comes that of two profiles, a title's likeness to every occupation. And a title takes
part in the likeness of those nearest to it among the titles that are compared (benchmarks/titles.py has what each is worth).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quiethire.domain.errors import InvalidInput
from services.matching.embedding.minilm import MiniLm, open_minilm
from services.matching.taxonomy.esco import Esco, open_esco
from services.matching.taxonomy.label_vectors import label_vectors

SHRINK = 1.0
"""How much of the mean variance is added to each direction's before whitening."""
SHARP, PROFILE = 0.1, 0.5
"""How fast likeness to an occupation falls off, and the weight of the profiles beside the cosine, which is 1."""
NEIGHBOURS, NEAR = 20, 0.2
"""Titles that a title listens to, and how fast their weight falls off."""
LISTENED, ROUNDS = 0.8, 3
"""How much of what they heard counts, and how often: a random walk with restart (Tong, Faloutsos and Pan 2006), cut short."""
MOST = 5_000
"""Titles that are compared at once, for all are compared with all."""

_CHUNK = 512

Floats = NDArray[np.float32]


class TitleMeaning:
    """Likeness of titles, in the languages of the model: English."""

    def __init__(self, esco: Esco, vectors: Floats, model: MiniLm) -> None:
        """`vectors` holds one of length one for each label of each occupation, in their order."""
        counts = [1 + len(each.others) for each in esco.occupations]
        self._firsts = np.cumsum([0, *counts[:-1]])
        means = np.add.reduceat(vectors, self._firsts) / np.array(counts, np.float32)[:, None]
        self._mean = means.mean(axis=0)
        self._whitening = _whitening(vectors - np.repeat(means, counts, axis=0))
        self._labels = self._whitened(vectors)
        self._model = model

    def likeness(self, titles: Sequence[str], others: Sequence[str]) -> Floats:
        """[titles, others]: the greater the more alike; only the order of a row has a meaning.

        Raises InvalidInput for more than `MOST` others.
        """
        if len(others) > MOST:
            raise InvalidInput(f"more than {MOST:,} titles", where="titles", hint="compare fewer at once")
        asked, given = self._read(titles), self._read(others)
        among = _likeness(given, given)
        np.fill_diagonal(among, -np.inf)
        direct = _likeness(asked, given)
        size = min(NEIGHBOURS, len(others) - 1)
        if size < 1:
            return direct
        listening = _listening(among, size)
        heard = direct
        for _ in range(ROUNDS):
            heard = direct + LISTENED * (heard @ listening.T)
        return np.asarray(heard, np.float32)

    def _read(self, titles: Sequence[str]) -> tuple[Floats, Floats]:
        """Whitened vectors and profiles."""
        vectors = self._whitened(self._model.embed(titles))
        return vectors, np.vstack([self._profiles(vectors[at : at + _CHUNK]) for at in range(0, len(vectors), _CHUNK)])

    def _profiles(self, vectors: Floats) -> Floats:
        """The likeness to the nearest label of each occupation, beside that to the nearest of all."""
        nearest = np.maximum.reduceat(vectors @ self._labels.T, self._firsts, axis=1)
        return _unit(np.exp((nearest - nearest.max(axis=1, keepdims=True)) / SHARP))

    def _whitened(self, vectors: Floats) -> Floats:
        return _unit((vectors - self._mean) @ self._whitening)


def _whitening(within: Floats) -> Floats:
    """The inverse root of the covariance of what differs between names of the same work."""
    covariance = within.T @ within / len(within)
    values, axes = np.linalg.eigh(
        covariance + SHRINK * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    )
    return np.asarray((axes / np.sqrt(values)) @ axes.T, np.float32)


def _listening(among: Floats, size: int) -> Floats:
    """[titles, titles]: the weights with which each title listens to those nearest to it; each row sums to one."""
    near = np.argpartition(-among, size - 1, axis=1)[:, :size]
    weights = np.take_along_axis(among, near, axis=1)
    weights = np.exp((weights - weights.max(axis=1, keepdims=True)) / NEAR)
    listening = np.zeros_like(among)
    np.put_along_axis(listening, near, weights / weights.sum(axis=1, keepdims=True), axis=1)
    return listening


def _likeness(ones: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> Floats:
    return np.asarray(ones[0] @ others[0].T + PROFILE * (ones[1] @ others[1].T), np.float32)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), np.float32)


def open_title_meaning(taxonomy: Path, models: Path) -> TitleMeaning:
    """By the local model; needs the extras `semantic` and `taxonomy`. The labels' vectors are kept below `taxonomy`, 20 MB."""
    esco, model = open_esco(taxonomy), open_minilm(models)
    labels = [label for each in esco.occupations for label in (each.name, *each.others)]
    return TitleMeaning(esco, label_vectors(taxonomy, model, "occupations", labels), model)
