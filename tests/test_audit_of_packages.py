"""What `make audit` asks of the service that knows vulnerabilities, and what it makes of the answer. The service is a local one."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[1]
PINNED = set(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


class Osv(ThreadingHTTPServer):
    """Knows the vulnerabilities that a test gives it, by the names of packages."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.known: dict[str, str] = {}
        self.asked: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/query"


class _Answer(BaseHTTPRequestHandler):
    server: Osv

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked["package"]["name"]
        self.server.asked[name] = asked["version"]
        affected = [{"package": asked["package"], "ranges": [], "versions": [asked["version"]]}]
        found = [
            {"id": each, "summary": "made up", "affected": affected} for each in [self.server.known.get(name)] if each
        ]
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def osv() -> Iterator[Osv]:
    server = Osv()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def audit(url: str) -> subprocess.CompletedProcess[str]:
    """The command of the Makefile, with another service."""
    command = re.search(r"\$\(BIN\)/pip-audit (.*) \$\(ARGS\)", (ROOT / "Makefile").read_text())[1]
    asked = [
        sys.executable,
        "-m",
        "pip_audit",
        *shlex.split(command),
        "--vulnerability-service",
        "osv",
        "--osv-url",
        url,
    ]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_everything_that_the_lock_pins_is_asked_for_and_what_is_vulnerable_fails(osv: Osv) -> None:
    osv.known["uvicorn"] = "OSV-2026-7"
    done = audit(osv.url)
    assert done.returncode == 1, done.stderr
    assert "OSV-2026-7" in done.stdout
    # What is for other machines (markers of the lock) is not asked for here.
    assert osv.asked.items() <= PINNED
    assert len(osv.asked) > 0.9 * len(PINNED)
    assert {"fastapi", "psycopg", "httpx", "temporalio"} <= osv.asked.keys()


def test_where_the_service_does_not_answer_nothing_passes(osv: Osv) -> None:
    assert audit(f"{osv.url}/nowhere".replace(str(osv.server_port), "9")).returncode != 0
