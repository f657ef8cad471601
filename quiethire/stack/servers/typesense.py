"""Typesense 0.24."""

import asyncio
import signal
import ssl
from pathlib import Path

import httpx

from quiethire.stack.ports import HOST
from quiethire.stack.process import ANSWERS_WITHIN, ProcessSpec, plain_environment
from quiethire.stack.servers import binaries

LOAD_SECONDS = 300.0
"""With 100,000 documents it loaded for 17 to 88 s."""

SNAPSHOT_SECONDS = 120
"""A restarted server does again all that was written since its last snapshot, which took five minutes and more where it filled
200,000 documents within the hour that lies between two of its own. One takes a second. Well below `LOAD_SECONDS`: a start that was
given up has come so much further, and the next one goes on from there."""


def url(port: int) -> str:
    """Where clients find it."""
    return f"http://{HOST}:{port}"


async def spec(data_dir: Path, port: int, peering_port: int, api_key: str) -> ProcessSpec:
    """The server on `data_dir`/typesense."""
    home = data_dir / "typesense"
    home.mkdir(mode=0o700, exist_ok=True)
    binary = await asyncio.to_thread(binaries.typesense, data_dir)

    async def ready() -> bool:
        return await is_ready(url(port), api_key)

    return ProcessSpec(
        name="typesense",
        # The data directory is named from within: the Raft library drops spaces from the paths that it is given.
        argv=(
            *(str(binary), "--data-dir=.", f"--api-address={HOST}", f"--api-port={port}"),
            *(f"--peering-address={HOST}", f"--peering-port={peering_port}", "--enable-cors=false"),
            f"--snapshot-interval-seconds={SNAPSHOT_SECONDS}",
        ),
        ready=ready,
        # Not on the command line, which every user of the machine can read.
        env={**plain_environment(), "TYPESENSE_API_KEY": api_key},
        cwd=home,
        # It closes its files within two seconds, and loads several times slower after a SIGKILL.
        death_signal=signal.SIGTERM,
        ready_timeout=LOAD_SECONDS,
    )


async def is_ready(address: str, api_key: str) -> bool:
    """Healthy and with all its documents loaded: /health alone is ok while the index still loads."""
    headers = {"X-TYPESENSE-API-KEY": api_key}
    # Plain HTTP; an empty context spares reading the system's certificates at every probe.
    no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        async with httpx.AsyncClient(
            base_url=address, headers=headers, timeout=ANSWERS_WITHIN, trust_env=False, verify=no_tls
        ) as client:
            health = await client.get("/health")
            if health.status_code != httpx.codes.OK or not health.json().get("ok"):
                return False
            stats = await client.get("/stats.json")
            return stats.status_code == httpx.codes.OK and stats.json().get("pending_write_batches") == 0
    except (httpx.TransportError, ValueError):
        return False
