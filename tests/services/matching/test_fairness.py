"""What is never scored cannot be passed to the engine, and swapping it changes a score by exactly 0."""

import hashlib
import inspect
import itertools
import math
import typing
from collections.abc import Sequence
from uuid import UUID

import pytest
from pydantic import BaseModel

from activities.profile_vectors import profile_text
from quiethire.domain.candidate import Candidate, Preferences, SkillLevel, Track
from quiethire.domain.matching import Matching, Proficiency, Profile
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting, Location, Seniority, Workplace, job_id
from quiethire.domain.resume import Reading, Resume, ResumeEducation, ResumeKind, ResumeSkill, ResumeWork
from services.matching.embedding.texts import text_of
from services.matching.engine import Person, PostingIndex, match
from services.matching.reading.gender import ungendered
from services.matching.reading.text import tokens
from services.matching.resume.proposal import as_candidate_fields, as_track
from services.matching.resume.read import read_resume

NEVER = (
    *("name", "email", "phone", "photo", "picture", "image", "gender", "sex", "pronoun", "birth", "age", "graduat"),
    *("postcode", "postal", "zip", "school", "education", "university", "institution", "gap", "religion", "marital"),
    *("nationality", "ethnic", "race", "disab", "address", "summary", "text", "note"),
)
"""Words of fields that say, or could hold, what is never scored."""

INPUT = {
    *(
        "track",
        "titles",
        "skills",
        "skill_years",
        "years_experience",
        "industries",
        "places",
        "countries",
        "workplaces",
    ),
    *("salary_floor", "work_authorisation", "culture", "blocked_companies", "verified"),
}
SKILLS = ("Python", "SQL", "Apache Spark", "dbt")


def models_in(annotation: object) -> set[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return {annotation}.union(*(models_in(field.annotation) for field in annotation.model_fields.values()))
    return set().union(*map(models_in, typing.get_args(annotation)))


def posting(number: int) -> JobPosting:
    return JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/jobs/{number}",
        ats="website",
        title=("Senior Data Engineer", "Data Analyst", "Analytics Engineer")[number % 3],
        company_name="Northwind",
        locations=(Location(name="Berlin, Germany", city="Berlin", country="DE"),),
        remote=Workplace.HYBRID,
        seniority=(Seniority.SENIOR, Seniority.MID)[number % 2],
        description_text=f"Data work with {', '.join(SKILLS[: 2 + number % 3])} for 3+ years.",
        requirements=SKILLS[: 2 + number % 3],
        skills=SKILLS[: 2 + number % 3],
        quality_score=90,
    )


def meaning(text: str) -> Vector:
    """A vector that every word of a text moves, and half of which is the text's alone: so the cosine of two is on the slope of the factor."""
    parts = [0.0] * 64
    for word in tokens(text):
        for place, byte in enumerate(hashlib.sha512(word.encode()).digest()):
            parts[place] += byte - 127.5
    own = [byte - 127.5 for byte in hashlib.sha512(text.encode()).digest()]
    halves = [[part / math.hypot(*half) / math.sqrt(2) for part in half] for half in (parts, own)]
    return tuple(itertools.chain(*halves))


def index_of(*postings: JobPosting) -> PostingIndex:
    return PostingIndex.build(postings, vectors={each.id: meaning(text_of(each)) for each in postings})


INDEX = index_of(*map(posting, range(24)))


def person(**changes: object) -> Candidate:
    skills = {name: SkillLevel(proficiency=Proficiency.EXPERT, years=5) for name in SKILLS[:3]}
    track = Track(
        name="Data", titles=("Data Engineer",), skills=skills, years_experience=7, summary="Builds pipelines."
    )
    wanted = Preferences(places=("Berlin",), countries=("DE",))
    fields = {"id": UUID(int=1), "name": "Ada Lovelace", "tracks": (track,), "preferences": wanted}
    return Candidate.model_validate(fields | changes)


def scored(candidate: Candidate, index: PostingIndex = INDEX) -> Matching:
    vectors = [meaning(profile_text(each)) for each in candidate.profiles]
    return match(candidate.id, candidate.profiles, index, vectors=vectors, floor=0)


def test_the_input_of_the_engine_has_these_fields_and_no_others() -> None:
    assert set(Profile.model_fields) == INPUT
    for model in models_in(Profile):
        for field in model.model_fields:
            assert not [word for word in NEVER if word in field.lower()], f"{model.__name__}.{field}"


