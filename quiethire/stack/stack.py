"""The embedded stack: every server that the settings do not name, started on one data directory."""

import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings
from quiethire.stack.lock import hold
from quiethire.stack.ports import HOST, PortBook, Ports, require_free
from quiethire.stack.process import ProcessSpec
from quiethire.stack.running import Running, publish, secret, withdraw
from quiethire.stack.servers import postgres, temporal, typesense, valkey
from quiethire.stack.supervisor import Supervisor, together

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Part:
    """A server to start, and the fields of Running that say where it will be."""

    spec: ProcessSpec
    addresses: dict[str, str | None]


@asynccontextmanager
async def start_stack(
    settings: Settings, ports: Ports | None = None, *, durable: bool = True
) -> AsyncIterator[tuple[Supervisor, Running]]:
    """Start the servers whose address is not set, and stop them at the end, whatever happens.

    `ports` is for Temporal and its web UI (default: a free port, no web UI). `durable=False` spares PostgreSQL's fsync,
    for tests. Call it from the main thread.

    Raises:
        InvalidInput: the data directory is held (`data_dir_in_use`), a port is taken (`port_in_use`), a package is
            missing (`part_missing`), the directory cannot be used (`data_dir_unusable`).
        Permanent: a server did not start (`server_failed`).
    """
    if sys.platform != "linux":
        raise InvalidInput(
            "the embedded stack needs Linux",
            where=sys.platform,
            hint="run the servers of docker-compose.yml and set their addresses",
            kind="part_missing",
        )
    data_dir = settings.data_path
    began = time.monotonic()
    async with hold(data_dir) as lock, Supervisor(data_dir / "logs", pass_fds=(lock,)) as supervisor:
        withdraw(data_dir)
        try:
            parts = await together(*_parts(settings, PortBook(data_dir), ports or Ports(), durable=durable))
            await supervisor.start(*(part.spec for part in parts))
            running = _running(settings, parts)
            if settings.postgres_dsn is None:
                await postgres.ensure_database(running.postgres_dsn)
            publish(data_dir, running)
            seconds = round(time.monotonic() - began, 2)
            logger.info("stack is ready", extra={"servers": list(supervisor.pids), "seconds": seconds})
            yield supervisor, running
        finally:
            withdraw(data_dir)


def _parts(settings: Settings, book: PortBook, ports: Ports, *, durable: bool) -> Iterator[Coroutine[Any, Any, _Part]]:
    """What is to be started: the parts whose address is not set."""
    if settings.temporal_address is None:
        yield _temporal(settings, book, ports)
    if settings.postgres_dsn is None:
        yield _postgres(settings.data_path, book, durable=durable)
    if settings.typesense_url is None:
        yield _typesense(settings.data_path, book)
    if settings.redis_url is None:
        yield _valkey(settings.data_path, book)


async def _temporal(settings: Settings, book: PortBook, ports: Ports) -> _Part:
    port = ports.temporal and require_free(ports.temporal, "the Temporal server", "QUIETHIRE_TEMPORAL_PORT")
    port = port or book.take("temporal")
    ui_port = ports.temporal_ui
    if ui_port is not None:
        ui_port = ui_port and require_free(ui_port, "the Temporal web UI", "QUIETHIRE_TEMPORAL_UI_PORT")
        ui_port = ui_port or book.take("temporal_ui")
    spec = await temporal.spec(settings.data_path, port, ui_port, settings.temporal_namespace)
    ui_url = None if ui_port is None else f"http://{HOST}:{ui_port}"
    return _Part(spec, {"temporal_address": f"{HOST}:{port}", "temporal_ui_url": ui_url})


async def _postgres(data_dir: Path, book: PortBook, *, durable: bool) -> _Part:
    port, password = book.take("postgres"), secret(data_dir, "postgres")
    spec = await postgres.spec(data_dir, port, password, durable=durable)
    return _Part(spec, {"postgres_dsn": postgres.dsn(port, password)})


async def _typesense(data_dir: Path, book: PortBook) -> _Part:
    port, peering_port, key = book.take("typesense"), book.take("typesense_peering"), secret(data_dir, "typesense")
    spec = await typesense.spec(data_dir, port, peering_port, key)
    return _Part(spec, {"typesense_url": typesense.url(port), "typesense_api_key": key})


async def _valkey(data_dir: Path, book: PortBook) -> _Part:
    port, password = book.take("valkey"), secret(data_dir, "valkey")
    return _Part(valkey.spec(data_dir, port, password), {"redis_url": valkey.url(port, password)})


def _running(settings: Settings, parts: Sequence[_Part]) -> Running:
    """The addresses from the settings, and those of the parts started."""
    fields = ("postgres_dsn", "temporal_address", "typesense_url", "typesense_api_key", "redis_url")
    addresses: dict[str, str | None] = {name: getattr(settings, name) for name in fields}
    for part in parts:
        addresses |= part.addresses
    # Not of servers, but made and kept as theirs: what our own command line may do everything with, and what persons'
    # keys are sealed with, and what their tokens are signed with.
    addresses["operator_key"] = settings.operator_key or secret(settings.data_path, "operator")
    addresses["person_key"] = settings.person_key or secret(settings.data_path, "person")
    addresses["token_key"] = settings.token_key or secret(settings.data_path, "token")
    return Running.model_validate({**addresses, "pid": os.getpid(), "started_at": datetime.now(UTC)})
