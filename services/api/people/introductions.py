"""The other direction: whom a posting fits. Employers see people who agreed to be found, without knowing who they are.

A pseudonym is of one person, one posting and one employer: two employers, or one with two postings, cannot tell that they look at the
same person. What somebody wants to earn is theirs to tell, so the score is told as it is without that factor: of a score that
holds it, the floor could be worked out.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import ConfigDict, Field

from activities.opinions import opinions_of
from quiethire.clients import Clients
from quiethire.domain import acting
from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate, Introduction
from quiethire.domain.cluster import shown_as
from quiethire.domain.errors import Gone
from quiethire.domain.matching import FactorScore, Match
from services.api.jobs.mates import mates_of
from services.api.people.examples import JOB_CANDIDATES, QUESTION, REQUEST

MOST_SHOWN = 100
_THEIRS = "salary"
"""The factor that no employer is told."""


class FittingCandidate(Model):
    """Somebody who fits a posting, and who they are to this employer and for this posting alone."""

    pseudonym: UUID
    score: float
    """0-100, without what they want to earn."""
    factors: tuple[FactorScore, ...]
    """Their points sum to the score."""
    asked_at: datetime | None = None
    """When you asked for an introduction."""
    agreed: bool | None = None
    """What they answered; None = not answered yet."""


class JobCandidates(Model):
    """Candidates who fit a posting and agreed to be found, best first."""

    model_config = ConfigDict(json_schema_extra={"example": JOB_CANDIDATES})

    job_id: UUID
    candidates: tuple[FittingCandidate, ...]


class Question(Model):
    """Somebody whom an employer wants to meet."""

    model_config = ConfigDict(json_schema_extra={"example": QUESTION})

    pseudonym: UUID
    message: Annotated[str, Field(max_length=2_000)] = ""
    """What they are told with the question."""


class Contact(Model):
    """Who somebody is, with their leave."""

    name: str
    email: str | None
    phone: str | None


class AskedIntroduction(Model):
    """What became of a question."""

    pseudonym: UUID
    asked_at: datetime
    message: str
    agreed: bool | None
    """None = not answered yet."""
    contact: Contact | None
    """Only while they agree."""


def pseudonym(candidate_id: UUID, job_id: UUID, who: str) -> UUID:
    """What an employer knows somebody by, for one posting. The id, which is random, cannot be worked out of it."""
    return uuid5(candidate_id, f"{job_id}/{who}")


async def fitting(clients: Clients, job_id: UUID, who: str) -> list[tuple[Candidate, FittingCandidate]]:
    """Those who fit a posting, agreed to be found and have not said no to it, best first, as this employer sees them.

    Of those alone who have its job among the best that are kept of their own matches. Of several listings of a job the one that is shown
    is scored: whoever asks for another has the same people, by pseudonyms of the one that they asked for.
    """
    row = await clients.postings.get(job_id)
    if row is None:
        return []
    shown = shown_as(row, await mates_of(clients, job_id))
    found = await clients.matches.matches_of(shown.posting.id, MOST_SHOWN)
    matches = {match.candidate_id: match for match in found}
    # Asked again of what is sealed: a flag beside it finds them, and does not speak for them.
    people = [person for person in await clients.candidates.some(matches) if person.open_to_employers and person.active]
    # At once, whenever the next run is.
    opinions = await opinions_of(clients, people)
    people = [
        person for person in people if not any(opinions[person.id].refuses(each.posting) for each in (row, shown))
    ]
    asked = {one.candidate_id: one for one in await clients.matches.introductions(job_id=job_id) if one.asked_by == who}
    seen = [
        (person, _seen(matches[person.id], pseudonym(person.id, job_id, who), asked.get(person.id)))
        for person in people
    ]
    return sorted(seen, key=lambda one: (-one[1].score, one[1].pseudonym))


async def ask(clients: Clients, job_id: UUID, who: str, question: Question) -> UUID:
    """Keep an employer's question; asked a second time, the first one stands. Returns whom they ask.

    Raises Gone for a pseudonym that is none of this posting and this employer.
    """
    for person, seen in await fitting(clients, job_id, who):
        if seen.pseudonym == question.pseudonym:
            asked = Introduction(
                candidate_id=person.id,
                job_id=job_id,
                asked_by=who,
                message=question.message,
                asked_at=datetime.now(UTC),
            )
            await clients.matches.ask(asked)
            return person.id
    raise Gone("nobody is known by this pseudonym here", hint="take one of POST /api/v1/matches/job/{id}/candidates")


async def asked(clients: Clients, job_id: UUID, who: str) -> list[AskedIntroduction]:
    """What this employer asked for a posting, the newest first; who somebody is, where they agreed."""
    questions = [one for one in await clients.matches.introductions(job_id=job_id) if one.asked_by == who]
    agreed = {one.candidate_id for one in questions if one.agreed}
    people = {person.id: person for person in await clients.candidates.some(agreed)}
    return [
        AskedIntroduction(
            pseudonym=pseudonym(one.candidate_id, job_id, who),
            asked_at=one.asked_at,
            message=one.message,
            agreed=one.agreed,
            contact=_contact(people.get(one.candidate_id)),
        )
        for one in questions
    ]


def _seen(match: Match, known_as: UUID, asked: Introduction | None) -> FittingCandidate:
    known = [factor for factor in match.factors if factor.value is not None and factor.name != _THEIRS]
    weight = sum(factor.weight for factor in known)
    factors = tuple(
        factor.model_copy(update={"points": 100 * factor.weight * (factor.value or 0.0) / weight})
        if factor.value is not None
        else factor
        for factor in match.factors
        if factor.name != _THEIRS
    )
    return FittingCandidate(
        pseudonym=known_as,
        score=sum(factor.points for factor in factors),
        factors=factors,
        asked_at=asked.asked_at if asked else None,
        agreed=asked.agreed if asked else None,
    )


def _contact(person: Candidate | None) -> Contact | None:
    return None if person is None else Contact(name=person.name, email=person.email, phone=person.phone)


class IntroductionRequest(Model):
    """Somebody asks for your name and addresses."""

    model_config = ConfigDict(json_schema_extra={"example": REQUEST})

    job_id: UUID
    asked_by: str
    """The key or account that asked, for the answer."""
    employer: str
    """What that key is called; of an account, the domain of its address."""
    message: str
    asked_at: datetime
    agreed: bool | None
    answered_at: datetime | None


async def requests_to(clients: Clients, candidate_id: UUID) -> tuple[IntroductionRequest, ...]:
    """Everybody who asked for somebody's name, the newest first."""
    found = await clients.matches.introductions(candidate_id=candidate_id)
    names = {who: await _employer(clients, who) for who in {one.asked_by for one in found}}
    return tuple(_request(one, names[one.asked_by]) for one in found)


