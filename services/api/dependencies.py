"""What routes are given."""

from typing import Annotated, cast

from fastapi import Depends, Request

from quiethire.clients import Clients


def _clients(request: Request) -> Clients:
    return cast("Clients", request.app.state.clients)


ClientsDep = Annotated[Clients, Depends(_clients)]
