"""A process of a deployment that cannot begin or go on says why in its log, one JSON object a line, and shows no secret."""

import json
import subprocess
import sys

from quiethire_command import ROOT, plain_environment

PROCESSES = {"worker": ["worker.py"], "api": ["-m", "services.api"]}

ELSEWHERE = {
    "QUIETHIRE_TEMPORAL_ADDRESS": "127.0.0.1:1",
    "QUIETHIRE_POSTGRES_DSN": "postgresql://u:hidden@127.0.0.1:1/q",
    "QUIETHIRE_CLICKHOUSE_DSN": "clickhouse://u:hidden@127.0.0.1:1/q",
    "QUIETHIRE_TYPESENSE_URL": "http://127.0.0.1:1",
    "QUIETHIRE_REDIS_URL": "redis://:hidden@127.0.0.1:1/0",
}


def ended(process: str, **settings: str) -> tuple[int, list[dict[str, object]]]:
    """Its exit code, and the lines of its log."""
    done = subprocess.run(
        [sys.executable, *PROCESSES[process]],
        cwd=ROOT,
        env=plain_environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "hidden" not in done.stdout + done.stderr
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_settings_that_are_wrong_are_each_named() -> None:
    wrong = {
        "QUIETHIRE_REDIS_URL": "redis://:hidden/part@host:6379",
        "QUIETHIRE_TYPESENSE_URL": "hidden",
        "QUIETHIRE_METRICS_PORT": "99999",
    }
    code, lines = ended("worker", **wrong)
    assert code == 2
    assert {line["fields"]["where"] for line in lines} == wrong.keys()
    assert {(line["level"], line["service"]) for line in lines} == {("CRITICAL", "worker")}


def test_a_server_that_is_away_is_the_last_word(tmp_path) -> None:
    code, lines = ended("worker", QUIETHIRE_DATA_DIR=str(tmp_path), **ELSEWHERE)
    last = lines[-1]
    assert (code, last["level"], last["service"]) == (1, "CRITICAL", "worker")
    assert "worker cannot go on: " in last["message"]
    assert last["fields"]["kind"] == "transient"


def test_a_gateway_that_waits_for_its_servers_still_wants_to_know_where_they_are(tmp_path) -> None:
    code, lines = ended("api", QUIETHIRE_DATA_DIR=str(tmp_path), **ELSEWHERE)
    last = lines[-1]
    assert (code, last["level"], last["fields"]["where"]) == (1, "CRITICAL", "QUIETHIRE_TYPESENSE_API_KEY")
