"""A platform, the made-up web that it crawls, and a shell in which `quiethire` starts at once."""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import docx
import httpx
import psutil
from document_commands import ROOT, blocks
from free_port import free_port
from made_up_resume import RESUME
from preloaded import CALLER
from quiethire_command import FREE_PORTS, environment_on, running_on
from reportlab.pdfgen.canvas import Canvas

from demo.boards import ASHBY_API
from demo.web import host_map

T = TypeVar("T")
SAVED = f"https://{ASHBY_API}/posting-api/job-board/PalisadeSecurity?includeCompensation=true"
"""What a crawl of the board asks for."""


class World:
    """Two processes and a platform, in one folder. `begin` starts them, `end` ends whatever was started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.caller = folder / "programs" / "quiethire"
        self.address = str(folder / "preloaded")
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.running: dict[str, str] = {}
        self.env = environment_on(self.data) | {
            "QUIETHIRE_HOST_MAP": json.dumps(host_map(self.port)),
            "COLUMNS": "120",
            "CURL_HOME": str(folder),
            "PATH": f"{self.caller.parent}:{os.environ['PATH']}",
        }

    def begin(self) -> None:
        """Start everything, and wait until it answers."""
        (self.folder / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
        self.caller.parent.mkdir()
        self.caller.write_text(CALLER.format(python=sys.executable, address=self.address))
        self.caller.chmod(0o755)
        unhurt = {"QUIETHIRE_HOST_DELAY_MIN": "0", "QUIETHIRE_HOST_DELAY_MAX": "0", "QUIETHIRE_HOST_CONCURRENCY": "4"}
        self._start("-m", "demo", "--port", str(self.port))
        self._start(str(Path(__file__).with_name("preloaded.py")), self.address)
        self._start(str(Path(sys.executable).with_name("quiethire")), "up", **FREE_PORTS, **unhurt)
        self.running = _until(self._up)
        _until(lambda: Path(self.address).exists() or None)

    def end(self) -> None:
        """End what was started, and what that has started."""
        alive = [psutil.Process(process.pid) for process in self.processes if process.poll() is None]
        family = [each for process in alive for each in process.children(recursive=True)]
        for process in reversed(alive):
            process.terminate()
        for each in psutil.wait_procs([*alive, *family], timeout=60)[1]:
            each.kill()
        for process in self.processes:
            process.wait()

    def said(self) -> str:
        """The last words of every process."""
        return "\n".join(log.read_text()[-2000:] for log in sorted(self.folder.glob("*.log")))

    def shell(self, script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it in bash until something fails."""
        command = ["bash", "--noprofile", "--norc", "-c", f"set -eo pipefail\n{script}"]
        return subprocess.run(
            command,
            cwd=folder,
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    def add_candidate(self) -> tuple[str, str]:
        """Somebody to be matched: their id and their key."""
        wanted = {"name": "Ada", "tracks": [{"name": "Data", "titles": ["Data Engineer"], "skills": {"Python": {}}}]}
        answer = httpx.post(f"{self.running['api_url']}/api/v1/candidates", json=wanted, timeout=60)
        added = answer.raise_for_status().json()
        return added["candidate"]["id"], added["secret"]

    def a_posting(self) -> str:
        """The id of one that is open."""
        answer = httpx.get(f"{self.running['api_url']}/api/v1/search", timeout=60).raise_for_status()
        return answer.json()["hits"][0]["id"]

    def lay_out(self, folder: Path, candidate: str) -> None:
        """The files that the documents speak of."""
        (folder / "ada.pdf").write_bytes(_pdf(RESUME))
        (folder / "ada.txt").write_text(RESUME)
        _docx(RESUME, folder / "newer.docx")
        (folder / "wanted.json").write_text(json.dumps({"open_to_employers": True, "work_authorisation": ["DE"]}))
        (folder / "groups.csv").write_text(f"candidate_id,group\n{candidate},everybody\n")
        (example,) = (text for kind, _, text in blocks(ROOT / "docs" / "crawling.md") if kind == "csv")
        (folder / "companies.csv").write_text(example)
        (folder / ".env.example").write_bytes((ROOT / ".env.example").read_bytes())
        board = httpx.get(
            f"http://127.0.0.1:{self.port}{SAVED.partition(ASHBY_API)[2]}", headers={"host": ASHBY_API}, timeout=60
        )
        (folder / "board.json").write_bytes(board.raise_for_status().content)
        saved = {"url": SAVED, "path": "board.json", "content_type": "application/json"}
        (folder / "pages.jsonl").write_text(json.dumps(saved) + "\n")

    def _start(self, *arguments: str, **env: str) -> None:
        with (self.folder / f"{len(self.processes)}.log").open("w") as log:
            command = [sys.executable, *arguments]
            environment = self.env | {"PYTHONPATH": str(ROOT)} | env
            self.processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))

    def _up(self) -> dict[str, str] | None:
        assert all(process.poll() is None for process in self.processes), self.said()
        return running_on(self.data)


def _until(look: Callable[[], T | None], within: float = 500.0) -> T:
    deadline = time.monotonic() + within
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.1)
    return found


def _pdf(text: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    for number, line in enumerate(text.splitlines()):
        canvas.drawString(60, 780 - 16 * number, line)
    canvas.save()
    return file.getvalue()


def _docx(text: str, path: Path) -> None:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(str(path))
