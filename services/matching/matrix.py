"""Postings as arrays: everything that filters and factors compare, one row a posting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import JobPosting, Workplace
from services.matching.levels import RANKS, work_words
from services.matching.rarity import Rarity, posting_terms
from services.matching.regions import countries_of
from services.matching.skill_names import skill_key
from services.matching.sparse import Bools, Floats, Ints, SparseRows
from services.matching.statements import Statements, read_statements
from services.matching.text import TERMS, name_key, term

Strings = npt.NDArray[np.str_]

OPTIONAL_SHARE = 0.5
"""A skill that is only wished for weighs half of a required one."""

_REMOTE = {Workplace.REMOTE: "remote", Workplace.HYBRID: "hybrid", Workplace.NONE: ""}
"""On site is not declared: a posting that says nothing looks the same."""


@dataclass(frozen=True, eq=False)
class Places:
    """Pairs of a row and a place it names; `""` where the city or the country is not known."""

    rows: Ints
    cities: Strings
    countries: Strings

    @classmethod
    def of(cls, named: Iterable[tuple[int, str, str]]) -> Self:
        """From (row, city, country)."""
        rows, cities, countries = zip(*named, strict=True) if (named := list(named)) else ((), (), ())
        return cls(np.array(rows, np.int64), np.array(cities, np.str_), np.array(countries, np.str_))


@dataclass(frozen=True, eq=False)
class PostingMatrix:
    """Postings, vectorised. NaN and `""` stand for unknown."""

    postings: tuple[JobPosting, ...]
    statements: tuple[Statements, ...]
    rarity: Rarity
    id_rank: Ints
    """Position of each row by job id: the order of equal scores."""
    skill_columns: Mapping[str, int]
    skills: SparseRows
    skill_totals: Floats
    """The weight of all skills of a posting; 0 where it names none."""
    skill_counts: Ints
    terms: SparseRows
    """TF-IDF of the whole text, rows of length 1."""
    titles: SparseRows
    """TF-IDF of the words of the title that name the work, rows of length 1."""
    levels: Floats
    """Rank of the seniority."""
    years_asked: Floats
    years_least: Floats
    pay_low: Floats
    """Yearly pay, in units of `currencies`."""
    pay_high: Floats
    currencies: Strings
    workplaces: Strings
    places: Places
    culture: Mapping[str, Strings]
    """What postings declare of `remote`, `size` and `pace`."""
    remote_areas: Places
    """Countries where remote work is allowed; a row with an area that is not understood has a country `""`."""

    @classmethod
    def build(cls, postings: Sequence[JobPosting], *, rarity: Rarity | None = None) -> Self:
        """Vectorise. `rarity` is that of these postings where none is given; raises InvalidInput on a repeated id."""
        terms = [posting_terms(posting) for posting in postings]
        rarity = rarity or Rarity.of_terms(postings, terms)
        statements = tuple(read_statements(posting) for posting in postings)
        columns, skills = _skill_rows(postings, statements, rarity)
        salaries = [posting.salary for posting in postings]
        return cls(
            postings=tuple(postings),
            statements=statements,
            rarity=rarity,
            id_rank=_id_rank(postings),
            skill_columns=columns,
            skills=skills,
            skill_totals=skills.row_sums(),
            skill_counts=np.array(
                [len({skill_key(skill) for skill in posting.skills}) for posting in postings], np.int64
            ),
            terms=_tf_idf(terms, rarity),
            titles=_title_rows(postings, rarity),
            levels=_numbers(RANKS[posting.seniority] if posting.seniority else None for posting in postings),
            years_asked=_numbers(stated.years_asked for stated in statements),
            years_least=_numbers(stated.years_least for stated in statements),
            pay_low=_numbers(salary.yearly_min if salary else None for salary in salaries),
            pay_high=_numbers(salary.yearly_max if salary else None for salary in salaries),
            currencies=np.array([salary.currency.upper() if salary else "" for salary in salaries], np.str_),
            workplaces=np.array([posting.remote.value for posting in postings], np.str_),
            culture={
                "remote": np.array([_REMOTE[posting.remote] for posting in postings], np.str_),
                "size": np.array([stated.size or "" for stated in statements], np.str_),
                "pace": np.array([stated.pace or "" for stated in statements], np.str_),
            },
            places=Places.of(_stated_places(postings)),
            remote_areas=Places.of(_remote_areas(postings)),
        )

    def __len__(self) -> int:
        return len(self.postings)

    @cached_property
    def named(self) -> Bools:
        """Rows that name a place."""
        return self.any_row(self.places.rows, np.ones(len(self.places.rows), np.bool_))

    @cached_property
    def on_site(self) -> Bools:
        """Rows at a place: hybrid, or neither hybrid nor remote and yet with a place."""
        rows: Bools = (self.workplaces == Workplace.HYBRID.value) | (
            (self.workplaces == Workplace.NONE.value) & self.named
        )
        return rows

    @cached_property
    def remote(self) -> Bools:
        """Rows that are remote."""
        remote: Bools = self.workplaces == Workplace.REMOTE.value
        return remote

    @cached_property
    def asks_authorisation(self) -> Bools:
        """Rows whose words ask for a work authorisation or refuse to sponsor one."""
        return np.array([stated.authorisation is not None for stated in self.statements], np.bool_)

    def any_row(self, rows: Ints, hits: Bools) -> Bools:
        """Rows of the matrix with at least one hit among their pairs."""
        found: Bools = np.bincount(rows[hits], minlength=len(self)) > 0
        return found


def _numbers(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _id_rank(postings: Sequence[JobPosting]) -> Ints:
    order = sorted(range(len(postings)), key=lambda row: postings[row].id)
    for before, row in pairwise(order):
        if postings[before].id == postings[row].id:
            raise InvalidInput("a posting is given twice", where=str(postings[row].id), hint="give each id once")
    rank = np.empty(len(postings), np.int64)
    rank[order] = np.arange(len(postings))
    return rank


def _skill_rows(
    postings: Sequence[JobPosting], statements: Sequence[Statements], rarity: Rarity
) -> tuple[dict[str, int], SparseRows]:
    keys = [{skill_key(skill) for skill in posting.skills} for posting in postings]
    # Sums run in the order of the columns. Columns in the order of the keys give equal sets of skills equal sums to
    # the last bit, in whatever order and among whatever other postings they are given.
    columns = {key: column for column, key in enumerate(sorted(set[str]().union(*keys)))}
    rows: list[dict[int, float]] = []
    for named, stated in zip(keys, statements, strict=True):
        optional = {skill_key(skill) for skill in stated.optional_skills}
        shares = {key: OPTIONAL_SHARE if key in optional else 1.0 for key in named}
        rows.append({columns[key]: rarity.of_skill(key) * share for key, share in shares.items()})
    return columns, SparseRows.of(rows, max(1, len(columns)))


def _tf_idf(terms: Sequence[Mapping[int, float]], rarity: Rarity) -> SparseRows:
    idf = rarity.of_all_terms()
    weighted = [{column: tf * float(idf[column]) for column, tf in row.items()} for row in terms]
    return SparseRows.of(weighted, TERMS).unit_rows()


def _title_rows(postings: Sequence[JobPosting], rarity: Rarity) -> SparseRows:
    idf = rarity.of_all_terms()
    words = [sorted({term(word) for word in work_words(posting.title)}) for posting in postings]
    return SparseRows.of([{column: float(idf[column]) for column in columns} for columns in words], TERMS).unit_rows()


def _stated_places(postings: Sequence[JobPosting]) -> Iterable[tuple[int, str, str]]:
    for row, posting in enumerate(postings):
        for place in posting.locations:
            country = (place.country or "").upper()
            # By both names: "Munich" of the gazetteer and "München" as the employer wrote it.
            for city in dict.fromkeys(
                (name_key(place.city or ""), name_key(place.name.split(",")[0]) if place.city else "")
            ):
                yield row, city, country


def _remote_areas(postings: Sequence[JobPosting]) -> Iterable[tuple[int, str, str]]:
    for row, posting in enumerate(postings):
        for area in posting.remote_allowed_in:
            for country in sorted(countries_of(area)) or ("",):
                yield row, "", country
