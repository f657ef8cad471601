"""Pages that are somebody's own: they are kept nowhere, name nobody to search engines, and carry the cookie of their visit."""

import secrets

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.api.pages.render import render
from services.api.people.visits import Visit

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def visited_page(visit: Visit, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page with the token for its forms, and what tells this one from each other page of the visit."""
    page = HTMLResponse(
        render(
            template,
            token=visit.token,
            once=secrets.token_urlsafe(16),
            signed_in=visit.candidate is not None,
            has_account=visit.caller is not None and visit.caller.account is not None,
            **values,
        ),
        status,
        headers=PRIVATE,
    )
    visit.kept(page)
    return page


def onward(path: str) -> Response:
    """To a page, after a form was done as it said: loading it anew sends nothing twice."""
    return RedirectResponse(path, 303, headers=PRIVATE)
