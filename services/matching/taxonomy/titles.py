"""Titles of jobs as occupations of ESCO, and how alike two occupations are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from math import log
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from services.matching.reading import gender, levels
from services.matching.reading.levels import work_words
from services.matching.taxonomy import field_titles, terms
from services.matching.taxonomy import kinship as kinship_of
from services.matching.taxonomy.esco import (
    Concept,
    Esco,
    esco_file,
    esco_version,
    kept,
    kept_bytes,
    open_esco,
    version_of,
)
from services.matching.taxonomy.field_titles import FIELD_TITLES
from services.matching.taxonomy.kinship import SIZE, kinship, vectors_of
from services.matching.taxonomy.terms import words

_NEAR = 0.55
"""Share of the weight of a title's words that a label must have to name its occupation."""
_FEW = 5
"""Occupations that may share a word which alone names one of them."""
_COMMON = 400
"""Labels with a word that are looked through: a word of more says next to nothing."""
_loading = Lock()
"""Two threads that ask at once load one."""


class EscoOccupations:
    """Titles to occupations, by the words of ESCO's labels. English only: ESCO's packages hold no other language."""

    def __init__(self, esco: Esco, keys: dict[str, int], vectors: NDArray[np.float32]) -> None:
        """`keys` are those of `title_keys`, `vectors` those of `vectors_of`, in the order of the occupations."""
        self._uris = [each.uri for each in esco.occupations]
        self._numbers = {uri: number for number, uri in enumerate(self._uris)}
        self._names = [each.name for each in esco.occupations]
        self._keys = keys
        self._kinship = kinship(vectors)
        self._holding: dict[str, list[str]] = {}
        for key in keys:
            for word in set(key.split()):
                self._holding.setdefault(word, []).append(key)
        # The rarer a word is in labels, the more it says.
        self._weights = {word: log((1 + len(keys)) / (1 + len(holding))) for word, holding in self._holding.items()}
        self._unknown = log(1 + len(keys))
        self.version = esco.version
        self._cached = lru_cache(maxsize=1 << 17)(self._occupation)

    def __len__(self) -> int:
        return len(self._uris)

    def occupation(self, title: str) -> str | None:
        """The address of the occupation that a title names; None where no label comes near it."""
        return self._cached(title)

    def name(self, occupation: str) -> str:
        """ESCO's preferred label of an occupation."""
        return self._names[self._numbers[occupation]]

    def likeness(self, one: str, other: str) -> float:
        """0-1: 1 for the same occupation, 0 for those that share nothing."""
        if one == other:
            return 1.0
        return float(self._kinship[self._numbers[one], self._numbers[other]])

    def _occupation(self, title: str) -> str | None:
        number = self._keys.get(_key(title.split()))
        if number is None:
            key = _key(work_words(title))
            number = self._keys.get(key)
            if number is None:
                number = self._within(key.split())
            if number is None:
                number = self._nearest(key.split())
        return None if number is None else self._uris[number]

    def _within(self, said: list[str]) -> int | None:
        """The occupation that the longest run of a title's words names: its last words first, for they name the work."""
        for size in range(len(said) - 1, 1, -1):
            for start in range(len(said) - size, -1, -1):
                number = self._keys.get(" ".join(said[start : start + size]))
                if number is not None:
                    return number
        return None

    def _nearest(self, said: list[str]) -> int | None:
        """The occupation of the label that shares the last word and most of all, the rarer worth more."""
        if len(said) < 2 or said[-1] not in self._holding:
            return None
        weights = {word: self._weights.get(word, self._unknown) for word in said}
        whole = sum(weights.values())
        best: tuple[float, str] = (_NEAR, "")
        rare = [word for word in weights if 0 < len(self._holding.get(word, ())) <= _COMMON]
        for key in dict.fromkeys(key for word in rare for key in self._holding[word]):
            own = key.split()
            if said[-1] not in own:
                continue
            shared = sum(weights.get(word, 0.0) for word in own)
            both = 2 * shared / (whole + sum(map(self._weights.__getitem__, own)))
            if both > best[0]:
                best = both, key
        return self._keys[best[1]] if best[1] else None


def _key(said: Iterable[str]) -> str:
    """The words of a title or label as nouns in singular, in one form for all genders."""
    return " ".join(gender.ungendered(word.noun) for word in words(" ".join(said)))


def title_keys(occupations: Sequence[Concept]) -> dict[str, int]:
    """The keys of all labels, each with the number of the occupation; a preferred label goes before the others."""
    shared = Counter(word for each in occupations for word in set(" ".join((each.name, *each.others)).split()))
    numbers = {each.name: number for number, each in reversed(list(enumerate(occupations)))}
    labels = [(each.name, number) for number, each in enumerate(occupations)]
    labels += [(title, numbers[name]) for title, name in FIELD_TITLES.items() if name in numbers]
    labels += [(other, number) for number, each in enumerate(occupations) for other in _own(each, shared)]
    keys: dict[str, int] = {}
    for label, number in labels:
        keys.setdefault(_key(label.split()), number)
    for label, number in labels:
        if len(said := work_words(label)) > 1:
            keys.setdefault(_key(said), number)
    keys.pop("", None)
    return keys


def _own(occupation: Concept, shared: Mapping[str, int]) -> list[str]:
    """The other labels but for single words that many occupations have: `assistant` names none."""
    return [label for label in occupation.others if " " in label or shared[label] <= _FEW]


def open_occupations(cache_folder: Path) -> EscoOccupations:
    """Occupations of the installed packages, kept below `cache_folder`: loaded in half a second, once made in ten."""
    with _loading:
        return _open(cache_folder.resolve())


def occupations_at_hand(cache_folder: Path) -> EscoOccupations | None:
    """The same for somebody who waits for an answer; None where they are yet to be made, or where ESCO is not installed."""
    if not all(path.is_file() for path in (esco_file(cache_folder), *occupation_files(cache_folder))):
        return None
    known = open_occupations(cache_folder)
    return known if len(known) else None


@cache
def _open(cache_folder: Path) -> EscoOccupations:
    esco = open_esco(cache_folder)
    titles, alike = occupation_files(cache_folder)
    keys = kept(titles, lambda: title_keys(esco.occupations))
    vectors = kept_bytes(alike, lambda: vectors_of(esco.occupations).astype(np.float16).tobytes())
    return EscoOccupations(esco, keys, np.frombuffer(vectors, np.float16).reshape(-1, SIZE).astype(np.float32))


def occupation_files(cache_folder: Path) -> tuple[Path, Path]:
    """Where `open_occupations` keeps what it makes of ESCO: the keys of titles, and how alike occupations are."""
    sources = (__file__, kinship_of.__file__, terms.__file__, levels.__file__, gender.__file__, field_titles.__file__)
    made = version_of(esco_version(), *sources)
    return cache_folder / f"titles-{made}.json", cache_folder / f"kinship-{made}.f16"
