"""What a résumé proposes for a person's profile: they correct it, and then it is theirs."""

import re

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.candidate import MAX_SKILLS, Preferences, SkillLevel, Track
from quiethire.domain.impersonal import impersonal_titles
from quiethire.domain.resume import Reading, Resume
from services.matching.resume.fields.pay import salary_floor
from services.matching.resume.fields.places import city_country, place_in
from services.matching.resume.lines import Piece


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

    How well a skill is known is the person's to say. Schools, dates, gaps and what titles tell beside the work stay in the résumé.
    """
    titles = [one.title for one in resume.work if one.title is not None]
    if resume.headline is not None:
        titles.insert(0, resume.headline)
    summary = resume.summary.value if resume.summary else ""
    return Track(
        name=name[:100],
        titles=impersonal_titles(map(_word, titles))[:30],
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
