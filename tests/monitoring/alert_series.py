"""Series, a value a minute for three hours, under which each alert fires, and under which it stays silent."""

from collections.abc import Mapping
from typing import NamedTuple

Series = tuple[tuple[str, str], ...]

STEADY = "x200"


class Case(NamedTuple):
    """Series by name, with the values that promtool expands."""

    fires: Series
    silent: Series
    labels: Mapping[str, str] = {}
    """That the alert has beside its severity."""


def always(**values: float) -> Series:
    return tuple(series for name, value in values.items() for series in one(name, value))


def one(series: str, value: float, grows: float = 0) -> Series:
    return ((series, f"{value:g}{grows:+g}{STEADY}"),)


def ready(dependency: str) -> Case:
    series = f'quiethire_dependency_up{{dependency="{dependency}",job="worker"}}'
    # One process that cannot reach it is enough.
    other = one(f'quiethire_dependency_up{{dependency="{dependency}",job="api"}}', 1)
    return Case((*one(series, 0), *other), (*one(series, 1), *other))


def counted(metric: str, labels: str, *, fires: float, silent: float, beside: Series = ()) -> Case:
    """A counter that grows by so much a minute, beside others."""
    series = f"{metric}{{{labels}}}"
    return Case((*one(series, 0, fires), *beside), (*one(series, 0, silent), *beside))


def durations(metric: str, labels: str, *, slow: str, fast: str) -> Case:
    """A histogram whose observations all lie below this bound."""

    def of(bound: str) -> Series:
        bounds = [each for each in (fast, slow, "+Inf") if each == "+Inf" or float(each) >= float(bound)]
        below = [each for each in (fast,) if each not in bounds]
        comma = "," if labels else ""
        return (
            *((f'{metric}_bucket{{{labels}{comma}le="{each}"}}', f"0+0{STEADY}") for each in below),
            *((f'{metric}_bucket{{{labels}{comma}le="{each}"}}', f"0+60{STEADY}") for each in bounds),
        )

    return Case(of(slow), of(fast))


REQUESTS = "quiethire_crawler_requests_total"
OK = one(f'{REQUESTS}{{via="http",outcome="ok"}}', 0, 100)

