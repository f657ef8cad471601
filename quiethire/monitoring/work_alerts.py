"""Alerts of our own processes and of their work."""

from quiethire.monitoring.alert import Alert

WORK_ALERTS: tuple[Alert, ...] = (
    Alert(
        name="WorkerGone",
        expr='absent(up{job="worker"}) or max(up{job="worker"}) == 0',
        lasting="2m",
        severity="page",
        summary="No worker answers: nothing is crawled, matched or sent.",
        means="Every worker process is gone, or its port for metrics is. Searches go on; what was under way is taken up "
        "again by the next worker that starts, from its last heartbeat.",
        steps=(
            "`docker compose ps worker` (or `kubectl get pods`): is it restarting, and with which exit code?",
            "`docker compose logs --tail 50 worker`: the last line before the end names the cause.",
            "Exit code 137 is the memory limit: see MemoryShort. Settings that are refused are told by name.",
            "Start it: `docker compose up --detach worker`. `quiethire status` shows whether work goes on.",
        ),
        faults=("F01", "F02", "F48", "F51"),
    ),
    Alert(
        name="ProcessSilent",
        expr="min by (job) (up) == 0 and max by (job) (up) == 1",
        lasting="5m",
        severity="ticket",
        summary="One of several processes does not answer.",
        means="It stands still, or its port for metrics does. The other workers and gateways do its work: what it had begun is given to them "
        "once its heartbeats are missing, and what it still writes afterwards changes nothing. Of the services that are served alone (job `faces`) "
        "each is the only one of its kind.",
        steps=(
            "Prometheus, Status, Targets: which one, and what does it say?",
            "`ps -o stat,pcpu,pid,cmd -C python` there: `T` is stopped (`kill -CONT`), a CPU at 100 % is a loop.",
            "Restart it: nothing is lost by it.",
        ),
        faults=("F03",),
    ),
    Alert(
        name="WorkerFrozen",
        # Each worker tells of every queue, also of those that it takes nothing from.
        expr="min(max by (queue) (quiethire_task_pollers)) == 0 or time() - max(quiethire_sampled_timestamp_seconds) > 180",
        lasting="1m",
        severity="page",
        summary="Workers run, and none asks one of the queues for work.",
        means="The process is there and does nothing: stopped, starved of CPU, or cut off from Temporal. Or the workers of one "
        "queue are gone, where each takes from some (`QUIETHIRE_TASK_QUEUES`). Its activities are given to others once their "
        "heartbeats are missing.",
        steps=(
            "The workflows dashboard, workers that poll: which queue? One alone: are there workers of it (`kubectl get pods`)?",
            "`quiethire doctor` on the worker's machine: clock, memory, Temporal and its pollers.",
            "`ps -o stat,pcpu,pid,cmd -C python`: `T` is stopped (`kill -CONT`), a CPU at 100 % is a loop.",
            "Restart the worker: nothing is lost by it.",
        ),
        faults=(),
    ),
    Alert(
        name="ApiGone",
        expr='absent(up{job="api"}) or max(up{job="api"}) == 0',
        lasting="1m",
        severity="page",
        summary="The API does not answer: nobody can search.",
        means="Every gateway is gone. Crawling goes on.",
        steps=(
            "`curl -i http://127.0.0.1:3000/healthz`: it touches no server, so no outage of one can fail it.",
            "`docker compose logs --tail 50 api`, then `docker compose up --detach api`.",
        ),
        faults=("F51",),
    ),
    Alert(
        name="StoringBehind",
        # Each worker tells of every queue.
        expr="sum(max by (queue) (quiethire_task_backlog)) > 1000 "
        "and (deriv(sum(max by (queue) (quiethire_task_backlog))[15m:1m]) > 0 "
        "or sum(max by (queue) (quiethire_task_backlog)) > 5000)",
        lasting="15m",
        severity="ticket",
        summary="More work comes than is done: the backlog grows, or is great.",
        means="Tasks wait in Temporal's queues. Nothing is lost; news comes later.",
        steps=(
            "The workflows dashboard: which queue? One of them alone points at what its activities need.",
            "A store that is away or slow: its own alert fires too, and goes first.",
            "Else add workers: `WORKER_PORTS=9190-9199 docker compose up --detach --scale worker=2`.",
        ),
        faults=("F10",),
    ),
    Alert(
        name="AnswersDegraded",
        expr="sum(rate(quiethire_degraded_answers_total[5m])) > 0.1",
        lasting="5m",
        severity="ticket",
        summary="Searches are answered without the index.",
        means="The index fails for some searches although it looks ready: it is slow, or flaps.",
        steps=(
            "`/readyz` of the API, and the log for `kind` of the failures.",
            "Slow: its machine's CPU and memory; a rebuild takes both.",
        ),
        faults=("F23",),
    ),
    Alert(
        name="ApiFailing",
        expr='sum(rate(quiethire_request_duration_seconds_count{status="5xx"}[5m])) '
        "/ sum(rate(quiethire_request_duration_seconds_count[5m])) > 0.02",
        lasting="5m",
        severity="page",
        summary="More than 2 % of the requests fail.",
        means="503s say that a server is away, or that too much is asked (RequestsShed); 500s are defects of ours.",
        steps=(
            "The overview dashboard: which routes?",
            'Logs: `{service="api"} | json | level="ERROR"`; each line has the request\'s id and the trace.',
        ),
        faults=("F13", "F14"),
    ),
    Alert(
        name="ApiSlow",
        expr="histogram_quantile(0.99, sum by (le) "
        '(rate(quiethire_request_duration_seconds_bucket{route="/api/v1/search"}[5m]))) > 0.4',
        lasting="10m",
        severity="ticket",
        summary="One search in a hundred takes more than 400 ms.",
        means="Too many searches for this machine, an index that is slow, or answers by ClickHouse.",
        steps=(
            "AnswersDegraded or IndexDown too: that one first.",
            "The overview dashboard: requests a second, refused ones, CPU. Add a gateway, or lower the rate limits.",
        ),
        faults=(),
    ),
    Alert(
        name="RequestsShed",
        expr="sum(rate(quiethire_shed_requests_total[5m])) > 1",
        lasting="2m",
        severity="page",
        summary="More is asked than can be answered: requests are refused with 503.",
        means="Each process of the API works on so many searches at a time (`QUIETHIRE_API_CONCURRENCY`), and refuses what has waited "
        "for a second; what it takes on is answered in time. Who is refused is told when to come again.",
        steps=(
            "The overview dashboard: who asks so much? One address or key: lower `QUIETHIRE_RATE_LIMITS`.",
            "Processors of the API are busy: more of its processes. Those of the index: more nodes (docs/scaling.md).",
            "None is busy: something hangs; IndexDown, ClickHouseDown or RedisDown says what.",
        ),
        faults=(),
    ),
    Alert(
        name="HostsBlocked",
        expr="sum(increase(quiethire_host_rests_total[1h])) > 50 and sum(increase(quiethire_host_rests_total[1h])) > "
        '0.2 * sum(increase(quiethire_crawler_requests_total{outcome="ok"}[1h]))',
        lasting="10m",
        severity="ticket",
        summary="Hosts refuse us, or ask us to wait, in mass.",
        means="More than a fifth of what was asked for was refused (401, 403, challenge pages) or put off (429, 503). Each host rests for "
        "as long as it says, else for ten minutes or more; boards are not closed by it.",
        steps=(
            'Logs: `{service="worker"} | json | message="fetch failed" | fields_kind="blocked"`: one provider, or all?',
            "All: our address is on a list, or we ask too often. `quiethire fetch https://example.com/ --dry-run` from elsewhere tells.",
            "One provider: raise QUIETHIRE_HOST_DELAY_MIN, or pause: `quiethire pause`.",
        ),
        faults=("F35",),
    ),
    Alert(
        name="FetchesFailing",
        expr='sum(rate(quiethire_crawler_requests_total{outcome=~"timeout|connection|dns|truncated|proxy|browser|browser_driver"}[15m])) '
        "/ sum(rate(quiethire_crawler_requests_total[15m])) > 0.3 "
        "and sum(increase(quiethire_crawler_requests_total[15m])) > 100",
        lasting="15m",
        severity="ticket",
        summary="A third of the fetches end without a whole answer.",
        means="Our network, its name servers, the proxies or the browser fail. What was not read closes nothing.",
        steps=(
            "`quiethire doctor`: proxies and name servers.",
            "The crawl health dashboard: which outcome?",
            "`truncated` or `timeout`: bandwidth that is used up; lower QUIETHIRE_FETCH_CONCURRENCY.",
            "`browser`: memory, or no Chromium (`quiethire doctor`).",
        ),
        faults=("F31", "F39", "F42", "F44"),
    ),
    Alert(
        name="CertificatesRefused",
        expr='sum(increase(quiethire_crawler_requests_total{outcome="tls"}[1h])) > 20 and '
        'sum(increase(quiethire_crawler_requests_total{outcome="tls"}[1h])) > '
        "0.05 * sum(increase(quiethire_crawler_requests_total[1h]))",
        lasting="10m",
        severity="ticket",
        summary="Certificates are refused in mass.",
        means="One host's bad certificate is its own affair. Many at once are a clock that is wrong, an old list of "
        "authorities, or somebody in between.",
        steps=(
            "`quiethire doctor`: the clock against the servers.",
            "`quiethire fetch https://example.com/`: with a good host it must work; if not, somebody is in between.",
            "Authorities: update the image.",
        ),
        faults=("F38",),
    ),
    Alert(
        name="RobotsUnreadable",
        expr='sum(increase(quiethire_robots_total{outcome="unreachable"}[1h])) > 20 and '
        'sum(increase(quiethire_robots_total{outcome="unreachable"}[1h])) > '
        "0.3 * sum(increase(quiethire_robots_total[1h]))",
        lasting="10m",
        severity="ticket",
        summary="robots.txt cannot be read for a third of the hosts; they are not crawled.",
        means="A host whose robots.txt fails is closed to us for ten minutes. So many at once are our network's fault.",
        steps=("As FetchesFailing; `quiethire robots URL` shows what is known of one host.",),
        faults=("F36",),
    ),
    Alert(
        name="PagesUnrecognised",
        expr='sum(increase(quiethire_error_total{kind=~"schema_drift|sudden_drop"}[6h])) > 20',
        lasting="30m",
        severity="ticket",
        summary="Sources answer in shapes that nobody knows, or without what they listed.",
        means="Pages of an unknown shape are kept, and nothing is guessed from them. Postings that are missing in mass, as behind a wall, a "
        "log-in or a page of maintenance, stay open until a later crawl agrees.",
        steps=(
            'Logs: `{service="worker"} | json | message="a board answers in a shape unknown to its adapter"`; `fields_board` is which.',
            'Logs: `{service="worker"} | json | message="postings are gone at once"`: `quiethire crawl URL` of such a board shows what it answers.',
            "`quiethire parse FILE --url URL` over the archived page; mend the adapter, then `quiethire reparse`.",
        ),
        faults=("F41",),
    ),
    Alert(
        name="ParserDying",
        expr="sum(increase(quiethire_parser_deaths_total[15m])) > 20",
        lasting="5m",
        severity="ticket",
        summary="Processes of the parser die again and again.",
        means="A page that takes too long or too much memory costs its own process, and is refused. So many are a site "
        "made to do that, or a machine without memory.",
        steps=(
            "`quiethire status --json`: in which of the last crawls does `proof` name `parse_timeout`, `parse_memory` or `parse_crash`?",
            "The log names every such page: `a page ended its parser's process`, with `fields.url` and `fields.kind`.",
            "All hosts: see MemoryShort.",
        ),
        faults=("F33",),
    ),
    Alert(
        name="WorkflowsFailing",
        expr="sum(increase(temporal_workflow_failed_total[30m])) > 5",
        lasting="5m",
        severity="ticket",
        summary="Workflows fail.",
        means="A crawl that fails is a result and no failed workflow: these are defects, or a store that stayed away.",
        steps=(
            "The Temporal UI (port 8080), status Failed: the message and its cause.",
            "`postings_lost` in it: ClickHouse came back without what it held. The index was left as it is, and serves: restore a backup (docs/backup.md).",
            "`nondeterminism` in it: the last deployment changed a workflow that was under way. Roll it back.",
        ),
        faults=("F06",),
    ),
    Alert(
        name="ActivitiesFailing",
        expr="sum by (activity_type) (increase(temporal_activity_execution_failed_total[15m])) > "
        "0.2 * sum by (activity_type) (increase(temporal_activity_execution_latency_seconds_count[15m])) and "
        "sum by (activity_type) (increase(temporal_activity_execution_failed_total[15m])) > 20",
        lasting="5m",
        severity="ticket",
        summary="A fifth of the tries of an activity fail.",
        means="Each is tried again with pauses, as often as its kind of work allows, and then told as failed; others of its queue go on.",
        steps=(
            "The label `activity_type`: which work? `crawl_career_page`: hosts fail, and FetchesFailing or HostsBlocked says how.",
            "`store_…`, `index_…` or `score_…`: a store is away or slow; its own alert says which.",
            'Logs: `{service=~"worker|platform"} | json | level="WARNING"`: one line for each failure, with the kind of its error.',
        ),
        faults=("F08",),
    ),
    Alert(
        name="DeadLetters",
        expr="max(quiethire_open_dead_letters) > 0",
        lasting="15m",
        severity="ticket",
        summary="Work was given up and waits for an operator.",
        means="It could not be read, or failed to the last try. The rest goes on without it.",
        steps=(
            "`quiethire dlq list`, then `quiethire dlq show ID`: what, since when and why.",
            "Mend the cause, then `quiethire dlq replay ID`, and `quiethire dlq drop ID` (or `drop --kind KIND`) once it is done.",
        ),
        faults=("F07",),
    ),
    Alert(
        name="DeliveriesFailing",
        expr='sum(rate(quiethire_deliveries_total{outcome="failed"}[30m])) '
        "/ sum(rate(quiethire_deliveries_total[30m])) > 0.5",
        lasting="30m",
        severity="ticket",
        summary="Half of the alerts do not arrive.",
        means="Each is tried again for days; then its search is switched off.",
        steps=(
            "`quiethire doctor`: can the mail server be reached?",
            'Logs: `{service=~"worker|platform"} |= "alert not delivered"`; one webhook alone is its owner\'s affair.',
        ),
        faults=(),
    ),
    Alert(
        name="MatchingSlow",
        expr='histogram_quantile(0.9, sum by (le) (rate(quiethire_match_run_duration_seconds_bucket{scope="fresh"}[1h]))) > 120',
        lasting="30m",
        severity="ticket",
        summary="Fresh postings are matched only after two minutes.",
        means="Too many candidates for one worker, or a machine that is busy otherwise.",
        steps=("Raise QUIETHIRE_MATCH_SHARDS, and add workers of the queue for matching.",),
        faults=(),
    ),
)
