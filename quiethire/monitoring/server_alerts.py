"""Alerts of the servers that we need, and of the machine."""

from quiethire.domain.health import CLOCKS_DIFFER
from quiethire.monitoring.alert import Alert


def _down(dependency: str) -> str:
    return f'min(quiethire_dependency_up{{dependency="{dependency}"}}) == 0'


SERVER_ALERTS: tuple[Alert, ...] = (
    Alert(
        name="TemporalDown",
        expr=_down("temporal"),
        lasting="1m",
        severity="page",
        summary="Temporal is away: no crawl begins, none goes on.",
        means="Searches go on. Nothing is lost: workflows wait in Temporal's own database, and each schedule catches up "
        "once, not as often as it was missed.",
        steps=(
            "`docker compose ps temporal postgres`: Temporal needs its database.",
            "`docker compose restart temporal`; workers reconnect by themselves within 10 s.",
            "`quiethire status` shows the schedules and when each is next.",
        ),
        faults=("F04", "F05"),
    ),
    Alert(
        name="PostgresDown",
        expr=_down("postgresql"),
        lasting="30s",
        severity="page",
        summary="PostgreSQL is not ready; /readyz and the log name the reason.",
        means="Crawls wait and are tried again; what needs an account, an alert or a candidate answers 503 with "
        "Retry-After. Searches go on. The reason is `unreachable`, `slow`, `disk` or `not_migrated`.",
        steps=(
            "`/readyz` of the API (docs/observability.md says at which port): the reason.",
            "`unreachable`: `docker compose ps postgres`, its log, its connections (`SELECT count(*) FROM pg_stat_activity`).",
            "`slow`: who holds a lock? `SELECT pid, wait_event_type, query FROM pg_stat_activity WHERE state <> 'idle'`.",
            "`disk`: see DiskFull. `not_migrated`: `quiethire migrate`.",
            "Nothing else is to be done: the pool heals within 5 s.",
        ),
        faults=("F13", "F16", "F49"),
    ),
    Alert(
        name="PostgresSlow",
        expr='max(quiethire_dependency_seconds{dependency="postgresql"}) > 1',
        lasting="5m",
        severity="ticket",
        summary="A look at PostgreSQL takes more than a second.",
        means="Statements end after 5 s, waiting for a connection after 2 s: crawls slow down before they fail.",
        steps=(
            "`SELECT pid, now() - query_start AS since, query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY 2 DESC`.",
            "A lock: `SELECT pg_blocking_pids(pid), * FROM pg_stat_activity WHERE wait_event_type = 'Lock'`.",
            "Disk or CPU: the databases dashboard.",
        ),
        faults=(),
    ),
    Alert(
        name="ServerRestarted",
        expr="max by (dependency) (increase(quiethire_dependency_restarts_total[30m])) > 0",
        lasting="0m",
        severity="ticket",
        summary="PostgreSQL or Redis was started anew.",
        means="Nothing is to be done for the platform: what was under way is tried again, and what was acknowledged is there. But a server "
        "that was killed, or one of whose connections was, may be again, for the same reason.",
        steps=(
            "Somebody's own doing, an upgrade or a reboot? Then nothing.",
            "`docker compose logs --tail 100 postgres` (or `redis`): what ended it? Exit code 137 is the memory limit.",
            '`{service=~"worker|api"} |= "was started anew"` in the logs: since when, and how often.',
        ),
        faults=("F11", "F12"),
    ),
    Alert(
        name="ClickHouseDown",
        expr=_down("clickhouse"),
        lasting="1m",
        severity="page",
        summary="ClickHouse is away: postings are not stored, details are not shown.",
        means="Searches are answered by the index. Crawls fetch and parse, and wait to be stored for twelve minutes or "
        "more; what they parsed lies in the page archive.",
        steps=(
            "`docker compose ps clickhouse` and its log; `disk` as the reason: see DiskFull.",
            "`docker compose restart clickhouse`. Crawls that wait are stored within half a minute.",
            "`quiethire index reconcile` once it is back, if it was away for more than ten minutes.",
        ),
        faults=("F21", "F49"),
    ),
    Alert(
        name="IndexDown",
        expr=_down("index"),
        lasting="2m",
        severity="page",
        summary="The search index is away or half loaded; searches are answered by ClickHouse.",
        means="Answers say `degraded` and are slower. A restarted index calls itself healthy while it loads: it is "
        "believed once it holds 99.9 % of the documents it held.",
        steps=(
            "`quiethire index status`: how many documents of how many.",
            "The number rises: it loads (about a minute for 100,000 documents after a kill). Wait.",
            "It stands still below what is expected: `quiethire index reconcile` mends it from ClickHouse.",
            "It is gone: `docker compose up --detach typesense`, then the same.",
        ),
        faults=("F23", "F24"),
    ),
    Alert(
        name="IndexRefusesDocuments",
        expr="max(quiethire_index_refused_documents) > 0",
        lasting="10m",
        severity="ticket",
        summary="The index refuses documents; they cannot be found by a search.",
        means="An import answers 200 and refuses single documents. Each is kept with its reason and tried again every night.",
        steps=(
            "`quiethire index status` shows the postings and what the index says of each.",
            "The same words for many: the schema of the collection is older than this version: `quiethire index rebuild`.",
            "One alone: `quiethire job ID` shows the posting; its source is at fault, or the parser.",
        ),
        faults=("F25",),
    ),
    Alert(
        name="IndexLagging",
        expr="histogram_quantile(0.95, sum by (le) (rate(quiethire_index_lag_seconds_bucket[15m]))) > 60",
        lasting="15m",
        severity="ticket",
        summary="Postings are found by searches only a minute after they are stored.",
        means="The index takes documents too slowly, or the queue before it is long.",
        steps=(
            "The databases dashboard: the index's documents, the lag, the backlog.",
            "A rebuild under way is the usual cause: `quiethire index status` names it.",
        ),
        faults=(),
    ),
    Alert(
        name="RedisDown",
        expr=_down("redis"),
        lasting="1m",
        severity="ticket",
        summary="Redis is away: caches and shared limits are off.",
        means="Nothing is lost. Searches are uncached, each process limits by itself, workers do not share the pace of "
        "hosts, feeds of matches are read from PostgreSQL.",
        steps=("`docker compose up --detach redis`. Nothing else: it fills again by itself.",),
        faults=("F28", "F30"),
    ),
    Alert(
        name="ClockWrong",
        expr=f"max(abs(quiethire_clock_skew_seconds)) > {CLOCKS_DIFFER:g}",
        lasting="5m",
        severity="page",
        summary="The clocks of two machines differ by more than half a minute.",
        means="Postings carry the time at which they were seen; tokens and certificates are judged by it. Nothing is "
        "closed wrongly below a minute.",
        steps=(
            "`quiethire doctor` names the server and the difference.",
            "`timedatectl` on both machines: is time synchronisation on?",
        ),
        faults=("F45",),
    ),
    Alert(
        name="DiskFull",
        expr="min(quiethire_disk_free_bytes / quiethire_disk_bytes) < 0.1 or min(quiethire_disk_free_bytes) < 1e9",
        lasting="5m",
        severity="page",
        summary="Less than a tenth of the disk is free.",
        means="A full disk stops PostgreSQL and ClickHouse from writing: /readyz says `disk`, and crawls wait. After "
        "space was made, all of them go on by themselves.",
        steps=(
            "`df -h`, then `docker system df`: images and logs first.",
            "The page archive: lower QUIETHIRE_ARCHIVE_KEEP_DAYS and run `quiethire archive prune`.",
        ),
        faults=("F46",),
    ),
    Alert(
        name="MemoryShort",
        expr="min(quiethire_memory_available_bytes / quiethire_memory_bytes) < 0.05",
        lasting="5m",
        severity="page",
        summary="Less than a twentieth of the memory is left.",
        means="The kernel will soon end the largest process, which may be a database.",
        steps=(
            "`docker stats --no-stream`: who holds it?",
            "The worker: lower QUIETHIRE_FETCH_CONCURRENCY and QUIETHIRE_BROWSER_PAGES, and restart it.",
        ),
        faults=(),
    ),
    Alert(
        name="ProcessorsShort",
        expr="max(quiethire_cpu_pressure) > 0.6",
        lasting="15m",
        severity="ticket",
        summary="Work waits for a processor for most of the time.",
        means="Searches that would be late are refused with 503 (RequestsShed); crawls and matching are slow. Nothing is lost.",
        steps=(
            "`top` on that machine, or `docker stats --no-stream`: who computes? A rebuild of the index or a full run of matching ends by itself.",
            "It is the load: more processors, or more machines (docs/scaling.md says how many).",
        ),
        faults=("F47",),
    ),
    Alert(
        name="BackupOld",
        expr="time() - max(quiethire_last_backup_timestamp_seconds) > 26 * 3600",
        lasting="10m",
        severity="ticket",
        summary="No backup was written for 26 hours, or there never was one.",
        means="What would be lost with the disk grows, and whoever was erased since is still in the newest `people.keys`. Everything runs on.",
        steps=(
            "Write one now: `docker compose run --rm backup` (Kubernetes: `kubectl create job --from=cronjob/backup backup-now`).",
            "What it says is what is wrong: the log of that container, or of the last one of the timer.",
            "`backup_unwritable`: `df -h` where backups lie; `--keep` says how many stay.",
            "It is written: the timer of the machine, or the CronJob, did not start it. docs/backup.md.",
        ),
        faults=("F17",),
    ),
    Alert(
        name="DescriptorsShort",
        expr="max(process_open_fds / process_max_fds) > 0.8",
        lasting="5m",
        severity="ticket",
        summary="A process has used four fifths of its file descriptors.",
        means="With none left it can open neither connections nor files.",
        steps=(
            "`ls -l /proc/PID/fd | awk '{print $NF}' | sort | uniq -c | sort -n`, then raise `ulimits` and restart it.",
        ),
        faults=(),
    ),
)
