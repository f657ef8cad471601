"""The proxy service's HTTP face (port 8003)."""

import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, QuietHireError, Throttled
from quiethire.domain.result import Problem
from services.proxy.check import Check, check_pool
from services.proxy.pool import Proxy, ProxyPool


class ProxyStats(Model):
    """The pool."""

    total: int
    available: int
    proxies: list[Proxy]

    @classmethod
    def of(cls, pool: ProxyPool) -> "ProxyStats":
        """As it is now."""
        proxies = pool.stats()
        return cls(total=len(proxies), available=sum(proxy.resting_seconds == 0 for proxy in proxies), proxies=proxies)


def create_app(pool: ProxyPool, check: Check) -> FastAPI:
    """The app over a pool."""
    app = FastAPI(title="QuietHire proxies", docs_url=None, redoc_url=None)
    checking = asyncio.Lock()

    @app.exception_handler(QuietHireError)
    async def problem(request: Request, error: QuietHireError) -> JSONResponse:
        """404 where there is none, 503 while none is free."""
        status = 404 if isinstance(error, Gone) else 503
        headers = {"Retry-After": f"{error.retry_after:.0f}"} if isinstance(error, Throttled) else {}
        body = Problem.of(error, request.url.path).model_dump()
        return JSONResponse({"problem": body}, status, headers)

    @app.get("/proxy")
    async def pick() -> Proxy:
        """One proxy that works, good ones more often. Its credentials stay here."""
        return pool.pick()

    @app.post("/proxy/health")
    async def check_all() -> ProxyStats:
        """Try every proxy now, resting ones too; those that fail rest, those that work return."""
        async with checking:
            await check_pool(pool, check)
        return ProxyStats.of(pool)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Whether this process answers."""
        return {"status": "ok"}

    @app.get("/proxy/stats")
    async def stats() -> ProxyStats:
        """All proxies, without credentials."""
        return ProxyStats.of(pool)

    return app
