"""Skills named in a text: technologies by the field's own names, all else as skills of ESCO."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from quiethire.domain import technologies
from services.matching.reading.skill_names import skill_key
from services.matching.taxonomy import bonds, terms
from services.matching.taxonomy.bonds import Bonds, bonds_of, is_whole
from services.matching.taxonomy.esco import Concept, Esco, esco_version, kept, open_esco, version_of
from services.matching.taxonomy.terms import Found, Lookup, Word, keys_of, label_key, words

logger = logging.getLogger(__name__)

TECHNOLOGY, PHRASE, WORD = 0.95, 0.85, 0.6
"""How sure a mention is: a technology in its context, several words of a label, a single word where skills are spoken of."""

MAX_TEXT = 200_000
MAX_MENTIONS = 500

_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_SPOKEN_OF = re.compile(
    r"\b(?:knowledge|experience[ds]?|skill\w*|proficien\w+|understanding|background|expertise|familiar\w*|fluen\w+|degree|abilit\w+|competen\w+|qualified)\b[^.;\n]{0,50}$",
    re.IGNORECASE,
)
_NAMED_SO = re.compile(r"\W{0,2}(?:skills?|experience|knowledge|expertise|background|qualification)\b", re.IGNORECASE)
_ALONE_BEFORE = re.compile(r"(?:^|[\n,;|/•·●▪:&]|\band\b)\s*(?:[-–*]\s*)?$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[\n,;|/•·●▪&.]|\band\b)")
_APART = re.compile(r"[^\w\s/&'’+#-]|\n")
"""What stands between words that are not of one label."""
_ARTICLE = re.compile(r"\s(?:the|an?|your|our|their|its)\s", re.IGNORECASE)
_PLAIN_SKILLS = frozenset({"communication"})
"""Single words that name a skill that is no subject."""
_SHORTEST = 3
"""Letters of a single word: shorter abbreviations mean too many things."""
_OF_POSTINGS = (
    *(
        "be responsible",
        "application process",
        "personal development",
        "job opportunities",
        "react quickly",
        "help people",
    ),
    *("company policies", "equal opportunities", "human resources", "team player", "improve processes", "build trust"),
    *("keep company", "facing products", "construction industry", "job market offers", "set up", "comply with"),
)
"""Labels that postings use for something else."""
_MAX_AROUND = 80


class SkillMention(NamedTuple):
    """A skill named in a text."""

    name: str
    """As the field writes it, or ESCO's preferred label."""
    key: str
    """That of `skill_key`."""
    uri: str | None
    """The skill of ESCO; None for technologies that it does not know."""
    start: int
    end: int
    """Characters of the text that name it: `start` to `end`, not included."""
    confidence: float


class Skills:
    """Finds skills in texts. Takes about a millisecond a posting."""

    def __init__(self, esco: Esco, keys: Mapping[str, int], bonds: Bonds) -> None:
        """`keys` are those of `label_keys`, `bonds` those of `bonds_of`."""
        self._concepts = esco.skills
        self._bonds = bonds
        self._lookup = Lookup(keys)
        self.version = esco.version

    def concept(self, name: str) -> Concept | None:
        """The skill of ESCO that a name or one of its other labels names."""
        number = self._lookup.get(name)
        return None if number is None else self._concepts[number]

    def mentions(self, text: str) -> list[SkillMention]:
        """Every mention, in the order of the text."""
        text = text[:MAX_TEXT]
        named = [
            SkillMention(name, skill_key(name), self._address(name), start, end, TECHNOLOGY)
            for name, start, end in technologies.mentions(text)
        ]
        return sorted([*named, *self._of_esco(text, named)], key=lambda each: each.start)[:MAX_MENTIONS]

    def _address(self, technology: str) -> str | None:
        concept = self.concept(technology)
        return concept.uri if concept else None

    def _of_esco(self, text: str, named: list[SkillMention]) -> Iterator[SkillMention]:
        taken = {place for each in named for place in range(each.start, each.end)}
        read = words(text) if self._concepts else []
        for found in self._lookup.find(read):
            start, end = read[found.first].start, read[found.last - 1].end
            if start in taken or end - 1 in taken or not _is_meant(text, read, found):
                continue
            concept = self._concepts[found.label]
            several = found.last - found.first > 1
            if several and not (
                _is_as_said(concept, text[start:end]) and is_whole(text, read, *found[1:], self._bonds)
            ):
                continue
            if not several and not _is_word_of(concept, text[start:end]):
                continue
            sure = PHRASE if several else WORD
            name = plain_name(concept)
            yield SkillMention(name, skill_key(name), concept.uri, start, end, sure)


