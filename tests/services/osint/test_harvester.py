"""theHarvester, played by small programs that write what the real one writes.

Its report, as version 4 writes it beside others (`theHarvester --help`, `-f/--filename`): `FILE.json` with `cmd`, `hosts` (`name` or
`name:address, address`), `emails`, `ips`, `shodan`.
"""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchSpec, Page
from quiethire.settings import Settings
from services.osint.discovery import Discovery, Web
from services.osint.methods import harvester
from services.osint.methods.harvester import Harvester
from services.parser.ats.registry import recognise

REAL = """
import argparse, json, sys
parser = argparse.ArgumentParser()
parser.add_argument("-d", "--domain", required=True)
parser.add_argument("-b", "--source")
parser.add_argument("-f", "--filename", default="")
given = parser.parse_args()
print("*" * 67)
print("[*] Target: " + given.domain)
base = given.filename.rsplit(".", 1)[0]
open(base + ".xml", "w").write("<theHarvester/>")
hosts = ["www.acme.com:1.1.1.1", "careers.acme.com:1.1.1.1, 1.0.0.1", "api.acme.com", "acme.com", "evil.example", 7, "www.acme.com"]
report = {"cmd": " ".join(sys.argv[1:]), "hosts": hosts, "emails": ["hr@acme.com"], "ips": ["1.1.1.1"], "shodan": []}
json.dump(report, open(base + ".json", "w"))
"""


async def no_page(spec: FetchSpec) -> Page:
    raise Gone("there is no web here", where=spec.url)


@pytest.fixture
def installed(tmp_path: Path):
    """Installs a program under the name of theHarvester, and gives a Web that has it."""

    def install(source: str) -> Web:
        executable = tmp_path / "theHarvester"
        executable.write_text(f"#!{sys.executable} -I\n{source}")
        executable.chmod(0o755)
        return Web(fetch=no_page, recognise=recognise, harvester=executable)

    return install


async def discover(web: Web, domain: str = "acme.com") -> Discovery:
    return await Harvester().discover(domain, web)


async def test_the_hosts_of_its_report_are_found_and_those_of_jobs_come_first(installed) -> None:
    found = await discover(installed(REAL))
    assert [(one.subdomain, one.is_job_related, one.method) for one in found.subdomains] == [
        ("careers.acme.com", True, "harvester"),
        ("www.acme.com", False, "harvester"),
        ("api.acme.com", False, "harvester"),
    ]
    assert found.problems == ()


async def test_it_is_given_a_domain_passive_sources_and_nothing_of_ours(installed, tmp_path, monkeypatch) -> None:
    """Options by `theHarvester --help`: --domain, --source (comma-separated), --filename."""
    monkeypatch.setenv("QUIETHIRE_SERPAPI_KEY", "s3cret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    told = tmp_path / "told"
    await discover(
        installed(
            f"import os, sys\nopen({str(told)!r}, 'w').write(repr((sys.argv[1:], dict(os.environ), os.getcwd())))"
        )
    )
    arguments, environment, folder = eval(told.read_text())
    assert arguments[:2] == ["--domain=acme.com", "--source=certspotter,hackertarget,otx,rapiddns,urlscan"]
    assert arguments[2].startswith("--filename=")
    assert environment["PATH"] == os.environ["PATH"]
    assert "s3cret" not in repr(environment)
    assert environment["HOME"] == folder
    assert not os.path.exists(folder)  # noqa: ASYNC240, PTH110 - a look, once


async def test_a_domain_is_never_taken_for_an_option(installed, tmp_path) -> None:
    told = tmp_path / "told"
    web = installed(f"import sys\nopen({str(told)!r}, 'w').write(repr(sys.argv[1:]))")
    await discover(web, "https://--help.acme.com/; touch x")
    assert eval(told.read_text())[0] == "--domain=--help.acme.com"


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        ("import sys; print('[!] Invalid source.'); sys.exit(1)", "harvester", "Invalid source"),
        ("print('done')", "schema_drift", "no report"),
        ("import sys; open(sys.argv[3].partition('=')[2], 'w').write('{')", "schema_drift", "not JSON"),
        ("import sys; open(sys.argv[3].partition('=')[2], 'w').write('{\"hosts\": {}}')", "schema_drift", "hosts"),
        ("import sys; open(sys.argv[3].partition('=')[2], 'w').write('x' * 6_000_000)", "schema_drift", "longer than"),
    ],
    ids=["refused", "silent", "cut", "drifted", "huge"],
)
async def test_what_goes_wrong_is_a_problem(source: str, kind: str, said: str, installed) -> None:
    found = await discover(installed(source))
    assert found.subdomains == ()
    assert [(problem.kind, problem.where) for problem in found.problems] == [(kind, "theHarvester")]
    assert said in found.problems[0].detail


async def test_however_much_it_says_the_end_of_it_is_told(installed) -> None:
    found = await discover(installed("import sys\nfor _ in range(300): print('x' * 10_000)\nsys.exit('the end')"))
    assert "the end" in found.problems[0].detail
    assert len(found.problems[0].detail) < 500


async def test_one_that_takes_too_long_is_ended_with_its_children(installed, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(harvester, "MAX_SECONDS", 2.0)
    pids = tmp_path / "pids"
    source = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)"
    )
    found = await discover(installed(source))
    assert [problem.kind for problem in found.problems] == ["timeout"]
    left = [int(pid) for pid in pids.read_text().split()]
    assert len(left) == 2
    gone_by = time.monotonic() + 20
    while any(map(_runs, left)):
        assert time.monotonic() < gone_by, "it left processes behind"


async def test_what_it_leaves_behind_does_not_keep_us_waiting(installed) -> None:
    leaving = "import subprocess\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    found = await discover(installed(REAL + leaving))
    assert (len(found.subdomains), found.problems) == (3, ())


async def test_one_that_is_no_program_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "theHarvester").write_text("nothing that runs")
    web = Web(fetch=no_page, recognise=recognise, harvester=tmp_path / "theHarvester")
    assert [problem.kind for problem in (await discover(web)).problems] == ["harvester"]


async def test_without_it_it_is_not_configured() -> None:
    found = await discover(Web(fetch=no_page, recognise=recognise))
    assert [problem.kind for problem in found.problems] == ["not_configured"]


@pytest.mark.parametrize(("proxies", "there"), [((), True), (("http://127.0.0.1:3128",), False)])
def test_it_is_found_by_its_name_unless_there_are_proxies(proxies, there, installed, tmp_path, monkeypatch) -> None:
    """It would go past them."""
    from activities.discovery import web_of

    installed(REAL)
    monkeypatch.setenv("PATH", str(tmp_path))
    web = web_of(None, None, None, Settings(proxies=proxies))
    assert web.harvester == (tmp_path / "theHarvester" if there else None)
    assert web_of(None, None, None, Settings(), offline=True).harvester is None


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
