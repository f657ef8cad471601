"""GET /api/v1/search."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from services.api.answers import SearchAnswer
from services.api.dependencies import ClientsDep
from services.api.parameters import SearchParameters
from services.api.search import find

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search", response_model=SearchAnswer)
async def search(parameters: Annotated[SearchParameters, Query()], clients: ClientsDep) -> Response:
    """Search open postings, for example `/api/v1/search?q=data+engineer&remote=remote&remote=hybrid&salary_min=70000`.

    A repeated parameter means any of its values (`skills`: all of them); different parameters mean all of them. An unknown
    parameter is refused, so that a misspelt one never passes silently.

    Nearby and recent: `/api/v1/search?location=Berlin&radius_km=25&posted_within=7&sort=date`. Remote work that is allowed from
    Portugal, for at least 6,000 euros a month:
    `/api/v1/search?remote_from=PT&salary_min=6000&salary_currency=EUR&salary_period=month`.
    """
    answer = await find(clients, parameters.query(datetime.now(UTC)))
    if parameters.fields:
        answer = _sparse(answer, {"id", *parameters.fields})
    return Response(answer, media_type="application/json")


def _sparse(answer: bytes, fields: Collection[str]) -> bytes:
    """The answer with these fields of each hit alone."""
    told = orjson.loads(answer)
    told["hits"] = [{name: value for name, value in hit.items() if name in fields} for hit in told["hits"]]
    return orjson.dumps(told)
