import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from prometheus_client import REGISTRY

from quiethire.domain.errors import Permanent
from quiethire.stack import process as process_module
from quiethire.stack import supervisor as supervisor_module
from quiethire.stack.process import ProcessSpec, log_tail, plain_environment
from quiethire.stack.supervisor import Supervisor

IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
HAS_CHILD = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
RECORDS = (
    "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); import time; time.sleep(float(sys.argv[2]))"
)


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


def written(path: Path) -> Callable[[], Awaitable[bool]]:
    def has_content() -> bool:
        return path.exists() and path.stat().st_size > 0

    async def ready() -> bool:
        return has_content()

    return ready


def python(name: str, cwd: Path, code: str, *arguments: str, **fields: object) -> ProcessSpec:
    argv = (sys.executable, "-c", code, *arguments)
    return ProcessSpec(
        **{"name": name, "argv": argv, "ready": at_once, "env": plain_environment(), "cwd": cwd} | fields
    )


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("niceness", [0, 5])
async def test_a_server_stands_back_as_far_as_it_is_told_and_no_other_does(tmp_path: Path, niceness: int) -> None:
    out = tmp_path / "out"
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.nice(0))); time.sleep(600)"
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python("kind", tmp_path, code, str(out), ready=written(out), niceness=niceness))
        own = psutil.Process().nice()
        assert out.read_text() == str(min(own + niceness, 19))


async def test_a_process_that_ends_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        spec = python("broken", tmp_path, "import sys; sys.exit('no such port')", ready=never)
        with pytest.raises(Permanent, match=r"exit code 1 before it was ready.*no such port") as failure:
            await supervisor.start(spec)
        assert failure.value.kind == "server_failed"
        assert str(tmp_path / "broken.log") in failure.value.hint
        assert supervisor.pids == {}


def test_of_what_one_of_ours_says_in_json_its_words_are_told(tmp_path: Path) -> None:
    line = '{"timestamp": "2026-11-21T16:00:00Z", "level": "INFO", "message": "starting: the worker", "fields": {}}'
    log = tmp_path / "platform.log"
    log.write_text(f"{line}\n[1, 2]\n{{ not json\n")
    assert log_tail(log) == "INFO: starting: the worker | [1, 2] | { not json"


async def test_the_log_of_a_process_that_writes_for_ever_stays_bounded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(process_module, "LOG_MAX_BYTES", 10_000)
    monkeypatch.setattr(supervisor_module, "LOGS_EVERY", 0.02)
    writes = "import itertools, time\nfor n in itertools.count():\n print(n, '.' * 100, flush=True); time.sleep(0.001)"
    log, former = tmp_path / "chatty.log", tmp_path / "chatty.log.1"
    cuts = set()
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python("chatty", tmp_path, writes))
        async with asyncio.timeout(60):
            while len(cuts) < 3:
                await asyncio.sleep(0.01)
                if former.exists():
                    cuts.add(former.read_bytes()[:20])
        pid = supervisor.pids["chatty"]
        assert psutil.pid_exists(pid)
    assert log.stat().st_size < 100_000
    # What follows is written at the new end: no hole is left where the cut lines were.
    assert b"\0" not in log.read_bytes()


async def test_one_that_never_becomes_ready_stops_the_others_of_its_group(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    async def never_and_not_before_the_first() -> bool:
        await until(lambda: pid_file.exists() and pid_file.stat().st_size > 0)
        return False

    async with Supervisor(tmp_path) as supervisor:
        first = python("first", tmp_path, RECORDS, str(pid_file), "600", ready=written(pid_file))
        never_ready = {"ready": never_and_not_before_the_first, "ready_timeout": 1.0}
        slow = python("slow", tmp_path, "import time; time.sleep(600)", **never_ready)
        with pytest.raises(Permanent, match="slow: not ready within 1 s"):
            await supervisor.start(first, slow)
        assert not psutil.pid_exists(int(pid_file.read_text()))


async def test_a_process_that_ends_is_started_again_and_counted(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    before = REGISTRY.get_sample_value("quiethire_error_total", {"kind": "server_exited"}) or 0
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python("server", tmp_path, RECORDS, str(pid_file), "600", ready=written(pid_file)))
        first = supervisor.pids["server"]
        psutil.Process(first).kill()
        await until(lambda: len(pid_file.read_text().splitlines()) == 2)
        assert supervisor.pids["server"] != first
    assert REGISTRY.get_sample_value("quiethire_error_total", {"kind": "server_exited"}) == before + 1
    assert not any(psutil.pid_exists(int(pid)) for pid in pid_file.read_text().split())


async def test_a_process_that_keeps_ending_fails_the_supervisor(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python("server", tmp_path, RECORDS, str(pid_file), "0"))
        async with asyncio.timeout(30):
            with pytest.raises(Permanent, match="server: ended with exit code 0 after 5 restarts"):
                await supervisor.wait()
    assert len(pid_file.read_text().splitlines()) == 6


async def test_a_process_that_ignores_its_stop_signal_is_killed(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        spec = python("deaf", tmp_path, IGNORES_TERM, ready=written(tmp_path / "deaf.log"), stop_timeout=0.2)
        await supervisor.start(spec)
        pid = supervisor.pids["deaf"]
    assert not psutil.pid_exists(pid)


async def test_what_a_process_left_in_its_group_is_killed_with_it(tmp_path: Path) -> None:
    log = tmp_path / "parent.log"
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python("parent", tmp_path, HAS_CHILD, ready=written(log)))
        child = psutil.Process(int(log.read_text()))
    await until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


async def test_groups_stop_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n    open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(600)"
    )
    async with Supervisor(tmp_path) as supervisor:
        for name in ("store", "platform", "demo"):
            ready = written(tmp_path / f"{name}.log")
            await supervisor.start(python(name, tmp_path, code, str(order), name, ready=ready))
    assert order.read_text().split() == ["demo", "platform", "store"]


async def test_cancelling_the_caller_stops_everything(tmp_path: Path) -> None:
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def caller() -> None:
        async with Supervisor(tmp_path) as supervisor:
            await supervisor.start(python("server", tmp_path, "import time; time.sleep(600)"))
            started.set_result(supervisor.pids["server"])
            await supervisor.wait()

    task = asyncio.create_task(caller())
    pid = await started
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(pid)


async def test_a_second_cancellation_kills_what_is_slow_to_stop(tmp_path: Path) -> None:
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def caller() -> None:
        async with Supervisor(tmp_path) as supervisor:
            await supervisor.start(
                python("deaf", tmp_path, IGNORES_TERM, ready=written(tmp_path / "deaf.log"), stop_timeout=600.0)
            )
            started.set_result(supervisor.pids["deaf"])
            await supervisor.wait()

    task = asyncio.create_task(caller())
    pid = await started
    task.cancel()
    await asyncio.sleep(0)  # Lets the first one reach the clean-up.
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(pid)


async def test_two_processes_of_one_name_are_refused(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        spec = python("server", tmp_path, "import time; time.sleep(600)", stop_signal=signal.SIGKILL)
        await supervisor.start(spec)
        with pytest.raises(ValueError, match="one name"):
            await supervisor.start(spec)
