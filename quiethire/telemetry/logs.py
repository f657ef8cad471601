"""Logs: one JSON object a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from quiethire.settings import Settings
from quiethire.telemetry import context, traces

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_BELONGS_TO = ("workflow_id", "run_id", "activity", "request_id")
"""What stands in every line, null where there is none: the names to search logs by."""


class JsonFormatter(logging.Formatter):
    """timestamp, level, service, what it belongs to, message, fields: whatever a caller passed as `extra`."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        belongs = {**context.fields(), **_of_workflow(fields)}
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "service": self.service,
            **{name: fields.pop(name, None) or belongs.get(name) for name in _BELONGS_TO},
            "trace_id": traces.trace_id(),
            "logger": record.name,
            "message": record.getMessage(),
            "fields": fields,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def _of_workflow(fields: dict[str, Any]) -> dict[str, str]:
    """What Temporal's own loggers say of the workflow; taken out of the fields."""
    told = fields.pop("temporal_workflow", None) or fields.pop("temporal_activity", None)
    if not isinstance(told, dict):
        return {}
    run_id = told.get("run_id") or told.get("workflow_run_id")
    known = {"workflow_id": told.get("workflow_id"), "run_id": run_id, "activity": told.get("activity_type")}
    return {name: str(value) for name, value in known.items() if value}


def configure_logging(settings: Settings, service: str) -> None:
    """Log to stderr, so that stdout stays for data."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log_json:
        handler.setFormatter(JsonFormatter(service))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "temporalio.worker", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    for told_by_us in ("urllib3", "clickhouse_connect", "psycopg.pool"):
        # Each try at a server that is away is a warning of theirs, and an error of ours, which is told where it matters.
        logging.getLogger(told_by_us).setLevel(logging.ERROR)
