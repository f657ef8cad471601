"""What routes are given.

Dependencies are coroutines, though they wait for nothing: what is a plain function is run in a thread, and to get there and back
costs more than all that it does.
"""

from typing import Annotated, cast

from fastapi import Depends, Request

from quiethire.clients import Clients


async def _clients(request: Request) -> Clients:
    return cast("Clients", request.app.state.clients)


ClientsDep = Annotated[Clients, Depends(_clients)]
