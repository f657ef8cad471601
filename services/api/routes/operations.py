"""GET /healthz, /readyz and /metrics: for machines that watch. /health is /healthz by its older name."""

from fastapi import APIRouter, Response

from quiethire.domain.health import Readiness
from quiethire.watch.face import measured, readiness
from services.api.dependencies import ClientsDep
from services.api.examples import shown

router = APIRouter(tags=["operations"])
_WELL = shown({"status": "ok"})
inside = APIRouter(tags=["operations"])
"""What only those who run the platform have to see; where QUIETHIRE_METRICS_PORT is set it is told there, and not where the world asks."""

_READY = {
    "ready": True,
    "reason": None,
    "checked_at": "2026-11-20T10:00:00Z",
    "dependencies": [
        {
            "name": "typesense",
            "ready": True,
            "reason": None,
            "milliseconds": 2.1,
            "documents": 74010,
            "expected": 74010,
        }
    ],
}


@router.get("/healthz", responses=_WELL)
@router.get("/health", responses=_WELL)
@router.head("/healthz", include_in_schema=False)
@router.head("/health", include_in_schema=False)
async def health() -> dict[str, str]:
    """Whether this process answers. It touches no store: a store's outage must not restart the gateway."""
    return {"status": "ok"}


@inside.get("/readyz", response_model=Readiness, responses={**shown(_READY), 503: {"model": Readiness}})
async def readyz(clients: ClientsDep) -> Response:
    """Whether each server that this process needs is ready: 503 with the reason where one is not.

    Searches are answered while any of them is away, so that balancers go by /healthz; upgrades and alerts go by this.
    """
    return await readiness(clients.readiness)


@inside.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """This process's metrics in Prometheus' text format."""
    return await measured()
