"""`quiethire backup` of a platform that runs, and `quiethire restore` of it in another place."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from quiethire_command import Command

pytestmark = pytest.mark.timeout(600)
SEED = Path(__file__).with_name("seed_postings.py")


@pytest.fixture(scope="module")
def backup(tmp_path_factory):
    """A running platform of twenty postings and two people, backed up, and then one of the people erased."""
    folder = tmp_path_factory.mktemp("backed_up")
    command = Command(folder / "data")
    command.data_dir.mkdir()
    subprocess.run([sys.executable, str(SEED), str(command.data_dir)], check=True, timeout=120)
    (folder / "backups").mkdir()
    (folder / "ada.json").write_text(
        json.dumps({"name": "Ada", "tracks": [{"name": "a", "titles": ["Data Engineer"]}]})
    )
    with command.up():
        ids = [
            command.run("candidate", "add", str(folder / "ada.json"), "--json").json["candidate"]["id"] for _ in "ab"
        ]
        written = command.run("backup", str(folder / "backups"), "--pages", "--json")
        assert written.code == 0, written.err[-2000:]
        assert command.run("candidate", "erase", "--id", ids[0], "--yes").code == 0
    return command, written.json, ids


@pytest.fixture(scope="module")
def restored(backup, tmp_path_factory):
    """The same in another directory, with the master key of the first, as the documents say."""
    command, written, _ = backup
    other = Command(tmp_path_factory.mktemp("restored") / "data")
    (other.data_dir / "secrets").mkdir(parents=True)
    shutil.copy(command.data_dir / "secrets" / "person", other.data_dir / "secrets" / "person")
    return other, other.run("restore", written["file"], "--json", "--ledger", str(command.data_dir / "pages"))


def test_a_running_platform_is_backed_up_whole(backup):
    _, written, _ = backup
    assert (written["rows"]["jobs"], written["rows"]["candidates"]) == (20, 2)
    assert Path(written["file"]).parent == Path(written["keys"]).parent


def test_it_comes_back_with_its_index_and_without_who_was_erased(backup, restored):
    _, ended = restored
    assert ended.code == 0, ended.err[-2000:]
    found = ended.json
    assert (found["rows"]["jobs"], found["postings"], found["difference"]) == (20, 20, 0)
    assert (found["rows"]["candidates"], found["erased"]) == (1, 1)
