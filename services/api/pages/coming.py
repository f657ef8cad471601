"""Pages where somebody begins: with a name or a résumé, and with the key that they are shown this once."""

import hmac
import secrets
from uuid import UUID

from fastapi import Response

from quiethire.clients import Clients
from quiethire.domain.resume import Resume
from services.api.gate.forms import Form, in_words
from services.api.pages.visited import visited_page
from services.api.people.candidates import NewCandidate, add, new_key
from services.api.people.visits import Visit, begin


def begin_page(
    visit: Visit, heading: str, *, has_reading: bool = False, problem: str = "", status: int = 200
) -> Response:
    """Where somebody whom we know sends a résumé."""
    has_tracks = visit.candidate is not None and bool(visit.candidate.tracks)
    return visited_page(
        visit,
        "matches_begin.html",
        status,
        heading=heading,
        has_reading=has_reading,
        has_tracks=has_tracks,
        problem=problem,
    )


async def come(
    clients: Clients, visit: Visit, form: Form, *, name: str, onto: str, resume: Resume | None = None
) -> Response:
    """Keep a new person with the reading of their résumé, begin their session, and show their key this once.

    A form that is sent twice makes one person, who has a key by each answer: nobody can know which one their browser shows.
    Raises RequestValidationError for a name that is none.
    """
    with in_words():
        new = NewCandidate(name=name)
    begun = _begun_by(visit, form)
    person = await clients.candidates.get(begun) or await add(clients, new, begun)
    if resume is not None:
        await clients.candidates.save_resume(person.id, resume)
    secret = await new_key(clients, person.id)
    session = await begin(clients, visit, person)
    return visited_page(session, "matches_key.html", secret=secret, onto=onto, renewed=False)


def _begun_by(visit: Visit, form: Form) -> UUID:
    """Who is made by one form of one page: whoever knows a cookie alone, as one who planted it does, cannot say who it will be."""
    words = f"begin {form.text('once') or secrets.token_urlsafe(16)}"
    return UUID(bytes=hmac.digest(visit.secret.encode(), words.encode(), "sha256")[:16], version=4)
