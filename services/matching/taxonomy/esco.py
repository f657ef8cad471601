"""ESCO's skills and occupations, read from the packages once and kept as one compact file."""

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from quiethire.domain.errors import Permanent
from services.matching.once import alone
from services.matching.taxonomy import labels, packages
from services.matching.taxonomy.packages import data_files, rows

_SKILL = "http://data.europa.eu/esco/skill/"
_BRANCH = re.compile(r"'([KLST])'")
_OCCUPATION = "http://data.europa.eu/esco/occupation/"


@dataclass(frozen=True, slots=True)
class Concept:
    """A skill or an occupation."""

    uri: str
    name: str
    """The preferred label, as ESCO writes it."""
    others: tuple[str, ...]
    """The other labels."""
    description: str
    branches: str
    """Of a skill: `K` knowledge, `L` languages, `S` skills, `T` transversal ones; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Esco:
    """All concepts, each kind by its address. Empty where the packages are not installed."""

    skills: tuple[Concept, ...] = ()
    occupations: tuple[Concept, ...] = ()
    version: str = "none"


def open_esco(cache: Path) -> Esco:
    """ESCO as the installed packages hold it; made once, in two seconds, and kept below `cache`, some 9 MB.

    Raises Permanent where `cache` cannot be written.
    """
    files = data_files()
    if files is None:
        return Esco()
    made = kept(esco_file(cache), lambda: [_skills(*files[:2]), _occupations(files[2])])
    skills, occupations = (tuple(map(_concept, each)) for each in made)
    return Esco(skills, occupations, esco_version())


def esco_version() -> str:
    """Changes with the data and with how it is read; that of `Esco()` where the packages are not installed."""
    files = data_files()
    if files is None:
        return Esco().version
    sizes = " ".join(str(path.stat().st_size) for path in files)
    return version_of(sizes, __file__, labels.__file__, packages.__file__)


def esco_file(cache: Path) -> Path:
    """Where `open_esco` keeps what it reads."""
    return cache / f"esco-{esco_version()}.json"


def kept(path: Path, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What was made of the data once: read, or made and kept. Raises Permanent where it cannot be written."""
    return orjson.loads(kept_bytes(path, lambda: orjson.dumps(make())))


def kept_bytes(path: Path, make: Callable[[], bytes]) -> bytes:
    """The same as bytes. Of several processes that ask at once, one makes it."""
    try:
        with suppress(FileNotFoundError):
            return path.read_bytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path.parent):
            if not path.is_file():
                _write(path, make())
            return path.read_bytes()
    except OSError as error:
        raise Permanent(str(error), where="taxonomy", hint="can the cache directory be written?") from error


def _concept(row: list[str]) -> Concept:
    uri, branches, description, name, *others = row
    return Concept(uri, name, tuple(others), description, branches)


def version_of(data: str, *sources: str) -> str:
    """A name for what these source files make of some data: it changes with either."""
    return hashlib.sha256(data.encode() + b"".join(Path(each).read_bytes() for each in sources)).hexdigest()[:12]


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all: whoever does it may die."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(target)


def _skills(labelled: Path, described: Path) -> list[list[str]]:
    """Rows of address, branches, description, preferred label and other labels."""
    preferred: dict[str, str] = {}
    branches: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for row in rows(labelled):
        if row["type"] == "preferredLabel":
            preferred[row["id"]] = row["description"].strip()
            branches[row["id"]] = "".join(sorted(set(_BRANCH.findall(row["hierarchy_levels"]))))
        elif row["type"] == "altLabels":
            others.setdefault(row["id"], []).append(row["description"].strip())
    texts = {row["id"].rsplit("/", 1)[1]: row["description"] for row in rows(described)}
    found = {
        key: [
            _SKILL + key,
            branches[key],
            _description(texts.get(key, ""), [name, *others.get(key, ())]),
            name,
            *others.get(key, ()),
        ]
        for key, name in preferred.items()
    }
    boundaries = labels.Boundaries(label.lower().split() for row in found.values() for label in row[3:] if label)
    for key, text in texts.items():
        if key not in preferred:
            parts = labels.described(text)
            name = " ".join(text.split()[: boundaries.first(parts.words)])
            found[key] = [_SKILL + key, "", parts.description, name]
    return [found[key] for key in sorted(found)]


def _description(text: str, names: list[str]) -> str:
    """What follows the labels in a text of both."""
    left = f"{text} "
    for name in names:
        left = left.replace(f"{name} ", "", 1)
    # The labels of the two versions are not quite the same.
    return left.strip() if left[:1].isupper() else labels.described(text).description


def _occupations(described: Path) -> list[list[str]]:
    texts = {row["id"]: row["description"] for row in rows(described) if row["id"].startswith(_OCCUPATION)}
    parts = [labels.described(text) for text in texts.values()]
    split = labels.labels_of(parts)
    found = [
        [uri, "", each.description, *_as_written(texts[uri], own)]
        for uri, each, own in zip(texts, parts, split, strict=True)
    ]
    return sorted(found)


def _as_written(text: str, split: list[str]) -> list[str]:
    """The labels with their capitals: the preferred one stands in front of the text."""
    if not split:
        return []
    counts = Counter(word for label in split for word in label.split())
    # A word alone that others hold too is what is left of one of them: no mine surveyor is called an assistant.
    others = [label for label in split[1:] if " " in label or counts[label] == 1]
    return [" ".join(text.split())[: len(split[0])], *others]