CASES: dict[str, Case] = {
    "WorkerGone": Case(one('up{job="worker"}', 0), one('up{job="worker"}', 1)),
    "ProcessSilent": Case(
        # The others of its job answer.
        (*one('up{job="worker",instance="a"}', 0), *one('up{job="worker",instance="b"}', 1)),
        (*one('up{job="worker",instance="a"}', 1), *one('up{job="worker",instance="b"}', 1)),
        {"job": "worker"},
    ),
    "ApiGone": Case(one('up{job="api"}', 0), one('up{job="api"}', 1)),
    "WorkerFrozen": Case(
        (
            # Others run: they take nothing from the queue whose workers are gone.
            *one('quiethire_task_pollers{queue="quiethire-task-queue-crawl"}', 0),
            *one('quiethire_task_pollers{queue="quiethire-task-queue"}', 2),
            *one("quiethire_sampled_timestamp_seconds", 0, 60),
        ),
        (
            # One worker has not seen the others yet.
            *one('quiethire_task_pollers{queue="quiethire-task-queue",instance="new"}', 0),
            *one('quiethire_task_pollers{queue="quiethire-task-queue"}', 2),
            *one("quiethire_sampled_timestamp_seconds", 0, 60),
        ),
    ),
    "TemporalDown": ready("temporal"),
    "PostgresDown": ready("postgresql"),
    "ServerRestarted": counted(
        "quiethire_dependency_restarts_total", 'dependency="postgresql",job="api"', fires=0.05, silent=0
    )._replace(labels={"dependency": "postgresql"}),
    "ClickHouseDown": ready("clickhouse"),
    "IndexDown": ready("index"),
    "RedisDown": ready("redis"),
    "PostgresSlow": Case(
        one('quiethire_dependency_seconds{dependency="postgresql"}', 1.5),
        one('quiethire_dependency_seconds{dependency="postgresql"}', 0.05),
    ),
    "StoringBehind": Case(
        one('quiethire_task_backlog{queue="quiethire-task-queue-crawl"}', 0, 50),
        (
            # Much, and less each minute.
            *one('quiethire_task_backlog{queue="quiethire-task-queue-crawl"}', 4_900, -50),
            # A dozen workers that each tell of the same few tasks, which become more.
            *(
                series
                for worker in range(12)
                for series in one(f'quiethire_task_backlog{{queue="quiethire-task-queue",instance="{worker}"}}', 10, 1)
            ),
        ),
    ),
    "ActivitiesFailing": Case(
        (
            *one('temporal_activity_execution_failed_total{activity_type="crawl_career_page"}', 0, 4),
            *one('temporal_activity_execution_latency_seconds_count{activity_type="crawl_career_page"}', 0, 10),
            # Another kind of work goes well, and much of it.
            *one('temporal_activity_execution_latency_seconds_count{activity_type="check_boards"}', 0, 1_000),
        ),
        (
            *one('temporal_activity_execution_failed_total{activity_type="crawl_career_page"}', 0, 4),
            *one('temporal_activity_execution_latency_seconds_count{activity_type="crawl_career_page"}', 0, 100),
        ),
        {"activity_type": "crawl_career_page"},
    ),
    "IndexRefusesDocuments": Case(
        always(quiethire_index_refused_documents=3), always(quiethire_index_refused_documents=0)
    ),
    "IndexLagging": durations("quiethire_index_lag_seconds", "", slow="300", fast="5"),
    "AnswersDegraded": Case(
        one("quiethire_degraded_answers_total", 0, 30), one("quiethire_degraded_answers_total", 100)
    ),
    "ApiFailing": counted(
        "quiethire_request_duration_seconds_count",
        'route="/",status="5xx"',
        fires=10,
        silent=1,
        beside=one('quiethire_request_duration_seconds_count{route="/",status="2xx"}', 0, 100),
    ),
    "ApiSlow": durations(
        "quiethire_request_duration_seconds", 'route="/api/v1/search",status="2xx"', slow="1", fast="0.1"
    ),
    "RequestsShed": counted("quiethire_shed_requests_total", 'endpoint="search"', fires=120, silent=30),
    "HostsBlocked": counted("quiethire_host_rests_total", 'kind="throttled"', fires=40, silent=2, beside=OK),
    "FetchesFailing": counted(REQUESTS, 'via="http",outcome="timeout"', fires=60, silent=5, beside=OK),
    "CertificatesRefused": counted(REQUESTS, 'via="http",outcome="tls"', fires=10, silent=1, beside=OK),
    "RobotsUnreadable": counted(
        "quiethire_robots_total",
        'outcome="unreachable"',
        fires=10,
        silent=1,
        beside=one('quiethire_robots_total{outcome="file"}', 0, 10),
    ),
    "PagesUnrecognised": counted("quiethire_error_total", 'kind="schema_drift"', fires=1, silent=0.02),
    "ParserDying": Case(one("quiethire_parser_deaths_total", 0, 3), one("quiethire_parser_deaths_total", 0, 0.5)),
    "WorkflowsFailing": counted("temporal_workflow_failed_total", 'workflow_type="X"', fires=1, silent=0.05),
    "DeadLetters": counted("quiethire_open_dead_letters", 'kind="workflow"', fires=1, silent=0),
    "DeliveriesFailing": counted(
        "quiethire_deliveries_total",
        'channel="email",outcome="failed"',
        fires=9,
        silent=1,
        beside=one('quiethire_deliveries_total{channel="email",outcome="sent"}', 0, 5),
    ),
    "MatchingSlow": durations("quiethire_match_run_duration_seconds", 'scope="fresh"', slow="300", fast="15"),
    # It may be ahead or behind.
    "ClockWrong": Case(
        one('quiethire_clock_skew_seconds{dependency="redis"}', -3_600),
        one('quiethire_clock_skew_seconds{dependency="redis"}', -2),
    ),
    "DiskFull": Case(
        always(quiethire_disk_free_bytes=4e9, quiethire_disk_bytes=1e11),
        always(quiethire_disk_free_bytes=4e10, quiethire_disk_bytes=1e11),
    ),
    "ProcessorsShort": Case(always(quiethire_cpu_pressure=0.9), always(quiethire_cpu_pressure=0.3)),
    "MemoryShort": Case(
        always(quiethire_memory_available_bytes=1e8, quiethire_memory_bytes=8e9),
        always(quiethire_memory_available_bytes=4e9, quiethire_memory_bytes=8e9),
    ),
    "BackupOld": Case(
        # The series begin in 1970, so that 0, which is long ago on every real clock, is a moment ago here.
        always(quiethire_last_backup_timestamp_seconds=-100_000),
        always(quiethire_last_backup_timestamp_seconds=0),
    ),
    "DescriptorsShort": Case(
        always(process_open_fds=900, process_max_fds=1_024), always(process_open_fds=90, process_max_fds=1_024)
    ),
}
