"""Reading postings into columns, some at a time: of their texts nothing is kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting, Workplace
from services.matching.factors.culture import number as culture_number
from services.matching.index.blocks import Blocks
from services.matching.index.columns import FACTS, SENIORITIES, Columns, id_array, joined, quantised
from services.matching.index.memory import Table
from services.matching.index.rarity import Rarity
from services.matching.index.vocabulary import NOTHING, WISHED, Vocabulary
from services.matching.reading.industries import industries_in
from services.matching.reading.levels import RANKS
from services.matching.reading.skill_names import skill_key
from services.matching.reading.statements import Statements, read_statements

_STATED = {Workplace.REMOTE: "remote", Workplace.HYBRID: "hybrid", Workplace.NONE: ""}
"""On site is not declared: a posting that says nothing looks the same."""


class PostingReader:
    """Reads postings. What it holds of a million with their vectors is little more than their index."""

    def __init__(self, vocabulary: Vocabulary, blocks: Blocks) -> None:
        self.vocabulary = vocabulary
        self.blocks = blocks
        self._parts: list[Columns] = []
        self._vectors = Table()
        self._lengths: list[npt.NDArray[np.float64]] = []

    def add(self, postings: Sequence[JobPosting], vectors: Mapping[UUID, Vector]) -> None:
        """Read some more, with the vectors of those that have one. Raises InvalidInput where these are of different lengths."""
        facts = np.zeros(len(postings), FACTS)
        starts, notes = [0], bytearray()
        skills: list[int] = []
        told: list[Vector] = []
        for row, posting in enumerate(postings):
            stated = read_statements(posting)
            own = _skills(posting, stated)
            skills.extend(self.vocabulary.skills.number(name) for name, _ in own)
            notes.extend(note for _, note in own)
            starts.append(len(skills))
            vector = vectors.get(posting.id)
            place = len(self._vectors) + len(told) if vector is not None else -1
            facts[row] = _facts(posting, stated, self.vocabulary, self.blocks, place)
            if vector is not None:
                told.append(vector)
        self._keep(told)
        self._parts.append(
            Columns(
                id_array([posting.id for posting in postings]), facts, np.array(starts, np.int64),
                np.array(skills, np.int32), np.frombuffer(bytes(notes), np.uint8), np.zeros((0, 0), np.int8), np.zeros(0),
            )
        )  # fmt: skip

    def _keep(self, told: Sequence[Vector]) -> None:
        """Vectors are most of what is kept."""
        given, lengths = quantised(told)
        if not len(given):
            return
        if not len(self._vectors):
            self._vectors = Table(given.shape[1])
        if given.shape[1] != self._vectors.width:
            raise InvalidInput("vectors of different lengths", where="matching", hint="give those of one model")
        self._vectors.add(given)
        self._lengths.append(lengths)

    def columns(self) -> Columns:
        """All that was read. The vectors are given away: it can be said once."""
        if not self._parts:
            self.add([], {})
        lengths = np.concatenate([np.zeros(0), *self._lengths])
        return joined(self._parts, vectors=(self._vectors.taken(), lengths))

    def counted(self, columns: Columns) -> Rarity:
        """How rare skills and words of titles are in these postings."""
        skills, titles = self.vocabulary.skills, self.vocabulary.titles
        asked = np.bincount(skills.column_of_spelling()[columns.skills], minlength=len(skills.columns))
        words: Counter[str] = Counter()
        for work, count in enumerate(np.bincount(columns.facts["work"]).tolist()):
            words.update(dict.fromkeys(titles.words_of(work), count))
        return Rarity(len(columns), dict(zip(skills.columns.names, asked.tolist(), strict=True)), words)


def _skills(posting: JobPosting, stated: Statements) -> list[tuple[str, int]]:
    """Each skill once, as the posting writes it first, with its note; required ones first, each kind in the order given."""
    optional = {skill_key(skill) for skill in stated.optional_skills}
    years = {skill_key(skill): min(int(asked), WISHED - 1) for skill, asked in stated.skill_years.items()}
    asked: dict[str, tuple[str, int]] = {}
    for skill in posting.skills:
        key = skill_key(skill)
        if key not in asked:
            asked[key] = (skill, (WISHED if key in optional else 0) | years.get(key, 0))
    return sorted(asked.values(), key=lambda pair: pair[1] & WISHED)


def _facts(
    posting: JobPosting, stated: Statements, vocabulary: Vocabulary, blocks: Blocks, vector: int
) -> tuple[float | int, ...]:
    salary = posting.salary
    low, high = (salary.yearly_min, salary.yearly_max) if salary else (None, None)
    words = stated.authorisation or ("no visa sponsorship" if posting.visa_sponsorship is False else "")
    title = vocabulary.titles.number(posting.title)
    asks = bool(words) and not posting.visa_sponsorship
    return (
        _known(low),
        _known(high),
        title,
        vocabulary.titles.work(title),
        vocabulary.companies.number(posting.company_name, posting.company_domain),
        blocks.number(posting, asks_authorisation=asks),
        vocabulary.authorisations.number(words) if asks else NOTHING,
        vector,
        _known(stated.years_asked),
        _known(stated.years_least),
        industries_in(posting.description_text),
        vocabulary.currencies.number(salary.currency if salary else ""),
        RANKS[posting.seniority] if posting.seniority else -1,
        SENIORITIES.index(posting.seniority) if posting.seniority else -1,
        culture_number("remote", _STATED[posting.remote]),
        culture_number("size", stated.size or ""),
        culture_number("pace", stated.pace or ""),
    )


def _known(value: float | None) -> float:
    return np.nan if value is None else float(value)
