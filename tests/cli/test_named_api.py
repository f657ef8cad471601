"""Commands that only ask the API, with nothing but its address: they ask that one, and start no platform."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from quiethire.cli import _app

KEY = "operator-key-of-this-test-0123456789"
SECRET = {"secret": "qh_abc_secret", "key": {"prefix": "abc"}}
ASKING = (
    "keys list",
    "keys create probe --scope read",
    "search nurse",
    "job 8e10130d-4662-5c5d-86ac-2414f0a75e5a",
    "stats",
    "hiring northwind.example",
    "export - --format csv",
    "index status",
    "match --key qh_aaaaaaaa_x",
)


@pytest.fixture
def asked() -> list[tuple[str, str, str | None]]:
    """What the API was asked for: method, path, and the key it was sent."""
    return []


@pytest.fixture
def api_url(asked: list[tuple[str, str, str | None]]) -> Iterator[str]:
    """An API that makes keys and fails searches as they ask it to; all else is answered by the proxy before it."""

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/api/v1/search"):
                status = int(self.path.partition("q=")[2][:3])
                self._answer(status, b'{"detail": "What is wrong.", "title": "Wrong"}')
            else:
                self._answer(502, b"<html>Bad gateway</html>")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(201, json.dumps(SECRET).encode())

        def do_DELETE(self) -> None:
            self._answer(403, b'{"detail": "This needs the scope operate."}')

        def _answer(self, status: int, body: bytes) -> None:
            asked.append((self.command, self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address that nobody answers at: the port is taken, and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def quiethire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """The command on a data directory without a platform."""

    def run(typed: str, api_url: str) -> Result:
        monkeypatch.setenv("QUIETHIRE_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("QUIETHIRE_API_URL", api_url)
        monkeypatch.setenv("QUIETHIRE_OPERATOR_KEY", KEY)
        monkeypatch.delenv("QUIETHIRE_TEMPORAL_ADDRESS", raising=False)
        return CliRunner().invoke(_app([typed.split(maxsplit=1)[0]]), typed.split())

    return run


def test_a_key_is_made_by_the_api_that_is_named_with_the_key_that_is_set(quiethire, api_url, asked, tmp_path) -> None:
    ended = quiethire("keys create probe --scope read", api_url)
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.strip() == SECRET["secret"]
    assert asked == [("POST", "/api/v1/keys", f"Bearer {KEY}")]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("typed", ASKING)
def test_an_api_that_does_not_answer_is_told_and_no_platform_is_started_instead(
    quiethire, nowhere, tmp_path, typed
) -> None:
    ended = quiethire(typed, nowhere)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "the platform does not answer" in ended.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("typed", ["stats", "keys list"])
def test_an_answer_that_is_not_the_apis_is_told_with_its_status(quiethire, api_url, typed) -> None:
    ended = quiethire(typed, api_url)
    assert ended.exit_code == 1
    assert "502" in ended.stderr
    assert api_url in ended.stderr


@pytest.mark.parametrize(("status", "code"), [(400, 2), (403, 2), (404, 1), (429, 1), (500, 1), (503, 1)])
def test_what_may_succeed_later_is_no_wrong_use(quiethire, api_url, status, code) -> None:
    ended = quiethire(f"search {status}", api_url)
    assert ended.exit_code == code
    assert "What is wrong." in ended.stderr


def test_a_refused_key_is_told_with_the_setting_that_holds_it(quiethire, api_url) -> None:
    ended = quiethire("keys revoke abc", api_url)
    assert ended.exit_code == 2
    assert "needs the scope operate" in ended.stderr
    assert "QUIETHIRE_OPERATOR_KEY" in ended.stderr


@pytest.mark.parametrize("typed", ["crawl northwind.example", "index rebuild", "status", "companies list"])
def test_what_needs_more_than_the_api_names_what_is_missing(quiethire, nowhere, tmp_path, typed) -> None:
    ended = quiethire(typed, nowhere)
    assert ended.exit_code == 2
    assert "QUIETHIRE_TEMPORAL_ADDRESS" in ended.stderr
    assert not (tmp_path / "data").exists()
