"""Alert rules fire when they should, dashboards ask for what there is, and the files are those of the code."""

import json
import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from alert_series import CASES
from promql import MINUTE, Line, Parser, fires

from quiethire.cli import _COMMANDS
from quiethire.monitoring.dashboards import DASHBOARDS, Logs
from quiethire.monitoring.files import ALERTS, files
from quiethire.telemetry.logs import JsonFormatter
from quiethire.telemetry.metrics import LABELS, REQUEST_DURATION, metrics, stray_labels
from quiethire.watch.sdk_metrics import ASKED_FOR

ROOT = Path(__file__).parents[2]
AT = 75
"""The minute of the series at which rules are asked."""

OF_PROCESS = {"up", "process_open_fds", "process_max_fds", "process_resident_memory_bytes"}

PROMTOOL = shutil.which("promtool")


@pytest.mark.parametrize("name", sorted(files()))
def test_each_file_is_what_the_code_makes(name):
    assert (ROOT / name).read_text() == files()[name], "run: python -m quiethire.monitoring"


def test_no_dashboard_is_left_over():
    made = {Path(name).name for name in files() if name.startswith("ops/grafana/dashboards/")}
    assert {path.name for path in (ROOT / "ops/grafana/dashboards").iterdir()} == made


def known() -> set[str]:
    return {series for metric in metrics() for series in metric.series} | ASKED_FOR | OF_PROCESS


def asked(expr: str) -> set[str]:
    """The metrics that an expression names: words that are followed by no parenthesis and stand in none of labels."""
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(?:by|without) \([^)]*\)|\[[^\]]*\]", "", expr)
    return {word for word in re.findall(r"\b[a-z]\w+\b(?!\s*\()", bare) if word not in {"or", "and", "by", "e9"}}


def expressions() -> list[tuple[str, str]]:
    panels = [
        (f"{board.uid}: {panel.title}", expr)
        for board in DASHBOARDS
        for panel in board.panels
        if not isinstance(panel, Logs)
        for _, expr in panel.lines
    ]
    return [*((alert.name, alert.expr) for alert in ALERTS), *panels]


@pytest.mark.parametrize(("where", "expr"), expressions())
def test_each_expression_names_metrics_that_exist_and_is_whole(where, expr):
    assert asked(expr)
    assert asked(expr) <= known(), where
    assert [expr.count(sign) for sign in "([{"] == [expr.count(sign) for sign in ")]}"]


@pytest.mark.parametrize(("where", "expr"), expressions())
def test_each_expression_asks_for_labels_that_a_metric_has(where, expr):
    of_ours = {metric.name: set(metric.labels) for metric in metrics()}
    for name, labels in re.findall(r"\b(quiethire_\w+?)(?:_bucket|_count|_sum)?\{([^}]*)\}", expr):
        assert {label for label, _ in re.findall(r'(\w+)=~?"([^"]*)"', labels)} <= of_ours[name], where


def test_every_metric_of_ours_is_on_a_dashboard():
    shown = {name for where, expr in expressions() if ":" in where for name in asked(expr)}
    unseen = [metric.name for metric in metrics() if not shown.intersection(metric.series)]
    assert unseen == []


def test_dashboards_use_the_provisioned_sources_and_lie_where_grafana_looks():
    sources = yaml.safe_load((ROOT / "ops/grafana/provisioning/datasources/stores.yml").read_text())["datasources"]
    used = {panel["datasource"]["uid"] for board in DASHBOARDS for panel in board.json()["panels"]}
    assert used <= {source["uid"] for source in sources}
    (provider,) = yaml.safe_load((ROOT / "ops/grafana/provisioning/dashboards/files.yml").read_text())["providers"]
    volumes = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]["volumes"]
    assert f"./ops/grafana/dashboards:{provider['options']['path']}:ro" in volumes


def test_panels_do_not_lie_upon_each_other():
    for board in DASHBOARDS:
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board.json()["panels"]]
        assert len(set(places)) == len(places)
        assert len({panel["id"] for panel in board.json()["panels"]}) == len(places)


def test_prometheus_loads_the_rules():
    config = yaml.safe_load((ROOT / "ops/prometheus/prometheus.yml").read_text())
    assert config["rule_files"] == ["alerts.yml"]
    volumes = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["prometheus"]["volumes"]
    assert "./ops/prometheus:/etc/prometheus:ro" in volumes


