"""Commands ask what this machine serves itself, whatever proxy the environment names for everything else."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from quiethire_command import typed

NOBODY = "http://127.0.0.1:1"
"""A proxy that takes no connection."""


@pytest.fixture
def port() -> Iterator[int]:
    """That of an API of this machine."""

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"postings": {"open": 7}, "boards": 1}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("host", "but_for"),
    [
        ("127.0.0.1", {}),
        ("localhost", {"NO_PROXY": "intranet.example"}),
        ("127.0.0.1", {"no_proxy": "intranet.example"}),
    ],
)
def test_no_proxy_of_the_environment_is_told_a_key_of_this_machine(host, but_for, port, tmp_path: Path) -> None:
    proxies = {"HTTP_PROXY": NOBODY, "http_proxy": NOBODY, "ALL_PROXY": NOBODY}
    asked = {"QUIETHIRE_API_URL": f"http://{host}:{port}", "QUIETHIRE_DATA_DIR": str(tmp_path)}
    ended = typed("stats", "--json", **asked, **proxies, **but_for)
    assert (ended.code, ended.json["postings"]["open"]) == (0, 7)
