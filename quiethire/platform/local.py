"""Starting the platform on this machine, and finding one that runs."""

import asyncio
import os
import shutil
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson
from temporalio.client import Client

from quiethire.domain.errors import InvalidInput
from quiethire.platform.api import STARTING_TIMEOUT, client_of, joined_platform
from quiethire.settings import Settings
from quiethire.stack.lock import holder_lives, is_held
from quiethire.stack.ports import PortBook, Ports, reached_at, require_free
from quiethire.stack.process import ANSWERS_WITHIN, ProcessSpec
from quiethire.stack.running import Running, publish, withdraw_unused
from quiethire.stack.stack import start_stack
from quiethire.stack.supervisor import Supervisor
from quiethire.temporal import connect_temporal

Say = Callable[[str], object]


@dataclass(frozen=True)
class Session:
    """A platform that runs, seen from a command: Temporal to have work done, the API to ask."""

    settings: Settings
    """With the addresses of this platform."""
    temporal: Client
    api: httpx.AsyncClient


@dataclass(frozen=True)
class Beside:
    """Processes that run beside the platform, and the hosts that they answer for."""

    processes: tuple[ProcessSpec, ...] = ()
    host_map: Mapping[str, str] = field(default_factory=dict)


@asynccontextmanager
async def start_platform(
    settings: Settings,
    ports: Ports,
    *,
    schedules: bool = False,
    beside: Callable[[PortBook], Beside] | None = None,
) -> AsyncIterator[tuple[Supervisor, Running]]:
    """The stack, then the process with worker and API; stopped at the end, whatever happens.

    `beside` makes what else is to run, given the directory's ports. Raises InvalidInput where the data directory or a port is taken, Permanent where a part does not start.
    """
    async with start_stack(settings, ports) as (supervisor, stack):
        book = PortBook(settings.data_path)
        port = settings.api_port or book.take("api")
        if settings.api_port:
            require_free(port, "the API and the search page", "QUIETHIRE_API_PORT", settings.api_host)
        if settings.metrics_port:
            require_free(settings.metrics_port, "/metrics and /readyz", "QUIETHIRE_METRICS_PORT", settings.api_host)
        running = stack.model_copy(update={"api_url": f"http://{reached_at(settings.api_host)}:{port}"})
        company = beside(book) if beside else Beside()
        environment = {
            **_quiethire_environment(settings),
            **running.environment(),
            "QUIETHIRE_API_PORT": str(port),
            "QUIETHIRE_SCHEDULES": str(schedules).lower(),
            "QUIETHIRE_HOST_MAP": orjson.dumps({**settings.host_map, **company.host_map}).decode(),
        }
        await supervisor.start(*company.processes)
        await supervisor.start(_platform_process(environment, f"{running.api_url}/health"))
        publish(settings.data_path, running)
        yield supervisor, running


@asynccontextmanager
async def open_session(settings: Settings, *, say: Say) -> AsyncIterator[Session]:
    """The platform that runs on this data directory or under these addresses; else one of our own, for as long.

    Raises InvalidInput for the address of an API alone: what is done through Temporal would be done on another platform.
    """
    if settings.api_url:
        if not settings.temporal_address:
            hint = "set it beside QUIETHIRE_API_URL; or unset that, and the platform of this machine is used"
            detail = "is not set, and this needs more than the API"
            raise InvalidInput(detail, where="QUIETHIRE_TEMPORAL_ADDRESS", hint=hint)
        async with attach(settings) as session:
            yield session
        return
    async with AsyncExitStack() as stack:
        running = await _found_or_started(stack, settings, say)
        yield await stack.enter_async_context(attach(running.apply(settings)))


async def _found_or_started(stack: AsyncExitStack, settings: Settings, say: Say) -> Running:
    """Of several commands that find none at once, one starts it, and the others use that."""
    while True:
        found = await stack.enter_async_context(joined_platform(settings.data_path, say=say))
        if found is not None:
            return found
        say(f"starting the platform on {settings.data_dir} (keep one running with: quiethire up)")
        try:
            return await stack.enter_async_context(one_off_platform(settings, say=say))
        except InvalidInput as error:
            if error.kind != "data_dir_in_use" or (
                is_held(settings.data_path) and not holder_lives(settings.data_path)
            ):
                raise


@asynccontextmanager
async def one_off_platform(
    settings: Settings, *, say: Say, beside: Callable[[PortBook], Beside] | None = None
) -> AsyncIterator[Running]:
    """A platform for one command, on any free ports. Commands that came to use it too are waited for, unless this one is stopped."""
    anywhere = settings.model_copy(update={"api_port": 0, "metrics_port": None})
    async with start_platform(anywhere, Ports(), beside=beside) as (_, running):
        try:
            yield running
        finally:
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                await _until_unused(settings.data_path, say)


async def _until_unused(data_dir: Path, say: Say) -> None:
    """Whoever stops the command meanwhile ends the platform at once, and what the command found is told all the same."""
    if withdraw_unused(data_dir):
        return
    say("done; other commands use this platform still, and it ends with the last of them (Ctrl-C: at once)")
    try:
        # Others hold a lock; there is nothing of ours to wait on.
        while not withdraw_unused(data_dir):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None:
            task.uncancel()


@asynccontextmanager
async def attach(settings: Settings) -> AsyncIterator[Session]:
    """A session with the platform at these addresses."""
    temporal = await connect_temporal(settings)
    async with client_of(settings) as api:
        yield Session(settings=settings, temporal=temporal, api=api)


def _platform_process(environment: Mapping[str, str], health: str) -> ProcessSpec:
    # Plain HTTP; an empty context spares reading the system's certificates at every probe.
    no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient(timeout=ANSWERS_WITHIN, trust_env=False, verify=no_tls) as client:
                return (await client.get(health)).is_success
        except httpx.HTTPError:
            return False

    return ProcessSpec(
        name="platform",
        argv=(sys.executable, "-m", "quiethire.platform"),
        ready=ready,
        env={
            **_own_environment(),
            **environment,
            "TMPDIR": str(_emptied(Path(environment["QUIETHIRE_DATA_DIR"]) / "tmp")),
        },
        ready_timeout=STARTING_TIMEOUT,
        cwd=Path.cwd(),
        # Requests have 5 s to end, activities another 25 (see worker.py).
        stop_timeout=40.0,
    )


def _emptied(folder: Path) -> Path:
    """A folder for what a browser leaves behind when it is killed: gone at the next start."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _own_environment() -> dict[str, str]:
    """What this process sees, proxies, certificates and cloud credentials too; but nothing meant for other clients.

    Our settings neither: the platform's own are laid over this, and one that has its default there is not among them.
    """
    settings = {f"QUIETHIRE_{name.upper()}" for name in Settings.model_fields}
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "TEMPORAL_", "TYPESENSE_")) and name.upper() not in settings
    }


def _quiethire_environment(settings: Settings) -> dict[str, str]:
    """The settings of this process, for a child: what was set here by any means is set there by its environment."""
    plain = settings.model_dump(mode="json", exclude_defaults=True, exclude={"host_map"})
    plain["data_dir"] = str(settings.data_path)
    return {
        f"QUIETHIRE_{name.upper()}": value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in plain.items()
    }