BEYOND = {
    "WorkerFrozen": "the workers of one queue alone are gone",
    "ApiSlow": "too much is asked for by a little: none of the faults makes searches late and leaves them answered",
    "RequestsShed": "five times as much is asked as can be answered: `make load` does",
    "DeliveriesFailing": "the mail server is away",
    "MatchingSlow": "too many candidates for one worker",
    "PostgresSlow": "its disk is too slow, and it is there",
    "IndexLagging": "the index takes documents more slowly than they come",
    "MemoryShort": "the machine's memory is used up by whom it may",
    "DescriptorsShort": "a process leaks descriptors",
}
"""Alerts that none of the listed faults sets off, and what does."""


def test_each_alert_has_its_page_and_tells_of_a_fault():
    pages = re.findall(r"^## (\w+)$", (ROOT / "docs/runbooks.md").read_text(), re.MULTILINE)
    assert pages == [alert.name for alert in ALERTS]
    assert len(set(pages)) == len(pages)
    rules = yaml.safe_load(files()["ops/prometheus/alerts.yml"])["groups"][0]["rules"]
    assert [rule["annotations"]["runbook_url"].partition("#")[2] for rule in rules] == [name.lower() for name in pages]
    for alert in ALERTS:
        assert all(re.fullmatch(r"F(0[1-9]|[1-4]\d|5[0-4])", fault) for fault in alert.faults), alert.name
        assert alert.steps
    assert {alert.name for alert in ALERTS if not alert.faults} == BEYOND.keys()


UNALERTED = {
    "F09": "the run continues as new by itself",
    "F15": "the victim is tried again, and nobody has to come",
    "F18": "the retry is taken for what it is, and nobody has to come",
    "F19": "how rows are read, which nothing that happens can change",
    "F20": "how tables are partitioned, which nothing that happens can change",
    "F22": "how rows are read, which nothing that happens can change",
    "F26": "something that an operator does",
    "F27": "the retry is taken for what it is, and nobody has to come",
    "F29": "all that lives there comes again by itself",
    "F32": "a page's own affair: its fetch is refused, and counted by its outcome",
    "F34": "a site's own affair: its crawl tells `trap`",
    "F37": "a page's own affair: its fetch is refused, and counted by its outcome",
    "F40": "how bytes are read, which nothing that happens can change",
    "F43": "each is refused where it is asked for; who asks is in the log",
    "F50": "crawls are slower, and nothing fails for it",
    "F52": "something that somebody asks for",
    "F53": "something that an operator does",
    "F54": "something that an operator does, under the alerts of all processes",
}
"""Faults that no alert names, and why."""


def test_every_fault_has_an_alert_or_is_excused():
    named = {fault for alert in ALERTS for fault in alert.faults}
    assert sorted(named | UNALERTED.keys()) == [f"F{number:02}" for number in range(1, 55)]
    assert not named & UNALERTED.keys()


def test_the_runbooks_commands_are_commands():
    named = set(re.findall(r"`quiethire (\w+)", (ROOT / "docs/runbooks.md").read_text()))
    assert named <= _COMMANDS.keys()


def test_every_label_is_documented_and_bounded():
    assert {label for metric in metrics() for label in metric.labels} == LABELS.keys()
    for forbidden in ("host", "url", "query", "job_id", "workflow_id", "candidate", "path", "user"):
        assert forbidden not in LABELS
    assert stray_labels() == []


@pytest.mark.parametrize("route", ["northwind.example", "/jobs/00000000-0000-0000-0000-000000000007?q=x", "", "/a b"])
def test_a_label_out_of_bounds_is_found(route):
    series = REQUEST_DURATION.labels(route=route, status="2xx")
    try:
        assert any(repr(route) in each for each in stray_labels())
    finally:
        REQUEST_DURATION.remove(route, "2xx")
    assert series is not None
    assert stray_labels() == []


