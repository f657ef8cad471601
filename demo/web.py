"""The demo web as one ASGI app: the Host header decides which site answers."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo import boards, sites
from demo.answers import Answer, PerQuery, Site, redirect
from demo.companies import DAY_ONE, DOMAINS, companies

__all__ = ["DOMAINS", "HOSTS", "create_app", "host_map"]

CAREERS_HOST = "careers.acme-robotics.example"
"""A job subdomain: it leads to the company's career page."""

HOSTS = (
    *(seed.domain for seed in DOMAINS),
    *(f"www.{seed.domain}" for seed in DOMAINS),
    CAREERS_HOST,
    *(boards.GREENHOUSE_API, boards.LEVER_API, boards.ASHBY_API),
    *boards.BOARD_HOSTS.values(),
)
"""Every host name that the demo web answers for."""


def host_map(port: int) -> dict[str, str]:
    """What `Settings.host_map` must be for the crawler to reach a demo web on this port."""
    return dict.fromkeys(HOSTS, f"127.0.0.1:{port}")


def create_app(day: int = 1) -> Starlette:
    """The web as it is on a day, counted from 1. The same day always gives the same answers."""
    web = _answers(day)
    modified = format_datetime(datetime.combine(DAY_ONE + timedelta(days=day - 1), time(6), UTC), usegmt=True)

    async def serve(request: Request) -> Response:
        host = (request.headers.get("host") or "").rsplit(":", 1)[0].lower()
        return _response(request, _find(web, host, request), modified)

    return Starlette(routes=[Route("/{path:path}", serve, methods=["GET"])])


def _answers(day: int) -> dict[str, Site]:
    today = companies(day)
    on_boards = [company for company in today if not (company.gone_from and company.gone_from <= day)]
    own = {company.domain: sites.site(company) for company in today}
    return own | sites.board_pages(on_boards) | boards.apis(on_boards)


def _find(web: dict[str, Site], host: str, request: Request) -> Answer:
    path = request.url.path
    if host.removeprefix("www.") != host and host.removeprefix("www.") in web:
        return redirect(f"https://{host.removeprefix('www.')}{path}", 301)
    if host == CAREERS_HOST:
        return redirect("https://acme-robotics.example/careers", 301)
    site = web.get(host, {})
    found = site.get(path)
    if found is None and path.rstrip("/") in site:
        return redirect(f"https://{host}{path.rstrip('/')}", 301)
    if isinstance(found, PerQuery):
        return found.answer(request.query_params)
    return found or boards.not_found(host) or sites.not_found()


def _response(request: Request, answer: Answer, modified: str) -> Response:
    if answer.location:
        return Response(status_code=answer.status, headers={"location": answer.location})
    if answer.status != 200:
        return Response(answer.body, answer.status, {"content-type": answer.content_type})
    etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    headers = {"etag": etag, "last-modified": modified, "cache-control": "no-cache"}
    known = request.headers.get("if-none-match", "")
    if etag in (tag.strip().removeprefix("W/") for tag in known.split(",")) or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers | {"content-type": answer.content_type})
