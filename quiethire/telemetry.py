"""Logs (one JSON object a line) and metrics by the names of the operations guide."""

import json
import logging
import sys
from datetime import UTC, datetime

from prometheus_client import Counter, Gauge, Histogram

from quiethire.settings import Settings

JOBS = Counter("quiethire_jobs_total", "Postings by what a crawl made of them.", ["outcome"])
CRAWLER_REQUESTS = Counter("quiethire_crawler_requests_total", "Fetches by way and outcome.", ["via", "outcome"])
PARSER_DURATION = Histogram("quiethire_parser_duration_seconds", "Seconds to parse one page.")
WORKFLOW_DURATION = Histogram(
    "quiethire_workflow_duration_seconds",
    "Seconds from start to end of a workflow.",
    ["workflow"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200),
)
ERRORS = Counter("quiethire_error_total", "Errors by kind.", ["kind"])
KEPT_ANSWERS = Counter("quiethire_kept_answers_total", "Searches answered by what is kept, without the index.")
REFUSED = Counter("quiethire_limited_requests_total", "Requests refused at a rate limit.", ["endpoint"])
OPEN_JOBS = Gauge("quiethire_open_jobs", "Postings that are open.")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """timestamp, level, service, workflow_id, message, fields: whatever a caller passed as `extra`."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        workflow = fields.pop("temporal_workflow", None) or fields.pop("temporal_activity", None) or {}
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "service": self.service,
            "workflow_id": workflow.get("workflow_id") if isinstance(workflow, dict) else None,
            "logger": record.name,
            "message": record.getMessage(),
            "fields": fields,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


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
