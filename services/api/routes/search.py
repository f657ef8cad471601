"""GET /api/v1/search."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from services.api.dependencies import ClientsDep
from services.api.search.answers import SearchAnswer
from services.api.search.find import FOUND, find
from services.api.search.parameters import SearchParameters
from services.api.search.unknown import names_something, unknown_of

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search", response_model=SearchAnswer)
async def search(parameters: Annotated[SearchParameters, Query()], clients: ClientsDep) -> Response:
    """Search open postings, for example `/api/v1/search?q=data+engineer&remote=remote&remote=hybrid&salary_min=70000`.

    A repeated parameter that takes a list means any of its values (`skills`: all of them); different parameters mean all of
    them. An unknown parameter is refused, so that a misspelt one never passes silently.

    Nearby and recent: `/api/v1/search?location=Berlin&radius_km=25&posted_within=7&sort=date`. Remote work that is allowed from
    Portugal, for at least 6,000 euros a month:
    `/api/v1/search?remote_from=PT&salary_min=6000&salary_currency=EUR&salary_period=month`.
    """
    answer = await find(clients, parameters.query(datetime.now(UTC)))
    if not (parameters.fields or names_something(parameters)):
        if (found := FOUND.get()) is not None:
            found.whole = True
        return Response(answer, media_type="application/json")
    told = orjson.loads(answer)
    unknown = await unknown_of(clients, parameters, told["found"], degraded=told["degraded"])
    if not (parameters.fields or unknown):
        return Response(answer, media_type="application/json")
    told["unknown"] = [each.model_dump() for each in unknown]
    if parameters.fields:
        kept = {"id", *parameters.fields}
        told["hits"] = [{name: value for name, value in hit.items() if name in kept} for hit in told["hits"]]
    return Response(orjson.dumps(told), media_type="application/json")
