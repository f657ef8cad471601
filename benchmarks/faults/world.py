"""A whole platform with a fault proxy in front of every store, under the steady load."""

import asyncio
import json
import logging
import os
import re
import signal
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.faults.disks import Disk, mounted
from benchmarks.faults.load import QUICK_SEARCHES_A_SECOND, SEARCHES_A_SECOND, SteadyLoad
from benchmarks.faults.proxy import FaultProxy, Faults, fault_proxy
from benchmarks.faults.truth import Truth
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import Settings
from quiethire.stack.ports import HOST, PortBook, Ports
from quiethire.stack.process import ProcessSpec
from quiethire.stack.running import Running, secret
from quiethire.stack.servers.postgres import DATABASE
from quiethire.stack.servers.postgres import spec as postgres_spec
from quiethire.stack.stack import start_stack
from quiethire.stack.supervisor import Supervisor
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.postgres import open_pool
from quiethire.storage.typesense import TypesenseIndex

LONGEST_RECOVERY = 120.0
LOOK_PATIENCE = 2.0
"""Seconds that a process is waited for that is to tell of itself: what comes later is as good as nothing to who is woken by it."""
ROLE = "platform"
"""Of the platform in PostgreSQL."""
OLD_KEY, NEW_KEY = "the-old-key-of-what-is-kept-of-persons", "the-new-key-of-what-is-kept-of-persons"
"""The platform seals with the new one and opens with both, as while its master key is replaced."""
CRAWLED = "crawled"
"""The proxy in front of the crawled hosts; all others stand in front of stores."""


class Exits(logging.Handler):
    """With which codes the processes ended that the supervisors keep running."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[tuple[str, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a supervisor says of an end."""
        told = vars(record)
        if "exit_code" in told:
            self.codes.append((told["server"], told["exit_code"]))


@dataclass(frozen=True)
class Mark:
    """A moment: what is told of a fault is what came after it."""

    at: float
    log_bytes: int
    errors: Mapping[str, float]


