"""Ports of this machine: of 127.0.0.1, but for what is served to others."""

import errno
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
    return obstacle(port, HOST) is None


def obstacle(port: int, host: str) -> OSError | None:
    """What keeps a server from listening on this port of all addresses of the host; None where nothing does."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in addresses:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    # As servers do: an address of IPv6 is one of IPv6 alone.
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except OSError as error:
        return error
    return None


def reached_at(host: str) -> str:
    """The address at which what listens on this one is reached from here, as a URL has it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return HOST if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


def require_free(port: int, purpose: str, setting: str, host: str = HOST) -> int:
    """The port, if a server can listen on it.

    Raises:
        InvalidInput: it is taken (kind `port_in_use`), needs rights that we lack, or the host is no address of this machine (`port_unusable`).
    """
    error = obstacle(port, host)
    if error is None:
        return port
    kind = "port_unusable"
    if error.errno == errno.EADDRINUSE:
        kind = "port_in_use"
        detail = f"port {port} for {purpose} is taken by another process"
        hint = f"stop that process, or set {setting} to another port (0 = any free one)"
    elif error.errno == errno.EACCES:
        detail = f"port {port} for {purpose} is not for this user"
        hint = f"set {setting} to a port from 1024 on, and put a proxy in front of it"
    else:
        detail = f"{purpose} cannot listen there: {error.strerror or error}"
        hint = "set QUIETHIRE_API_HOST to an address of this machine; 0.0.0.0 is all of IPv4, :: all of IPv6"
    raise InvalidInput(detail, where=f"{host}:{port}", hint=hint, kind=kind)


class PortBook:
    """A data directory keeps its ports, where they are still free.

    A Typesense that starts on other ports than last time needs 12 s instead of 3 to elect itself.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "ports.json"
        try:
            self._known: dict[str, int] = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            # A file that is no JSON has nothing to tell: ports are chosen anew, as in a new directory.
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
