"""Ports on 127.0.0.1."""

import json
import secrets
import socket
from ipaddress import ip_address
from pathlib import Path

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings
from quiethire.stack.running import write_private

HOST = "127.0.0.1"
CHOICE = range(20_000, 32_000)
"""Below the range from which systems take ports for outgoing connections, so that a chosen port stays free."""


class Ports(Model):
    """Which ports the Temporal server takes: 0 = any free one. The other servers always take free ones."""

    temporal: int = 0
    temporal_ui: int | None = None
    """None = without its web UI."""

    @classmethod
    def of(cls, settings: Settings) -> "Ports":
        """The conventional ports, as `up` takes them."""
        return cls(temporal=settings.temporal_port, temporal_ui=settings.temporal_ui_port)


def is_free(port: int) -> bool:
    """Whether a server could listen on it now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def reached_at(host: str) -> str:
    """The address at which what listens on this one is reached from here, as a URL has it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return HOST if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


def require_free(port: int, purpose: str, setting: str) -> int:
    """The port, if it is free.

    Raises:
        InvalidInput: it is taken (kind `port_in_use`).
    """
    if not is_free(port):
        raise InvalidInput(
            f"port {port} for {purpose} is taken by another process",
            where=f"{HOST}:{port}",
            hint=f"stop that process, or set {setting} to another port (0 = any free one)",
            kind="port_in_use",
        )
    return port


class PortBook:
    """A data directory keeps its ports, where they are still free.

    A Typesense that starts on other ports than last time needs 12 s instead of 3 to elect itself.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "ports.json"
        try:
            self._known: dict[str, int] = json.loads(self._path.read_text())
        except FileNotFoundError:
            self._known = {}
        self._taken: set[int] = set()

    def take(self, name: str) -> int:
        """A free port for this server."""
        port = self._known.get(name, 0)
        while not port or port in self._taken or not is_free(port):
            port = secrets.choice(CHOICE)
        self._taken.add(port)
        if self._known.get(name) != port:
            self._known[name] = port
            write_private(self._path, json.dumps(self._known))
        return port
