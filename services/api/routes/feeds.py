"""GET /feeds/search.{rss,atom,json}: any search as a feed."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response

from activities.shown_jobs import shown_jobs
from quiethire.domain.search import Sort
from services.api.dependencies import ClientsDep
from services.api.pages.search_view import search_url
from services.api.publishing.feeds import ENTRIES, MEDIA_TYPES, Feed, FeedFormat, newest_first, render_feed, title_of
from services.api.search.find import find
from services.api.search.parameters import SearchFilters
from services.api.site import SiteDep

router = APIRouter(prefix="/feeds", tags=["feeds"])

FRESH_FOR = 300
"""Seconds for which a reader need not ask again."""

_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The feed.",
        "content": {media.partition(";")[0]: {} for media in MEDIA_TYPES.values()},
    }
}


@router.get("/search.{format}", response_class=Response, responses=_ANSWER)
async def search_feed(
    format: FeedFormat, parameters: Annotated[SearchFilters, Query()], clients: ClientsDep, site: SiteDep
) -> Response:
    """The newest open postings of a search, for example `/feeds/search.atom?q=data+engineer&remote=remote`.

    The parameters are those of the search, without order and paging. `company` alone gives a company's feed. An entry keeps
    its id for as long as the posting is known, and is updated when the employer changes it.
    """
    now, search = datetime.now(UTC), parameters.everything()
    newest = {"sort": Sort.DATE, "page": 1, "per_page": ENTRIES, "facets": ()}
    answer = orjson.loads(await find(clients, search.query(now).model_copy(update=newest)))
    rows = await clients.postings.known([UUID(hit["id"]) for hit in answer["hits"]])
    jobs = await shown_jobs(clients, rows.values())
    page = search_url(search)
    feed = Feed(
        title=title_of(search),
        page_url=f"{site}{page}",
        feed_url=f"{site}{search_url(search, f'/feeds/search.{format.value}')}",
        search="&".join(sorted(page.partition("?")[2].split("&"))),
        entries=newest_first([row for row, _ in jobs], site),
        asked_at=now,
    )
    return Response(
        render_feed(feed, format),
        media_type=MEDIA_TYPES[format],
        headers={
            "Last-Modified": format_datetime(feed.updated.replace(microsecond=0), usegmt=True),
            "Cache-Control": f"public, max-age={FRESH_FOR}",
        },
    )
