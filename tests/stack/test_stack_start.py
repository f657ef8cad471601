import errno
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings
from quiethire.stack.ports import Ports, reached_at
from quiethire.stack.running import Running, read_running, secret
from quiethire.stack.servers import binaries, postgres, temporal, typesense, valkey
from quiethire.stack.stack import start_stack

ELSEWHERE = {
    "temporal_address": "temporal.example:7233",
    "postgres_dsn": "postgresql://postgres.example/quiethire",
    "typesense_url": "http://typesense.example:8108",
    "typesense_api_key": "key",
    "redis_url": "redis://redis.example:6379/0",
}


def only(part: str, data_dir: Path) -> Settings:
    """Settings with which one part alone is embedded."""
    return Settings(data_dir=data_dir, **{name: value for name, value in ELSEWHERE.items() if name != part})


async def test_every_server_of_the_session_answers(stack: Running) -> None:
    assert await temporal.is_ready(stack.temporal_address, "default")
    assert await postgres.is_ready(stack.postgres_dsn)
    assert await typesense.is_ready(stack.typesense_url, stack.typesense_api_key)
    assert await valkey.is_ready(stack.redis_url)


async def test_everything_listens_on_the_loopback_address_only(stack: Running) -> None:
    servers = psutil.Process(stack.pid).children()
    sockets = [link for server in servers for link in server.net_connections("tcp") if link.status == "LISTEN"]
    assert len(sockets) >= 5
    assert {link.laddr.ip for link in sockets} == {"127.0.0.1"}


async def test_stores_refuse_whoever_has_no_password(stack: Running) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        await psycopg.AsyncConnection.connect(stack.postgres_dsn, password="wrong")
    async with Redis.from_url(f"redis://{stack.redis_url.rpartition('@')[2]}") as redis:
        with pytest.raises(AuthenticationError):
            await redis.get("any")
    async with httpx.AsyncClient(base_url=stack.typesense_url, timeout=60) as client:
        assert (await client.get("/collections")).status_code == 401


async def test_no_secret_stands_on_a_command_line(stack: Running) -> None:
    lines = []
    for server in psutil.Process(stack.pid).children():
        with suppress(psutil.NoSuchProcess):  # A helper of a server may end while it is looked at.
            lines.append(" ".join(server.cmdline()))
    assert len(lines) >= 4
    secrets = [stack.typesense_api_key, stack.postgres_dsn.split(":")[2].split("@")[0]]
    assert not [line for line in lines for secret in secrets if secret in line]


async def test_the_index_takes_snapshots_more_often_than_a_start_may_take(stack: Running) -> None:
    """What it has to do again when it is restarted is bounded by them; to wait for one takes a minute."""
    assert 2 * typesense.SNAPSHOT_SECONDS < typesense.LOAD_SECONDS
    lines = [server.cmdline() for server in psutil.Process(stack.pid).children()]
    assert [line for line in lines if f"--snapshot-interval-seconds={typesense.SNAPSHOT_SECONDS}" in line]


async def test_workflows_may_carry_the_search_attributes(temporal_client: Client) -> None:
    domain = SearchAttributePair(SearchAttributeKey.for_keyword("QuietHireDomain"), "northwind.example")
    ats = SearchAttributePair(SearchAttributeKey.for_keyword("QuietHireAts"), "greenhouse")
    done = SearchAttributePair(SearchAttributeKey.for_int("QuietHireDone"), 7)
    paused = SearchAttributePair(SearchAttributeKey.for_bool("QuietHirePaused"), True)
    handle = await temporal_client.start_workflow(
        "any",
        id="attributes",
        task_queue="nobody-polls",
        search_attributes=TypedSearchAttributes([domain, ats, done, paused]),
    )
    description = await handle.describe()
    assert description.typed_search_attributes[domain.key] == "northwind.example"
    assert (description.typed_search_attributes[done.key], description.typed_search_attributes[paused.key]) == (7, True)
    await handle.terminate()


async def test_the_web_ui_answers_where_a_port_is_asked_for(tmp_path: Path) -> None:
    async with start_stack(only("temporal_address", tmp_path), Ports(temporal_ui=0)) as (supervisor, running):
        assert list(supervisor.pids) == ["temporal"]
        assert running.postgres_dsn == ELSEWHERE["postgres_dsn"]
        async with httpx.AsyncClient(follow_redirects=True, timeout=60) as client:
            assert (await client.get(running.temporal_ui_url)).status_code == 200


