"""Every metric of ours, by the names of the operations guide. `docs/metrics.md` is made from this module.

Labels are bounded: what a label may hold is written down here, and a test refuses anything else. Hosts, addresses, ids and
what somebody searched for are never labels; they are in the logs.
"""

import re
from dataclasses import dataclass

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase


@dataclass(frozen=True)
class Label:
    """What a label holds."""

    words: str
    values: str
    """A regular expression that every value matches."""


_WORD = r"[a-z][a-z0-9_]{0,39}"

LABELS: dict[str, Label] = {
    "channel": Label("how somebody is told: `email` or `webhook`", r"email|webhook"),
    "dependency": Label(
        "a server that we need: `postgresql`, `clickhouse`, `index`, `redis` or `temporal`",
        r"postgresql|clickhouse|index|redis|temporal",
    ),
    "endpoint": Label("a group of routes with one limit: `search`, `read`, `export`, `write` or `key`", _WORD),
    "kind": Label("a word of the code for what happened, never of the outside", _WORD),
    "outcome": Label("a word of the code for how it ended", _WORD),
    "queue": Label("a task queue of ours, by its name", r"quiethire-task-queue(-[a-z]+)?"),
    "route": Label(
        "the template of a route, such as `/jobs/{job_id}`; `other` for an address that no route answers",
        r"other|/[A-Za-z0-9_.{}:/-]{0,99}",
    ),
    "scope": Label("what was scored: `fresh` postings, `one` candidate, or `all`", r"fresh|one|all"),
    "status": Label("a class of answers (`2xx`), or the state of an entry", r"[1-5]xx|none|" + _WORD),
    "via": Label("how a page was fetched: `http`, `browser` or `archive`", _WORD),
    "workflow": Label("the type of a workflow", r"[A-Z][A-Za-z]{0,59}Workflow"),
}

_LONG = (0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200)

# What is found.
JOBS = Counter("quiethire_jobs_total", "Postings by what a crawl made of them.", ["outcome"])
OPEN_JOBS = Gauge("quiethire_open_jobs", "Postings that are open.")

# Crawling.
CRAWLER_REQUESTS = Counter("quiethire_crawler_requests_total", "Fetches by way and outcome.", ["via", "outcome"])
HOST_RESTS = Counter(
    "quiethire_host_rests_total", "Rests that hosts were given: they asked for it, or they refuse us.", ["kind"]
)
ROBOTS = Counter("quiethire_robots_total", "Files robots.txt that were asked for, by what came.", ["outcome"])
PARSER_DURATION = Histogram("quiethire_parser_duration_seconds", "Seconds to parse one page.")
PARSER_DEATHS = Counter(
    "quiethire_parser_deaths_total", "Processes of the parser's pool that were killed or died at a page."
)

# Work.
WORKFLOW_DURATION = Histogram(
    "quiethire_workflow_duration_seconds",
    "Seconds from start to end of a workflow.",
    ["workflow"],
    buckets=_LONG,
)
MATCH_DURATION = Histogram(
    "quiethire_match_run_duration_seconds", "Seconds that one run of scoring took.", ["scope"], buckets=_LONG
)
TASK_BACKLOG = Gauge("quiethire_task_backlog", "Tasks that wait in a task queue, as Temporal estimates.", ["queue"])
TASK_POLLERS = Gauge("quiethire_task_pollers", "Workers that ask a task queue for work.", ["queue"])
QUEUE_ENTRIES = Gauge("quiethire_crawl_queue_entries", "Entries of the crawl queue by their state.", ["status"])
BOARDS_DUE = Gauge("quiethire_boards_due", "Boards whose next crawl is due.")
COMPANIES_DUE = Gauge("quiethire_companies_due", "Companies whose next discovery is due.")
DEAD_LETTERS = Counter("quiethire_dead_letters_total", "Work that ended for good and is kept for a person.", ["kind"])
OPEN_DEAD_LETTERS = Gauge("quiethire_open_dead_letters", "Such work that waits for a person.", ["kind"])
LAST_BACKUP = Gauge(
    "quiethire_last_backup_timestamp_seconds", "When the newest backup was taken, in seconds since 1970; 0 = never."
)

