"""The classifier's tables are kept unpacked, and tell the same as the package's own."""

import os
from pathlib import Path

import py3langid
import pytest

from services.parser.normalise.language_model import open_identifier

TEXTS = (
    "Wir suchen Verstärkung für unser Team in Berlin",
    "Nous recherchons un développeur passionné",
    "Hledáme nové kolegy do našeho týmu v Praze",
    "We are looking for somebody who likes to write",
    "求人のお知らせです",
    "",
)


def told(identifier) -> list[tuple[str, float]]:
    return [identifier.classify(text) for text in TEXTS]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "quiethire"


def test_what_is_kept_is_made_once_and_tells_the_same(cache):
    first = told(open_identifier())
    [kept] = cache.iterdir()
    made = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert told(open_identifier()) == first == told(py3langid)
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == made
    assert [path.name for path in cache.iterdir()] == [kept.name]


def test_where_another_process_kept_it_meanwhile_that_stays(cache, monkeypatch):
    open_identifier()
    [kept] = cache.iterdir()
    made = kept.stat().st_ino
    monkeypatch.setattr("pathlib.Path.exists", lambda path: False)
    assert told(open_identifier()) == told(py3langid)
    monkeypatch.undo()
    assert [path.stat().st_ino for path in cache.iterdir()] == [made]


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda table: os.truncate(table, 0), lambda table: os.truncate(table, 200)]
)
def test_what_is_no_longer_whole_is_made_anew(cache, damage, caplog):
    open_identifier()
    [kept] = cache.iterdir()
    damage(kept / "moves.npy")
    assert told(open_identifier()) == told(py3langid)
    assert "not whole" in caplog.text
    caplog.clear()
    assert told(open_identifier()) == told(py3langid)
    assert caplog.text == ""


def test_where_nothing_can_be_kept_it_tells_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert told(open_identifier()) == told(py3langid)
