"""`python -m services.api`: the gateway as a process of its own."""

from uvicorn.loops.auto import auto_loop_factory

from quiethire.clients import open_clients
from quiethire.service import run_service
from quiethire.settings import Settings
from services.api.serving import serve


async def main(settings: Settings) -> None:
    """Open the clients, serve until told to stop, close them."""
    async with open_clients(settings, though_away=True) as clients:
        await serve(clients)


if __name__ == "__main__":
    run_service("api", main, loop_factory=auto_loop_factory())
