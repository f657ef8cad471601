"""Checks of the servers that the settings name, or that a platform on this machine runs."""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiosmtplib
import httpx
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError

from quiethire.doctor.findings import Finding, fail, ok, warn
from quiethire.domain.health import CLOCKS_DIFFER, Look, Probe
from quiethire.platform.api import client_of
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.storage import postgres
from quiethire.storage.clickhouse import ClickHouseProbe, open_clickhouse
from quiethire.storage.index_probe import IndexProbe
from quiethire.storage.redis import RedisProbe
from quiethire.storage.typesense import TypesenseIndex
from quiethire.temporal import LOOK_TIMEOUT, TemporalProbe, connect_temporal, task_queue

MUCH = 1_000
"""Tasks that wait: more are told."""


async def postgresql(settings: Settings) -> Sequence[Finding]:
    """Reachable, of which version, migrated, writable."""
    if settings.postgres_dsn is None:
        return [_embedded("postgresql")]
    async with postgres.open_pool(settings.postgres_dsn) as pool:
        return await _looked(postgres.PostgresProbe(pool))


async def clickhouse(settings: Settings) -> Sequence[Finding]:
    """The same; the engine in the platform's process is asked through its API."""
    if settings.clickhouse_dsn is None:
        return [_embedded("clickhouse")]
    # What its client would say beside the finding, on stderr, says no more.
    logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())
    client = await asyncio.to_thread(open_clickhouse, settings.clickhouse_dsn, settings.data_path)
    try:
        return await _looked(ClickHouseProbe(client))
    finally:
        client.close()


async def redis(settings: Settings) -> Sequence[Finding]:
    """Reachable, of which version."""
    if settings.redis_url is None:
        return [_embedded("redis")]
    probe = RedisProbe(settings.redis_url)
    try:
        return await _looked(probe)
    finally:
        await probe.aclose()


async def index(settings: Settings) -> Sequence[Finding]:
    """Whole, by what was counted after the last write."""
    if settings.typesense_url is None or settings.postgres_dsn is None:
        return [_embedded("index")]
    if not settings.typesense_api_key:
        return [fail("index", "QUIETHIRE_TYPESENSE_API_KEY is not set", "set it to the key that its server was given")]
    async with (
        TypesenseIndex(settings.typesense_url, settings.typesense_api_key) as typesense,
        postgres.open_pool(settings.postgres_dsn) as pool,
    ):
        found = await IndexProbe(typesense, postgres.PostgresIndexRecords(pool)).look()
    return [ok("index", f"holds {found.documents:,} of {found.expected:,} documents")]


async def temporal(settings: Settings) -> Sequence[Finding]:
    """Reachable, with our namespace, with workers, and without much that waits."""
    if settings.temporal_address is None:
        return [_embedded("temporal")]
    client = await connect_temporal(settings)
    findings = list(await _looked(TemporalProbe(client)))
    try:
        request = DescribeNamespaceRequest(namespace=settings.temporal_namespace)
        await client.workflow_service.describe_namespace(request, timeout=LOOK_TIMEOUT)
        queue = await task_queue(client, TASK_QUEUE)
    except RPCError as error:
        todo = "make it: temporal operator namespace create, or set QUIETHIRE_TEMPORAL_NAMESPACE"
        return [*findings, fail("namespace", f"{settings.temporal_namespace}: {error.message}", todo)]
    findings.append(ok("namespace", settings.temporal_namespace))
    if queue.pollers:
        findings.append(ok("workers", f"{queue.pollers} ask for work"))
    else:
        findings.append(fail("workers", "none asks for work", "start one: quiethire up, or python worker.py"))
    if queue.backlog > MUCH:
        findings.append(warn("backlog", f"{queue.backlog:,} tasks wait", "see StoringBehind in docs/runbooks.md"))
    else:
        findings.append(ok("backlog", f"{queue.backlog:,} tasks wait"))
    return findings


