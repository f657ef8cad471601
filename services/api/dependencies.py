"""What routes are given.

Dependencies are coroutines, though they wait for nothing: what is a plain function is run in a thread, and to get there and back
costs more than all that it does.
"""

from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Path, Request

from quiethire.clients import Clients
from services.api.jobs.examples import JOB
from services.api.people.examples import CANDIDATE_ID


async def _clients(request: Request) -> Clients:
    return cast("Clients", request.app.state.clients)


ClientsDep = Annotated[Clients, Depends(_clients)]

JobId = Annotated[UUID, Path(examples=[JOB])]
"""Of a posting."""
CandidateId = Annotated[UUID, Path(examples=[CANDIDATE_ID])]
