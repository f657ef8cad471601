"""The Temporal dev server on SQLite, with its web UI where a port is given."""

import asyncio
import re
import subprocess
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from quiethire.domain.errors import Permanent
from quiethire.stack.ports import HOST, is_free
from quiethire.stack.process import ProcessSpec, plain_environment
from quiethire.stack.servers import binaries

SEARCH_ATTRIBUTES = {
    "QuietHireDomain": "Keyword",
    "QuietHireAts": "Keyword",
    "QuietHireDone": "Int",
    "QuietHireTotal": "Int",
    "QuietHirePaused": "Bool",
}
"""A workflow that names one which is not registered hangs."""
PROBE_SECONDS = 2.0


async def spec(data_dir: Path, port: int, ui_port: int | None, namespace: str) -> ProcessSpec:
    """The server on `data_dir`/temporal. A database file serves one server version: its name says which."""
    binary = binaries.temporal()
    home = data_dir / "temporal"
    home.mkdir(mode=0o700, exist_ok=True)
    database = home / f"temporal-{await asyncio.to_thread(server_version, binary)}.db"
    address = f"{HOST}:{port}"

    async def ready() -> bool:
        return await is_ready(address, namespace) and (ui_port is None or not is_free(ui_port))

    ui = ("--headless",) if ui_port is None else ("--ui-port", str(ui_port), "--ui-disable-news-fetch")
    return ProcessSpec(
        name="temporal",
        argv=(
            *(str(binary), "server", "start-dev", "--ip", HOST, "--port", str(port), *ui),
            *("--db-filename", str(database), "--log-level", "warn", "--namespace", namespace),
            # Five times faster than the defaults, and nothing was lost in three kill -9s.
            *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"),
            *("--dynamic-config-value", "frontend.enableServerVersionCheck=false"),
            # Without it, Temporal takes priorities into account and fairness keys not.
            *("--dynamic-config-value", "matching.enableFairness=true"),
            # The order holds in one partition of a queue, and the last of four would be drained after the others.
            *("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"),
            *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
            # By default 128,000 workflows stay in memory long after they ended, each with 12 kB: hours of crawls only ever took
            # more of it. What is not there is read from the database when it goes on.
            *("--dynamic-config-value", "history.hostLevelCacheMaxSize=500"),
            *(part for name, kind in SEARCH_ATTRIBUTES.items() for part in ("--search-attribute", f"{name}={kind}")),
        ),
        ready=ready,
        # Workflows wait where searches do not: while a thousand crawls were queued, p95 of searches fell from 184 to 96 ms.
        niceness=5,
        env=plain_environment(),
        cwd=home,
    )


def server_version(binary: Path) -> str:
    """The version of the server inside the CLI."""
    command = [str(binary), "--version"]
    answer = subprocess.run(  # noqa: S603 - our own binary
        command, capture_output=True, text=True, timeout=120, check=False, env=plain_environment()
    )
    found = re.search(r"Server ([0-9][0-9A-Za-z.-]*)", answer.stdout)
    if found is None:
        raise Permanent(f"no server version in {answer.stdout!r}", where=str(binary), kind="server_failed")
    return found[1]


async def is_ready(address: str, namespace: str) -> bool:
    """Whether the namespace is there and knows our search attributes."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            client = await Client.connect(address, namespace=namespace)
            known = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=namespace)
            )
    except (RuntimeError, RPCError, TimeoutError):
        # The SDK raises a RuntimeError where nothing listens yet.
        return False
    kinds = {name: IndexedValueType.Name(kind) for name, kind in known.custom_attributes.items()}
    return all(kinds.get(name) == f"INDEXED_VALUE_TYPE_{kind.upper()}" for name, kind in SEARCH_ATTRIBUTES.items())
