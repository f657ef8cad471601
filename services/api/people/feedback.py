"""What a person says of their matches. It shows in their feed at once."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import Field

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.candidate import LONGEST_WORD, MAX_BLOCKED, Candidate, Feedback, Verdict, Why
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.posting import JobPosting
from services.api.people.candidates import changed
from services.api.people.telling import renew_feed


class Said(Model):
    """What you think of a match."""

    verdict: Verdict
    why: Why | None = None
    """`company`: its company's postings are not shown again."""
    note: str = Field("", max_length=1_000)


async def say(clients: Clients, candidate_id: UUID, job_id: UUID, said: Said) -> Feedback:
    """Keep what somebody thinks of a match, in place of what they said before. Raises Gone for a posting that is not known."""
    row = await clients.postings.get(job_id)
    if row is None:
        raise Gone("There is no posting with this id.")
    had_blocked = await _has_blocked(clients, candidate_id, job_id)
    feedback = Feedback(candidate_id=candidate_id, job_id=job_id, at=datetime.now(UTC), **said.model_dump())
    await clients.matches.give_feedback(feedback)
    if _blocks(said):
        await _blocked(clients, candidate_id, row.posting)
    elif had_blocked:
        await _unblocked(clients, candidate_id, job_id, row.posting)
    await renew_feed(clients, candidate_id)
    return feedback


async def take_back(clients: Clients, candidate_id: UUID, job_id: UUID) -> None:
    """As if they had said nothing of a match; a company that it alone blocked is not blocked any more."""
    if await _has_blocked(clients, candidate_id, job_id) and (row := await clients.postings.get(job_id)) is not None:
        await _unblocked(clients, candidate_id, job_id, row.posting)
    await clients.matches.take_feedback_back(candidate_id, job_id)
    await renew_feed(clients, candidate_id)


async def _has_blocked(clients: Clients, candidate_id: UUID, job_id: UUID) -> bool:
    """Whether what they have said of a match blocks its company."""
    said = await clients.matches.feedback(candidate_id)
    return any(one.job_id == job_id and _blocks(one) for one in said)


def _blocks(said: Said | Feedback) -> bool:
    """Whether this blocks a company."""
    return said.verdict is Verdict.NOT_INTERESTED and said.why is Why.COMPANY


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
        if len(known) >= MAX_BLOCKED:
            raise InvalidInput(f"{MAX_BLOCKED} blocked companies are the most", where="blocked_companies")
        wanted = person.preferences.model_copy(update={"blocked_companies": (*known, company)})
        return person.model_copy(update={"preferences": wanted})

    await changed(clients, candidate_id, block)


async def _unblocked(clients: Clients, candidate_id: UUID, job_id: UUID, posting: JobPosting) -> None:
    """Undo `_blocked`, but where they said the same of another match of this company."""
    company = _company(posting)
    said = await clients.matches.feedback(candidate_id)
    others = await clients.postings.known([one.job_id for one in said if one.job_id != job_id and _blocks(one)])
    if any(_company(row.posting) == company for row in others.values()):
        return

    def unblock(person: Candidate) -> Candidate:
        left = tuple(each for each in person.preferences.blocked_companies if each != company)
        wanted = person.preferences.model_copy(update={"blocked_companies": left})
        return person.model_copy(update={"preferences": wanted})

    await changed(clients, candidate_id, unblock)
