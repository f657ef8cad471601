"""The pages: search at `/`, a posting at `/jobs/{id}`. They work without scripts."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from services.api.dependencies import ClientsDep
from services.api.mates import mates_of
from services.api.pages.posting_view import posting_view
from services.api.pages.render import render
from services.api.pages.search_view import page_query, search_view
from services.api.postings import PostingDetail
from services.api.search import SearchAnswer, find

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
@router.head("/")
async def search_page(request: Request, clients: ClientsDep) -> HTMLResponse:
    """The search page; its whole state is in its address."""
    query, now = page_query(request.query_params), datetime.now(UTC)
    answer = SearchAnswer.model_validate_json(await find(clients, query.query(now)))
    return HTMLResponse(render("search.html", **search_view(query, answer, now)))


@router.get("/jobs/{job_id}")
async def posting_page(job_id: str, clients: ClientsDep) -> HTMLResponse:
    """One posting and what we know about it."""
    try:
        known = UUID(job_id)
    except ValueError as error:
        raise HTTPException(404) from error
    row = await clients.postings.get(known)
    if row is None:
        raise HTTPException(404, "There is no posting at this address.")
    posting = PostingDetail.whole(
        row,
        await clients.postings.history(known),
        await clients.boards.recent_crawls(row.posting.board_key) if row.posting.board_key else [],
        await mates_of(clients, known),
    )
    return HTMLResponse(render("posting.html", **posting_view(posting, datetime.now(UTC))))
