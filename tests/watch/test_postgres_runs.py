"""PostgreSQL that is killed, or one of its processes, begins another run: of a server of this test's own."""

import asyncio
import os
import signal

import psycopg
import pytest

from quiethire.domain.errors import Transient
from quiethire.stack.ports import HOST, PortBook
from quiethire.stack.servers.postgres import DATABASE, ROLE
from quiethire.stack.servers.postgres import spec as postgres_spec
from quiethire.stack.supervisor import Supervisor
from quiethire.storage import postgres

PASSWORD = "of-this-test-alone"


async def run_of(pool: postgres.Pool) -> str:
    """As soon as it answers."""
    async with asyncio.timeout(60):
        while True:
            try:
                return (await postgres.PostgresProbe(pool).look()).run
            except Transient:
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("whole", [True, False], ids=["the server", "one connection"])
async def test_whoever_is_killed_it_is_another_run(tmp_path, whole):
    port = PortBook(tmp_path).take("postgres")
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(await postgres_spec(tmp_path, port, PASSWORD, durable=False))
        address = f"postgresql://{ROLE}:{PASSWORD}@{HOST}:{port}"
        async with await psycopg.AsyncConnection.connect(f"{address}/postgres", autocommit=True) as admin:
            await admin.execute(f"CREATE DATABASE {DATABASE}_runs")
            await admin.execute("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain'")
            await admin.execute(f"ALTER DATABASE {DATABASE}_runs OWNER TO plain")
        # As a deployment's role, which may not look at other processes.
        dsn = f"postgresql://plain:plain@{HOST}:{port}/{DATABASE}_runs"
        await postgres.migrate(dsn)
        async with postgres.open_pool(dsn) as pool:
            before = {await run_of(pool) for _ in range(2)}
            assert len(before) == 1
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as victim:
                os.kill(supervisor.pids["postgres"] if whole else victim.info.backend_pid, signal.SIGKILL)
            async with asyncio.timeout(60):
                while await run_of(pool) in before:  # noqa: ASYNC110 - the server begins when it does
                    await asyncio.sleep(0.1)
