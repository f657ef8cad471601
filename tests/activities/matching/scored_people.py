"""People and postings for runs of matches, and what came of a run."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from quiethire.domain.candidate import Candidate, Feedback, SkillLevel, Track, Verdict
from quiethire.domain.lifecycle import observe
from quiethire.domain.matching import Proficiency
from quiethire.domain.posting import JobPosting, Seniority, job_id

DATA = Path(tempfile.gettempdir()) / "quiethire-test-data"
"""Kept from run to run: reading ESCO takes three seconds."""
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ADA, BOB = UUID(int=1), UUID(int=2)
SKILLS = ("Python", "SQL", "Apache Spark")


class Death(Exception):
    """The worker dies."""


def posting(number, title="Senior Data Engineer", skills=SKILLS, **changes):
    return JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/jobs/{number}",
        ats="website",
        title=title,
        company_name="Northwind",
        seniority=Seniority.SENIOR,
        description_text=f"{title}: {', '.join(skills)}",
        requirements=skills,
        skills=skills,
        quality_score=90,
    ).model_copy(update=changes)


async def store(world, *postings, at=NOW):
    known = await world.postings.known({each.id for each in postings})
    advance = observe(known, postings, at)
    await world.postings.save(advance.rows, advance.events)


def person(number=1, **changes):
    track = Track(
        name="Data",
        titles=("Senior Data Engineer",),
        skills=dict.fromkeys(SKILLS, SkillLevel(proficiency=Proficiency.EXPERT)),
        years_experience=8,
    )
    return Candidate(id=UUID(int=number), name="Ada", tracks=(track,)).model_copy(update=changes)


async def matched(world, who=ADA):
    return {match.job_id for match in await world.matches.matches(who)}


async def told(world, who=ADA):
    return [json.loads(each.body) for each in await world.cache.notified(who)]


def less_skilled(number=1):
    known = dict.fromkeys(SKILLS, SkillLevel(proficiency=Proficiency.WORKING))
    return person(number, tracks=(person().tracks[0].model_copy(update={"skills": known}),))


async def say(world, job, why=None, verdict=Verdict.NOT_INTERESTED, at=NOW):
    await world.matches.give_feedback(Feedback(candidate_id=ADA, job_id=job, verdict=verdict, why=why, at=at))
