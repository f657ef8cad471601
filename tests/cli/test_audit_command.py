"""`quiethire audit`: groups that cannot be read are wrong use, before anything is started."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from quiethire.cli import _app

HEAD = b"candidate_id,group\n"
WHO = b"00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEAD + b"no uuid,a\n", "line 2: “no uuid” is no candidate_id; give a candidate's id, a UUID"),
        (b"id,group\n" + WHO + b",a\n", "line 1 names no column candidate_id; begin the file with candidate_id,group"),
        (b"", "line 1 names no column candidate_id and no column group"),
        (HEAD + WHO + b"\n", "line 2 has no group"),
        (
            HEAD + WHO + b",a\n" + WHO + b",b\n",
            "is in “a” by line 2 and in “b” by this one; leave each person in one group",
        ),
        (b"\xff\xfe\0x", "is no UTF-8; save it as CSV in UTF-8"),
        (None, "No such file"),
    ],
)
def test_groups_that_cannot_be_read_are_told_and_nothing_is_started(tmp_path: Path, monkeypatch, content, told) -> None:
    monkeypatch.setenv("QUIETHIRE_DATA_DIR", str(tmp_path / "data"))
    if content is not None:
        (tmp_path / "groups.csv").write_bytes(content)
    ended = CliRunner().invoke(_app(["audit"]), ["audit", "--groups", str(tmp_path / "groups.csv")])
    assert ended.exit_code == 2
    assert told in " ".join(ended.stderr.replace("│", " ").split())
    assert "Error(" not in ended.stderr
    assert not (tmp_path / "data").exists()
