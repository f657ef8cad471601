"""Made-up employers and the adverts that they write: one seed, one employer, the same texts every time."""

import random
from dataclasses import dataclass, replace

from benchmarks.simulation import vocabulary as words
from benchmarks.simulation.vocabulary import FAMILIES, Family


@dataclass(frozen=True)
class Advert:
    """What an employer says of a job, whatever the board that says it."""

    title: str
    places: tuple[str, ...]
    department: str
    duties: tuple[str, ...]
    wanted: tuple[str, ...]
    opening: str
    pay: tuple[int, int] | None
    """A year, in euros."""


@dataclass(frozen=True)
class Employer:
    """A company with the passages that all of its adverts share."""

    name: str
    domain: str
    about: tuple[str, ...]
    benefits: tuple[str, ...]
    process: tuple[str, ...]
    equal: str
    places: tuple[str, ...]
    families: tuple[Family, ...]
    tells_pay: float

    def html(self, advert: Advert) -> str:
        """The description as it stands on a board."""
        duties = "".join(f"<li>{duty}</li>" for duty in advert.duties)
        wanted = "".join(f"<li>{skill}</li>" for skill in advert.wanted)
        benefits = "".join(f"<li>{benefit.capitalize()}</li>" for benefit in self.benefits)
        return (
            f"<h3>About {self.name}</h3><p>{' '.join(self.about)}</p>"
            f"<h3>The role</h3><p>{advert.opening}</p>"
            f"<h3>What you will do</h3><ul>{duties}</ul>"
            f"<h3>What you bring</h3><ul>{wanted}</ul>"
            f"<h3>What we offer</h3><ul>{benefits}</ul>"
            f"<h3>How to apply</h3><p>{' '.join(self.process)}</p><p>{self.equal}</p>"
        )


def employer(chance: random.Random, number: int) -> Employer:
    """The employer of this number; its domain is its own."""
    name = f"{chance.choice(words.NAME_HEADS)}{chance.choice(words.NAME_TAILS)}"
    about = chance.sample(words.ABOUT, 4)
    said = {
        "name": name,
        "trade": chance.choice(words.TRADES),
        "year": chance.randint(1921, 2012),
        "year2": chance.randint(2013, 2024),
        "staff": chance.randint(30, 9_000),
        "kind": chance.choice(words.KINDS),
        "customers": chance.randint(2, 900) * 100,
        "countries": chance.randint(2, 60),
        "growth": chance.randint(5, 60),
        "value": chance.choice(words.VALUES[:4]),
        "value2": chance.choice(words.VALUES[4:]),
    }
    given = {"days": chance.randint(26, 33), "percent": chance.randint(10, 50), "budget": chance.randint(5, 30) * 100}
    given["weeks"] = chance.randint(2, 12)
    process = chance.sample(words.PROCESS, 3)
    return Employer(
        name=name,
        domain=f"{name.lower()}{number}.example",
        about=tuple(text.format(**said) for text in about),
        benefits=tuple(text.format(**given) for text in chance.sample(words.BENEFITS, 6)),
        process=tuple(text.format(days=chance.randint(3, 12), who=chance.choice(words.WHO)) for text in process),
        equal=chance.choice(words.EQUAL).format(name=name),
        places=tuple(chance.sample(words.PLACES, chance.choice((1, 1, 2, 3, 5)))),
        families=tuple(chance.sample(FAMILIES, chance.choice((1, 2, 3, 5)))),
        tells_pay=chance.choice((0.0, 0.2, 0.6, 1.0)),
    )


def advert(chance: random.Random, by: Employer) -> Advert:
    """A new job of an employer."""
    family = chance.choice(by.families)
    prefix = chance.choice(words.PREFIXES)
    team = chance.choice(words.TEAMS)
    title = f"{prefix}{chance.choice(family.titles)}{chance.choice(words.SUFFIXES).format(team=team)}"
    return Advert(
        title=title,
        places=_places(chance, by),
        department=family.department,
        duties=_duties(chance, family),
        wanted=_wanted(chance, family, title),
        opening=_opening(chance, family, title),
        pay=_pay(chance, family, prefix) if chance.random() < by.tells_pay else None,
    )


def changed(chance: random.Random, old: Advert, field: str) -> Advert:
    """The advert with another title, salary, location or description, and nothing else changed."""
    while True:
        new = _changed(chance, old, field)
        if new != old:
            return new


def _changed(chance: random.Random, old: Advert, field: str) -> Advert:
    if field == "title":
        bare = old.title.removeprefix("Senior ").removeprefix("Junior ").removeprefix("Lead ")
        return replace(old, title=f"{chance.choice(words.PREFIXES)}{bare}")
    if field == "salary":
        low = (old.pay or (48_000, 60_000))[0] + chance.choice((-4_000, 2_000, 3_000, 5_000))
        return replace(old, pay=(low, low + chance.choice((8_000, 12_000, 15_000))))
    if field == "locations":
        others = [place for place in words.PLACES if place not in old.places]
        return replace(old, places=(chance.choice(others), *old.places[1:]))
    family = next(family for family in FAMILIES if family.department == old.department)
    place = chance.randrange(len(old.duties))
    duty = chance.choice([duty for duty in _duties(chance, family) if duty not in old.duties] or ["Keep the peace"])
    return replace(old, duties=(*old.duties[:place], duty, *old.duties[place + 1 :]))


def _places(chance: random.Random, by: Employer) -> tuple[str, ...]:
    count = min(len(by.places), chance.choice((1, 1, 1, 1, 2, 3)))
    return tuple(chance.sample(by.places, count))


def _duties(chance: random.Random, family: Family) -> tuple[str, ...]:
    things = chance.sample(family.things, chance.randint(5, min(7, len(family.things))))
    return tuple(f"{chance.choice(family.verbs)} {thing} {chance.choice(family.ends)}" for thing in things)


def _wanted(chance: random.Random, family: Family, title: str) -> tuple[str, ...]:
    years = chance.randint(1, 8)
    experience = chance.choice(words.EXPERIENCE).format(years=years, title=title, department=family.department)
    skills = chance.sample(family.skills, chance.randint(3, 5))
    return (experience, *(f"You know {skill} well" for skill in skills), *chance.sample(words.SOFT, 2))


def _opening(chance: random.Random, family: Family, title: str) -> str:
    return chance.choice(words.OPENINGS).format(
        department=family.department,
        title=title,
        verb=chance.choice(family.verbs).lower(),
        thing=chance.choice(family.things),
        count=chance.randint(3, 40),
    )


def _pay(chance: random.Random, family: Family, prefix: str) -> tuple[int, int]:
    low = family.pay[1] if prefix in ("Senior ", "Lead ") else family.pay[0]
    start = (low + chance.randint(-4, 8)) * 1_000
    return start, start + chance.choice((6_000, 10_000, 15_000, 20_000))
