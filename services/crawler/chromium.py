"""Which Chromium to render with. `python -m services.crawler.chromium` prints it, or exits with 1.

Playwright's own browsers are looked up in its registry directory by the revision that this version of Playwright
drives. That takes no driver process and no event loop, so it may be called from anywhere.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import playwright

SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""The headless shell first: it costs a third of the full browser."""

_PACKAGE = Path(playwright.__file__).parent / "driver" / "package"
_EXECUTABLES = {
    "chromium-headless-shell": ("*/headless_shell", "*/chrome-headless-shell", "*/*headless*shell.exe"),
    "chromium": ("*/chrome", "*/chrome.exe", "*/*.app/Contents/MacOS/*"),
}
"""Executables below a browser's directory in the registry, over all platforms."""


def find_chromium() -> Path | None:
    """Playwright's own where it is installed, else the system's, else None."""
    for path in _own():
        if path.is_file():
            return path
    found = (shutil.which(name) for name in SYSTEM_NAMES)
    return next((Path(path) for path in found if path), None)


def _own() -> Iterator[Path]:
    browsers = json.loads((_PACKAGE / "browsers.json").read_bytes())["browsers"]
    revisions = {browser["name"]: browser["revision"] for browser in browsers}
    for name, patterns in _EXECUTABLES.items():
        if name in revisions:
            directory = _registry() / f"{name.replace('-', '_')}-{revisions[name]}"
            for pattern in patterns:
                yield from sorted(directory.glob(pattern))


def _registry() -> Path:
    """Where Playwright installs browsers: PLAYWRIGHT_BROWSERS_PATH ("0" = in the package), else a cache directory."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return _PACKAGE / ".local-browsers"
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "ms-playwright"
    # For a user without a home this is a directory that is not there, where Path.home would raise.
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "ms-playwright"  # noqa: PTH111


if __name__ == "__main__":
    path = find_chromium()
    sys.stdout.write(f"{path}\n" if path else "")
    sys.exit(path is None)
