"""The addresses for machines that watch: /healthz, /readyz and /metrics, the same for every process, on its own port or on one beside it."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quiethire.readiness import RETRY_AFTER, Ready
from quiethire.watch.sdk_metrics import of_sdk


def alive() -> JSONResponse:
    """That this process answers. It touches nothing: an outage of a server must not restart what could go on without it."""
    return JSONResponse({"status": "ok"})


async def readiness(ready: Ready) -> Response:
    """Each server that we need with its state; 503, the reason and when to ask again where one is not ready."""
    found = await ready.check()
    headers = {"Cache-Control": "no-store"} | ({} if found.ready else {"Retry-After": str(RETRY_AFTER)})
    return JSONResponse(found.model_dump(mode="json"), 200 if found.ready else 503, headers)


async def measured() -> Response:
    """The metrics of this process, Temporal's SDK included, in Prometheus' text format."""
    return Response(generate_latest() + await of_sdk(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def addresses(ready: Ready) -> list[Route]:
    """The three of them."""

    async def healthz(request: Request) -> Response:
        del request
        return alive()

    async def readyz(request: Request) -> Response:
        del request
        return await readiness(ready)

    async def metrics(request: Request) -> Response:
        del request
        return await measured()

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


class _Server(uvicorn.Server):
    """One beside other work, which hears the signals itself."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing."""
        yield


@asynccontextmanager
async def served(ready: Ready, host: str, port: int | None) -> AsyncIterator[None]:
    """Serve them while the block lasts, at a port beside whatever else the process serves; None = they are not."""
    if port is None:
        yield
        return
    config = uvicorn.Config(Starlette(routes=addresses(ready)), host=host, port=port, log_config=None, access_log=False)
    server = _Server(config)
    serving = asyncio.create_task(server.serve(), name="face")
    try:
        yield
    finally:
        server.should_exit = True
        await serving
