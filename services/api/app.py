"""The gateway: `create_app(clients)`."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from quiethire.clients import Clients
from services.api.problems import PROBLEM_RESPONSES, add_problem_handlers
from services.api.request_context import RequestContext
from services.api.routes import companies, jobs, matches, operations, pages, search, stats

STATIC = Path(__file__).parent / "pages" / "static"


def create_app(clients: Clients) -> FastAPI:
    """The API and its pages over these clients; who opened them closes them."""
    app = FastAPI(
        title="QuietHire",
        version="1",
        description="Search current job postings and see what is known of each, and from where.",
        openapi_url="/api/v1/openapi.json",
        # The interactive documents load their scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
    )
    app.state.clients = clients
    add_problem_handlers(app)
    for routes in (search, jobs, companies, matches, stats, operations, pages):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(RequestContext)
    if clients.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(clients.settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-Request-Id"],
            expose_headers=["X-Request-Id"],
        )
    return app
