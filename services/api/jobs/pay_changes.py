"""What the pay of the postings of a list did last. A comfort: nobody waits for it long, and a list goes without it."""

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

from quiethire.clients import Clients
from quiethire.domain.errors import Transient
from quiethire.domain.history import SalaryChange
from services.api.outage import Outage

_PATIENCE = 0.25
"""Seconds that a list waits for it."""

_no_store = Outage("the store of postings does not answer in time, lists are told without changes of pay")


async def pay_changes(clients: Clients, job_ids: Collection[UUID]) -> Mapping[UUID, SalaryChange]:
    """The newest change of the pay of each of these postings that has one; of none where the store does not answer in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await clients.postings.salary_changes(job_ids)
    except TimeoutError:
        _no_store.note(Transient(f"no answer within {_PATIENCE} s", where="clickhouse"))
    except Transient as error:
        _no_store.note(error)
    return {}
