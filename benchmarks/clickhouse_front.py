"""As much of ClickHouse's HTTP interface as its Python client uses, over the engine in this process.

`python -m benchmarks.clickhouse_front <directory> <port>` serves until it is told to stop.
"""

import re
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import parse_qsl, urlsplit

import chdb
from chdb.state.sqlitelike import Connection

AT_ONCE = 4
"""Statements that are under way at a time."""


class Front(BaseHTTPRequestHandler):
    """One request is one statement; parameters come as `param_<name>` in the URL or in a form."""

    protocol_version = "HTTP/1.1"
    engine: "Engine"
    is_gone = False
    """Connections that are kept alive outlive the server; they are dropped without an answer."""

    def do_POST(self) -> None:
        """Answer one statement."""
        if self.is_gone:
            self.close_connection = True
            return
        fields = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or self.chunks()
        if self.headers.get("Content-Type", "").startswith("multipart/form-data"):
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
                name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
                fields[str(name)] = value.decode() if isinstance(value, bytes) else str(value)
            body = b""
        sql = fields.get("query", "").encode()
        if not sql:
            rows = re.match(rb"INSERT[^\n]* FORMAT (?:Native|TabSeparated)\n", body)
            sql, body = (body[: rows.end() - 1], body[rows.end() :]) if rows else (body, b"")
        parameters = {name[6:]: value for name, value in fields.items() if name.startswith("param_")}
        try:
            status, told = 200, self.engine.run(sql.decode(), body, parameters)
        except Exception as error:  # noqa: BLE001 - whatever the engine says is the answer
            status, told = 500, str(error).encode()
        self.answer(status, told)

    do_GET = do_POST  # noqa: N815 - the name is the base class's

    def chunks(self) -> bytes:
        """A body without a length."""
        body = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        return body

    def answer(self, status: int, body: bytes) -> None:
        """Send it."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Engine:
    """The engine over a directory, of which a process can have one: a server works on several statements at a time, and so does this."""

    def __init__(self, path: Path) -> None:
        self._free = SimpleQueue[Connection]()
        for _ in range(AT_ONCE):
            self._free.put(chdb.connect(str(path)))

    def run(self, sql: str, data: bytes, parameters: dict[str, str]) -> bytes:
        """What it answers."""
        connection = self._free.get()
        try:
            if not data:
                return bytes(connection.query(sql, "TabSeparated", params=parameters).bytes())
            with tempfile.NamedTemporaryFile() as file:
                file.write(data)
                file.flush()
                sql, _, form = sql.rpartition("FORMAT ")
                insert = f"{sql} FROM INFILE '{file.name}' FORMAT {form}"
                return bytes(connection.query(insert, "TabSeparated").bytes())
        finally:
            self._free.put(connection)

    def close(self) -> None:
        """End, once what is under way has ended."""
        for _ in range(AT_ONCE):
            self._free.get().close()


@contextmanager
def open_engine(path: Path) -> Iterator[Engine]:
    """The engine over this directory."""
    engine = Engine(path)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def clickhouse_front(engine: Engine, port: int = 0) -> Iterator[str]:
    """The address `host:port` of a server over this engine."""
    handler = type("OneEngine", (Front,), {"engine": engine, "is_gone": False})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            handler.is_gone = True  # type: ignore[attr-defined]  # it has what its base has
            server.shutdown()
            thread.join()


def main(path: str, port: str) -> None:
    """Serve until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with open_engine(Path(path)) as engine, clickhouse_front(engine, int(port)):
        stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
