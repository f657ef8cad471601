"""What a person says of their matches. It shows in their feed at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.candidate import LONGEST_WORD, MAX_BLOCKED, Candidate, Feedback, Verdict, Why
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.posting import JobPosting
from services.api.people.candidates import changed
from services.api.people.examples import SAID
from services.api.people.telling import renew_feed


class Said(Model):
    """What you think of a match."""

    model_config = ConfigDict(json_schema_extra={"example": SAID})

    verdict: Verdict
    why: Why | None = None
    """`company`: its company's postings are not shown again."""
    note: str = Field("", max_length=1_000)


async def say(clients: Clients, candidate_id: UUID, job_id: UUID, said: Said) -> Feedback:
    """Keep what somebody thinks of a match, in place of what they said before. Raises Gone for a posting that is not known."""
    row = await clients.postings.get(job_id)
    if row is None:
        raise Gone("There is no posting with this id.")
    before = await _blocking(clients, candidate_id)
    feedback = Feedback(candidate_id=candidate_id, job_id=job_id, at=datetime.now(UTC), **said.model_dump())
    if feedback.blocks_company:
        was_blocked = await _was_blocked(clients, candidate_id, row.posting, before)
        feedback = feedback.model_copy(update={"was_blocked": was_blocked})
    await clients.matches.give_feedback(feedback)
    if feedback.blocks_company:
        await _blocked(clients, candidate_id, row.posting)
    elif job_id in before:
        await _unblocked(clients, candidate_id, row.posting, before[job_id])
    await renew_feed(clients, candidate_id)
    return feedback


async def take_back(clients: Clients, candidate_id: UUID, job_id: UUID) -> None:
    """As if they had said nothing of a match; a company that it alone blocked is not blocked any more."""
    said = (await _blocking(clients, candidate_id)).get(job_id)
    if said is not None and (row := await clients.postings.get(job_id)) is not None:
        await _unblocked(clients, candidate_id, row.posting, said)
    await clients.matches.take_feedback_back(candidate_id, job_id)
    await renew_feed(clients, candidate_id)


async def _blocking(clients: Clients, candidate_id: UUID) -> dict[UUID, Feedback]:
    """Of what they have said, by its posting, what blocks a company."""
    return {one.job_id: one for one in await clients.matches.feedback(candidate_id) if one.blocks_company}


async def _of_company(clients: Clients, said: Mapping[UUID, Feedback], posting: JobPosting) -> list[Feedback]:
    """Of these those that are of postings of the same company."""
    rows = await clients.postings.known(said)
    company = _company(posting)
    return [one for job_id, one in said.items() if job_id in rows and _company(rows[job_id].posting) == company]


async def _was_blocked(
    clients: Clients, candidate_id: UUID, posting: JobPosting, before: Mapping[UUID, Feedback]
) -> bool:
    """Whether they have blocked this company by themselves, and not by what they said of its postings.

    Raises InvalidInput where they can block no more, before anything is kept.
    """
    person = await clients.candidates.get(candidate_id)
    company, blocked = _company(posting), person.preferences.blocked_companies if person is not None else ()
    if company not in blocked:
        _check_room(blocked if company else ())
        return False
    said = await _of_company(clients, before, posting)
    return not said or any(one.was_blocked for one in said)


def _check_room(blocked: Sequence[str]) -> None:
    if len(blocked) >= MAX_BLOCKED:
        raise InvalidInput(f"{MAX_BLOCKED} blocked companies are the most", where="blocked_companies")


def _company(posting: JobPosting) -> str:
    """What a company is blocked by: its domain where that is known; empty where the posting names none."""
    return (posting.company_domain or posting.company_name).strip()[:LONGEST_WORD].strip()


async def _blocked(clients: Clients, candidate_id: UUID, posting: JobPosting) -> None:
    """Keep that they want nothing of this posting's company any more."""
    company = _company(posting)
    if not company:
        return

    def block(person: Candidate) -> Candidate:
        known = person.preferences.blocked_companies
        if company in known:
            return person
        _check_room(known)
        wanted = person.preferences.model_copy(update={"blocked_companies": (*known, company)})
        return person.model_copy(update={"preferences": wanted})

    await changed(clients, candidate_id, block)


async def _unblocked(clients: Clients, candidate_id: UUID, posting: JobPosting, said: Feedback) -> None:
    """Undo `_blocked`, but where they had blocked the company before, or said the same of another match of it."""
    others = {job_id: one for job_id, one in (await _blocking(clients, candidate_id)).items() if job_id != said.job_id}
    if said.was_blocked or await _of_company(clients, others, posting):
        return
    company = _company(posting)

    def unblock(person: Candidate) -> Candidate:
        left = tuple(each for each in person.preferences.blocked_companies if each != company)
        wanted = person.preferences.model_copy(update={"blocked_companies": left})
        return person.model_copy(update={"preferences": wanted})

    await changed(clients, candidate_id, unblock)
