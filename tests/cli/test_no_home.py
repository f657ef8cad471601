"""A user without a home directory, as containers and services have, is one whose caches are elsewhere."""

import pwd
from pathlib import Path

import pytest

from services.crawler.chromium import find_chromium


@pytest.mark.parametrize("cache", [None, "", "cache"])
def test_a_browser_is_looked_for_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: str | None
) -> None:
    def nobody(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setenv("PATH", str(tmp_path))
    if cache is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", cache and str(tmp_path / cache))
    assert find_chromium() is None
