"""The files that are made of alerts, dashboards and metrics."""

import json
from collections.abc import Iterator
from pathlib import Path

from quiethire.monitoring.alert import Alert
from quiethire.monitoring.dashboards import DASHBOARDS
from quiethire.monitoring.server_alerts import SERVER_ALERTS
from quiethire.monitoring.work_alerts import WORK_ALERTS
from quiethire.telemetry.metrics import LABELS, metrics

ALERTS = (*WORK_ALERTS, *SERVER_ALERTS)

RUNBOOKS = "docs/runbooks.md"
MADE = "Made by `python -m quiethire.monitoring`: change the code, not this file."


def files() -> dict[str, str]:
    """Path below the project → content."""
    boards = {
        f"ops/grafana/dashboards/{board.uid}.json": json.dumps(board.json(), indent=2) + "\n" for board in DASHBOARDS
    }
    return {
        "ops/prometheus/alerts.yml": "\n".join(_rules()) + "\n",
        RUNBOOKS: "\n".join(_runbook()) + "\n",
        "docs/metrics.md": "\n".join(_table()) + "\n",
        **boards,
    }


def write(root: Path) -> None:
    """Write all of them."""
    for name, content in files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _rules() -> Iterator[str]:
    """Prometheus' rules; each string is written as JSON, which is YAML too."""
    yield f"# {MADE}"
    yield "groups:"
    yield "  - name: quiethire"
    yield "    rules:"
    for alert in ALERTS:
        yield f"      - alert: {alert.name}"
        yield f"        expr: {json.dumps(alert.expr)}"
        yield f"        for: {alert.lasting}"
        yield "        labels:"
        yield f"          severity: {alert.severity}"
        yield "        annotations:"
        yield f"          summary: {json.dumps(alert.summary)}"
        yield f"          runbook_url: {json.dumps(f'{RUNBOOKS}#{alert.anchor}')}"


def _runbook() -> Iterator[str]:
    yield "# Runbooks"
    yield ""
    yield f"One for each alert. {MADE}"
    yield ""
    yield "`page`: somebody is to come now; `ticket`: on the next day is soon enough. `quiethire doctor` is a good first step for all."
    yield ""
    for alert in ALERTS:
        yield from _page(alert)


def _page(alert: Alert) -> Iterator[str]:
    yield f"## {alert.name}"
    yield ""
    faults = f"; faults {', '.join(alert.faults)}" if alert.faults else ""
    yield f"**{alert.summary}** ({alert.severity}{faults})"
    yield ""
    yield alert.means
    yield ""
    yield from (f"{number}. {step}" for number, step in enumerate(alert.steps, 1))
    yield ""
    yield f"Fires when this holds for {alert.lasting}:"
    yield ""
    yield f"```promql\n{alert.expr}\n```"
    yield ""


def _table() -> Iterator[str]:
    yield "# Metrics"
    yield ""
    yield f"What worker and API tell under `/metrics`. {MADE}"
    yield ""
    yield "Temporal's SDK adds its own, which begin with `temporal_`; Python and the process theirs (`python_`, `process_`)."
    yield ""
    yield "| metric | type | labels | what it tells |"
    yield "| --- | --- | --- | --- |"
    for metric in metrics():
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        yield f"| `{metric.name}` | {metric.type} | {labels} | {metric.words} |"
    yield ""
    yield "Labels are bounded: hosts, addresses, ids and what somebody searched for are in the logs alone."
    yield ""
    yield "| label | what it holds |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {label.words} |" for name, label in LABELS.items())
