"""`quiethire dlq`: dead letters as a person sees them."""

import asyncio
import json
from datetime import UTC, datetime

import psycopg
import pytest
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.client import Client
from typer.testing import CliRunner

from quiethire.cli import _app
from quiethire.domain.dead_letters import DeadLetter
from quiethire.storage.postgres import PostgresDeadLetters, migrate, open_pool

LETTER = DeadLetter(
    kind="defect",
    workflow="CareerPageCrawlWorkflow",
    workflow_id="career-page-crawl/lever/acme",
    run_id="run",
    activity="parse_job_data",
    queue="parse",
    detail="KeyError: [bold]title[/]",
    occurrence="run/7",
)
GIVEN = Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"}, data=b'{"board":"lever/acme"}')])


@pytest.fixture
def dlq(stack, monkeypatch, tmp_path):
    """Run the command against a database that holds one letter."""
    name = f"dlq_{datetime.now(UTC):%H%M%S%f}"
    with psycopg.connect(stack.postgres_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    dsn = f"{stack.postgres_dsn.rpartition('/')[0]}/{name}"

    async def seed():
        await migrate(dsn)
        async with open_pool(dsn) as pool:
            await PostgresDeadLetters(pool).keep(LETTER, GIVEN.SerializeToString(), datetime.now(UTC))

    asyncio.run(seed())
    addresses = {"POSTGRES_DSN": dsn, "TEMPORAL_ADDRESS": stack.temporal_address, "API_URL": "http://127.0.0.1:9"}
    for setting, value in {**addresses, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"QUIETHIRE_{setting}", value)
    yield lambda *given: CliRunner().invoke(_app(["dlq"]), ["dlq", *given])
    with psycopg.connect(stack.postgres_dsn, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_letter_is_listed_shown_and_dropped(dlq):
    listed = dlq("list")
    assert listed.exit_code == 0
    assert "career-page-crawl/lever/acme" in listed.stdout
    assert "KeyError: [bold]title[/]" in listed.stdout
    [letter] = json.loads(dlq("list", "--kind", "defect", "--json").stdout)["letters"]
    assert json.loads(dlq("list", "--kind", "timeout", "--json").stdout) == {"letters": []}
    shown = json.loads(dlq("show", str(letter["id"]), "--json").stdout)
    assert shown["payload"] == [{"board": "lever/acme"}]
    assert json.loads(dlq("drop", str(letter["id"]), "--json").stdout) == {"dropped": 1}
    gone = dlq("show", str(letter["id"]))
    assert gone.exit_code == 2
    assert "there is no such letter" in gone.stderr


def test_all_of_a_kind_are_dropped_at_once_and_nothing_without_a_word_of_what(dlq):
    assert dlq("drop").exit_code == 2
    assert dlq("drop", "1", "--kind", "defect").exit_code == 2
    assert json.loads(dlq("drop", "--kind", "timeout", "--json").stdout) == {"dropped": 0}
    assert "1 dropped" in dlq("drop", "--kind", "defect").stdout
    assert json.loads(dlq("list", "--json").stdout) == {"letters": []}


def test_a_replay_starts_the_workflow_and_the_letter_says_so(dlq, stack):
    [letter] = json.loads(dlq("list", "--json").stdout)["letters"]
    assert json.loads(dlq("replay", str(letter["id"]), "--json").stdout) == {"started": LETTER.workflow_id}
    [again] = json.loads(dlq("list", "--json").stdout)["letters"]
    assert again["replayed_at"]

    async def end() -> tuple[str, str]:
        client = await Client.connect(stack.temporal_address)
        started = client.get_workflow_handle(LETTER.workflow_id)
        await started.terminate()
        ended = await started.describe()
        return ended.workflow_type, ended.run_id

    workflow, run = asyncio.run(end())
    assert workflow == LETTER.workflow
    assert dlq("replay", str(letter["id"])).exit_code == 0
    assert asyncio.run(end())[1] != run
