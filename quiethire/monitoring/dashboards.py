"""Grafana's dashboards, as small typed descriptions and the JSON that Grafana loads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["short", "s", "reqps", "percentunit", "bytes", "cps"]

WIDTH, HEIGHT = 8, 7
"""Of a panel, in Grafana's grid of 24 columns."""

PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
LOKI = {"type": "loki", "uid": "loki"}


@dataclass(frozen=True)
class Panel:
    """One picture: titles of lines and the PromQL behind each."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """(legend, PromQL); a legend may name a label, as `{{route}}`."""
    unit: Unit = "short"
    kind: Literal["timeseries", "stat"] = "timeseries"
    signed: bool = False
    """Whether it shows what lies below nought, too."""


@dataclass(frozen=True)
class Logs:
    """Lines of the log that a LogQL finds."""

    title: str
    query: str


@dataclass(frozen=True)
class Dashboard:
    """One page of Grafana."""

    uid: str
    title: str
    panels: tuple[Panel | Logs, ...]

    def json(self) -> dict[str, Any]:
        """As Grafana loads it."""
        return {
            "uid": f"quiethire-{self.uid}",
            "title": f"QuietHire: {self.title}",
            "tags": ["quiethire"],
            "timezone": "utc",
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "schemaVersion": 41,
            "panels": list(self._placed()),
        }

    def _placed(self) -> Iterator[dict[str, Any]]:
        for number, panel in enumerate(self.panels):
            row, column = divmod(number, 24 // WIDTH)
            place = {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT}
            yield {"id": number + 1, "title": panel.title, "gridPos": place, **_drawn(panel)}


def _drawn(panel: Panel | Logs) -> dict[str, Any]:
    if isinstance(panel, Logs):
        return {"type": "logs", "datasource": LOKI, "targets": [{"refId": "A", "expr": panel.query}]}
    targets = [
        {"refId": chr(ord("A") + number), "expr": expr, "legendFormat": legend}
        for number, (legend, expr) in enumerate(panel.lines)
    ]
    return {
        "type": panel.kind,
        "datasource": PROMETHEUS,
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": panel.unit} | ({} if panel.signed else {"min": 0}), "overrides": []},
    }


def _rate(metric: str, by: str = "", where: str = "") -> str:
    of = f"{metric}{{{where}}}" if where else metric
    return f"sum by ({by}) (rate({of}[5m]))" if by else f"sum(rate({of}[5m]))"


def _percentile(share: float, metric: str, by: str = "", where: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, {_rate(f'{metric}_bucket', labels, where)})"


def _percentiles(metric: str, where: str = "") -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, _percentile(share, metric, where=where)) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    )


_READY = Panel("Ready", (("{{dependency}}", "min by (dependency) (quiethire_dependency_up)"),), kind="stat")

OVERVIEW = Dashboard(
    "overview",
    "overview",
    (
        _READY,
        Panel("Open postings", (("open", "max(quiethire_open_jobs)"),), kind="stat"),
        Panel("Waiting for an operator", (("{{kind}}", "max by (kind) (quiethire_open_dead_letters)"),), kind="stat"),
        Panel(
            "Requests by status",
            (("{{status}}", _rate("quiethire_request_duration_seconds_count", "status")),),
            "reqps",
        ),
        Panel("Search, seconds", _percentiles("quiethire_request_duration_seconds", 'route="/api/v1/search"'), "s"),
        Panel(
            "Slowest routes, p95",
            (("{{route}}", f"topk(8, {_percentile(0.95, 'quiethire_request_duration_seconds', 'route')})"),),
            "s",
        ),
        Panel(
            "Searches without the index",
            (("kept", _rate("quiethire_kept_answers_total")), ("degraded", _rate("quiethire_degraded_answers_total"))),
            "reqps",
        ),
        Panel(
            "Refused",
            (
                ("{{endpoint}}, at a limit", _rate("quiethire_limited_requests_total", "endpoint")),
                ("{{endpoint}}, too many at once", _rate("quiethire_shed_requests_total", "endpoint")),
            ),
            "reqps",
        ),
        Panel("Errors", (("{{kind}}", f"topk(10, {_rate('quiethire_error_total', 'kind')})"),), "cps"),
        Panel("Postings", (("{{outcome}}", _rate("quiethire_jobs_total", "outcome")),), "cps"),
        Panel(
            "Memory of our processes",
            (("{{job}}", "max by (job) (process_resident_memory_bytes)"),),
            "bytes",
        ),
        Logs("Errors in the log", '{level=~"ERROR|CRITICAL"}'),
    ),
)

WORKFLOWS = Dashboard(
    "workflows",
    "workflows",
    (
        Panel("Backlog", (("{{queue}}", "max by (queue) (quiethire_task_backlog)"),)),
        Panel("Workers that poll", (("{{queue}}", "max by (queue) (quiethire_task_pollers)"),)),
        Panel("Crawl queue", (("{{status}}", "max by (status) (quiethire_crawl_queue_entries)"),)),
        Panel("Due", (("boards", "max(quiethire_boards_due)"), ("companies", "max(quiethire_companies_due)"))),
        Panel(
            "Workflows ended",
            (("{{workflow}}", _rate("quiethire_workflow_duration_seconds_count", "workflow")),),
            "cps",
        ),
        Panel(
            "Workflows, p95",
            (("{{workflow}}", _percentile(0.95, "quiethire_workflow_duration_seconds", "workflow")),),
            "s",
        ),
        Panel(
            "Workflows failed",
            (("{{workflow_type}}", _rate("temporal_workflow_failed_total", "workflow_type")),),
            "cps",
        ),
        Panel(
            "Activities failed",
            (("{{activity_type}}", _rate("temporal_activity_execution_failed_total", "activity_type")),),
            "cps",
        ),
        Panel(
            "Waiting for a worker, p95",
            (
                (
                    "{{task_queue}}",
                    _percentile(0.95, "temporal_activity_schedule_to_start_latency_seconds", "task_queue"),
                ),
            ),
            "s",
        ),
        Panel("Slots left", (("{{worker_type}}", "min by (worker_type) (temporal_worker_task_slots_available)"),)),
        Panel(
            "Alerts sent",
            (("{{channel}} {{outcome}}", _rate("quiethire_deliveries_total", "channel, outcome")),),
            "cps",
        ),
        Panel("Given up", (("{{kind}}", _rate("quiethire_dead_letters_total", "kind")),), "cps"),
        Logs("What workers warn of", '{service=~"worker|platform", level="WARNING"}'),
    ),
)

DATABASES = Dashboard(
    "databases",
    "databases",
    (
        _READY,
        Panel("A look takes", (("{{dependency}}", "max by (dependency) (quiethire_dependency_seconds)"),), "s"),
        Panel(
            "Clock ahead of ours",
            (
                ("{{dependency}}, most", "max by (dependency) (quiethire_clock_skew_seconds)"),
                ("{{dependency}}, least", "min by (dependency) (quiethire_clock_skew_seconds)"),
            ),
            "s",
            signed=True,
        ),
        Panel(
            "Servers started anew",
            (("{{dependency}}", "max by (dependency) (increase(quiethire_dependency_restarts_total[30m]))"),),
        ),
        Panel(
            "Documents of the index",
            (("held", "max(quiethire_index_documents)"), ("expected", "max(quiethire_index_expected_documents)")),
        ),
        Panel("Refused by the index", (("documents", "max(quiethire_index_refused_documents)"),)),
        Panel("Stored to found", _percentiles("quiethire_index_lag_seconds"), "s"),
        Panel(
            "Disk",
            (("free", "min(quiethire_disk_free_bytes)"), ("all", "max(quiethire_disk_bytes)")),
            "bytes",
        ),
        Panel(
            "Memory of the machine",
            (("available", "min(quiethire_memory_available_bytes)"), ("all", "max(quiethire_memory_bytes)")),
            "bytes",
        ),
        Panel("Time in which work waits for a processor", (("most", "max(quiethire_cpu_pressure)"),), "percentunit"),
        Panel(
            "Since the last backup",
            (("seconds", "time() - max(quiethire_last_backup_timestamp_seconds)"),),
            "s",
            "stat",
        ),
        Panel("Since the last sample", (("seconds", "time() - max(quiethire_sampled_timestamp_seconds)"),), "s"),
    ),
)

CRAWL_HEALTH = Dashboard(
    "crawl-health",
    "crawl health",
    (
        Panel("Fetches by outcome", (("{{outcome}}", _rate("quiethire_crawler_requests_total", "outcome")),), "cps"),
        Panel("Fetches by way", (("{{via}}", _rate("quiethire_crawler_requests_total", "via")),), "cps"),
        Panel(
            "Share that succeeds",
            (
                (
                    "ok or not changed",
                    _rate("quiethire_crawler_requests_total", where='outcome=~"ok|not_modified"')
                    + " / "
                    + _rate("quiethire_crawler_requests_total"),
                ),
            ),
            "percentunit",
        ),
        Panel("robots.txt", (("{{outcome}}", _rate("quiethire_robots_total", "outcome")),), "cps"),
        Panel(
            "Refused by robots.txt",
            (("fetches", _rate("quiethire_crawler_requests_total", where='outcome="robots"')),),
            "cps",
        ),
        Panel("Hosts laid to rest", (("{{kind}}", _rate("quiethire_host_rests_total", "kind")),), "cps"),
        Panel("Parsing one page", _percentiles("quiethire_parser_duration_seconds"), "s"),
        Panel("Parsers that died", (("processes", _rate("quiethire_parser_deaths_total")),), "cps"),
        Panel(
            "Unknown shapes, and postings gone at once",
            (("{{kind}}", _rate("quiethire_error_total", "kind", where='kind=~"schema_drift|sudden_drop"')),),
            "cps",
        ),
        Panel("Postings", (("{{outcome}}", _rate("quiethire_jobs_total", "outcome")),), "cps"),
        Logs("Fetches that failed", '{service=~"worker|platform|crawler"} |= "fetch failed"'),
    ),
)

MATCH_QUALITY = Dashboard(
    "match-quality",
    "match quality",
    (
        Panel("Runs of scoring", (("{{scope}}", _rate("quiethire_match_run_duration_seconds_count", "scope")),), "cps"),
        Panel(
            "A run takes, p95",
            (("{{scope}}", _percentile(0.95, "quiethire_match_run_duration_seconds", "scope")),),
            "s",
        ),
        Panel("Digests and alerts", (("{{outcome}}", _rate("quiethire_deliveries_total", "outcome")),), "cps"),
        Panel(
            "Said of matches",
            (
                (
                    "{{status}}",
                    _rate(
                        "quiethire_request_duration_seconds_count",
                        "status",
                        'route=~".*/feedback/.*|.*/introductions/.*"',
                    ),
                ),
            ),
            "reqps",
        ),
        Panel(
            "Matches asked for, p95",
            (("{{route}}", _percentile(0.95, "quiethire_request_duration_seconds", "route", 'route=~".*matches.*"')),),
            "s",
        ),
        Panel(
            "Without the model of meaning",
            (("errors", _rate("quiethire_error_total", where='kind="embedding"')),),
            "cps",
        ),
    ),
)

DASHBOARDS = (OVERVIEW, WORKFLOWS, DATABASES, CRAWL_HEALTH, MATCH_QUALITY)
