"""The address of this site, for links that leave it."""

import re
from typing import Annotated

from fastapi import Depends, Request

from quiethire.domain.errors import InvalidInput
from services.api.dependencies import ClientsDep

_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


def site_url(request: Request, clients: ClientsDep) -> str:
    """Where people reach this site, without a slash at its end: as set, else as the request addressed it.

    Raises InvalidInput for a Host header that names no host: whatever it holds would stand in our links.
    """
    if clients.settings.public_url:
        return clients.settings.public_url
    base = request.base_url
    if not _HOST.fullmatch(base.netloc):
        raise InvalidInput("the Host header names no host", where="Host", hint="send the host you asked for")
    return str(base).rstrip("/")


SiteDep = Annotated[str, Depends(site_url)]
