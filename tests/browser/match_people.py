"""Somebody with matches, for the pages of matches."""

from math import isnan
from types import SimpleNamespace
from uuid import UUID, uuid4

from quiethire.clients import Clients
from quiethire.domain.candidate import Candidate, Preferences, SkillLevel, Track
from quiethire.domain.matching import FactorScore, Hidden, Improvement, Match, Matching, Proficiency, SalaryFloor
from quiethire.domain.posting import JobPosting
from services.matching.factors.registry import FACTORS, points

VALUES = {"skills": 0.9, "experience": 0.75, "semantic": 0.8, "salary": 1.0, "culture": float("nan"), "validation": 0.5}
REASONS = {
    "skills": "3 of 4 skills: Python (expert), SQL, Spark; Kafka is asked and not known",
    "experience": "8 years, 5 asked; “Senior Data Engineer” is close to “Data Engineer”",
    "semantic": "the posting and the profile are about much the same work",
    "salary": "€75–95k, all of it above the floor of €70,000 a year",
    "culture": "unknown: no preference is declared on both sides",
    "validation": "1 of 2 parts of the profile are checked",
}


REASON = {
    "salary": "€40–50k is below the floor of €70,000 a year",
    "location": "on site in Paris, not in Berlin",
}


async def _late() -> None:
    """A run that is not done in time."""
    raise TimeoutError


class Started:
    """In place of Temporal: the workflows that were started, by id."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def start_workflow(self, _: object, __: object, *, id: str, **___: object) -> SimpleNamespace:
        self.ids.append(id)
        return SimpleNamespace(id=id, result=_late)


def factors_of(values: dict[str, float]) -> tuple[FactorScore, ...]:
    given = [values[name] for name, _ in FACTORS]
    return tuple(
        FactorScore(name=name, value=None if isnan(value) else value, weight=weight, points=each, reason=REASONS[name])
        for (name, weight), value, each in zip(FACTORS, given, points(given), strict=True)
    )


def match_of(who: UUID, posting: JobPosting, at: int) -> Match:
    """The `at`-th best: each one less of skills and more of pay."""
    values = {**VALUES, "skills": 0.95 - 0.05 * at, "salary": min(1.0, 0.4 + 0.1 * at)}
    if at % 3 == 2:
        values["salary"] = float("nan")
    total = round(sum(points([values[name] for name, _ in FACTORS])), 6)
    return Match(
        candidate_id=who,
        job_id=posting.id,
        score=total,
        factors=factors_of(values),
        track="Data",
        improvements=(Improvement(skill="Kubernetes", score=total + 6.6), Improvement(skill="Kafka", score=total + 3)),
    )


async def ada_in(clients: Clients, **changes: object) -> Candidate:
    """Ada, who is kept, without matches."""
    skills = {"Python": SkillLevel(proficiency=Proficiency.EXPERT, years=8), "SQL": SkillLevel(), "Spark": SkillLevel()}
    fields: dict[str, object] = {
        "id": uuid4(),
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "tracks": (Track(name="Data", titles=("Data Engineer", "Analyst"), skills=skills, years_experience=8),),
        "preferences": Preferences(
            places=("Berlin",), countries=("DE",), salary_floor=SalaryFloor(amount=70_000, currency="EUR")
        ),
        "work_authorisation": ("DE",),
    }
    ada = Candidate.model_validate(fields | changes)
    await clients.candidates.save(ada)
    return ada


async def matched(
    clients: Clients, ada: Candidate, postings: list[JobPosting], hidden: list[JobPosting]
) -> list[Match]:
    """A run has scored her: these are her matches, the best first, and those are hidden."""
    matches = [match_of(ada.id, posting, at) for at, posting in enumerate(postings)]
    matches.sort(key=lambda match: -match.score)
    await clients.matches.save_matches(matches)
    names = ("salary", "salary", "location")
    told = Matching(
        candidate_id=ada.id,
        matches=(),
        hidden=tuple(
            Hidden(job_id=posting.id, filter=names[at % 3], reason=REASON[names[at % 3]], score=80.0 - at, values={})
            for at, posting in enumerate(hidden)
        ),
        hidden_counts={"salary": 14, "location": 6} if hidden else {},
        considered=60,
    )
    scores = {match.job_id: match.score for match in matches}
    await clients.cache.put_daily_matches(ada.id, scores, told.model_dump_json().encode())
    return matches


def with_temporal(clients: Clients) -> Started:
    """Have these clients start workflows nowhere, and remember them."""
    started = Started()
    object.__setattr__(clients, "temporal", started)
    return started
