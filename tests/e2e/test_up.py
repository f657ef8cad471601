"""`quiethire up`: starts, keeps its data, stops everything, and says clearly why it cannot start."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress

import httpx
import psutil
import pytest
from free_port import free_port
from quiethire_command import COMMAND, PATIENCE

from workflows.schedules import SCHEDULES

pytestmark = pytest.mark.timeout(600)


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
                [COMMAND, "up"], env=command.env | self.env, stdout=subprocess.DEVNULL, stderr=log
            )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, within=PATIENCE):
        deadline = time.monotonic() + within
        with httpx.Client(base_url=self.url, timeout=1) as client:
            while time.monotonic() < deadline:
                with suppress(httpx.HTTPError):
                    if client.get("/health").is_success:
                        return self
                assert self.process.poll() is None, self.said
                time.sleep(0.1)
        pytest.fail(f"not ready within {within:g} s: {self.said}")

    @property
    def said(self):
        return self.log.read_text()

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number):
        family = self.family()
        os.kill(self.process.pid, number)
        code = self.process.wait(PATIENCE)
        _, alive = psutil.wait_procs(family, timeout=60)
        assert alive == []
        return code


@pytest.fixture(scope="module")
def up(shared_command):
    """Starts a platform on the one data directory of this file, whose tests tell one story in their order."""
    started = []

    def start():
        started.append(Up(shared_command))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def first(up):
    return up().wait_ready()


@pytest.fixture(scope="module")
def stored(shared_command, first, corpus):
    """How many postings the first platform was given."""
    assert shared_command.run("archive", "import", str(corpus / "web.jsonl")).code == 0
    crawled = shared_command.run("crawl", "https://jobs.ashbyhq.com/yazio", "--offline", "--json").json
    assert crawled["postings"]["stored"] > 0
    return crawled["postings"]["stored"]


@pytest.mark.parametrize("setting", ["QUIETHIRE_API_PORT", "QUIETHIRE_TEMPORAL_PORT", "QUIETHIRE_TEMPORAL_UI_PORT"])
def test_a_busy_port_is_named_with_the_setting_that_changes_it(shared_command, setting):
    free = dict.fromkeys(("QUIETHIRE_API_PORT", "QUIETHIRE_TEMPORAL_PORT", "QUIETHIRE_TEMPORAL_UI_PORT"), "0")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        ended = shared_command.run("up", **free | {setting: port})
    assert ended.code == 2
    assert port in ended.err
    assert setting in ended.err


def test_it_serves_the_page(first):
    assert "<h1" in httpx.get(first.url, timeout=PATIENCE).text


def test_a_second_up_on_the_same_directory_says_who_holds_it(shared_command, first):
    second = shared_command.run("up", QUIETHIRE_API_PORT=str(free_port()))
    assert second.code == 2
    assert str(first.process.pid) in second.err
    assert "QUIETHIRE_DATA_DIR" in second.err


def test_after_ctrl_c_and_after_kill_9_nothing_is_left_and_the_next_start_finds_all_again(
    shared_command, up, first, stored
):
    assert first.end(signal.SIGINT) == 0
    second = up().wait_ready()
    assert httpx.get(f"{second.url}/api/v1/search", timeout=PATIENCE).json()["found"] == stored
    second.end(signal.SIGKILL)
    third = up().wait_ready()
    assert httpx.get(f"{third.url}/api/v1/search", timeout=PATIENCE).json()["found"] == stored
    assert third.end(signal.SIGTERM) == 0
    log = (shared_command.data_dir / "logs" / "platform.log").read_text()
    assert log.count("schedule created") == len(SCHEDULES)
