"""Subdomains by theHarvester, where it is installed: a program that asks public sources, run as a process of its own.

Source of the options and of the format: theHarvester 4 (`--help`): `--domain`, `--source`, `--filename`; beside other reports
it writes `FILE.json`, an object whose `hosts` are `name` or `name:address, address`. Only sources are named that are asked
about the domain without a key, and none that asks the company's own hosts. It makes its requests itself, past our
crawler: that is why it runs only where somebody has installed it, and never where proxies are set.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from quiethire.domain.company import Subdomain
from quiethire.domain.errors import Permanent, QuietHireError, SchemaDrift, Throttled, Transient
from quiethire.domain.result import Problem
from quiethire.domain.urls import domain_of
from services.osint.discovery import Discovery, Web, problem_of
from services.osint.methods.subdomains import jobs_first
from services.osint.names import MAX_NAMES, name_below, speaks_of_jobs

EXECUTABLE = "theHarvester"
SOURCES = ("certspotter", "hackertarget", "otx", "rapiddns", "urlscan")
"""In every version 4: one that the installed version does not know would end it."""
MAX_SECONDS = 45.0
MAX_REPORT = 5_000_000
"""Bytes of the report."""
LAST_WORDS = 300
"""Bytes of its output that are told where it fails."""

_RUNNING = threading.BoundedSemaphore(2)
"""So many at once in one process: each starts several processes of its own."""


class Harvester:
    """Finds host names below a company's domain. Its subject is that domain."""

    name = "harvester"
    method = "harvester"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The names that its sources know. Not installed: one problem, `not_configured`.

        Raises InvalidInput where the subject is no domain.
        """
        domain = domain_of(subject)
        if web.harvester is None:
            detail = f"{EXECUTABLE} is not installed, or there are proxies, past which it would go"
            return Discovery(problems=(Problem(kind="not_configured", where=EXECUTABLE, detail=detail),))
        try:
            names = dict.fromkeys(_names(await _report(web.harvester, domain), domain))
        except QuietHireError as error:
            return Discovery(problems=(problem_of(error, EXECUTABLE),))
        found = (
            Subdomain(subdomain=name, method=self.method, is_job_related=speaks_of_jobs(name, domain)) for name in names
        )
        return Discovery(subdomains=jobs_first(found)[:MAX_NAMES])


async def _report(executable: Path, domain: str) -> bytes:
    """What it reports. Raises Throttled, Transient `timeout`, Permanent `harvester` or SchemaDrift."""
    if not _RUNNING.acquire(blocking=False):
        raise Throttled("as many run already as may", retry_after=MAX_SECONDS, where=EXECUTABLE, kind="busy")
    try:
        # A home of its own as well: it keeps a database there.
        with TemporaryDirectory(prefix="harvester-") as home:
            report = Path(home) / "found.json"
            await _run(executable, domain, report)
            try:
                with report.open("rb") as file:
                    content = file.read(MAX_REPORT + 1)
            except OSError as error:
                raise SchemaDrift("it wrote no report", where=EXECUTABLE) from error
    finally:
        _RUNNING.release()
    if len(content) > MAX_REPORT:
        raise SchemaDrift(f"its report is longer than {MAX_REPORT:,} bytes", where=EXECUTABLE)
    return content


async def _run(executable: Path, domain: str, report: Path) -> None:
    """Run it to its end, or end it and all that it has started."""
    # A pipe of our own: asyncio's would tell of the end of the process only when the last of its children has ended.
    ours, its = os.pipe()
    output = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        process = await _start(executable, domain, report, its)
        reading = asyncio.create_task(_last_words(output))
        try:
            async with asyncio.timeout(MAX_SECONDS):
                code = await process.wait()
                _end_group(process.pid)  # What it left behind would keep its output open.
                words = await reading
        except TimeoutError as error:
            raise Transient(f"not done within {MAX_SECONDS:g} s", where=EXECUTABLE, kind="timeout") from error
        finally:
            _end_group(process.pid)
            reading.cancel()
            await process.wait()
    finally:
        pipe.close()
    if code != 0:
        raise Permanent(f"it ended with {code}: {words!r}", where=EXECUTABLE, kind="harvester")


async def _start(executable: Path, domain: str, report: Path, output: int) -> asyncio.subprocess.Process:
    """Start it in a session of its own. Closes `output`. Raises Permanent where it is no program."""
    try:
        return await asyncio.create_subprocess_exec(
            str(executable),
            f"--domain={domain}",
            f"--source={','.join(SOURCES)}",
            f"--filename={report}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=report.parent,
            # Nothing of ours: our environment holds keys and passwords.
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(report.parent), "LANG": "C.UTF-8"},
            start_new_session=True,
        )
    except OSError as error:
        raise Permanent(f"it does not start: {error.strerror}", where=EXECUTABLE, kind="harvester") from error
    finally:
        os.close(output)


def _end_group(group: int) -> None:
    """End a process and all that it has started: they are a group of their own, which is gone when the last of them is."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


async def _last_words(output: asyncio.StreamReader) -> str:
    """Read its output to the end, however long, and keep the end of it."""
    kept = b""
    while chunk := await output.read(65_536):
        kept = (kept + chunk)[-LAST_WORDS:]
    return kept.decode(errors="replace").strip()


def _names(report: bytes, domain: str) -> Iterator[str]:
    try:
        found: Any = orjson.loads(report)
    except orjson.JSONDecodeError as error:
        raise SchemaDrift("its report is not JSON", where=EXECUTABLE) from error
    hosts = found.get("hosts") if isinstance(found, dict) else None
    if not isinstance(hosts, list):
        raise SchemaDrift("its report has no list `hosts`", where=EXECUTABLE)
    for host in hosts:
        if isinstance(host, str) and (name := name_below(domain, host.partition(":")[0])):
            yield name
