"""What the platform tells of itself: logs, metrics and traces. Off the hot path, and free of stores."""

from quiethire.telemetry.logs import configure_logging
from quiethire.telemetry.metrics import (
    CRAWLER_REQUESTS,
    DEAD_LETTERS,
    ERRORS,
    JOBS,
    KEPT_ANSWERS,
    PARSER_DURATION,
    REFUSED,
    WORKFLOW_DURATION,
)
from quiethire.telemetry.traces import span

__all__ = [
    "CRAWLER_REQUESTS",
    "DEAD_LETTERS",
    "ERRORS",
    "JOBS",
    "KEPT_ANSWERS",
    "PARSER_DURATION",
    "REFUSED",
    "WORKFLOW_DURATION",
    "configure_logging",
    "span",
]