def test_logs_find_their_way_and_are_cut_into_the_labels_that_dashboards_ask_for():
    collect = (ROOT / "ops/loki/collect.alloy").read_text()
    labels = set(re.search(r"values = \{([^}]*)\}", collect)[1].replace('= ""', "").replace(",", " ").split())
    asked_for = {
        label
        for board in DASHBOARDS
        for panel in board.panels
        if isinstance(panel, Logs)
        for label in re.findall(r"(\w+)=~?\"", re.search(r"\{([^}]*)\}", panel.query)[1])
    }
    assert asked_for <= labels == {"service", "level"}
    loki = yaml.safe_load((ROOT / "ops/loki/loki.yml").read_text())
    assert loki["compactor"]["retention_enabled"]
    assert loki["limits_config"]["retention_period"] == "336h"


def test_what_is_asked_of_logs_is_in_their_lines():
    """Loki calls what lies in an object `fields_…`; and a message that is compared as a whole has to be one."""
    record = logging.makeLogRecord({"msg": "words", "level": logging.INFO})
    names = json.loads(JsonFormatter("worker").format(record)).keys()
    runbooks, guide = ((ROOT / name).read_text() for name in ("docs/runbooks.md", "docs/observability.md"))
    prose = re.sub(r"^```.*?^```", "", runbooks + guide, flags=re.DOTALL | re.MULTILINE)
    queries = [query for query in re.findall(r"`([^`]+)`", prose) if query.startswith("{service")]
    assert len(queries) >= 5
    code = "".join(path.read_text() for folder in ("services", "activities") for path in (ROOT / folder).rglob("*.py"))
    for query in queries:
        selected, *stages = re.split(r" \|=? (?!=)", query)
        asked_for = [re.fullmatch(r'(\w+)="([^"]*)"', stage) for stage in stages if "=" in stage]
        assert re.fullmatch(r'\{service=~?"[a-z|]+"\}', selected), query
        for name, value in (found.groups() for found in asked_for):
            assert name in names or name.startswith("fields_"), query
            assert name != "message" or f'"{value}", ' in code, query


def test_a_clock_that_is_behind_is_seen():
    (clock,) = (
        panel for board in DASHBOARDS for panel in board.json()["panels"] if panel["title"] == "Clock ahead of ours"
    )
    assert "min" not in clock["fieldConfig"]["defaults"]


def test_each_alert_has_series_under_which_it_fires_and_under_which_it_is_silent():
    assert CASES.keys() == {alert.name for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_each_alert_fires_under_its_series_and_is_silent_under_the_others(alert):
    for series, fired in ((CASES[alert.name].fires, True), (CASES[alert.name].silent, False)):
        lines = [Line.of(*each) for each in series]
        assert fires(alert.expr, alert.lasting, lines, at=AT * MINUTE, every=5 * MINUTE) is fired


@pytest.mark.parametrize("expr", ["rate(up)", "stddev(up)", "up offset 5m", "up % 2", "quantile(0.5, up)"])
def test_what_that_reading_of_promql_does_not_know_is_refused(expr):
    with pytest.raises(ValueError, match=r"not understood|no such function|over a range|is expected"):
        Parser(expr, []).parsed()(0.0)


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool (Debian's package prometheus)")
def test_prometheus_itself_finds_the_same(tmp_path):
    shutil.copy(ROOT / "ops/prometheus/alerts.yml", tmp_path)
    tests = []
    for alert in ALERTS:
        for series, is_due in ((CASES[alert.name].fires, True), (CASES[alert.name].silent, False)):
            fired = {
                "exp_labels": {"severity": alert.severity, **CASES[alert.name].labels},
                "exp_annotations": {
                    "summary": alert.summary,
                    "runbook_url": f"docs/runbooks.md#{alert.anchor}",
                },
            }
            expected = {"eval_time": f"{AT}m", "alertname": alert.name, "exp_alerts": [fired] if is_due else []}
            tests.append(
                {
                    "name": f"{alert.name} {'fires' if is_due else 'is silent'}",
                    "interval": "1m",
                    "input_series": [{"series": name, "values": values} for name, values in series],
                    "alert_rule_test": [expected],
                }
            )
    path = tmp_path / "tests.yml"
    path.write_text(json.dumps({"rule_files": ["alerts.yml"], "evaluation_interval": "5m", "tests": tests}))
    ran = subprocess.run([PROMTOOL, "test", "rules", str(path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
