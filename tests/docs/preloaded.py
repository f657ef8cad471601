"""`quiethire` without its start: a process that has loaded every command forks one for each that is asked for.

A start costs two seconds of a core, which the documents' commands would cost sixty times. Everything else is as it is: each runs in a
process of its own, with the directory, the environment, stdin, stdout, stderr and exit code of whoever called it.
"""

import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path

LONGEST = 200_000
"""Bytes of a request: arguments, directory and environment."""

CALLER = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
    asked.connect({address!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(asked, [told], [0, 1, 2])
    code = asked.recv(1)
sys.exit(code[0] if code else 70)
"""
"""What stands on the PATH in place of the command: small enough to start in no time."""


def serve(address: str) -> None:
    """Answer until told to end."""
    from quiethire.cli import application, ended

    application()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for the forks.
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(address)
        listening.listen(16)
        while True:
            asked, _ = listening.accept()
            with asked:
                if os.fork() == 0:
                    listening.close()
                    _run(asked, ended)


def _run(asked: socket.socket, ended) -> None:
    """In the fork: be the command, and tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    told, files, _, _ = socket.recv_fds(asked, LONGEST, 3)
    arguments, directory, environment = json.loads(told)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    # What was made for the files of before takes these for files too, in which one can go back.
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    sys.argv = ["quiethire", *arguments]
    code = 1
    try:
        code = ended()
    except BaseException:  # noqa: BLE001 - as an interpreter would at its end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        asked.send(bytes([code]))
        os._exit(code)


if __name__ == "__main__":
    serve(str(Path(sys.argv[1])))
