"""The page of a posting, at `/jobs/{id}`. It works without scripts, and without any one of the stores."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from quiethire.clients import Clients
from quiethire.domain.errors import QuietHireError, Transient
from services.api.dependencies import ClientsDep
from services.api.jobs.details import detail_of, part_of
from services.api.outage import Outage
from services.api.pages.posting_view import part_view, posting_view
from services.api.pages.render import render
from services.api.site import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_no_store = Outage("the store of postings does not answer, showing what the index has")


@router.get("/jobs/{job_id}")
@router.head("/jobs/{job_id}")
async def posting_page(job_id: str, clients: ClientsDep, site: SiteDep) -> HTMLResponse:
    """One posting and what we know about it."""
    try:
        known = UUID(job_id)
    except ValueError:
        return _missing()
    view, headers = await _view(clients, known, site)
    return _missing() if view is None else HTMLResponse(render("posting.html", **view), headers=headers)


async def _view(clients: Clients, job_id: UUID, site: str) -> tuple[Mapping[str, Any] | None, dict[str, str]]:
    """What the template asks for, None where there is no such posting; and headers.

    Raises the error of the store where the index does not help: a posting that it lacks may still be a closed one.
    """
    now = datetime.now(UTC)
    try:
        posting = await detail_of(clients, job_id)
    except Transient as error:
        _no_store.note(error)
        try:
            part = await part_of(clients, job_id)
        except QuietHireError:
            raise error from None
        if part is None:
            raise
        return part_view(part, site, now), {"Cache-Control": "no-store"}
    return None if posting is None else posting_view(posting, site, now), {}


def _missing() -> HTMLResponse:
    page = render(
        "missing.html",
        title="This posting is not known",
        text="It was never read here, or its address is not complete. Closed postings stay at their address.",
        q="",
    )
    return HTMLResponse(page, 404)
