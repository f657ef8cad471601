"""`quiethire up`: starts, keeps its data, stops everything, and says clearly why it cannot start."""

import os
import signal
import socket
import subprocess
import time

import httpx
import psutil
import pytest

from workflows.schedules import SCHEDULES

pytestmark = pytest.mark.timeout(300)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """A platform in the foreground, on ports of its own."""

    def __init__(self, command):
        self.command = command
        self.port = free_port()
        self.env = {
            "QUIETHIRE_API_PORT": str(self.port),
            "QUIETHIRE_TEMPORAL_PORT": "0",
            "QUIETHIRE_TEMPORAL_UI_PORT": "0",
        }
        self.log = command.data_dir.with_name("up.err")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [command.executable, "up"], env=command.env | self.env, stdout=subprocess.DEVNULL, stderr=log
            )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, within=60):
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health", timeout=1).is_success:
                    return self
            except httpx.HTTPError:
                pass
            assert self.process.poll() is None, self.said
            time.sleep(0.1)
        pytest.fail(f"not ready within {within} s: {self.said}")

    @property
    def said(self):
        return self.log.read_text()

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number):
        family = self.family()
        os.kill(self.process.pid, number)
        code = self.process.wait(60)
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        return code


@pytest.fixture
def up(command):
    started = []

    def start():
        started.append(Up(command))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(60)


def test_it_serves_the_page_stops_on_ctrl_c_and_finds_its_data_again(command, up, corpus):
    first = up().wait_ready()
    assert "<h1" in httpx.get(first.url).text or "QuietHire" in httpx.get(first.url).text
    assert command.run("archive", "import", str(corpus / "web.jsonl")).code == 0
    crawled = command.run("crawl", "https://jobs.ashbyhq.com/yazio", "--offline", "--json").json
    assert crawled["postings"]["stored"] > 0
    assert first.end(signal.SIGINT) == 0
    second = up().wait_ready()
    found = httpx.get(f"{second.url}/api/v1/search").json()["found"]
    assert found == crawled["postings"]["stored"]
    assert second.end(signal.SIGTERM) == 0


def test_nothing_is_left_after_kill_9_and_the_next_start_works(up):
    first = up().wait_ready()
    first.end(signal.SIGKILL)
    up().wait_ready()


def test_a_second_up_on_the_same_directory_says_who_holds_it(command, up):
    first = up().wait_ready()
    second = command.run("up", QUIETHIRE_API_PORT=str(free_port()))
    assert second.code == 2
    assert str(first.process.pid) in second.err
    assert "QUIETHIRE_DATA_DIR" in second.err


@pytest.mark.parametrize("setting", ["QUIETHIRE_API_PORT", "QUIETHIRE_TEMPORAL_PORT", "QUIETHIRE_TEMPORAL_UI_PORT"])
def test_a_busy_port_is_named_with_the_setting_that_changes_it(command, setting):
    free = dict.fromkeys(("QUIETHIRE_API_PORT", "QUIETHIRE_TEMPORAL_PORT", "QUIETHIRE_TEMPORAL_UI_PORT"), "0")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        ended = command.run("up", **free | {setting: port})
    assert ended.code == 2
    assert port in ended.err
    assert setting in ended.err


def test_the_schedules_are_there_once(command, up):
    for _ in range(2):
        platform = up().wait_ready()
        platform.end(signal.SIGINT)
    log = (command.data_dir / "logs" / "platform.log").read_text()
    assert log.count("schedule created") == len(SCHEDULES)
