"""Titles by what they mean: which titles are those of the same or a like job (TalentCLEF 2025, task A), and which occupation.

`python -m benchmarks.titles [--json] [--quick]`. MAP over the validation queries of TalentCLEF in the corpus, English; Spanish
stands beside it, though model and labels are English alone. The baseline of the same run is the cosine of the model's vectors,
and that with n-grams of letters. Titles to ESCO's occupations (JobBERT, Decorte et al. 2021): the share that the lookup of labels
names, the share of these that is right, and the time of one title. Nothing is learned from judgements. The first run embeds all labels, in one minute.
"""

import csv
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Target, finish, options
from quiethire.settings import Settings
from services.matching.embedding.minilm import open_minilm
from services.matching.taxonomy.title_meaning import open_title_meaning
from services.matching.taxonomy.titles import open_occupations

TARGETS: dict[str, Target] = {"english_map": (">=", 0.56), "lookup_ms_a_title": ("<=", 0.1)}
_LETTERS = 0.3

Scores = NDArray[np.float32]


class Task(NamedTuple):
    """Queries, the titles that are ranked for each, and which of these are right for it."""

    queries: list[str]
    titles: list[str]
    right: list[set[int]]


def task(corpus: Path, language: str) -> Task:
    """The validation part for one language."""
    begin = corpus / "titles" / "talentclef2025" / f"TaskA__validation__{language}__"

    def rows(name: str) -> list[list[str]]:
        return [line.split("\t") for line in Path(f"{begin}{name}").read_text("utf-8").splitlines()]

    queries, titles = rows("queries")[1:], rows("corpus_elements")[1:]
    numbers = {row[0]: number for number, row in enumerate(titles)}
    right: dict[str, set[int]] = {row[0]: set() for row in queries}
    for query, _, title, relevant in rows("qrels.tsv"):
        if int(relevant) > 0:
            right[query].add(numbers[title])
    return Task([row[1] for row in queries], [row[1] for row in titles], [right[row[0]] for row in queries])


def mean_average_precision(given: Task, scores: Scores) -> float:
    """As TalentCLEF counts it: all titles ranked, the query's own among them."""
    total = 0.0
    for score, right in zip(scores, given.right, strict=True):
        hits = np.isin(np.argsort(-score, kind="stable"), list(right))
        places = np.flatnonzero(hits) + 1
        total += float((np.arange(1, len(places) + 1) / places).sum()) / len(right)
    return round(total / len(given.right), 4)


def letters(queries: Iterable[str], titles: list[str]) -> Scores:
    """Cosine of TF-IDF vectors of letters by threes to fives."""
    counted = [_grams(title) for title in titles]
    frequency = Counter(gram for each in counted for gram in each)

    def unit(grams: Counter[str]) -> dict[str, float]:
        weights = {
            gram: math.log(len(titles) / frequency[gram]) * (1 + math.log(n))
            for gram, n in grams.items()
            if gram in frequency
        }
        length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items()}

    rows: dict[str, list[tuple[int, float]]] = {}
    for number, each in enumerate(counted):
        for gram, weight in unit(each).items():
            rows.setdefault(gram, []).append((number, weight))
    scores = np.zeros((len(list(queries)), len(titles)), np.float32)
    for score, query in zip(scores, queries, strict=True):
        for gram, weight in unit(_grams(query)).items():
            for number, own in rows[gram]:
                score[number] += weight * own
    return scores


def _grams(text: str) -> Counter[str]:
    text = f" {text.lower()} "
    return Counter(text[at : at + size] for size in (3, 4, 5) for at in range(len(text) - size + 1))


def occupations(corpus: Path, *, quick: bool) -> dict[str, float]:
    """What the lookup makes of job boards' titles."""
    known = open_occupations(Settings().cache_path / "taxonomy")
    with (corpus / "titles" / "jobbert_titles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:: 5 if quick else 1]
    began = time.process_time()
    found = [known.occupation(row["vacancyTitle"]) for row in rows]
    took = time.process_time() - began
    named = [(uri, row["conceptUri"]) for uri, row in zip(found, rows, strict=True) if uri is not None]
    alike = [known.likeness(uri, right) for uri, right in named]
    return {
        "jobbert_named": round(len(named) / len(rows), 4),
        "jobbert_right_of_named": round(sum(uri == right for uri, right in named) / len(named), 4),
        "jobbert_alike_of_named": round(sum(each >= 0.5 for each in alike) / len(named), 4),
        "lookup_ms_a_title": round(1_000 * took / len(rows), 4),
    }


def main() -> int:
    """Rank the titles of both languages, and name the occupations of a third set."""
    given = options(__doc__)
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
    data = Settings().cache_path
    meaning, model = open_title_meaning(data / "taxonomy", data / "models"), open_minilm(data / "models")
    figures: dict[str, float] = {}
    for language in ("english",) if given.quick else ("english", "spanish"):
        asked = task(corpus, language)
        figures[f"{language}_map"] = mean_average_precision(asked, meaning.likeness(asked.queries, asked.titles))
        plain = model.embed(asked.queries) @ model.embed(asked.titles).T
        figures[f"{language}_map_model_alone"] = mean_average_precision(asked, plain)
        with_letters = plain + _LETTERS * letters(asked.queries, asked.titles)
        figures[f"{language}_map_model_and_letters"] = mean_average_precision(asked, with_letters)
    figures["english_map_baseline_stated"] = 0.52
    figures |= occupations(corpus, quick=given.quick)
    return finish(figures, TARGETS, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main())