# The search index.
INDEX_LAG = Histogram(
    "quiethire_index_lag_seconds",
    "Seconds from a posting being stored to its being found by a search.",
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200),
)
INDEX_DOCUMENTS = Gauge("quiethire_index_documents", "Documents that the search index holds.")
INDEX_EXPECTED = Gauge("quiethire_index_expected_documents", "Documents that it should hold, by the last count.")
INDEX_REFUSED = Gauge("quiethire_index_refused_documents", "Documents that it did not take, and that are tried again.")
DEGRADED_ANSWERS = Counter(
    "quiethire_degraded_answers_total", "Searches answered by ClickHouse, since the index is away or not whole."
)

# The API.
REQUEST_DURATION = Histogram(
    "quiethire_request_duration_seconds",
    "Seconds to answer a request, by the template of its route and the class of its status.",
    ["route", "status"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
KEPT_ANSWERS = Counter("quiethire_kept_answers_total", "Searches answered by what is kept, without the index.")
REFUSED = Counter("quiethire_limited_requests_total", "Requests refused at a rate limit.", ["endpoint"])
SHED = Counter(
    "quiethire_shed_requests_total", "Requests refused since more came than this process can answer.", ["endpoint"]
)

# Telling people.
DELIVERIES = Counter(
    "quiethire_deliveries_total", "Alerts and digests that were sent, by how that ended.", ["channel", "outcome"]
)

# The machine and what we need.
ERRORS = Counter("quiethire_error_total", "Errors by kind.", ["kind"])
DEPENDENCY_UP = Gauge("quiethire_dependency_up", "1 where a server that we need is ready, else 0.", ["dependency"])
DEPENDENCY_SECONDS = Gauge(
    "quiethire_dependency_seconds", "Seconds that the last look at a server took.", ["dependency"]
)
DEPENDENCY_RESTARTS = Counter(
    "quiethire_dependency_restarts_total", "Times that a look found a server started anew.", ["dependency"]
)
CLOCK_SKEW = Gauge(
    "quiethire_clock_skew_seconds", "Seconds by which a server's clock is ahead of this machine's.", ["dependency"]
)
DISK_FREE = Gauge("quiethire_disk_free_bytes", "Bytes that are free where the data directory lies.")
DISK_TOTAL = Gauge("quiethire_disk_bytes", "Bytes of the disk that the data directory lies on.")
CPU_PRESSURE = Gauge(
    "quiethire_cpu_pressure",
    "Part of the last ten seconds in which something that could run waited for a processor; 0 where the kernel does not tell.",
)
MEMORY_AVAILABLE = Gauge("quiethire_memory_available_bytes", "Bytes of memory that this machine could still give.")
MEMORY_TOTAL = Gauge("quiethire_memory_bytes", "Bytes of memory of this machine.")
SAMPLED_AT = Gauge(
    "quiethire_sampled_timestamp_seconds", "When a worker last read what it does not count itself: queues, index, disk."
)


@dataclass(frozen=True)
class Metric:
    """One metric, as the table of metrics tells of it."""

    name: str
    type: str
    labels: tuple[str, ...]
    words: str

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which Prometheus keeps it."""
        return tuple(f"{self.name}{suffix}" for suffix in _SUFFIXES.get(self.type, ("",)))


_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


def metrics() -> tuple[Metric, ...]:
    """All metrics of ours, in the order of this module."""
    return tuple(_described(each) for each in globals().values() if isinstance(each, MetricWrapperBase))


def _described(metric: MetricWrapperBase) -> Metric:
    (family,) = metric.describe()
    name = f"{family.name}_total" if family.type == "counter" else family.name
    return Metric(name, family.type, tuple(metric._labelnames), family.documentation)  # noqa: SLF001 - told nowhere else


def stray_labels() -> list[str]:
    """What the registry of this process holds that is not written down here: names of labels, and values out of bounds."""
    found: list[str] = []
    for family in REGISTRY.collect():
        if not family.name.startswith("quiethire_"):
            continue
        for sample in family.samples:
            found += [
                f"{sample.name}{{{name}={value!r}}}"
                for name, value in sample.labels.items()
                if name != "le" and (name not in LABELS or not re.fullmatch(LABELS[name].values, value))
            ]
    return found
