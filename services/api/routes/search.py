"""GET /api/v1/search."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.api.dependencies import ClientsDep
from services.api.parameters import SearchParameters
from services.api.search import SearchAnswer, find

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search", response_model=SearchAnswer)
async def search(parameters: Annotated[SearchParameters, Query()], clients: ClientsDep) -> Response:
    """Search open postings, for example `/api/v1/search?q=data+engineer&remote=remote&remote=hybrid&salary_min=70000`.

    A repeated parameter means any of its values; different parameters mean all of them. All words of `q` must match;
    typos are forgiven. `salary_min` is yearly, in the currency of the posting.
    """
    return Response(await find(clients, parameters.query(datetime.now(UTC))), media_type="application/json")
