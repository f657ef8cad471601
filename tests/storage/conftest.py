"""What the tests of the stores share."""

import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from backed_up import MASTER, database, digest, fill, people_of, person, written
from free_port import free_port

from quiethire.domain.alerts import account_owner
from quiethire.domain.backup import BackupInput
from quiethire.settings import Settings
from quiethire.storage import postgres
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.pages import open_archive


@pytest.fixture
def unused_port() -> int:
    """A port on which nothing listens."""
    return free_port()


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as the archive uses: PUT (once, where `If-None-Match: *` asks so), GET and HEAD."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes] = {}

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("If-None-Match") == "*" and self.path in self.objects:
            self.answer(412)
            return
        self.objects[self.path] = body
        self.answer(200)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        body = self.objects.get(self.path)
        self.answer(404 if body is None else 200, body or b"")

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 02 Nov 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def s3_objects() -> dict[str, bytes]:
    """What the bucket holds."""
    return {}


@pytest.fixture
def s3_endpoint(s3_objects: dict[str, bytes]) -> Iterator[str]:
    """The address of an S3-compatible server."""
    handler = type("OneBucket", (Bucket,), {"objects": s3_objects})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
async def platform(stack, tmp_path_factory):
    """Settings of a platform that has postings and people. Nobody changes it."""
    async with database(stack.postgres_dsn) as dsn:
        settings = Settings(data_dir=tmp_path_factory.mktemp("platform"), postgres_dsn=dsn, person_key=MASTER)
        await fill(settings)
        async with postgres.open_pool(dsn) as pool:
            await open_archive(settings, postgres.PostgresPages(pool)).put(b"<html>a page</html>")
        yield settings


@pytest.fixture(scope="module")
async def backup(platform, tmp_path_factory):
    """A backup of it, with its pages."""
    folder = tmp_path_factory.mktemp("backups")
    return await written(platform, BackupInput(target=str(folder), pages=True))


@pytest.fixture
async def target(stack, tmp_path):
    """Settings of a platform that nothing was ever done with."""
    async with database(stack.postgres_dsn) as dsn:
        yield Settings(data_dir=tmp_path / "target", postgres_dsn=dsn, person_key=MASTER)


@pytest.fixture
async def living(stack, tmp_path):
    """A platform of a few people, of whom some are to go."""
    async with database(stack.postgres_dsn) as dsn:
        settings = Settings(data_dir=tmp_path / "living", postgres_dsn=dsn, person_key=MASTER)
        await postgres.migrate(dsn)
        with closing(open_clickhouse(None, settings.data_path / "clickhouse")) as engine:
            await ClickHousePostings(engine).migrate()
        async with people_of(settings) as people, postgres.open_pool(dsn) as pool:
            for number in range(3):
                await people.save(person(number))
                theirs = digest(person(number).id)
                alerts = postgres.PostgresAlerts(pool, postgres.MasterKeys(MASTER))
                await alerts.save(theirs)
                by_account = {"id": uuid4(), "owner": account_owner(person(number).id)}
                await alerts.save(theirs.model_copy(update=by_account))
        yield settings
