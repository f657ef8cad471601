"""How alike occupations are, by the words with which ESCO names and describes them: latent semantic analysis.

Deerwester et al., Indexing by latent semantic analysis, 1990: TF-IDF, brought to few dimensions by a singular value decomposition,
so that occupations are alike whose descriptions use words of the same field. The decomposition is the randomised one of
Halko, Martinsson and Tropp, 2011, with a fixed seed.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.matching.taxonomy.esco import Concept
from services.matching.taxonomy.terms import words

SIZE = 128
_WIDTH = 8_192
"""The commonest words that are looked at."""
_ROUNDS = 3
_NAME, _OTHER, _DESCRIPTION = 3.0, 1.0, 1.0
"""How much a word counts in the preferred label, the other labels and the description."""
_NONE, _FULL, _MOST = 0.2, 0.9, 0.95
"""The cosine that is worth nothing, the one that is worth most, and what two occupations are alike at most."""

Floats = NDArray[np.float32]


def vectors_of(occupations: Sequence[Concept]) -> Floats:
    """[occupations, SIZE] of length one."""
    if not occupations:
        return np.zeros((0, SIZE), np.float32)
    counted = [_counts(each) for each in occupations]
    frequency = Counter(word for each in counted for word in each)
    columns = {word: column for column, (word, _) in enumerate(frequency.most_common(_WIDTH))}
    table = np.zeros((len(counted), len(columns)), np.float32)
    for row, each in enumerate(counted):
        for word, count in each.items():
            if word in columns:
                table[row, columns[word]] = np.log1p(count) * np.log(len(counted) / frequency[word])
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    return _unit(_reduced(table))


def kinship(vectors: Floats) -> NDArray[np.float16]:
    """[occupations, occupations], 0-1: below 1 but for the same."""
    alike: NDArray[np.float16] = np.clip((vectors @ vectors.T - _NONE) / (_FULL - _NONE), 0.0, _MOST).astype(np.float16)
    np.fill_diagonal(alike, 1.0)
    return alike


def _counts(occupation: Concept) -> Counter[str]:
    counts: Counter[str] = Counter()
    parts = ((occupation.name, _NAME), *((other, _OTHER) for other in occupation.others))
    for text, weight in (*parts, (occupation.description, _DESCRIPTION)):
        for word in words(text):
            counts[word.verb] += weight  # type: ignore[assignment]  # weighted counts
    return counts


def _reduced(table: Floats) -> Floats:
    chance = np.random.default_rng(20_261_121)
    basis = table @ chance.standard_normal((table.shape[1], SIZE + 16)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis = table @ (table.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    left, values, _ = np.linalg.svd(basis.T @ table, full_matrices=False)
    return np.asarray((basis @ left[:, :SIZE]) * values[:SIZE], np.float32)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
