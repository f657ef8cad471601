"""Made-up people for résumés: names, addresses, jobs, studies and skills in four languages, the same on every machine."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from benchmarks.made_up_lands import LANDS, Land, Trade

Month = tuple[int, int]
"""Year and month."""


@dataclass(frozen=True)
class MadeJob:
    """One job; an `end` of None goes on."""

    title: str
    employer: str
    city: str
    start: Month
    end: Month | None
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class MadeStudy:
    """One course of study."""

    degree: str
    field: str
    school: str
    start: int
    end: int


@dataclass(frozen=True)
class Person:
    """All that a made-up résumé tells: the truth that a reading is held against."""

    number: int
    language: str
    name: str
    email: str
    phone: str
    """E.164."""
    phone_written: str
    city: str
    country: str
    headline: str
    summary: str
    jobs: tuple[MadeJob, ...]
    studies: tuple[MadeStudy, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]


def people(count: int, *, seed: int = 7) -> list[Person]:
    """So many people, the four languages in turn."""
    return [_person(number, random.Random(f"{seed}/{number}")) for number in range(count)]


def _person(number: int, dice: random.Random) -> Person:
    language = list(LANDS)[number % len(LANDS)]
    land = LANDS[language]
    first, last = dice.choice(land.first), dice.choice(land.last)
    city, country, region = dice.choice(land.places)
    trade = dice.choice(land.trades)
    jobs = _jobs(land, trade, dice)
    number_of = _phone(region, dice)
    return Person(
        number=number,
        language=language,
        name=f"{first} {last}",
        email=_email(first, last, dice),
        phone=phonenumbers.format_number(number_of, phonenumbers.PhoneNumberFormat.E164),
        phone_written=_written(number_of, dice),
        city=city,
        country=country,
        headline=jobs[0].title,
        summary=land.summary.format(title=jobs[0].title),
        jobs=jobs,
        studies=_studies(land, trade, jobs[-1].start[0], dice),
        skills=tuple(dice.sample(trade.skills, dice.randint(5, min(10, len(trade.skills))))),
        languages=tuple(dice.sample(land.languages, dice.randint(2, 3))),
    )


def _jobs(land: Land, trade: Trade, dice: random.Random) -> tuple[MadeJob, ...]:
    """From the newest back, without gaps of more than half a year."""
    count = dice.randint(2, min(4, len(trade.titles)))
    year, month = 2026 - dice.randint(0, 2), dice.randint(1, 12)
    end: Month | None = None if dice.random() < 0.7 else (year, month)
    jobs = []
    for title, employer in zip(dice.sample(trade.titles, count), dice.sample(land.employers, count), strict=True):
        months = dice.randint(9, 70)
        start = divmod(year * 12 + month - 1 - months, 12)
        tasks = tuple(dice.sample(trade.tasks, dice.randint(1, 3)))
        jobs.append(MadeJob(title, employer, dice.choice(land.places)[0], (start[0], start[1] + 1), end, tasks))
        before = divmod(start[0] * 12 + start[1] - dice.randint(0, 5), 12)
        year, month = before[0], before[1] + 1
        end = year, month
    return tuple(jobs)


def _studies(land: Land, trade: Trade, before: int, dice: random.Random) -> tuple[MadeStudy, ...]:
    count = dice.randint(1, min(2, len(trade.degrees)))
    studies = []
    for (degree, field), school in zip(
        dice.sample(trade.degrees, count), dice.sample(land.schools, count), strict=True
    ):
        end = before - dice.randint(0, 1)
        start = end - dice.randint(2, 5)
        studies.append(MadeStudy(degree, field, school, start, end))
        before = start
    return tuple(studies)


def _email(first: str, last: str, dice: random.Random) -> str:
    letters = str.maketrans(
        "äöüßéèêëáàâíìîïóòôúùûñçøåÉÖÍıÎğ’' ", "aousEeeeaaaiiiiooouuuncoaEOIiIg---".replace("E", "e")
    )
    plain = [part.translate(letters).replace("-", "").replace(".", "").lower() for part in (first, last)]
    forms = (
        f"{plain[0]}.{plain[1]}",
        f"{plain[0][0]}{plain[1]}",
        f"{plain[1]}{dice.randint(10, 99)}",
        f"{plain[0]}_{plain[1]}",
        "hello",
    )
    return (
        f"{dice.choice(forms)}@{dice.choice(('example.com', 'post.example.org', 'mail.example.net', 'example.co.uk'))}"
    )


def _phone(region: str, dice: random.Random) -> phonenumbers.PhoneNumber:
    """A valid mobile number of a region."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None  # Every land of LANDS has one.
    for _ in range(200):
        whole = str(example.national_number)
        varied = phonenumbers.PhoneNumber(
            country_code=example.country_code, national_number=int(whole[:-4] + str(dice.randint(1000, 9999)))
        )
        if phonenumbers.is_valid_number(varied):
            return varied
    return example


def _written(number: phonenumbers.PhoneNumber, dice: random.Random) -> str:
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    forms: Sequence[str] = (
        international,
        international,
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL),
        "00" + international[1:],
        international.replace(" ", "-"),
        f"({international.split(' ')[0]}) {international.split(' ', 1)[1]}",
    )
    return dice.choice(forms)
