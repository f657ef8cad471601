"""What matching makes once, ahead of its first run."""

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from services.matching.compiled import made
from services.matching.once import UNUSED_FOR, alone, forgotten, held_together, thrown_away
from services.matching.preparation import is_prepared, prepare, preparing
from services.matching.taxonomy.packages import data_files


def files(folder: Path) -> dict[str, int]:
    """What was made, and when; not what is being written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*-*")}


@pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")
async def test_a_process_makes_the_tables_and_whoever_needs_them_reads_the_same(tmp_path):
    folder = tmp_path / "taxonomy"
    async with preparing(folder), asyncio.timeout(100):
        while len(files(folder)) < 4:  # noqa: ASYNC110  another process makes them
            await asyncio.sleep(0.1)
    kept = files(folder)
    occupations = await asyncio.to_thread(prepare, folder)
    assert occupations.occupation("Data Scientist") is not None
    assert files(folder) == kept
    assert is_prepared(folder)
    before = psutil.Process().children()
    async with preparing(folder):
        assert psutil.Process().children() == before
    next(folder.glob("titles-*")).unlink()
    assert not is_prepared(folder)


def test_machine_code_of_another_processor_does_not_count(monkeypatch):
    # As in a home directory that several machines share, or in an image that was built elsewhere.
    of_this_one = made()
    monkeypatch.setattr("llvmlite.binding.get_host_cpu_name", lambda: "another")
    assert made() != of_this_one


async def test_the_process_does_not_outlive_the_body(tmp_path):
    async with asyncio.timeout(30), preparing(tmp_path / "taxonomy"):
        pass


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    other = os.open(tmp_path, os.O_RDONLY)
    with alone(tmp_path), pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)


def grown_old(*paths: Path) -> None:
    """As if nobody had come for more than a day."""
    for path in paths:
        os.utime(path, (time.time() - 2 * UNUSED_FOR,) * 2)


def test_what_no_process_holds_goes_after_a_day_and_what_one_holds_stays(tmp_path):
    young, old, held = (tmp_path / name for name in ("young", "old", "held"))
    for folder in (young, old):
        folder.mkdir()
        (folder / "code").touch()
    code = (
        "import sys; from pathlib import Path; from services.matching.once import held_together;"
        "held_together(Path(sys.argv[1])); print(flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(held)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        grown_old(old, held)
        thrown_away([young, old, held, tmp_path / "never"])
        assert sorted(path.name for path in tmp_path.iterdir()) == ["held", "young"]
        other.communicate(b"\n")
    thrown_away([held])
    assert not held.exists()


def test_a_folder_that_is_held_again_counts_as_used(tmp_path):
    folder = tmp_path / "code"
    os.close(held_together(folder))
    grown_old(folder)
    os.close(held_together(folder))
    thrown_away([folder])
    assert folder.is_dir()


def test_files_of_other_versions_go_after_a_day_and_of_other_kinds_stay(tmp_path):
    now, before, lately, other = (
        tmp_path / name for name in ("esco-2.json", "esco-1.json", "esco-3.json", "skills-1.f16")
    )
    for path in (now, before, lately, other):
        path.touch()
    grown_old(now, before, other)
    forgotten(tmp_path, [now])
    assert sorted(tmp_path.iterdir()) == sorted([now, lately, other])
