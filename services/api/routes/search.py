"""GET /api/v1/search."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from quiethire.domain.search import SearchQuery
from services.api.dependencies import ClientsDep
from services.api.search import SearchAnswer, find

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search", response_model=SearchAnswer)
async def search(query: Annotated[SearchQuery, Query()], clients: ClientsDep) -> Response:
    """Search open postings, for example `/api/v1/search?q=data+engineer&remote=remote&remote=hybrid&salary_min=70000`.

    A repeated parameter means any of its values; different parameters mean all of them. All words of `q` must match;
    typos are forgiven. `salary_min` is yearly, in the currency of the posting.
    """
    return Response(await find(clients, query), media_type="application/json")