def test_the_engine_takes_profiles_and_nobody_s_person() -> None:
    given = inspect.signature(match).parameters
    assert typing.get_type_hints(match)["profiles"] == Sequence[Profile]
    assert Candidate not in {typing.get_type_hints(match)[name] for name in given}
    assert set(typing.get_type_hints(Person)) <= {"id", "candidate_id", "profiles", "vectors", "without"}


SWAPS: dict[str, dict[str, object]] = {
    "name": {"name": "Jamal Washington"},
    "name in another script": {"name": "李小龍"},
    "address": {"email": "jamal1961@example.org"},
    "phone": {"phone": "+1 212 555 0100"},
    "consent": {"open_to_employers": True, "digest": True},
}


@pytest.mark.parametrize("swap", SWAPS)
def test_swapping_who_somebody_is_changes_no_score_and_no_reason(swap: str) -> None:
    first, second = person(), person(**SWAPS[swap])
    assert first.profiles == second.profiles
    assert scored(first) == scored(second)
    assert len(scored(first).matches) == 24


SAID = (
    "He is 58 years old, married, born in 1968.",
    "She is a mother of two; graduated from Oxford in 1984; lives in 10115 Berlin.",
    "They took four years off, and add a photograph.",
)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(SAID, 2)))
def test_what_somebody_writes_of_themselves_changes_no_score_and_no_vector(one: str, other: str) -> None:
    first, second = (
        person(tracks=(person().tracks[0].model_copy(update={"summary": summary}),)) for summary in (one, other)
    )
    assert [profile_text(each) for each in first.profiles] == [profile_text(each) for each in second.profiles]
    assert scored(first) == scored(second)


GENDERED = (
    ("Softwareentwickler", "Softwareentwicklerin", "Softwareentwickler (m/w/d)"),
    ("Kaufmann im Einzelhandel", "Kauffrau im Einzelhandel", "Kaufmann im Einzelhandel (m/w/d)"),
    ("Arzt", "Ärztin", "Arzt (m/w/d)"),
    ("Ingénieur logiciel", "Ingénieure logicielle", "Ingénieur logiciel H/F"),
    ("Directeur commercial", "Directrice commerciale", "Directeur commercial"),
    ("Vendeur", "Vendeuse", "Vendeur en magasin"),
    ("Enfermero", "Enfermera", "Enfermero de noche"),
    ("Ingeniero industrial", "Ingeniera industrial", "Ingeniero industrial"),
    ("Director de marketing", "Directora de marketing", "Director de marketing"),
    ("Becario de datos", "Becaria de datos", "Becario de datos"),
    ("Architekt", "Architektin", "Architekt (m/w/d)"),
    ("Ökonom", "Ökonomin", "Ökonom (m/w/d)"),
    ("Angestellter im Büro", "Angestellte im Büro", "Angestellter im Büro"),
    ("Chef de projet", "Cheffe de projet", "Chef de projet H/F"),
    ("Avocat", "Avocate", "Avocat H/F"),
    ("Engenheiro civil", "Engenheira civil", "Engenheiro civil"),
    ("Direttore commerciale", "Direttrice commerciale", "Direttore commerciale"),
    ("Waiter", "Waitress", "Waiter"),
    ("Salesman", "Saleswoman", "Salesperson"),
    ("Koch", "Köchin", "Koch (m/w/d)"),
    ("Anwalt", "Anwältin", "Anwalt für Arbeitsrecht"),
    ("Sekretär", "Sekretärin", "Sekretär (m/w/d)"),
    ("Científico de datos", "Científica de datos", "Científico de datos"),
    ("Sviluppatore", "Sviluppatrice", "Sviluppatore"),
    ("Programista", "Programistka", "Programista (k/m)"),
)


@pytest.mark.parametrize(("his", "hers", "title"), GENDERED)
def test_the_gender_of_a_title_changes_no_score_and_no_vector(his: str, hers: str, title: str) -> None:
    index = index_of(posting(1).model_copy(update={"title": title, "seniority": None}))
    people = [person(tracks=(Track(titles=(held,)),)) for held in (his, hers)]
    first, second = (scored(one, index) for one in people)
    assert [one.score for one in first.matches] == [one.score for one in second.matches]
    assert first.matches[0].score > 0
    assert profile_text(people[0].profiles[0]) == profile_text(people[1].profiles[0])


