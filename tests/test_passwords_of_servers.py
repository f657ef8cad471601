"""Servers of a deployment get their passwords by what every user of the machine cannot read: not on a command line."""

import asyncio
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
import yaml
from free_port import free_port
from kubernetes_manifests import of_kind, template

from quiethire.stack.servers import binaries, valkey

ROOT = Path(__file__).parents[1]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
PASSWORD = "a b#c$d"


def of_compose() -> list[str]:
    service = SERVICES["redis"]
    return [*service["entrypoint"], *(part.replace("$$", "$") for part in service["command"])]


def of_kubernetes() -> list[str]:
    (container,) = template(of_kind("StatefulSet")["redis"])["spec"]["containers"]
    return [*container["command"], *container["args"]]


def answers(port: int, password: str) -> bool:
    return asyncio.run(valkey.is_ready(valkey.url(port, quote(password))))


@pytest.mark.parametrize("command_of", [of_compose, of_kubernetes])
def test_redis_asks_for_the_password_and_shows_it_to_nobody(command_of, tmp_path):
    port = free_port()
    server = tmp_path / "valkey-server"
    server.write_text(f'#!/bin/sh\nexec {binaries.valkey()} "$@" --bind 127.0.0.1 --port {port}\n')
    server.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "REDISCLI_AUTH": PASSWORD, "MAXMEMORY": "10mb"}
    with subprocess.Popen(command_of(), env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while not answers(port, PASSWORD):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert not answers(port, "another")
            shown = psutil.Process(process.pid).cmdline()
        finally:
            process.terminate()
    assert process.returncode == 0
    assert PASSWORD not in " ".join(shown)


def test_no_command_line_holds_a_secret():
    ours = {name: [*service.get("entrypoint", ()), *service.get("command", ())] for name, service in SERVICES.items()}
    assert [name for name, words in ours.items() if re.search(r"(?<!\$)\$\{", " ".join(words))] == []


def test_the_owner_of_the_database_is_made_with_a_password_that_psql_reads_from_its_environment():
    (script,) = of_kind("ConfigMap")["postgres-owner"]["data"].values()
    command, _, statements = script.partition("\n")
    assert "PASSWORD" not in command
    assert r"\getenv password POSTGRES_PASSWORD" in statements
