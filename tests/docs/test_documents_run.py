"""Every command of the documents, run as it stands against one platform. Each that cannot run here has a row that says why."""

import json
import re
import shlex
import shutil
import subprocess

import pytest
from document_commands import PAGES, ROOT, Told, commands
from documents_world import World

pytestmark = pytest.mark.timeout(600)

NOT_RUN = {
    "make": "sets up, tests or measures for minutes; tests/e2e/test_demo.py and tests/e2e/test_up.py run what demo and up do",
    "docker compose": "there is no container engine",
    ". ./.env": "belongs to Compose",
    "source .venv/bin/activate": "the tests are in their environment",
    "python -m pytest": "these are the tests",
    "quiethire serve": "goes on until it is ended; tests/services/parser/test_parser_face.py asks it",
    "curl http://127.0.0.1:8001/": "asks what that serves",
    "curl -N": "goes on while there is news; tests/services/api/people has the stream",
    "quiethire skills": "reads all of ESCO first, for a minute and a half; tests/cli/test_meaning_commands.py has a part of it",
    "quiethire occupation": "the same",
    "QUIETHIRE_DATA_DIR=new quiethire restore": "starts one more platform; tests/e2e/test_backup_commands.py restores",
    "quiethire dlq show": "nothing went wrong here; tests/cli/test_dlq_command.py has letters",
    "quiethire dlq replay": "the same",
    "quiethire dlq drop": "the same",
}
"""How a command begins → why it is not run."""

CODES = {"quiethire doctor": (0, 1)}
"""How a command begins → its exit codes that are right, where 0 is not the only one. The doctor judges the machine of the tests."""


def is_run(told: Told) -> bool:
    return not any(told.text.startswith(beginning) for beginning in NOT_RUN)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl, which the documents use")
    world = World(tmp_path_factory.mktemp("documents"))
    try:
        world.begin()
        crawled = world.shell("quiethire crawl northwind.example", world.folder)
        assert crawled.returncode == 0, crawled.stderr + world.said()
        yield world
    finally:
        world.end()


@pytest.fixture
def reader(world, tmp_path):
    """Runs a script of the documents where the files are that they speak of, with what their placeholders stand for."""
    candidate, key = world.add_candidate()
    world.lay_out(tmp_path, candidate)
    made = world.shell("quiethire keys create old --scope export --json", tmp_path)
    stands_for = {
        "http://127.0.0.1:3000": world.running["api_url"],
        "https://jobs.example.com": world.running["api_url"],
        "8e10130d-4662-5c5d-86ac-2414f0a75e5a": world.a_posting(),
        "JOB_ID": world.a_posting(),
        "CANDIDATE_ID": candidate,
        "PREFIX": json.loads(made.stdout)["key"]["prefix"],
        "COMPANY": "PalisadeSecurity",
        "/backups": str(tmp_path / "backups"),
        ".venv/bin/quiethire": "quiethire",
    }

    def run(script: str) -> subprocess.CompletedProcess[str]:
        for name, value in stands_for.items():
            script = script.replace(name, value)
        return world.shell(script, tmp_path, QUIETHIRE_CANDIDATE_KEY=key)

    return run


def line_of(told: Told) -> str:
    """The command as the shell runs it: named before it runs, so that the last one named is the one that failed.

    Whatever asks for a yes is given one.
    """
    codes = next((codes for beginning, codes in CODES.items() if told.text.startswith(beginning)), (0,))
    return f"""printf '@ %s\\n' {shlex.quote(str(told))} >&2
code=0; {{ {told.text}
}} <<< y || code=$?
[[ ' {" ".join(map(str, codes))} ' == *" $code "* ]]
"""


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(map(is_run, commands(page)))], ids=lambda page: page.stem
)
def test_every_command_of_a_page_runs(reader, page):
    ran = reader("\n".join(line_of(told) for told in commands(page) if is_run(told)))
    last = ran.stderr.rpartition("\n@ ")[2]
    assert ran.returncode == 0, f"{last[-3000:]}\n{ran.stdout[-3000:]}"


def test_what_is_not_run_is_told_and_run_elsewhere():
    told = [told.text for page in PAGES for told in commands(page)]
    assert [beginning for beginning in NOT_RUN if not any(text.startswith(beginning) for text in told)] == []
    named = [path for why in NOT_RUN.values() for path in re.findall(r"tests/[\w/.]*\w", why)]
    assert [path for path in named if not (ROOT / path).exists()] == []