@pytest.mark.parametrize(
    ("listens_on", "asked_at"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("192.168.1.10", "192.168.1.10"),
        ("::", "[::1]"),
        ("fd00::7", "[fd00::7]"),
        ("jobs.example", "jobs.example"),
    ],
)
def test_what_listens_is_asked_where_it_can_be_reached(listens_on: str, asked_at: str) -> None:
    assert reached_at(listens_on) == asked_at


def test_a_platform_of_another_user_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(InvalidInput, match="belongs to another user") as caught:
        read_running(tmp_path)
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("field", ["temporal", "temporal_ui"])
async def test_a_taken_port_is_named_with_the_setting_that_changes_it(tmp_path: Path, field: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"port {port} for the Temporal") as refusal:
            async with start_stack(only("temporal_address", tmp_path), Ports(**{field: port})):
                pass
    assert refusal.value.kind == "port_in_use"
    assert f"QUIETHIRE_{field.upper()}_PORT" in refusal.value.hint
    assert read_running(tmp_path) is None


async def query(dsn: str, statement: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as link:
        found = await link.execute(statement)
        return await found.fetchall() if found.description else []


async def test_an_unfinished_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new" / "cluster" / "base").mkdir(parents=True)
    async with start_stack(only("postgres_dsn", tmp_path), durable=False) as (_, running):
        assert await query(running.postgres_dsn, "SHOW server_encoding") == [("UTF8",)]
    assert not (tmp_path / "postgres.new").exists()


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process of the user that PostgreSQL runs as."""
    user = postgres.account(tmp_path / "postgres")
    with subprocess.Popen(["sleep", "600"], user=user.uid if user else None) as process:
        yield process
        process.kill()


async def test_a_pid_file_with_the_number_of_another_process_does_not_block(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    settings = only("postgres_dsn", tmp_path)
    async with start_stack(settings, durable=False) as (_, running):
        await query(running.postgres_dsn, "CREATE TABLE kept ()")
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}/postgres\n")
    async with start_stack(settings, durable=False) as (_, running):
        assert await query(running.postgres_dsn, "SELECT count(*) FROM kept") == [(0,)]
    assert stranger.poll() is None


async def test_a_data_directory_keeps_its_addresses(tmp_path: Path) -> None:
    addresses = []
    for _ in range(2):
        async with start_stack(only("redis_url", tmp_path)) as (_, running):
            addresses.append(running.redis_url)
    assert addresses[0] == addresses[1]


async def test_addresses_and_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    async with start_stack(only("redis_url", tmp_path)):
        private = [tmp_path / "running.json", tmp_path / "secrets" / "valkey", tmp_path / "valkey" / "valkey.conf"]
        assert {oct(path.stat().st_mode & 0o777) for path in private} == {"0o600"}


def test_a_secret_that_was_written_by_hand_is_what_stands_on_its_line(tmp_path: Path) -> None:
    assert len(secret(tmp_path, "person")) > 24
    (tmp_path / "secrets" / "person").write_text("0123456789-0123456789-01\n")
    assert secret(tmp_path, "person") == "0123456789-0123456789-01"


def test_a_full_disk_is_told_with_the_file_that_found_no_room_and_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as refusal:
        secret(tmp_path, "person")
    assert refusal.value.filename == str(tmp_path / "secrets" / "person")
    assert list((tmp_path / "secrets").iterdir()) == []


async def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="cannot be written") as refusal:
        async with start_stack(Settings(data_dir=tmp_path / "file" / "data")):
            pass
    assert refusal.value.kind == "data_dir_unusable"


async def test_addresses_reach_settings_and_child_processes_alike(
    stack: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied = stack.apply(Settings(data_dir=tmp_path))
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    assert applied == Settings(data_dir=tmp_path)
    assert applied.redis_url == stack.redis_url


def test_typesense_is_put_together_in_the_data_directory_where_the_cache_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    binary = tmp_path / "cache" / "typesense-server-0.24.1"
    binary.parent.mkdir()
    binary.write_bytes(b"cut off")
    assert binaries.typesense(tmp_path) == binary
    version = subprocess.run([binary, "--help"], capture_output=True, text=True, check=False)
    assert "--data-dir" in version.stdout + version.stderr
    first = binary.stat().st_mtime_ns
    assert binaries.typesense(tmp_path).stat().st_mtime_ns == first
    binary.unlink()
