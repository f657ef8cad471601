"""Cookies of our pages.

Over https their names begin with `__Host-` (RFC 6265bis, 4.1.3): a browser takes such a one from this very host alone, so that a neighbour
under the same domain can plant none.
"""

from dataclasses import dataclass
from typing import Literal

from fastapi import Request, Response

from quiethire.clients import Clients


def is_secure(request: Request, clients: Clients) -> bool:
    """Whether this site is reached by https: so says the request, or the settings, where a proxy speaks https in front."""
    return request.url.scheme == "https" or (clients.settings.public_url or "").startswith("https:")


@dataclass(frozen=True)
class Cookie:
    """One of our cookies: out of reach of scripts, sent to this host alone."""

    name: str
    seconds: int
    """So long the browser keeps it."""
    samesite: Literal["strict", "lax"]

    def called(self, *, secure: bool) -> str:
        """Its name. A `__Host-` cookie is of the whole host, as its path says; no other is read where the site is reached by https."""
        return f"__Host-{self.name}" if secure else self.name

    def of(self, request: Request, *, secure: bool) -> str:
        """What the browser sent; empty for nothing."""
        return request.cookies.get(self.called(secure=secure), "")

    def keep(self, response: Response, value: str, *, secure: bool) -> None:
        """Have the browser keep it."""
        called = self.called(secure=secure)
        response.set_cookie(called, value, self.seconds, secure=secure, httponly=True, samesite=self.samesite)

    def drop(self, response: Response, *, secure: bool) -> None:
        """Have the browser drop it."""
        response.delete_cookie(self.called(secure=secure), secure=secure, httponly=True, samesite=self.samesite)
