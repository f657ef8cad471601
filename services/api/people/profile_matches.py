"""A profile that is given, and kept nowhere, against the open postings that could fit it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid5

import orjson
from pydantic import ConfigDict, Field

from activities.profile_vectors import profile_text
from activities.shown_jobs import shown_jobs
from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.candidate import Country, Word
from quiethire.domain.errors import InvalidInput, QuietHireError, Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import FactorScore, Improvement, Proficiency, Profile, SalaryFloor, known_weight
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JOB_NAMESPACE, JobPosting, Workplace
from quiethire.domain.search import SearchQuery
from quiethire.domain.technologies import technologies
from services.api.jobs.postings import PostingSummary
from services.api.outage import Outage
from services.api.people.examples import GIVEN_PROFILE, PROFILE_MATCHES
from services.api.search.find import find
from services.matching.engine import PostingIndex, match
from services.matching.taxonomy.titles import occupations_at_hand

CONSIDERED = 400
"""Postings that are scored: those found by most of what the profile names."""

MEANT_WITHIN = 1.0
"""Seconds that somebody waits for the vector of what they gave."""

_no_meaning = Outage("a profile that is kept nowhere has no vector, scoring it without its meaning")

_NOBODY = uuid5(JOB_NAMESPACE, "nobody in particular")
_QUERIES = 20
_AT_ONCE = 4
_TITLE_COUNTS = 3
"""A posting found by a title counts as one found by so many skills."""


class GivenProfile(Model):
    """What somebody knows and wants. There is no field for a name, an age or any other of what is never scored."""

    model_config = ConfigDict(json_schema_extra={"example": GIVEN_PROFILE})

    text: str = Field("", max_length=20_000, examples=["Data engineer, eight years of Python and Spark."])
    """A résumé or a few lines about oneself. Skills are read from it."""
    titles: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=10, examples=[["Data Engineer"]])
    """Jobs held or wanted."""
    skills: dict[Word, Proficiency] = Field({}, max_length=60, examples=[{"Python": "expert", "Spark": "working"}])
    skill_years: dict[Word, Annotated[float, Field(ge=0, le=70)]] = Field({}, max_length=60, examples=[{"Python": 8}])
    """For how many years a skill was used, where that is known."""
    years_experience: float | None = Field(None, ge=0, le=70)
    industries: tuple[Word, ...] = Field((), max_length=20, examples=[["Banking"]])
    places: tuple[Word, ...] = Field((), max_length=20)
    """Cities where they would work on site."""
    countries: tuple[Country, ...] = Field((), max_length=20)
    """ISO 3166-1 alpha-2: where they live or would live."""
    workplaces: tuple[Workplace, ...] = Field((), max_length=3)
    """What they accept; empty = anything."""
    salary_floor: SalaryFloor | None = None
    work_authorisation: tuple[Country, ...] = Field((), max_length=60)
    """Countries where they may work without sponsorship; empty = not stated."""
    culture: dict[Word, Word] = Field({}, max_length=10, examples=[{"size": "small"}])
    """Declared preferences: `size`, `pace`, `remote`."""

    def profile(self) -> Profile:
        """The profile with the skills that its text names, those that were given first."""
        read = dict.fromkeys(technologies(self.text), Proficiency.WORKING)
        skills = {**self.skills, **{name: level for name, level in read.items() if name not in self.skills}}
        return Profile(**self.model_dump(exclude={"text", "skills"}), skills=skills)


class ProfileMatch(Model):
    """A posting that fits, with the points of each factor: they sum to the score."""

    score: float
    known_weight: float
    """Points of 100 that the factors with a value weigh: the score is the weighted mean of these alone."""
    job: PostingSummary
    factors: tuple[FactorScore, ...]
    improvements: tuple[Improvement, ...]
    """What one more skill would do, the most first."""


class ProfileHidden(Model):
    """A posting that would be a match but for a hard filter, and why it is not."""

    job: PostingSummary
    filter: str
    reason: str


class ProfileMatches(Model):
    """The best postings for a profile, best first."""

    model_config = ConfigDict(json_schema_extra={"example": PROFILE_MATCHES})

    considered: int
    """Open postings that were scored."""
    skills: dict[str, Proficiency]
    """The skills that counted: given, or read from the text."""
    matches: tuple[ProfileMatch, ...]
    hidden: tuple[ProfileHidden, ...]
    hidden_counts: dict[str, int]
    """Filter → how many of the scored postings it keeps away that would be matches."""


async def matches_of(clients: Clients, given: GivenProfile, limit: int) -> ProfileMatches:
    """Score the postings that the profile's titles and skills find. Raises InvalidInput for a profile that names neither."""
    profile = given.profile()
    rows = {row.posting.id: row for row, _ in await shown_jobs(clients, await _candidates(clients, profile))}
    postings = [rows[job_id].posting for job_id in sorted(rows)]
    own, vectors = await _meaning(clients, profile, [posting.id for posting in postings])
    index = await asyncio.to_thread(_index, postings, vectors, clients.settings.cache_path / "taxonomy")
    matching = await asyncio.to_thread(match, _NOBODY, [profile], index, vectors=[own], limit=limit)
    return ProfileMatches(
        considered=matching.considered,
        skills=profile.skills,
        matches=tuple(
            ProfileMatch(
                score=found.score,
                known_weight=known_weight(found.factors),
                job=PostingSummary.of(rows[found.job_id]),
                factors=found.factors,
                improvements=found.improvements,
            )
            for found in matching.matches
        ),
        hidden_counts=matching.hidden_counts,
        hidden=tuple(
            ProfileHidden(job=PostingSummary.of(rows[each.job_id]), filter=each.filter, reason=each.reason)
            for each in matching.hidden
        ),
    )


def _index(postings: Sequence[JobPosting], vectors: Mapping[UUID, Vector], taxonomy: Path) -> PostingIndex:
    """As the feed's: with occupations, by which a realtor is a real estate agent."""
    return PostingIndex.build(postings, vectors=vectors, occupations=occupations_at_hand(taxonomy))


async def _meaning(
    clients: Clients, profile: Profile, job_ids: Collection[UUID]
) -> tuple[Vector | None, Mapping[UUID, Vector]]:
    """Vectors of the profile and of these postings, where they can be had in time: else the reasons say that texts were not compared."""
    text = profile_text(profile)
    if not text or not clients.embedder.available:
        return None, {}
    try:
        async with asyncio.timeout(MEANT_WITHIN):
            (own,) = await clients.embedder.embed([text])
            return own, await clients.embeddings.of_postings(clients.embedder.model, job_ids)
    except TimeoutError:
        _no_meaning.note(Transient(f"took more than {MEANT_WITHIN:g} s", where="embedding"))
    except QuietHireError as error:
        _no_meaning.note(error)
    return None, {}


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
            answer = orjson.loads(await find(clients, SearchQuery(q=plain[:100], per_page=100, facets=())))
        votes.update({UUID(hit["id"]): counts for hit in answer["hits"]})

    await asyncio.gather(*(ask(words, counts) for words, counts in wanted[:_QUERIES]))
    best = sorted(votes, key=lambda job_id: (-votes[job_id], str(job_id)))[:CONSIDERED]
    return (await clients.postings.known(best)).values()
