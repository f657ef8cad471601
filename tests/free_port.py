"""A port for a server that a test starts, or for one that is not to be there."""

import socket


def free_port() -> int:
    """One on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
