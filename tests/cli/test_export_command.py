"""`quiethire export`, as it is typed, over an API on a socket: a file is there when it is whole."""

import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from click.testing import Result
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from typer.testing import CliRunner

from quiethire.cli import _app

PARTS = [b"id,title\r\n", b"1,Nurse\r\n" * 20_000]


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, list[tuple[str, str]]]]:
    """The formats and parameters that the API was asked for."""
    return []


@pytest.fixture(scope="module")
def api_url(asked: list[tuple[str, list[tuple[str, str]]]]) -> Iterator[str]:
    """An API that streams a file, refuses the search `refused`, and breaks off in the middle of `broken`."""
    api = FastAPI()

    @api.get("/api/v1/exports/jobs.{format}")
    async def jobs(format: str, request: Request) -> object:
        query = request.query_params.get("q")
        asked.append((format, request.query_params.multi_items()))
        if query == "refused":
            return JSONResponse({"detail": "An export of more than 10000 needs an API key."}, 403)

        async def parts() -> AsyncIterator[bytes]:
            yield PARTS[0]
            if query == "broken":
                raise ConnectionError("the store went away")
            yield PARTS[1]

        return StreamingResponse(parts())

    @api.get("/api/v1/search")
    async def search(location: str = "") -> object:
        told = {"parameter": "location", "value": location, "near": None, "hint": "No place of this name is known."}
        return {"unknown": [told] if location == "Narnia" else []}

    server = uvicorn.Server(uvicorn.Config(api, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline, "not started within 30 s"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def quiethire(monkeypatch: pytest.MonkeyPatch, api_url: str) -> Callable[..., Result]:
    monkeypatch.setenv("QUIETHIRE_API_URL", api_url)
    return lambda *typed: CliRunner().invoke(_app(["export"]), ["export", *map(str, typed)])


def test_the_file_is_written_whole_in_the_format_that_its_name_tells(quiethire, asked, tmp_path: Path) -> None:
    ended = quiethire(
        tmp_path / "jobs.csv", "nurse", "--remote", "--company", "A", "--company", "B", "--no-sponsorship"
    )
    assert ended.exit_code == 0, ended.output
    assert (tmp_path / "jobs.csv").read_bytes() == b"".join(PARTS)
    assert [path.name for path in tmp_path.iterdir()] == ["jobs.csv"]
    assert "0.2 MB of csv" in ended.stderr
    assert asked[-1] == (
        "csv",
        [("q", "nurse"), ("remote", "remote"), ("company", "A"), ("company", "B"), ("sponsorship", "false")],
    )


def test_stdout_gets_the_file_and_nothing_else(quiethire, asked) -> None:
    ended = quiethire("-", "--format", "jsonl")
    assert ended.exit_code == 0
    assert ended.stdout_bytes == b"".join(PARTS)
    assert asked[-1] == ("jsonl", [])


def test_a_place_that_nobody_knows_is_told(quiethire, tmp_path: Path) -> None:
    hint = "No place of this name is known."
    ended = quiethire(tmp_path / "jobs.csv", "--near", "Narnia")
    assert (ended.exit_code, f"Narnia: {hint}" in ended.stderr) == (0, True)
    ended = quiethire(tmp_path / "jobs.csv", "--near", "Narnia", "--json")
    assert [each["hint"] for each in json.loads(ended.stdout)["unknown"]] == [hint]
    assert json.loads(quiethire(tmp_path / "jobs.csv", "--near", "Berlin", "--json").stdout)["unknown"] == []


def test_an_answer_that_breaks_off_leaves_no_file_and_the_old_one_as_it_was(quiethire, tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("yesterday's")
    ended = quiethire(tmp_path / "jobs.csv", "broken")
    assert ended.exit_code == 1
    assert (tmp_path / "jobs.csv").read_text() == "yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["jobs.csv"]
    assert quiethire("-", "broken", "--format", "csv").exit_code == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("jobs.xlsx",), "does not tell the format"),
        (("-",), "does not tell the format"),
        (("jobs.csv", "refused"), "needs an API key"),
        (("no/such/folder/jobs.csv",), "No such file or directory"),
        (("", "--format", "csv"), "is a directory"),
    ],
)
def test_what_cannot_be_done_is_said_and_is_wrong_use(quiethire, tmp_path: Path, typed, told) -> None:
    ended = quiethire(typed[0] if typed[0] == "-" else tmp_path / typed[0], *typed[1:])
    assert ended.exit_code == 2
    assert told in " ".join(ended.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_the_folder_at_hand_is_a_directory_too(quiethire, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    ended = quiethire(".", "--format", "csv")
    assert (ended.exit_code, "is a directory" in ended.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []
