"""What a résumé proposes for a person's profile: they correct it, and then it is theirs."""

import re

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.candidate import MAX_SKILLS, Preferences, SkillLevel, Track
from quiethire.domain.matching import SalaryFloor
from quiethire.domain.posting import MAX_AMOUNT, Period
from quiethire.domain.resume import Reading, Resume
from services.matching.resume.fields.places import city_country, place_in
from services.matching.resume.lines import Piece

_FIGURE = r"(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d+(?:[.,]\d{1,2})?)"
_THOUSAND = r"(?:(?:k|thousand|tausend|mille|mil)\b|tsd)"
_MILLION = r"(?:m|mio|millions?|millionen|millones)\b"
_AMOUNT = re.compile(
    rf"({_FIGURE})(?:\s?[€$£]?\s?(?:-|–|—|to|bis|à|a)\s?[€$£]?\s?\d{{1,3}}(?=\s?{_THOUSAND}))?\s?(?:({_THOUSAND})|({_MILLION}))?",
    re.IGNORECASE,
)
"""A figure; a word for thousands behind the other end of a range counts for both."""
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "euro": "EUR", "euros": "EUR"}
_CODE = re.compile(
    r"\b(EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CAD|AUD|INR|ILS|CZK|HUF|JPY)\b|([€$£¥])|\b(euros?)\b", re.IGNORECASE
)
_PERIODS = (
    (Period.HOUR, re.compile(r"\bhour|\bstunde|\bheure|\bhora|/\s?h\b|\bp\.?h\b", re.IGNORECASE)),
    (Period.MONTH, re.compile(r"\bmonth|\bmonat|\bmois|\bmes\b|\bmensual", re.IGNORECASE)),
    (Period.DAY, re.compile(r"\bday\b|\bdaily|\btag\b|\bjour\b|\bdía\b", re.IGNORECASE)),
)


class CandidateFields(Model):
    """The fields of a Candidate that a résumé fills; what it does not tell is None or empty."""

    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    tracks: tuple[Track, ...] = ()
    preferences: Preferences = Preferences()
    work_authorisation: tuple[str, ...] = ()


def as_track(resume: Resume, name: str = "") -> Track:
    """One specialisation: the titles held, the newest first, and the skills, each at working level for its years.

    How well a skill is known is the person's to say. Schools, dates and gaps stay in the résumé.
    """
    titles = [one.title for one in resume.work if one.title is not None]
    if resume.headline is not None:
        titles.insert(0, resume.headline)
    summary = resume.summary.value if resume.summary else ""
    return Track(
        name=name[:100],
        titles=tuple(dict.fromkeys(text for one in titles if (text := _word(one))))[:30],
        skills={text: SkillLevel(years=one.years) for one in resume.skills[:MAX_SKILLS] if (text := _word(one.name))},
        years_experience=resume.years_experience,
        summary=summary[:20_000],
    )


def as_candidate_fields(resume: Resume) -> CandidateFields:
    """All that a résumé tells of a candidate, with one track."""
    places = [*resume.locations, *([resume.place] if resume.place else [])]
    cities = [city for one in places if (city := _city(one.value))]
    countries = [code for one in places if (code := _country(one.value))]
    return CandidateFields(
        name=_cut(resume.name, 200),
        email=_cut(resume.email, 254),
        phone=_cut(resume.phone, 40),
        tracks=(as_track(resume),),
        preferences=Preferences(
            places=tuple(dict.fromkeys(cities))[:50],
            countries=tuple(dict.fromkeys(countries))[:60],
            salary_floor=salary_floor(resume.salary_floor.value) if resume.salary_floor else None,
        ),
        work_authorisation=tuple(dict.fromkeys(one.value for one in resume.work_authorisation))[:60],
    )


def salary_floor(written: str) -> SalaryFloor | None:
    """Pay as written, as a floor; None where amount or currency is not plain, or nobody earns as much. Without a period, by the year."""
    amount, code = _AMOUNT.search(written), _CODE.search(written)
    if amount is None or code is None:
        return None
    number = amount[1]
    grouped = re.fullmatch(r"\d{1,3}(?:[.,'’ ]\d{3})+", number)
    value = float(re.sub(r"[.,'’ ]", "", number) if grouped else number.replace(",", "."))
    value *= 1_000 if amount[2] else 1_000_000 if amount[3] else 1
    if value > MAX_AMOUNT:
        return None
    currency = (code[1] or _SIGNS[(code[2] or code[3]).casefold()]).upper()
    period = next((period for period, pattern in _PERIODS if pattern.search(written)), Period.YEAR)
    return SalaryFloor(amount=round(value), currency=currency, period=period)


def _word(reading: Reading) -> str:
    return " ".join(reading.value.split())[:200]


def _cut(reading: Reading | None, length: int) -> str | None:
    """A value that fits its field; a longer one is no name and no address."""
    return reading.value if reading is not None and len(reading.value) <= length else None


def _city(place: str) -> str | None:
    first = re.split(r"[,(/|]", place)[0].strip(" .")
    return first[:200] if first and city_country(first) else None


def _country(place: str) -> str | None:
    """The country named, else that of the city."""
    found = place_in(Piece(place, 0))
    return found[1] if found is not None else None
