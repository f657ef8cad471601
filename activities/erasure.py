"""Erasing a person from every store: the one way, whoever asks for it."""

from uuid import UUID

from activities.clients import Clients
from quiethire.domain import acting
from quiethire.domain.alerts import account_owner, digest_owner
from quiethire.domain.ports import AlertStore


async def erase_person(clients: Clients, candidate_id: UUID) -> None:
    """Erase a person from every store; a second time does nothing.

    Their keys go last of what they can ask with: where a store does not answer, the person can still ask again. What a run that was
    under way has put into the cache, or into the daily mail, goes when nobody can write any more. ClickHouse, Typesense, the archive
    and Temporal's history hold ids alone.
    """
    await clients.cache.forget_people([candidate_id])
    await _forget_searches(clients.alerts, candidate_id)
    await clients.candidates.erase(candidate_id)
    await clients.keys.drop_of_candidate(candidate_id)
    await _forget_searches(clients.alerts, candidate_id)
    await clients.cache.forget_people([candidate_id])


async def _forget_searches(alerts: AlertStore, person: UUID) -> None:
    """The daily mail, and what was saved with their account, which the store shows to nobody who acts for the person alone."""
    for owner in (digest_owner(person), account_owner(person)):
        with acting.request():
            acting.act_as(owner)
            await alerts.delete_of(owner)
