"""A disk of the benchmark's own, filled and freed: in a process of its own, whose mounts end with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.disks import CANNOT_MOUNT

PROJECT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from benchmarks.faults.disks import mounted, own_mounts

folder = Path(sys.argv[1])
if lacking := own_mounts():
    sys.exit(lacking)
disk = mounted(folder)
print((folder / "before").read_text(), oct(folder.stat().st_mode & 0o7777))
disk.fill()
try:
    (folder / "more").write_bytes(bytes(1_000_000))
except OSError as error:
    print(error.strerror)
disk.free()
(folder / "more").write_bytes(bytes(1_000_000))
print((folder / "more").stat().st_size)
disk.close()
print(list(folder.iterdir()))
"""


def test_a_full_disk_keeps_what_it_holds_and_takes_no_more_until_it_is_freed(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir(mode=0o700)
    (folder / "before").write_text("kept")
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if CANNOT_MOUNT in ran.stderr:
        pytest.skip(CANNOT_MOUNT)
    assert ran.stdout.splitlines() == ["kept 0o700", "No space left on device", "1000000", "[]"], ran.stderr