async def api(settings: Settings) -> Sequence[Finding]:
    """Whether it answers, is ready, and whether the index holds what ClickHouse knows."""
    if not settings.api_url:
        return [ok("api", "not running on this data directory")]
    try:
        async with client_of(settings) as client:
            told = await client.get("/readyz")
            findings = [_ready(told.json()) if told.status_code != httpx.codes.NOT_FOUND else await _answers(client)]
            if settings.operator_key:
                findings.append(_counted((await client.get("/api/v1/index")).json()))
    except (httpx.HTTPError, ValueError) as error:
        todo = "is it running, and is QUIETHIRE_API_URL right? See docs/runbooks.md#apigone"
        return [fail("api", f"{settings.api_url}: {error!r}"[:200], todo)]
    return findings


async def _answers(client: httpx.AsyncClient) -> Finding:
    """Of an API that tells whether it is ready on a port that is not for everybody."""
    (await client.get("/healthz")).raise_for_status()
    return ok("api", "answers; /readyz is on the port of QUIETHIRE_METRICS_PORT")


def _ready(told: dict[str, object]) -> Finding:
    if told.get("ready"):
        return ok("api", "ready")
    return fail(
        "api", f"not ready: {told.get('reason')}", "GET /readyz names the server; docs/runbooks.md says what to do"
    )


def _counted(told: dict[str, object]) -> Finding:
    held, wanted, refused = (told.get(name) for name in ("documents", "jobs", "failed"))
    if not isinstance(held, int) or not isinstance(wanted, int):
        return warn("postings", "index and ClickHouse were not compared", "quiethire index status says why")
    found = f"{held:,} in the index, {wanted:,} jobs by ClickHouse, {refused} refused"
    return (
        ok("postings", found)
        if abs(wanted - held) <= wanted / 1_000
        else warn("postings", found, "quiethire index reconcile")
    )


async def proxies(settings: Settings) -> Sequence[Finding]:
    """Whether each takes connections."""
    if not settings.proxies:
        return [ok("proxies", "none are set")]
    found = await asyncio.gather(*(_proxy(number, url) for number, url in enumerate(settings.proxies, 1)))
    wrong = [finding for finding in found if finding is not None]
    return wrong or [ok("proxies", f"{len(settings.proxies)} take connections")]


async def _proxy(number: int, url: str) -> Finding | None:
    parts = urlsplit(url)
    # Not its name: with a proxy come a user and a password.
    try:
        async with asyncio.timeout(3):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    except (OSError, TimeoutError) as error:
        return warn(
            "proxies", f"number {number} takes no connection: {error!r}"[:200], "remove it from QUIETHIRE_PROXIES"
        )
    writer.close()
    return None


async def smtp(settings: Settings) -> Sequence[Finding]:
    """Whether the mail server takes our login."""
    if settings.smtp_host is None:
        return [warn("mail", "no mail server is set: nobody gets alerts by e-mail", "set QUIETHIRE_SMTP_HOST")]
    server = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        timeout=5,
    )
    try:
        await server.connect()
        if settings.smtp_username:
            await server.login(settings.smtp_username, settings.smtp_password)
        await server.quit()
    except (aiosmtplib.SMTPException, ssl.SSLError) as error:
        where = f"{settings.smtp_host}:{settings.smtp_port}"
        return [fail("mail", f"{where}: {error!r}"[:200], "check QUIETHIRE_SMTP_*; alerts wait meanwhile")]
    return [ok("mail", f"{settings.smtp_host} takes mail")]


async def _looked(probe: Probe) -> Sequence[Finding]:
    found = await probe.look()
    return [ok(probe.name, f"version {found.version}"), *_clock(probe.name, found)]


def _clock(name: str, found: Look) -> Sequence[Finding]:
    if found.now is None:
        return ()
    ahead = (found.now - datetime.now(UTC)).total_seconds()
    told = f"{name} is {ahead:+.1f} s from this machine's"
    if abs(ahead) > CLOCKS_DIFFER:
        return [fail("clock", told, "turn on time synchronisation on both machines (timedatectl)")]
    return [ok("clock", told)]


def _embedded(name: str) -> Finding:
    return ok(name, "not set: `quiethire up` runs its own")
