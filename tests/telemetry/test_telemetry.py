"""Lines of the log say what they belong to; traces that are off cost nothing."""

import asyncio
import json
import logging
import subprocess
import sys

import pytest

from quiethire.telemetry import span
from quiethire.telemetry.context import belonging, belongs, request_id
from quiethire.telemetry.logs import JsonFormatter


def line(message="done", **extra):
    record = logging.makeLogRecord({"name": "quiethire.worker", "levelname": "INFO", "msg": message, **extra})
    return json.loads(JsonFormatter("worker").format(record))


def test_a_line_is_one_object_with_what_it_belongs_to_and_its_fields():
    with belonging(request_id="asked-1", workflow_id="career-page-crawl/x"), belonging(activity="parse_job_data"):
        told = line("two\nlines", pages=7)
    assert told.pop("timestamp").endswith("+00:00")
    assert told == {
        "level": "INFO",
        "service": "worker",
        "workflow_id": "career-page-crawl/x",
        "run_id": None,
        "activity": "parse_job_data",
        "request_id": "asked-1",
        "trace_id": None,
        "logger": "quiethire.worker",
        "message": "two\nlines",
        "fields": {"pages": 7},
    }
    assert request_id() is None


@pytest.mark.parametrize(
    "extra",
    [
        {"temporal_workflow": {"workflow_id": "w", "run_id": "r"}},
        {"temporal_activity": {"workflow_id": "w", "workflow_run_id": "r", "activity_type": "a"}},
    ],
)
def test_what_temporals_own_loggers_say_stands_where_ours_does(extra):
    told = line(**extra)
    assert (told["workflow_id"], told["run_id"], told["fields"]) == ("w", "r", {})


async def test_what_a_task_belongs_to_ends_with_it():

    async def one() -> str | None:
        belongs(request_id="asked-2", run_id=None)
        return request_id()

    assert await asyncio.create_task(one()) == "asked-2"
    assert request_id() is None


def test_without_a_collector_a_span_is_the_same_nothing_every_time():
    with span("fetch", url="https://northwind.example/") as recorded:
        assert recorded is None
    assert span("fetch") is span("parse")


def test_without_a_collector_neither_exporter_nor_plugin_is_loaded():
    code = (
        "import sys, quiethire.temporal, services.api.gate.request_context as c\n"
        "from quiethire.settings import Settings\n"
        "from quiethire.trail import plugins, tracing\n"
        "with tracing(Settings(), 'api'): assert plugins() == []\n"
        "print([name for name in sys.modules if 'otlp' in name or name == 'temporalio.contrib.opentelemetry'])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
