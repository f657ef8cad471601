"""The system's resolver, asked from threads that nobody waits for at the end.

A name server may take half a minute to answer. A pool of `concurrent.futures` would keep the process from ending as
long, and asyncio's own would keep everybody else waiting besides.
"""

import asyncio
import socket
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread

from quiethire.domain.errors import Gone, InvalidInput, Transient

MAX_THREADS = 64
"""Lookups at once in one process; more wait for their turn, within the time that a lookup has."""

_Question = tuple[str, int, Future[list[str]]]


class Resolver:
    """Answers by threads of its own, started as they are needed."""

    def __init__(self, threads: int = MAX_THREADS) -> None:
        self._most = threads
        self._threads: list[Thread] = []
        self._questions = SimpleQueue[_Question]()

    async def lookup(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises Gone `host_not_found`, Transient `dns`, InvalidInput for no host name."""
        answer = Future[list[str]]()
        self._questions.put((host, port, answer))
        if len(self._threads) < self._most:
            self._threads.append(Thread(target=self._answer, name="dns", daemon=True))
            self._threads[-1].start()
        try:
            return await asyncio.wrap_future(answer)
        except socket.gaierror as error:
            if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
                raise not_found(host) from error
            raise Transient("name could not be resolved", where=host, hint="is there a network?", kind="dns") from error
        except UnicodeError as error:
            raise InvalidInput(
                "not a host name", where=host[:200], hint="labels have 1 to 63 characters", kind="invalid_url"
            ) from error

    def _answer(self) -> None:
        while True:
            host, port, answer = self._questions.get()
            if not answer.set_running_or_notify_cancel():
                continue  # Whoever asked has given up.
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            except (OSError, UnicodeError) as error:
                answer.set_exception(error)
            else:
                answer.set_result(list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)))


def not_found(host: str) -> Gone:
    """What a name without addresses ends in."""
    return Gone("the host does not exist", where=host, hint="is it spelled right?", kind="host_not_found")


SYSTEM = Resolver()
"""The one of this process."""
