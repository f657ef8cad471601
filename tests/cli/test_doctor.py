"""`quiethire doctor` finds what is wrong, says what to do, and ends in time."""

import asyncio
import json
import os
import signal
import socket
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psutil
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from typer.testing import CliRunner

from quiethire.cli import _app
from quiethire.cli.doctor import checks
from quiethire.doctor import findings as findings_module
from quiethire.doctor import machine, servers
from quiethire.doctor.findings import Finding, run_all
from quiethire.settings import Settings
from quiethire.storage import postgres


def states(found: list[Finding]) -> dict[str, str]:
    return {finding.name: finding.state for finding in found}


async def one(check, *arguments, **named) -> Finding:
    (found,) = await run_all([("one", partial(check, *arguments, **named))])
    return found


@pytest.fixture
def nowhere():
    """An address that refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


async def test_servers_that_are_away_fail_each_with_what_to_do(nowhere, tmp_path):
    settings = Settings(
        data_dir=tmp_path,
        postgres_dsn=f"postgresql://u:p@{nowhere}/q",
        clickhouse_dsn=f"clickhouse://u:p@{nowhere}/q",
        typesense_url=f"http://{nowhere}",
        typesense_api_key="k",
        redis_url=f"redis://{nowhere}/0",
        temporal_address=nowhere,
        api_url=f"http://{nowhere}",
        smtp_host="127.0.0.1",
        smtp_port=int(nowhere.partition(":")[2]),
        proxies=(f"http://user:hidden@{nowhere}",),
        person_key="0123456789-0123456789-01",
        operator_key="0123456789-0123456789-01",
        browser=False,
    )
    found = await run_all(checks(settings, running=False))
    away = {"postgresql", "clickhouse", "index", "redis", "temporal", "api", "mail"}
    assert {name for name, state in states(found).items() if state == "fail"} == away
    assert all(finding.todo for finding in found if finding.state != "ok")
    assert "hidden" not in str(found)
    assert "0123456789" not in str(found)


async def test_an_index_without_a_key_is_told_with_the_setting_that_holds_it(nowhere, tmp_path):
    named = Settings(data_dir=tmp_path, typesense_url=f"http://{nowhere}", postgres_dsn=f"postgresql://u:p@{nowhere}/q")
    found = await one(servers.index, named)
    assert (found.state, "QUIETHIRE_TYPESENSE_API_KEY" in found.found) == ("fail", True)


async def test_real_servers_are_ok_with_their_versions(stack, postgres_dsn, tmp_path):
    await postgres.migrate(postgres_dsn)
    settings = stack.apply(Settings(data_dir=tmp_path)).model_copy(update={"postgres_dsn": postgres_dsn})
    found = await run_all(
        [
            ("postgresql", partial(servers.postgresql, settings)),
            ("redis", partial(servers.redis, settings)),
            ("temporal", partial(servers.temporal, settings)),
        ]
    )
    told = {finding.name: finding for finding in found}
    assert {told[name].state for name in ("postgresql", "redis", "temporal", "clock", "namespace", "backlog")} == {"ok"}
    assert told["postgresql"].found.startswith("version 1")


async def test_a_namespace_that_is_not_there_is_told(stack, tmp_path):
    settings = stack.apply(Settings(data_dir=tmp_path, temporal_namespace="elsewhere"))
    found = states(await run_all([("temporal", partial(servers.temporal, settings))]))
    assert found["namespace"] == "fail"


async def test_a_database_that_was_not_migrated_is_told_with_the_command(stack, postgres_dsn, tmp_path):
    found = await one(servers.postgresql, Settings(data_dir=tmp_path, postgres_dsn=postgres_dsn))
    assert found.state == "fail"
    assert "migrat" in found.todo


@pytest.mark.parametrize("setting", ["postgres_dsn", "operator_key", "smtp_password"])
async def test_a_secret_that_is_guessed_first_fails_and_is_not_shown(setting, tmp_path):
    weak = {"postgres_dsn": "postgresql://quiethire:changeme@db/q", "operator_key": "", "smtp_password": "letmein"}
    settings = Settings(data_dir=tmp_path).model_copy(update={setting: weak[setting], "person_key": "x" * 24})
    if setting == "operator_key":
        settings = settings.model_copy(update={"postgres_dsn": "postgresql://u:long-and-random@db/q"})
    found = await run_all([("secrets", partial(machine.secrets, settings))])
    assert {finding.state for finding in found} & {"fail", "warn"}
    assert "changeme" not in str(found)
    assert "letmein" not in str(found)


@pytest.mark.parametrize(
    "dsn",
    ["host=db user=u password=changeme dbname=q", "postgresql://u:%63hangeme@db/q", "postgres://u:changeme@[::1]/q"],
)
async def test_a_password_is_found_in_every_form_of_a_dsn(dsn, tmp_path):
    given = {"postgres_dsn": dsn, "person_key": "x" * 24, "operator_key": "y" * 24, "token_key": "z" * 24}
    found = await one(machine.secrets, Settings(data_dir=tmp_path).model_copy(update=given))
    assert (found.state, "QUIETHIRE_POSTGRES_DSN" in found.found, "changeme" in str(found)) == ("fail", True, False)


async def test_a_check_that_fails_by_itself_is_told_beside_the_others_and_shows_no_value(tmp_path):
    settings = Settings(data_dir=tmp_path).model_copy(update={"redis_url": "hidden"})
    found = await run_all([("redis", partial(servers.redis, settings)), ("python", machine.python)])
    assert states(found) == {"redis": "fail", "python": "ok"}
    assert "hidden" not in str(found)
    broken = Settings(data_dir=tmp_path, postgres_dsn="postgresql://u:hidden@[::1/q", person_key="x" * 24)
    assert {each.state for each in await run_all([("secrets", partial(machine.secrets, broken))])} == {"warn"}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("token_key", "a-long-and-random-one-of-24,changeme"),
        ("person_key", "secret, a-long-and-random-one-of-24"),
        ("google_client_secret", "changeme"),
        ("prose_key", "test"),
    ],
)
async def test_every_secret_is_looked_at_each_key_by_itself(setting, value, tmp_path):
    settings = Settings(data_dir=tmp_path).model_copy(update={setting: value})
    found = await one(machine.secrets, settings)
    assert (found.state, f"QUIETHIRE_{setting.upper()} is a word" in found.found) == ("fail", True)


async def test_without_a_key_of_tokens_it_is_told_that_nobody_signs_in(tmp_path):
    good = {"postgres_dsn": "postgresql://u:long-and-random@db/q", "person_key": "x" * 24, "operator_key": "y" * 24}
    found = await one(machine.secrets, Settings(data_dir=tmp_path).model_copy(update=good))
    assert (found.state, "QUIETHIRE_TOKEN_KEY" in found.found) == ("warn", True)


@pytest.mark.parametrize("setting", ["api_port", "metrics_port"])
async def test_a_port_that_is_taken_is_told_unless_the_platform_has_it(tmp_path, setting):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        free = {"api_port": 0, "temporal_port": 0, "temporal_ui_port": 0}
        settings = Settings(data_dir=tmp_path, **free | {setting: taken.getsockname()[1]})
        found = await one(machine.ports, settings, running=False)
        assert (found.state, f"QUIETHIRE_{setting.upper()}" in found.todo) == ("fail", True)
        assert (await one(machine.ports, settings, running=True)).state == "ok"


@pytest.mark.parametrize(("host", "listens"), [("::1", "::1"), ("0.0.0.0", "127.0.0.2")])
async def test_a_port_is_looked_at_where_the_api_is_to_listen(host, listens, tmp_path):
    family = socket.AF_INET6 if ":" in listens else socket.AF_INET
    with socket.socket(family) as taken:
        taken.bind((listens, 0))
        taken.listen()
        ports = {"api_port": taken.getsockname()[1], "temporal_port": 0, "temporal_ui_port": 0}
        there = Settings(data_dir=tmp_path, api_host=host, **ports)
        assert (await one(machine.ports, there, running=False)).state == "fail"
        elsewhere = there.model_copy(update={"api_host": "127.0.0.1"})
        assert (await one(machine.ports, elsewhere, running=False)).state == "ok"


async def test_an_address_of_no_interface_is_told_with_the_setting_that_has_it(tmp_path):
    settings = Settings(data_dir=tmp_path, api_host="192.0.2.1", api_port=3999, temporal_port=0, temporal_ui_port=0)
    found = await one(machine.ports, settings, running=False)
    assert (found.state, "QUIETHIRE_API_HOST" in found.todo) == ("fail", True)


async def test_beside_servers_of_ones_own_no_port_is_asked_for(nowhere, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(
            data_dir=tmp_path,
            api_port=taken.getsockname()[1],
            postgres_dsn=f"postgresql://u:p@{nowhere}/q",
            clickhouse_dsn=f"clickhouse://u:p@{nowhere}/q",
            typesense_url=f"http://{nowhere}",
            redis_url=f"redis://{nowhere}/0",
            temporal_address=nowhere,
        )
        assert (await one(machine.ports, settings, running=False)).state == "ok"


async def test_a_browser_that_does_not_start_is_told(tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no library >&2\nexit 127\n")
    broken.chmod(0o755)
    found = await one(machine.chromium, Settings(data_dir=tmp_path, chromium_path=broken))
    assert (found.state, "no library" in found.found) == ("fail", True)
    missing = await one(machine.chromium, Settings(data_dir=tmp_path, chromium_path=tmp_path / "nowhere"))
    assert missing.state == "warn"


async def test_a_check_that_hangs_ends_and_keeps_nobody_waiting(monkeypatch, tmp_path):
    monkeypatch.setattr(findings_module, "PATIENCE", 0.05)
    never = asyncio.Event()
    found = await run_all([("hangs", never.wait), ("python", machine.python)])
    assert states(found) == {"hangs": "fail", "python": "ok"}


async def test_a_browser_that_hangs_is_told_and_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setitem(findings_module.PATIENT, "chromium", 0.5)
    hanging = tmp_path / "chromium"
    # It starts processes of its own, as browsers do.
    hanging.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/child\nwait\n")
    hanging.chmod(0o755)
    check = partial(machine.chromium, Settings(data_dir=tmp_path, chromium_path=hanging))
    [found] = await run_all([("chromium", check)])
    assert (found.state, "0.5 s" in found.found, "too busy" in found.todo) == ("fail", True, True)
    with suppress(FileNotFoundError, ValueError):  # Killed before it had one.
        child = int((tmp_path / "child").read_text())
        async with asyncio.timeout(30):  # A signal takes a moment to arrive.
            while is_alive(child):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_a_browser_whose_own_process_leaves_its_group_holds_nobody_up(monkeypatch, tmp_path):
    monkeypatch.setitem(findings_module.PATIENT, "chromium", 0.5)
    monkeypatch.setattr(machine, "_LAST_WORDS", 0.2)
    hanging, child = tmp_path / "chromium", tmp_path / "child"
    hanging.write_text(f"#!/bin/sh\nsetsid sh -c 'echo $$ > {child}; exec sleep 600' &\nwait\n")
    hanging.chmod(0o755)
    check = partial(machine.chromium, Settings(data_dir=tmp_path, chromium_path=hanging))
    try:
        async with asyncio.timeout(60):
            [found] = await run_all([("chromium", check)])
        assert found.state == "fail"
    finally:
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int(child.read_text()), signal.SIGKILL)


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_mail_server_that_answers_is_ok(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings = Settings(data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
        assert (await one(servers.smtp, settings)).state == "ok"
    finally:
        server.stop()


@pytest.mark.parametrize(("documents", "state"), [(10_000, "ok"), (9_990, "ok"), (9_000, "warn"), (None, "warn")])
async def test_the_index_is_held_against_clickhouse_by_the_api(documents, state, tmp_path):
    class Api(BaseHTTPRequestHandler):
        def do_GET(self):
            told = {"ready": True} if self.path == "/readyz" else {"documents": documents, "jobs": 10_000, "failed": 0}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        settings = Settings(data_dir=tmp_path, api_url=url, operator_key="0123456789-0123456789-01")
        found = states(await run_all([("api", partial(servers.api, settings))]))
    finally:
        server.shutdown()
        server.server_close()
    assert found == {"api": "ok", "postings": state}


async def test_an_api_that_tells_its_readiness_elsewhere_is_asked_whether_it_answers(tmp_path):
    class Api(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/healthz" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings = Settings(data_dir=tmp_path, api_url=f"http://127.0.0.1:{server.server_port}")
        assert (await one(servers.api, settings)).state == "ok"
    finally:
        server.shutdown()
        server.server_close()


def test_the_command_tells_machines_and_people_and_ends_with_1_where_something_fails(monkeypatch, tmp_path, nowhere):
    monkeypatch.setenv("QUIETHIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QUIETHIRE_BROWSER", "false")
    for each in ("API", "TEMPORAL", "TEMPORAL_UI"):  # The usual ones may be another platform's on this machine.
        monkeypatch.setenv(f"QUIETHIRE_{each}_PORT", "0")
    runner, app = CliRunner(), _app(["doctor"])
    monkeypatch.setenv("QUIETHIRE_REDIS_URL", f"redis://{nowhere}/0")
    told = runner.invoke(app, ["doctor", "--json"])
    assert told.exit_code == 1
    answer = json.loads(told.stdout)
    assert not answer["ok"]
    assert [each["name"] for each in answer["findings"] if each["state"] == "fail"] == ["redis"]
    for_people = runner.invoke(app, ["doctor"])
    assert "FAIL" in for_people.stdout
    assert "→" in for_people.stdout