async def answered(
    clients: Clients, candidate_id: UUID, job_id: UUID, asked_by: str, *, agreed: bool
) -> IntroductionRequest:
    """Keep somebody's answer; the newest counts. Raises Gone where they were not asked that."""
    try:
        answer = await clients.matches.answer(candidate_id, job_id, asked_by, agreed=agreed, now=datetime.now(UTC))
    except Gone as error:
        raise Gone("They did not ask for you, for this posting.") from error
    return _request(answer, await _employer(clients, answer.asked_by))


async def _employer(clients: Clients, who: str) -> str:
    """Whom somebody would tell their name to. What is known of these is shown to nobody who acts for a person, and so asked for nobody."""
    if who == "operator":
        return "the operator of this platform"
    kind, _, name = who.partition(":")
    with acting.request():
        if kind == "account":
            known = await clients.accounts.credentials(UUID(name))
            # The address was confirmed by a mail to it.
            return (
                f"somebody at {known.email.rpartition('@')[2]}" if known is not None else "an account that is no more"
            )
        key = await clients.keys.get(name)
    return key.name if key is not None else "a key that is no more"


def _request(one: Introduction, employer: str) -> IntroductionRequest:
    return IntroductionRequest(employer=employer, **one.model_dump(exclude={"candidate_id"}))
