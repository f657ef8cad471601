"""PostgreSQL 18: the package's binaries, run by ourselves."""

import asyncio
import os
import pwd
import shutil
import signal
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from quiethire.domain.errors import InvalidInput, Permanent
from quiethire.stack.ports import HOST
from quiethire.stack.process import ANSWERS_WITHIN, Process, ProcessSpec, User, plain_environment
from quiethire.stack.running import write_private
from quiethire.stack.servers import binaries

ROLE = DATABASE = "quiethire"
ACCOUNTS = ("postgres", "nobody")
"""Whom to drop to from root, which PostgreSQL refuses: the first that this machine has."""


def dsn(port: int, password: str, database: str = DATABASE) -> str:
    """Where clients find it."""
    return f"postgresql://{ROLE}:{quote(password)}@{HOST}:{port}/{database}"


async def spec(data_dir: Path, port: int, password: str, *, durable: bool = True) -> ProcessSpec:
    """The server on `data_dir`/postgres, whose cluster is made where it is missing. `durable=False`: no fsync."""
    home = data_dir / "postgres"
    user = account(home)
    if not home.exists():
        await _make_cluster(data_dir, home, user, password, durable=durable)
    await asyncio.to_thread(clear_stale_pid, home)
    options = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "on" if durable else "off",
        "logging_collector": "off",
        # A quarter of the default, which fills for hours with pages that the system keeps as well.
        "shared_buffers": "32MB",
    }

    async def ready() -> bool:
        return await is_ready(dsn(port, password, "postgres"))

    settings = (part for name, value in options.items() for part in ("-c", f"{name}={value}"))
    return ProcessSpec(
        name="postgres",
        argv=(str(binaries.postgres() / "postgres"), "-D", str(home), *settings),
        ready=ready,
        env=plain_environment(),
        cwd=home,
        user=user,
        # "Fast shutdown": ends the sessions, closes the files. SIGTERM would wait for every client to leave.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        stop_timeout=30.0,
    )


async def is_ready(address: str) -> bool:
    """Whether it takes connections; not yet while it recovers."""
    try:
        async with await psycopg.AsyncConnection.connect(
            address, connect_timeout=int(ANSWERS_WITHIN), autocommit=True
        ) as link:
            await link.execute("SELECT 1")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise InvalidInput(
                "the password in secrets/postgres is not that of this cluster",
                where="postgres",
                hint="restore that file; its cluster is of no use without it",
                kind="data_dir_unusable",
            ) from error
        return False
    return True


async def ensure_database(address: str) -> None:
    """Create the database that this DSN names where it is missing."""
    async with await psycopg.AsyncConnection.connect(address, dbname="postgres", autocommit=True) as link:
        found = await link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if await found.fetchone() is None:
            await link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def account(home: Path) -> User | None:
    """Whom the server runs as: ourselves, but never root. A cluster keeps the owner it was made with."""
    if os.geteuid() != 0:
        return None
    if home.exists() and home.stat().st_uid != 0:
        return User(home.stat().st_uid, home.stat().st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise InvalidInput(
        f"PostgreSQL refuses to run as root, and this machine has none of the users {', '.join(ACCOUNTS)}",
        where="postgres",
        hint="run as another user, or set QUIETHIRE_POSTGRES_DSN",
        kind="no_account",
    )


def clear_stale_pid(home: Path) -> None:
    """Remove the pid file of a server that is gone: its number may by now be that of another server's process.

    Whoever calls holds the data directory, so a server that still runs here is one that is ending.
    """
    pid_file = home / "postmaster.pid"
    deadline = time.monotonic() + 30
    while pid_file.exists():
        first = pid_file.read_text().partition("\n")[0]
        if not (first.isdigit() and _serves(int(first), home)):
            pid_file.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            raise Permanent(f"process {first} still runs on {home}", where="postgres", kind="server_failed")
        else:
            time.sleep(0.05)


def _serves(pid: int, home: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == home.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


async def _make_cluster(data_dir: Path, home: Path, user: User | None, password: str, *, durable: bool) -> None:
    """Under another name first, so that a death in the middle is not taken for a finished cluster."""
    unfinished = data_dir / "postgres.new"
    if unfinished.exists():
        await asyncio.to_thread(shutil.rmtree, unfinished)
    cluster = unfinished / "cluster"
    cluster.mkdir(mode=0o700, parents=True)
    password_file = unfinished / "password"
    write_private(password_file, password)
    if user:
        for path in (unfinished, cluster, password_file):
            os.chown(path, user.uid, user.gid)
    command = (
        *(str(binaries.postgres() / "initdb"), "-D", str(cluster), "-U", ROLE, f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", "-E", "UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *(() if durable else ("--no-sync",)),
    )

    async def ready() -> bool:
        return True

    spec = ProcessSpec(
        name="initdb", argv=command, ready=ready, env=plain_environment(), cwd=cluster, user=user, ready_timeout=300.0
    )
    process = Process(spec, data_dir / "logs" / "initdb.log")
    try:
        async with asyncio.timeout(spec.ready_timeout):
            code = await process.wait()
    except TimeoutError as error:
        raise process.failure(f"not done within {spec.ready_timeout:g} s") from error
    finally:
        process.kill()
    if code != 0:
        raise process.failure(f"ended with exit code {code}")
    cluster.rename(home)
    await asyncio.to_thread(shutil.rmtree, unfinished)
