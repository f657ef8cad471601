"""Which Chromium to render with. `python -m services.crawler.chromium` prints it, or exits with 1."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""The headless shell first: it costs a third of the full browser."""


def find_chromium() -> Path | None:
    """Playwright's own where it is installed, else the system's, else None."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    for path in (*own.parents[2].glob("chromium_headless_shell-*/*/*headless*shell*"), own):
        if path.is_file():
            return path
    found = (shutil.which(name) for name in SYSTEM_NAMES)
    return next((Path(path) for path in found if path), None)


if __name__ == "__main__":
    path = find_chromium()
    sys.stdout.write(f"{path}\n" if path else "")
    sys.exit(path is None)