@dataclass
class World:
    """What a case may look at and break."""

    folder: Path
    truth: Truth
    load: SteadyLoad
    session: Session
    servers: Supervisor
    """The stores."""
    platform: Supervisor
    """The process with worker and API."""
    proxies: Mapping[str, FaultProxy]
    """In front of each store, and of the farm."""
    disks: Mapping[str, Disk]
    """Of PostgreSQL and of the platform, where a case is to fill them."""
    direct: Running
    """The stores' own addresses, past the proxies."""
    store: ClickHousePostings
    index: TypesenseIndex
    exits: Exits
    quick: bool
    scraped: dict[str, tuple[str, ...]]
    """The addresses of processes that tell of themselves, and the jobs as which they do."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What a fault tells its observer."""
    steady_since: float = 0.0
    """When the load began before which nothing of the case under way was broken."""

    def kill(self, server: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a store; the supervisor starts again what ends."""
        os.kill(self.servers.pids[server], number)

    def kill_platform(self, number: signal.Signals = signal.SIGKILL) -> None:
        """The same for the platform."""
        os.kill(self.platform.pids["platform"], number)

    def seconds(self, full: float, quick: float) -> float:
        """How long a fault lasts."""
        return quick if self.quick else full

    async def is_ready(self) -> bool:
        """Whether every part answers, and searches that are answered are answered by the index."""
        try:
            answer = await self.session.api.get("/readyz", timeout=5)
            probe = {"q": "nurse", "exclude_company": f"probe {time.monotonic()}"}
            found = await self.session.api.get("/api/v1/search", params=probe, timeout=5)
        except httpx.HTTPError:
            return False
        told = found.json()
        # A platform without processors to spare sends some away, and is ready.
        return answer.is_success and (told.get("kind") == "busy" or (found.is_success and not told["degraded"]))

    async def until_ready(self) -> float:
        """The seconds until it is; no more than the longest that is waited."""
        began = time.monotonic()
        while time.monotonic() - began < LONGEST_RECOVERY:
            if await self.is_ready():
                break
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    @property
    def _log(self) -> Path:
        return self.folder / "platform" / "logs" / "platform.log"

    async def mark(self) -> Mark:
        """Now."""
        return Mark(time.monotonic(), self._log.stat().st_size, await self._errors())

    def lines_since(self, mark: Mark) -> list[dict[str, Any]]:
        """Lines of the platform's log of level WARNING and above. A line that is no JSON is one of a dying interpreter."""
        with self._log.open("rb") as log:
            log.seek(mark.log_bytes if self._log.stat().st_size >= mark.log_bytes else 0)
            raw = log.read().decode(errors="replace").splitlines()
        found = []
        for line in raw:
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("level") in {"WARNING", "ERROR", "CRITICAL"}:
                found.append(told)
        return found

    async def errors_since(self, mark: Mark) -> dict[str, float]:
        """How often which kind of error was counted. A platform that was started again counts from nought."""
        now = await self._errors()
        return {
            kind: count - (mark.errors.get(kind, 0.0) if count >= mark.errors.get(kind, 0.0) else 0.0)
            for kind, count in now.items()
        }

    async def _errors(self) -> Mapping[str, float]:
        """By kind; none where the platform does not answer."""
        counted: defaultdict[str, float] = defaultdict(float)
        text = await self._told(self.session.settings.api_url or "")
        for family in text_string_to_metric_families(text or ""):
            for sample in family.samples:
                if sample.name == "quiethire_error_total":
                    counted[sample.labels["kind"]] += sample.value
        return counted

    async def told(self) -> dict[tuple[str, str], str | None]:
        """What each process tells of itself, by job and address; None where it does not answer."""
        scraped = dict(self.scraped)
        texts = await asyncio.gather(*map(self._told, scraped))
        return {(job, each): text for each, text in zip(scraped, texts, strict=True) for job in scraped[each]}

    async def _told(self, address: str) -> str | None:
        try:
            return (await self.session.api.get(f"{address}/metrics", timeout=LOOK_PATIENCE)).text
        except httpx.HTTPError:
            return None

    async def ask_whether_ready(self) -> None:
        """Ask each process, as an orchestrator does: by that it looks at its servers."""
        for address in list(self.scraped):
            with suppress(httpx.HTTPError):
                await self.session.api.get(f"{address}/readyz", timeout=5)

    async def heal(self) -> None:
        """No proxy does anything any more, and no disk is full."""
        for disk in self.disks.values():
            disk.free()
        for proxy in self.proxies.values():
            proxy.faults = Faults()
            await proxy.up()


@asynccontextmanager
async def open_world(folder: Path, *, quick: bool, seed: int, own_disks: bool) -> AsyncIterator[World]:
    """Stores, proxies, platform and load; everything ends at the end. `own_disks`: some that can be filled, if this process may mount."""
    truth = Truth.make(*((20, 5, 5) if quick else (160, 20, 20)), seed=seed)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(truth.web.running())
        disks = await _disks(folder) if own_disks else {}
        for disk in disks.values():
            stack.callback(disk.close)
        servers, direct = await stack.enter_async_context(start_stack(Settings(data_dir=folder / "servers"), Ports()))
        clickhouse = PortBook(folder / "servers").take("clickhouse")
        await servers.start(_clickhouse(folder / "servers", clickhouse))
        proxies = {
            name: await stack.enter_async_context(fault_proxy(HOST, port))
            for name, port in {**_ports(direct, clickhouse), CRAWLED: int(web.rpartition(":")[2])}.items()
        }
        await _make_role(direct.postgres_dsn)
        settings = _behind(direct, proxies).model_copy(
            # Whatever its name: some cases have boards of their own.
            update={"data_dir": folder / "platform", "host_map": {"*.recruitee.com": _address(proxies[CRAWLED])}}
        )
        platform, running = await stack.enter_async_context(start_platform(settings, Ports()))
        session = await stack.enter_async_context(
            attach(running.apply(settings).model_copy(update={"temporal_address": direct.temporal_address}))
        )
        # A connection that the server is about to close is not used once more.
        limits = httpx.Limits(max_connections=200, keepalive_expiry=2)
        headers = {"Authorization": f"Bearer {session.settings.operator_key}"}
        api = await stack.enter_async_context(
            httpx.AsyncClient(base_url=session.settings.api_url or "", headers=headers, limits=limits)
        )
        client = open_clickhouse(_clickhouse_dsn(clickhouse), folder)
        stack.callback(client.close)
        index = TypesenseIndex(direct.typesense_url, direct.typesense_api_key)
        stack.push_async_callback(index.aclose)
        pool = await stack.enter_async_context(open_pool(direct.postgres_dsn))
        rate = QUICK_SEARCHES_A_SECOND if quick else SEARCHES_A_SECOND
        load = SteadyLoad(truth, api, session.temporal, pool, rate)
        stack.push_async_callback(load.stop)
        exits = Exits()
        supervision = logging.getLogger("quiethire.stack.supervisor")
        supervision.addHandler(exits)
        stack.callback(supervision.removeHandler, exits)
        store = ClickHousePostings(client)
        # One process is worker and API.
        scraped: dict[str, tuple[str, ...]] = {session.settings.api_url or "": ("worker", "api")}
        yield World(
            *(folder, truth, load, session, servers, platform, proxies, disks, direct, store, index, exits),
            quick=quick,
            scraped=scraped,
        )


async def _disks(folder: Path) -> dict[str, Disk]:
    """PostgreSQL's files, and what the platform keeps: pages and logs."""
    servers, platform = folder / "servers", folder / "platform"
    for each in (servers, platform):
        each.mkdir(mode=0o700)
    await postgres_spec(servers, PortBook(servers).take("postgres"), secret(servers, "postgres"))
    return {"postgres": mounted(servers / "postgres"), "platform": mounted(platform)}


def _address(proxy: FaultProxy) -> str:
    return f"{HOST}:{proxy.address[1]}"


def _clickhouse(data_dir: Path, port: int) -> ProcessSpec:
    """ClickHouse's own engine as a server: what the package indexes have of it is the engine alone."""

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                return (await client.post(f"http://{HOST}:{port}/", content=b"SELECT 1")).is_success
        except httpx.HTTPError:
            return False

    command = (sys.executable, "-m", "benchmarks.clickhouse_front", str(data_dir / "clickhouse"), str(port))
    return ProcessSpec(name="clickhouse", argv=command, ready=ready, env=dict(os.environ), cwd=Path.cwd())


def _clickhouse_dsn(port: int) -> str:
    """The front speaks plain HTTP only; a real server compresses."""
    return f"clickhouse://default:@{HOST}:{port}/default?compress=false"


def _ports(direct: Running, clickhouse: int) -> dict[str, int]:
    def port(url: str) -> int:
        return urlsplit(url if "//" in url else f"//{url}").port or 0

    return {
        "postgres": port(direct.postgres_dsn),
        "typesense": port(direct.typesense_url),
        "valkey": port(direct.redis_url),
        "temporal": port(direct.temporal_address),
        "clickhouse": clickhouse,
    }


async def _make_role(dsn: str) -> None:
    """The platform as a deployment should have it: owner of its database and no superuser, whose connections are not for it."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as admin:
        await admin.execute(f"CREATE ROLE {ROLE} LOGIN CREATEROLE PASSWORD '{ROLE}'")
        await admin.execute(f"ALTER DATABASE {DATABASE} OWNER TO {ROLE}")


def _behind(direct: Running, proxies: Mapping[str, FaultProxy]) -> Settings:
    """Settings whose addresses are those of the proxies."""

    def through(name: str, url: str) -> str:
        return re.sub(rf"{HOST}:\d+", _address(proxies[name]), url)

    return Settings(
        api_port=0,
        schedules=False,
        browser=False,
        # Faults last for seconds: see alarms.py.
        sample_every=1,
        host_delay_min=0,
        person_key=f"{NEW_KEY},{OLD_KEY}",
        temporal_address=through("temporal", direct.temporal_address),
        postgres_dsn=f"postgresql://{ROLE}:{ROLE}@{_address(proxies['postgres'])}/{DATABASE}",
        typesense_url=through("typesense", direct.typesense_url),
        typesense_api_key=direct.typesense_api_key,
        redis_url=through("valkey", direct.redis_url),
        clickhouse_dsn=_clickhouse_dsn(proxies["clickhouse"].address[1]),
    )
