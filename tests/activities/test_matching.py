"""Scoring candidates."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from activities.matching import MatchActivities, ScoreInput
from quiethire.domain.errors import Gone, Transient
from quiethire.domain.lifecycle import observe
from quiethire.domain.matching import Candidate, Proficiency, Profile
from quiethire.domain.posting import JobPosting, Seniority, job_id

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ADA = UUID(int=1)


def posting(number, title="Senior Data Engineer", skills=("Python", "SQL", "Apache Spark")):
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
    )


async def store(world, *postings, at=NOW):
    known = await world.postings.known({each.id for each in postings})
    advance = observe(known, postings, at)
    await world.postings.save(advance.rows, advance.events)


@pytest.fixture
async def score(world, run):
    profile = Profile(
        titles=("Senior Data Engineer",),
        skills=dict.fromkeys(("Python", "SQL", "Apache Spark"), Proficiency.EXPERT),
        years_experience=8,
    )
    await world.candidates.save(Candidate(id=ADA, name="Ada", profile=profile))

    async def score(**given):
        return await run(MatchActivities(world).score_candidates, ScoreInput(**given))

    return score


async def test_a_full_run_twice_finds_nothing_new(world, score):
    await store(world, *(posting(number) for number in range(3)))
    first, again = await score(), await score()
    assert (first.matches, first.new, again.matches, again.new) == (3, 3, 3, 0)
    assert len(await world.cache.daily_matches(ADA)) == 3


async def test_a_posting_that_changed_and_fits_no_more_leaves_the_matches(world, score):
    await store(world, posting(1), posting(2))
    await score()
    nurse = posting(1, title="Nurse", skills=("Wound care", "Triage", "Anatomy"))
    await store(world, nurse, at=NOW.replace(hour=10))
    await score(job_ids=(nurse.id,))
    assert [match.job_id for match in await world.candidates.matches(ADA)] == [posting(2).id]


async def test_new_matches_are_told_once(world, score):
    await store(world, posting(1))
    await score(job_ids=(posting(1).id,))
    await score(job_ids=(posting(1).id,))
    assert len(world.cache.published) == 1


async def test_matches_are_kept_though_the_cache_is_gone(world, score, monkeypatch):
    async def gone(*_, **__):
        raise Transient("no redis")

    monkeypatch.setattr(world.cache, "put_daily_matches", gone)
    await store(world, posting(1))
    assert (await score()).matches == 1
    assert len(await world.candidates.matches(ADA)) == 1


async def test_a_candidate_nobody_knows_is_named(score):
    with pytest.raises(Gone):
        await score(candidate_id=UUID(int=404))
