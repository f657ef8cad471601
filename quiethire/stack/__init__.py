"""Starts the embedded local stack: real Temporal, PostgreSQL, Typesense and Valkey, from Python packages."""

from quiethire.stack.ports import PortBook, Ports, require_free
from quiethire.stack.process import ProcessSpec
from quiethire.stack.running import Running, publish, read_running
from quiethire.stack.stack import start_stack
from quiethire.stack.supervisor import Supervisor

__all__ = [
    "PortBook",
    "Ports",
    "ProcessSpec",
    "Running",
    "Supervisor",
    "publish",
    "read_running",
    "require_free",
    "start_stack",
]
