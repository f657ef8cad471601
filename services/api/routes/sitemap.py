"""GET /sitemap.xml with its parts, and GET /robots.txt."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from services.api.dependencies import ClientsDep
from services.api.publishing.sitemap import companies_part, postings_part, robots_txt, sitemap_index
from services.api.site import SiteDep

router = APIRouter(include_in_schema=False)

_KEPT = {"Cache-Control": "public, max-age=3600"}
_XML = "application/xml; charset=utf-8"


@router.get("/sitemap.xml")
async def index(clients: ClientsDep, site: SiteDep) -> Response:
    """The index of the sitemap."""
    return Response(await sitemap_index(clients.postings, site), media_type=_XML, headers=_KEPT)


@router.get("/sitemaps/postings.xml")
async def postings(clients: ClientsDep, site: SiteDep, after: UUID | None = None) -> StreamingResponse:
    """Up to 50,000 open postings."""
    parts = postings_part(clients.postings, site, after)
    # What fails at once is answered as a problem; what fails later breaks the connection, so that no part passes for the whole.
    return StreamingResponse(_from(await anext(parts), parts), media_type=_XML, headers=_KEPT)


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


@router.get("/sitemaps/companies.xml")
async def companies(clients: ClientsDep, site: SiteDep, after: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Up to 50,000 companies with open postings."""
    return Response(await companies_part(clients.postings, site, after), media_type=_XML, headers=_KEPT)


@router.get("/robots.txt")
async def robots(site: SiteDep) -> PlainTextResponse:
    """What robots may read."""
    return PlainTextResponse(robots_txt(site), headers=_KEPT)
