#!/usr/bin/env bash
# Sets up everything a clean clone needs: .venv with the pinned dependencies, the `quiethire` command, Chromium.
# Called by `make setup`, which runs it only when requirements.lock, pyproject.toml or this file changed.
set -euo pipefail

python="${PYTHON:-python3}"
venv="${VENV:-.venv}"
say() { printf '%s\n' "$*" >&2; }

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "QuietHire needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1 || echo 'not there')."
    say "Install one, or name it: make setup PYTHON=/path/to/python3.12"
    exit 1
fi

# As root on Debian and Ubuntu what is missing can be installed; elsewhere the person is told.
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null &&
        { apt-get update && apt-get install --yes --no-install-recommends "$1"; } >/dev/null 2>&1
}

make_venv() { "$python" -m venv "$venv" >/dev/null 2>&1 || { rm -rf "$venv"; return 1; }; }

if [ ! -x "$venv/bin/uv" ]; then
    say "setup: virtual environment in $venv"
    if ! make_venv && ! { apt_install python3-venv && make_venv; }; then
        say "'$python -m venv' failed. On Debian and Ubuntu it comes with: apt-get install python3-venv"
        exit 1
    fi
fi

say "setup: dependencies, pinned by hash"
"$venv/bin/python" -m pip --quiet --disable-pip-version-check install 'uv==0.13.8'
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r requirements.lock
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation -e .

# The first match would wait for it; where this fails, it is made then.
say "setup: machine code of the matching engine"
"$venv/bin/python" -c 'from services.matching.preparation import compile_engine; compile_engine()' || true

# Chromium renders pages that are only a script shell. Without it the crawl goes on over HTTP and says so.
chromium() { "$venv/bin/python" -m services.crawler.chromium; }
if ! chromium >/dev/null; then
    say "setup: Chromium (Playwright's own, else the system's)"
    "$venv/bin/python" -m playwright install chromium-headless-shell >/dev/null 2>&1 ||
        apt_install chromium-headless-shell || true
fi
say "setup: Chromium: $(chromium || echo 'none to be had; crawling goes on over HTTP alone')"