@pytest.mark.parametrize("word", ["german", "camera", "login", "human", "python", "manager", "engineer", "data"])
def test_a_word_that_has_no_gender_stays_as_it_is(word: str) -> None:
    assert ungendered(word) == word


def read(value: str) -> Reading:
    return Reading(value=value, confidence=0.9)


def resume(**changes: object) -> Resume:
    worked = {"employer": read("Northwind"), "title": read("Data Engineer"), "start": read("2016"), "end": read("2023")}
    studied = {"institution": read("TU Berlin"), "degree": read("MSc"), "end": read("2015")}
    fields: dict[str, object] = {
        "kind": ResumeKind.PDF,
        "text": "",
        "name": read("Ada Lovelace"),
        "place": read("Berlin"),
        "work": (ResumeWork.model_validate(worked),),
        "education": (ResumeEducation.model_validate(studied),),
        "skills": tuple(ResumeSkill(name=read(name), years=4) for name in SKILLS[:3]),
        "years_experience": 7,
    }
    return Resume.model_validate(fields | changes)


def jobs(*years: tuple[str, str]) -> tuple[ResumeWork, ...]:
    return tuple(
        ResumeWork(employer=read("Northwind"), title=read("Data Engineer"), start=read(start), end=read(end))
        for start, end in years
    )


@pytest.mark.parametrize(
    "swap",
    [
        {"name": read("Jamal Washington")},
        {"email": read("jamal1961@example.org"), "phone": read("+12125550100")},
        {"place": read("10999 Berlin")},
        {"education": (ResumeEducation(institution=read("Oxford"), end=read("1984")),)},
        {"education": ()},
        {"work": jobs(("2009", "2012"), ("2019", "2023"))},
        {"summary": read("A father of two, aged 58.")},
    ],
    ids=["name", "addresses", "postcode", "school and graduation year", "no school", "gaps", "age and family"],
)
def test_swapping_what_a_resume_tells_of_somebody_changes_no_score(swap: dict[str, object]) -> None:
    first, second = (person(tracks=(as_track(each),)) for each in (resume(), resume(**swap)))
    assert scored(first).matches == scored(second).matches
    assert len(scored(first).matches) == 24


HEADLINES = (
    *("Data Engineer (she/her)", "Data Engineer (he/him)", "Data Engineer (they/them)", "Data Engineer, 29 years old"),
    *("Data Engineer, 58, married", "Data Engineer | born in 1968 | mother of two", "Data Engineer (m/w/d)"),
)


@pytest.mark.parametrize("headline", HEADLINES)
def test_what_a_title_tells_of_somebody_changes_no_score_no_reason_and_no_vector(headline: str) -> None:
    said = person(tracks=(person().tracks[0].model_copy(update={"titles": (headline,)}),))
    assert [profile_text(each) for each in said.profiles] == [profile_text(each) for each in person().profiles]
    assert scored(said) == scored(person())


def life(headline: str) -> Candidate:
    told = (
        f"Ada Lovelace\n{headline}\nada@example.com\n\nWork experience\nData Engineer, Northwind\n03/2019 - 05/2024\n"
        "- Pipelines in Python and SQL\n\nSkills\nPython, SQL, dbt\n"
    )
    fields = as_candidate_fields(read_resume(told.encode()))
    assert fields.tracks[0].titles
    return person(tracks=fields.tracks)


@pytest.mark.parametrize("headline", [*HEADLINES, "Softwareentwicklerin (sie/ihr)", "Softwareentwickler, 58 Jahre alt"])
def test_nor_does_the_headline_of_a_resume(headline: str) -> None:
    plain = "Softwareentwickler" if headline.startswith("Software") else "Data Engineer"
    first, second = scored(life(plain)), scored(life(headline))
    assert [(one.job_id, one.score) for one in first.matches] == [(one.job_id, one.score) for one in second.matches]
    assert first.matches[0].factors[2].value is not None


def test_what_is_scored_does_change_a_score() -> None:
    track = person().tracks[0].model_copy(update={"skills": {"Welding": SkillLevel()}})
    assert scored(person()).matches[0].score > scored(person(tracks=(track,))).matches[0].score


def test_so_does_what_a_text_means() -> None:
    """Else the swaps above would say nothing of vectors."""
    here = scored(person())
    without = match(person().id, person().profiles, INDEX, floor=0)
    assert {one.job_id: one.score for one in here.matches} != {one.job_id: one.score for one in without.matches}
    assert any(0 < (one.factors[2].value or 0) < 1 for one in here.matches)
