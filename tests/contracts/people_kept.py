"""Made-up people for the contracts of the stores that keep them."""

from dataclasses import dataclass
from uuid import UUID

from quiethire.domain.candidate import Candidate, Preferences, SkillLevel, Track
from quiethire.domain.matching import FactorScore, Improvement, Match, Proficiency, SalaryFloor
from quiethire.domain.ports import CandidateStore, MatchStore
from quiethire.domain.posting import Workplace

ADA = UUID(int=1)


@dataclass(frozen=True)
class People:
    """Both stores over one database."""

    candidates: CandidateStore
    matches: MatchStore


def candidate(number: int = 1, **changes: object) -> Candidate:
    track = Track(
        name="Data",
        titles=("Data Engineer",),
        skills={"SQL": SkillLevel(proficiency=Proficiency.EXPERT, years=6), "Go": SkillLevel()},
        years_experience=6.5,
        summary="Ünïcode \\ and 'quotes'",
    )
    fields: dict[str, object] = {
        "id": UUID(int=number),
        "name": f"Ada {number}",
        "email": "ada@example.com",
        "tracks": (track,),
        "preferences": Preferences(
            workplaces=(Workplace.REMOTE,), salary_floor=SalaryFloor(amount=2**40, currency="IDR")
        ),
        "verified": {"titles": True},
    }
    return Candidate.model_validate(fields | changes)


def match(job: int, score: float = 80.0, who: UUID = ADA) -> Match:
    factors = (
        FactorScore(name="skills", value=0.1 + 0.2, weight=40, points=score, reason="SQL"),
        FactorScore(name="salary", value=None, weight=15, points=0.0, reason="not stated"),
    )
    gains = (Improvement(skill="Kubernetes", score=91.5),)
    return Match(candidate_id=who, job_id=UUID(int=job), score=score, factors=factors, track="Data", improvements=gains)