def label_keys(concepts: Sequence[Concept]) -> dict[str, int]:
    """The keys of all labels that name a skill in running text, each with the number of the skill."""
    sure = [(number, each) for number, each in enumerate(concepts) if each.branches]
    preferred = [(plain_name(each), number) for number, each in sure]
    others = [(other, number) for number, each in sure for other in each.others]
    # What is known by its whole text alone was split by a guess: its label is taken where others leave it free.
    guessed = [(each.name, number) for number, each in enumerate(concepts) if not each.branches]
    named = keys_of(each for each in (*preferred, *others, *guessed) if _may_name(each[0], concepts[each[1]]))
    for label in _OF_POSTINGS:
        named.pop(label_key(label), None)
    return named


def plain_name(concept: Concept) -> str:
    """The preferred label without what it says in brackets of its kind: `Java (computer programming)`."""
    return _BRACKETS.sub("", concept.name)


def _may_name(label: str, concept: Concept) -> bool:
    """Whether a label names its skill in running text: of single words only subjects, languages and abbreviations do."""
    if " " in label or "-" in label:
        return True
    if len(label) < _SHORTEST:
        return False
    if label != plain_name(concept):
        return label.isupper()
    return bool({"K", "L"} & set(concept.branches)) or label in _PLAIN_SKILLS


def _is_meant(text: str, read: list[Word], found: Found) -> bool:
    """Whether the words name a skill: several do, one does where skills are spoken of or it stands alone in a list."""
    first, last = read[found.first], read[found.last - 1]
    if _APART.search(text[first.start : last.end]) or text[first.start - 1 : first.start] == "-":
        return False
    if text[last.end : last.end + 1] == "-":
        return False
    if found.last - found.first > 1:
        return True
    before, after = text[max(0, first.start - _MAX_AROUND) : first.start], text[first.end : first.end + _MAX_AROUND]
    if _NAMED_SO.match(after) or _SPOKEN_OF.search(before):
        return True
    return _ALONE_BEFORE.search(before) is not None and _ALONE_AFTER.match(after) is not None


def _is_as_said(concept: Concept, said: str) -> bool:
    """Whether words are a label as people say it: what is done may have an article, `manage a budget`, a subject is whole."""
    return "S" in concept.branches or _ARTICLE.search(said) is None


def _is_word_of(concept: Concept, word: str) -> bool:
    """Whether a single word is the preferred label, or an abbreviation in capitals."""
    label = plain_name(concept).lower()
    return word.lower() in (label, f"{label}s") or word.isupper()


def open_skills(cache: Path) -> Skills:
    """Skills of the installed packages, kept below `cache`. Loading takes a tenth of a second, the first time two."""
    return _open(cache.resolve())


@cache
def _open(cache: Path) -> Skills:
    esco = open_esco(cache)
    if not esco.skills:
        logger.info("skills are technologies alone: the extra `taxonomy` is not installed")
    concepts = (*esco.skills, *esco.occupations)
    return Skills(esco, *kept(labels_file(cache), lambda: [label_keys(esco.skills), bonds_of(concepts)]))


def labels_file(cache: Path) -> Path:
    """Where `open_skills` keeps what it makes of ESCO."""
    return cache / f"labels-{version_of(esco_version(), __file__, terms.__file__, bonds.__file__)}.json"
