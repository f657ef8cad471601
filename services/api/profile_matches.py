"""A profile that is given, and kept nowhere, against the open postings that could fit it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated
from uuid import UUID, uuid5

import orjson
from pydantic import Field

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import FactorScore, Matching, Proficiency, Profile, SalaryFloor
from quiethire.domain.posting import JOB_NAMESPACE, JobPosting, Workplace
from quiethire.domain.search import SearchQuery
from services.api.mates import shown_jobs
from services.api.postings import PostingSummary
from services.api.search import find
from services.matching.engine import PostingMatrix, match
from services.parser.normalise.skills import skills as skills_in

CONSIDERED = 400
"""Postings that are scored: those found by most of what the profile names."""

_NOBODY = uuid5(JOB_NAMESPACE, "nobody in particular")
_QUERIES = 20
_AT_ONCE = 4
_TITLE_COUNTS = 3
"""A posting found by a title counts as one found by so many skills."""


class GivenProfile(Model):
    """What somebody knows and wants. There is no field for a name, an age or any other of what is never scored."""

    text: str = Field("", max_length=20_000, examples=["Data engineer, eight years of Python and Spark."])
    """A résumé or a few lines about oneself. Skills are read from it."""
    titles: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=10, examples=[["Data Engineer"]])
    """Jobs held or wanted."""
    skills: dict[str, Proficiency] = Field({}, max_length=60, examples=[{"Python": "expert", "Spark": "working"}])
    years_experience: float | None = Field(None, ge=0, le=70)
    places: tuple[str, ...] = Field((), max_length=20)
    """Cities where they would work on site."""
    countries: tuple[str, ...] = Field((), max_length=20)
    """ISO 3166-1 alpha-2: where they live or would live."""
    workplaces: tuple[Workplace, ...] = Field((), max_length=3)
    """What they accept; empty = anything."""
    salary_floor: SalaryFloor | None = None
    work_authorisation: tuple[str, ...] = Field((), max_length=60)
    """Countries where they may work without sponsorship; empty = not stated."""

    def profile(self) -> Profile:
        """The profile with the skills that its text names, those that were given first."""
        read = dict.fromkeys(skills_in(self.text), Proficiency.WORKING)
        skills = {**self.skills, **{name: level for name, level in read.items() if name not in self.skills}}
        return Profile(**self.model_dump(exclude={"text", "skills"}), skills=skills, summary=self.text)


class ProfileMatch(Model):
    """A posting that fits, with the points of each factor: they sum to the score."""

    score: float
    job: PostingSummary
    factors: tuple[FactorScore, ...]


class ProfileHidden(Model):
    """A posting that would be a match but for a hard filter, and why it is not."""

    job: PostingSummary
    filter: str
    reason: str


class ProfileMatches(Model):
    """The best postings for a profile, best first."""

    considered: int
    """Open postings that were scored."""
    skills: dict[str, Proficiency]
    """The skills that counted: given, or read from the text."""
    matches: tuple[ProfileMatch, ...]
    hidden: tuple[ProfileHidden, ...]


async def matches_of(clients: Clients, given: GivenProfile, limit: int) -> ProfileMatches:
    """Score the postings that the profile's titles and skills find. Raises InvalidInput for a profile that names neither."""
    profile = given.profile()
    rows = {row.posting.id: row for row, _ in await shown_jobs(clients, await _candidates(clients, profile))}
    postings = [rows[job_id].posting for job_id in sorted(rows)]
    matching = await asyncio.to_thread(_match, profile, postings, limit)
    return ProfileMatches(
        considered=matching.considered,
        skills=profile.skills,
        matches=tuple(
            ProfileMatch(score=found.score, job=PostingSummary.of(rows[found.job_id]), factors=found.factors)
            for found in matching.matches
        ),
        hidden=tuple(
            ProfileHidden(job=PostingSummary.of(rows[each.job_id]), filter=each.filter, reason=each.reason)
            for each in matching.hidden
        ),
    )


def _match(profile: Profile, postings: Sequence[JobPosting], limit: int) -> Matching:
    return match(_NOBODY, profile, PostingMatrix.build(postings), limit=limit)


async def _candidates(clients: Clients, profile: Profile) -> Collection[StoredPosting]:
    """The postings that most of the profile's titles and skills find."""
    wanted = [(title, _TITLE_COUNTS) for title in profile.titles] + [(skill, 1) for skill in profile.skills]
    if not wanted:
        hint = "give titles, skills, or a text that names skills"
        raise InvalidInput("the profile names no job and no skill", where="profile", hint=hint)
    votes: Counter[UUID] = Counter()
    turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(words: str, counts: int) -> None:
        # Neither a phrase nor an exclusion is meant.
        plain = " ".join(word.lstrip("-") for word in words.replace('"', " ").split()).strip()
        if not plain:
            return  # It would find everything.
        async with turn:
            answer = orjson.loads(await find(clients, SearchQuery(q=plain[:100], per_page=100)))
        votes.update({UUID(hit["id"]): counts for hit in answer["hits"]})

    await asyncio.gather(*(ask(words, counts) for words, counts in wanted[:_QUERIES]))
    best = sorted(votes, key=lambda job_id: (-votes[job_id], str(job_id)))[:CONSIDERED]
    return (await clients.postings.known(best)).values()
