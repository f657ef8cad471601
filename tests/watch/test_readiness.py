"""Looks at the real servers, and what they say of one that is away, slow, full or half loaded."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.health import Look
from quiethire.domain.index_records import IndexState
from quiethire.readiness import Ready
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.storage import postgres
from quiethire.storage.clickhouse import ClickHousePostings, ClickHouseProbe, open_clickhouse
from quiethire.storage.index_probe import IndexProbe
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.redis import RedisProbe
from quiethire.storage.typesense.memory import MemoryIndex
from quiethire.telemetry.metrics import stray_labels
from quiethire.temporal import TemporalProbe
from quiethire.watch import sampling as sampling_module
from quiethire.watch.face import addresses
from quiethire.watch.sampling import Sampler


class Server:
    """A server that answers, or does not."""

    def __init__(self, name="postgresql", error=None):
        self.name, self.error, self.looks, self.run, self.now = name, error, 0, "", None
        self.answered = asyncio.Event()
        self.answered.set()

    async def look(self):
        self.looks += 1
        await self.answered.wait()
        if self.error:
            raise self.error
        return Look(run=self.run, now=self.now)


def restarts(name):
    return REGISTRY.get_sample_value("quiethire_dependency_restarts_total", {"dependency": name})


def up(name):
    return REGISTRY.get_sample_value("quiethire_dependency_up", {"dependency": name})


async def test_postgresql_is_ready_once_it_is_migrated(postgres_dsn):
    async with postgres.open_pool(postgres_dsn) as pool:
        probe = postgres.PostgresProbe(pool)
        with pytest.raises(InvalidInput) as error:
            await probe.look()
        assert error.value.kind == "not_migrated"
        await postgres.migrate(postgres_dsn)
        found = await probe.look()
    assert found.version[:2].isdigit()
    assert abs((found.now - datetime.now(UTC)).total_seconds()) < 60


async def test_the_look_at_postgresql_writes_to_its_disk(postgres_dsn):
    await postgres.migrate(postgres_dsn)
    # What may write nothing stands for a full disk.
    dsn = f"{postgres_dsn}?options=-c%20temp_file_limit%3D0"
    async with postgres.open_pool(dsn) as pool:
        with pytest.raises(Transient):
            await postgres.PostgresProbe(pool).look()


async def test_clickhouse_redis_and_temporal_tell_their_versions(stack, temporal_client, tmp_path):
    client = open_clickhouse(None, tmp_path / "clickhouse")
    redis = RedisProbe(stack.redis_url)
    try:
        with pytest.raises(InvalidInput):
            await ClickHouseProbe(client).look()
        await ClickHousePostings(client).migrate()
        looks = [await probe.look() for probe in (ClickHouseProbe(client), redis, TemporalProbe(temporal_client))]
    finally:
        client.close()
        await redis.aclose()
    assert all(look.version[0].isdigit() for look in looks)
    assert [look.now is None for look in looks] == [False, False, True]


async def test_an_index_that_holds_a_part_of_its_documents_is_loading():
    class Loading(MemoryIndex):
        held = 10_000

        async def count(self, collection=None):
            return self.held

    class Known(MemoryIndexRecords):
        async def state(self, now):
            return IndexState(documents=10_000)

    index = Loading()
    probe = IndexProbe(index, Known())
    assert (await probe.look()).documents == 10_000
    index.held = 9_989
    with pytest.raises(Transient) as error:
        await probe.look()
    assert error.value.kind == "loading"


async def test_however_many_ask_each_server_is_looked_at_once():
    server = Server()
    ready = Ready([server])
    answers = await asyncio.gather(*(ready.check() for _ in range(50)))
    assert server.looks == 1
    assert all(answer.ready for answer in answers)


async def test_a_server_that_hangs_is_slow_and_gets_no_second_look(monkeypatch):
    monkeypatch.setattr("quiethire.readiness.PATIENCE", 0.05)
    monkeypatch.setattr("quiethire.readiness.GOOD_FOR", 0.0)
    server, other = Server("clickhouse"), Server("redis")
    server.answered.clear()
    ready = Ready([server, other])
    for _ in range(2):
        found = await ready.check()
        assert [(each.name, each.reason) for each in found.dependencies] == [("clickhouse", "slow"), ("redis", None)]
    assert (server.looks, up("clickhouse"), up("redis")) == (1, 0, 1)
    server.answered.set()
    assert (await ready.check()).ready
    assert up("clickhouse") == 1


async def test_each_change_is_one_line_that_names_the_cause(monkeypatch, caplog):
    monkeypatch.setattr("quiethire.readiness.GOOD_FOR", 0.0)
    caplog.set_level(logging.INFO, "quiethire.readiness")
    server = Server(error=Transient("No space left on device", where="postgresql", kind="disk"))
    ready = Ready([server])
    for error in (server.error, server.error, None, None):
        server.error = error
        await ready.check()
    assert [(record.levelname, record.dependency) for record in caplog.records] == [
        ("WARNING", "postgresql"),
        ("INFO", "postgresql"),
    ]
    assert "No space left" in caplog.text


async def test_a_server_that_is_back_before_anybody_looks_was_started_anew(monkeypatch, caplog):
    monkeypatch.setattr("quiethire.readiness.GOOD_FOR", 0.0)
    server = Server()
    ready = Ready([server])
    counted = restarts("postgresql")
    # Nothing was known of it; it does not tell; it runs on; another one; the same, behind a moment in which it was away.
    for run, error in (
        ("first", None),
        ("", None),
        ("first", None),
        ("second", None),
        ("", Transient("away")),
        ("second", None),
    ):
        server.run, server.error = run, error
        await ready.check()
    assert restarts("postgresql") == counted + 1
    assert [record.dependency for record in caplog.records if "started anew" in record.message] == ["postgresql"]


async def test_a_clock_that_differs_is_told_once_each_time_it_does(monkeypatch, caplog):
    monkeypatch.setattr("quiethire.readiness.GOOD_FOR", 0.0)
    server = Server("redis")
    ready = Ready([server])
    for ahead in (0, 3_600, 3_600, 5, -40):
        server.now = datetime.now(UTC) + timedelta(seconds=ahead)
        await ready.check()
    assert [record.seconds for record in caplog.records if "clock" in record.message] == [3_600, -40]


async def test_postgresql_and_redis_tell_one_run_from_another(postgres_dsn, stack):
    await postgres.migrate(postgres_dsn)
    redis = RedisProbe(stack.redis_url)
    async with postgres.open_pool(postgres_dsn) as pool:
        for probe in (postgres.PostgresProbe(pool), redis):
            runs = {(await probe.look()).run for _ in range(2)}
            assert len(runs) == 1
            assert all(runs)
    await redis.aclose()


async def test_how_long_work_waits_for_a_processor_is_what_the_kernel_says(monkeypatch, tmp_path):
    told = tmp_path / "cpu"
    clients = SimpleNamespace(settings=Settings(data_dir=tmp_path), readiness=Ready(()))
    sampler = Sampler(clients, ())
    monkeypatch.setattr(sampling_module, "CPU_PRESSURE_FILE", told)
    for content, share in (("some avg10=61.50 avg60=18.88 avg300=13.16 total=73452743\n", 0.615), (None, 0), ("?", 0)):
        told.unlink(missing_ok=True)
        if content is not None:
            told.write_text(content)
        sampler.measure_machine()
        assert REGISTRY.get_sample_value("quiethire_cpu_pressure") == share


async def test_a_look_that_fails_in_itself_leaves_the_others_told():
    broken, well = Server("index", RuntimeError("a defect")), Server("redis")
    found = await Ready([broken, well]).check()
    assert [each.reason for each in found.dependencies] == ["defect", None]
    assert found.reason == "defect"


async def test_a_port_of_its_own_tells_the_same():
    away = Server(error=Transient("out of reach"))
    transport = httpx.ASGITransport(Starlette(routes=addresses(Ready([away]))))
    async with httpx.AsyncClient(transport=transport, base_url="http://worker") as client:
        assert (await client.get("/healthz")).status_code == 200
        told = await client.get("/readyz")
        assert (told.status_code, told.json()["reason"], told.headers["Retry-After"]) == (503, "unreachable", "5")
        metrics = (await client.get("/metrics")).text
    assert 'quiethire_dependency_up{dependency="postgresql"} 0.0' in metrics


class Counting:
    """All that the sampler asks stores for."""

    def __init__(self, **answers):
        self.answers = answers

    def __getattr__(self, name):
        async def answer(*_):
            return self.answers[name]

        return answer


async def test_what_nobody_counts_is_sampled(temporal_client, tmp_path):
    clients = SimpleNamespace(
        settings=Settings(data_dir=tmp_path / "not" / "made"),
        readiness=Ready(()),
        queue=Counting(counts={"pending": 7}),
        boards=Counting(schedule=SimpleNamespace(due=3)),
        companies=Counting(count_stale=2),
        index_records=Counting(count_failures=1, state=IndexState(documents=9)),
        index=Counting(count=8),
        postings=Counting(open_count=11),
        dead_letters=Counting(open_by_kind={"defect": 1}),
        last_backup=Counting(at=datetime.fromtimestamp(1_790_000_000, UTC)),
        temporal=temporal_client,
    )
    await Sampler(clients, (TASK_QUEUE,)).sample()
    wanted = {
        "boards_due": 3,
        "companies_due": 2,
        "index_refused_documents": 1,
        "index_expected_documents": 9,
        "index_documents": 8,
        "open_jobs": 11,
        "last_backup_timestamp_seconds": 1_790_000_000,
    }
    assert {name: REGISTRY.get_sample_value(f"quiethire_{name}") for name in wanted} == wanted
    assert REGISTRY.get_sample_value("quiethire_open_dead_letters", {"kind": "defect"}) == 1
    assert REGISTRY.get_sample_value("quiethire_crawl_queue_entries", {"status": "pending"}) == 7
    assert REGISTRY.get_sample_value("quiethire_task_backlog", {"queue": TASK_QUEUE}) is not None
    assert REGISTRY.get_sample_value("quiethire_disk_free_bytes") > 0
    assert stray_labels() == []


async def test_what_cannot_be_sampled_is_told_once_and_the_rest_goes_on(temporal_client, tmp_path, caplog):
    class Away:
        async def count(self):
            raise Transient("out of reach", where="typesense")

    clients = SimpleNamespace(
        settings=Settings(data_dir=tmp_path),
        readiness=Ready(()),
        queue=Counting(counts={}),
        boards=Counting(schedule=SimpleNamespace(due=4)),
        companies=Counting(count_stale=2),
        index_records=Counting(count_failures=1, state=IndexState(documents=9)),
        index=Away(),
        postings=Counting(open_count=11),
        dead_letters=Counting(open_by_kind={"defect": 1}),
        last_backup=Counting(at=None),
        temporal=temporal_client,
    )
    sampler = Sampler(clients, ())
    for _ in range(2):
        await sampler.sample()
    assert REGISTRY.get_sample_value("quiethire_boards_due") == 4
    assert len([record for record in caplog.records if record.name == sampling_module.__name__]) == 1


async def test_a_defect_in_looking_does_not_end_it(monkeypatch, caplog):
    monkeypatch.setattr(sampling_module, "EVERY", 0.0)
    went_on = asyncio.Event()

    class Broken:
        looks = 0

        async def check(self):
            self.looks += 1
            if self.looks == 1:
                raise RuntimeError("a defect")
            went_on.set()

    async with asyncio.timeout(30), sampling_module.looking(Broken()):
        await went_on.wait()
    assert [record.exc_info[0] for record in caplog.records] == [RuntimeError]
