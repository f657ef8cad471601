"""Employers who ask for a person's name, as that person's own pages show them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from quiethire.clients import Clients
from quiethire.domain.posting import JobPosting
from services.api.pages.wording import ago
from services.api.people.introductions import IntroductionRequest, requests_to


@dataclass(frozen=True)
class Asked:
    """One question, and what it was answered."""

    job_id: str
    asked_by: str
    """The key that asked, for the answer."""
    employer: str
    title: str
    """Empty where the posting is kept no more: the answer to it can be changed all the same."""
    company: str
    message: str
    asked: str
    asked_at: str
    agreed: bool | None
    """None = not answered yet."""
    answered: str


async def asked_of(clients: Clients, candidate_id: UUID) -> tuple[Asked, ...]:
    """Everybody who asked for somebody's name, the newest first."""
    found = await requests_to(clients, candidate_id)
    rows = await clients.postings.known({one.job_id for one in found}) if found else {}
    now = datetime.now(UTC)
    return tuple(_asked(one, row.posting if (row := rows.get(one.job_id)) else None, now) for one in found)


def _asked(one: IntroductionRequest, posting: JobPosting | None, now: datetime) -> Asked:
    return Asked(
        job_id=str(one.job_id),
        asked_by=one.asked_by,
        employer=one.employer,
        title=posting.title if posting else "",
        company=posting.company_name if posting else "",
        message=one.message,
        asked=ago(one.asked_at, now),
        asked_at=one.asked_at.isoformat(),
        agreed=one.agreed,
        answered=ago(one.answered_at, now) if one.answered_at else "",
    )
