"""Valkey, with its append-only file on."""

from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from quiethire.stack.ports import HOST
from quiethire.stack.process import ANSWERS_WITHIN, ProcessSpec, plain_environment
from quiethire.stack.running import write_private
from quiethire.stack.servers import binaries


def url(port: int, password: str) -> str:
    """Where clients find it."""
    return f"redis://:{password}@{HOST}:{port}/0"


def spec(data_dir: Path, port: int, password: str) -> ProcessSpec:
    """The server on `data_dir`/valkey."""
    home = data_dir / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    config = home / "valkey.conf"
    lines = (
        f"bind {HOST}",
        f"port {port}",
        # In a file, not on the command line, which every user of the machine can read.
        f"requirepass {password}",
        "appendonly yes",
        'save ""',
        "daemonize no",
    )
    write_private(config, "\n".join(lines) + "\n")

    async def ready() -> bool:
        return await is_ready(url(port, password))

    return ProcessSpec(
        name="valkey",
        argv=(str(binaries.valkey()), str(config)),
        ready=ready,
        env=plain_environment(),
        cwd=home,
    )


async def is_ready(address: str) -> bool:
    """Whether it answers; while it loads its file it answers with an error."""
    try:
        async with Redis.from_url(
            address, socket_timeout=ANSWERS_WITHIN, socket_connect_timeout=ANSWERS_WITHIN, retry=None
        ) as client:
            return bool(await client.ping())
    except (RedisConnectionError, RedisTimeoutError, ResponseError):
        return False
