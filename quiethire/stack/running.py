"""Where the parts of a running platform are found."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psutil
from pydantic import ValidationError

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings
from quiethire.stack.lock import is_held

FILE = "running.json"
USERS = "users"
"""A lock that those share who use the platform."""


class Running(Model):
    """Addresses of a running platform; with passwords, so it is kept in a file of mode 600."""

    postgres_dsn: str
    temporal_address: str
    temporal_ui_url: str | None = None
    typesense_url: str
    typesense_api_key: str
    redis_url: str
    operator_key: str = ""
    person_key: str = ""
    token_key: str = ""
    api_url: str | None = None
    pid: int
    started_at: datetime

    def _addresses(self) -> dict[str, str]:
        shared = self.model_dump(exclude={"temporal_ui_url", "pid", "started_at"}, exclude_none=True)
        return {name: str(value) for name, value in shared.items()}

    def apply(self, settings: Settings) -> Settings:
        """The settings with these addresses."""
        return settings.model_copy(update=self._addresses())

    def environment(self) -> dict[str, str]:
        """The addresses as QUIETHIRE_* variables, for a child process."""
        return {f"QUIETHIRE_{name.upper()}": value for name, value in self._addresses().items()}


def publish(data_dir: Path, running: Running) -> None:
    """Write the addresses down for other commands; the holder of the directory alone does."""
    # Made by the holder, so that it is theirs to open, whoever comes first.
    (data_dir / USERS).touch(mode=0o600)
    write_private(data_dir / FILE, running.model_dump_json(indent=2))


def withdraw(data_dir: Path) -> None:
    """Take the addresses back; the holder of the directory alone does."""
    (data_dir / FILE).unlink(missing_ok=True)


def read_running(data_dir: Path) -> Running | None:
    """The platform that runs on this directory, or None. A file that a killed process left does not count.

    Raises InvalidInput where it is another user's, or of a version that says otherwise where its parts are.
    """
    try:
        content = (data_dir / FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise InvalidInput(
            "belongs to another user",
            where=str(data_dir),
            hint="run this as that user; or name the platform by QUIETHIRE_API_URL, or another directory by QUIETHIRE_DATA_DIR",
            kind="data_dir_unusable",
        ) from error
    if not is_held(data_dir):
        return None
    try:
        running = Running.model_validate_json(content)
    except ValidationError as error:
        raise InvalidInput(
            "is held by a platform of another version",
            where=str(data_dir),
            hint="ask it by its own command; or stop it, and start it by this one",
            kind="data_dir_in_use",
        ) from error
    return running if psutil.pid_exists(running.pid) else None


@contextmanager
def use(data_dir: Path) -> Iterator[Running | None]:
    """What `read_running` finds. Whoever only ends a platform that nobody uses leaves it running for as long."""
    if read_running(data_dir) is None:
        yield None
        return
    with _users(data_dir, fcntl.LOCK_SH):
        yield read_running(data_dir)


def withdraw_unused(data_dir: Path) -> bool:
    """Take the addresses back unless somebody uses them: whoever comes then finds none. Whether that is done."""
    try:
        with _users(data_dir, fcntl.LOCK_EX | fcntl.LOCK_NB):
            withdraw(data_dir)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _users(data_dir: Path, how: int) -> Iterator[None]:
    """Whoever has it alone keeps it for a moment: nobody waits for long."""
    file = os.open(data_dir / USERS, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, how)
        yield
    finally:
        os.close(file)


def write_private(path: Path, content: str) -> None:
    """Write a file of mode 600 so that a reader sees the old content or the new, never a part."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        # Of a full disk the system does not say which one.
        raise OSError(error.errno, error.strerror, str(path)) from error


def secret(data_dir: Path, name: str) -> str:
    """The password or key of a server on this directory: random, made once, kept in a file of mode 600."""
    path = data_dir / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    # By hand it may have got an end of line.
    return path.read_text().strip()
