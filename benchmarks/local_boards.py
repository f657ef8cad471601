"""Made-up boards behind a web server on this machine: what each lists is known at every moment, and can be changed."""

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from quiethire.domain.board import Board

_TITLES = (
    "Data Engineer",
    "Nurse",
    "Controller",
    "Product Designer",
    "Welder",
    "Account Executive",
    "Chemist",
    "Tutor",
)
_PLACES = (("Berlin", "Germany"), ("Lisbon", "Portugal"), ("Warsaw", "Poland"), ("Austin", "United States"))
_SYLLABLES = ("ba", "der", "lo", "min", "ta", "ver", "sol", "pra", "ki", "nor", "que", "fis")


@dataclass
class LocalBoards:
    """Recruitee boards, each on a host of its own; `lists` maps token → number → title and is the truth."""

    lists: dict[str, dict[int, str]]
    asked: int = 0
    """Requests, those for robots.txt too."""
    not_modified: int = 0
    failing: dict[str, int] = field(default_factory=dict)
    """Boards that never answer: whoever asks for their list is cut off. How often that was done."""
    sent: dict[str, float] = field(default_factory=dict)
    """When a board's list was answered last, in seconds of the event loop."""

    @classmethod
    def make(cls, boards: int, postings: int, *, prefix: str = "firm") -> "LocalBoards":
        """So many boards of so many postings each; the same every time."""
        lists = {f"{prefix}{board:04d}": {n: title(n) for n in range(1, postings + 1)} for board in range(boards)}
        return cls(lists)

    def boards(self) -> list[Board]:
        """All of them."""
        return [board_of(token) for token in self.lists]

    def host_map(self, address: str) -> dict[str, str]:
        """Their hosts, for the crawler's settings."""
        return {f"{token}.recruitee.com": address for token in self.lists}

    def identities(self) -> dict[str, str]:
        """The truth: the identity of every posting that is listed, with its title."""
        return {
            f"recruitee/{token}/{number}": name
            for token, listed in self.lists.items()
            for number, name in listed.items()
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """The address of the web server."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            host, port = server.sockets[0].getsockname()[:2]
            yield f"{host}:{port}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if self._fails(head):
                    writer.transport.abort()
                    return
                writer.write(self._answer(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # The client has gone: it was killed, or has no more to ask.
        finally:
            writer.close()

    def _fails(self, head: bytes) -> bool:
        token = next((each for each in self.failing if f"\nhost: {each}.".encode() in head.lower()), None)
        if token is None or not head.startswith(b"GET /api/offers"):
            return False
        self.failing[token] += 1
        return True

    def _answer(self, head: str) -> bytes:
        self.asked += 1
        request, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        token = headers.get("host", "").partition(".")[0]
        if request.split(" ")[1] != "/api/offers" or token not in self.lists:
            return _response(404, b"", {})
        body = json.dumps(
            {"offers": [_offer(token, number, name) for number, name in self.lists[token].items()]}
        ).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        self.sent[token] = asyncio.get_running_loop().time()
        if headers.get("if-none-match") == tag:
            self.not_modified += 1
            return _response(304, b"", {"ETag": tag})
        return _response(200, body, {"ETag": tag, "Content-Type": "application/json"})


def board_of(token: str) -> Board:
    """The board of this name, whether it is there or not."""
    return Board(ats="recruitee", token=token, url=f"https://{token}.recruitee.com/", company_name=token.capitalize())


def title(number: int, version: int = 0) -> str:
    """The title of a posting, another one for each version."""
    return f"{_TITLES[number % len(_TITLES)]} {number}" + (f" grade {version}" if version else "")


def _response(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _offer(token: str, number: int, name: str) -> dict[str, object]:
    city, country = _PLACES[number % len(_PLACES)]
    return {
        "id": number,
        "title": name,
        "status": "published",
        "company_name": token.capitalize(),
        "careers_url": f"https://{token}.recruitee.com/o/{number}",
        "city": city,
        "country": country,
        "employment_type_code": "fulltime_permanent",
        "published_at": "2026-11-02 09:00:00 UTC",
        "description": description(token, number),
    }


_described: dict[tuple[str, int], str] = {}


def description(token: str, number: int) -> str:
    """Some 3,000 characters that no other posting has."""
    if (token, number) not in _described:
        chance = random.Random(f"{token}/{number}")
        words = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(400)]
        sentences = [" ".join(words[at : at + 10]).capitalize() + "." for at in range(0, len(words), 10)]
        _described[token, number] = "".join(f"<p>{' '.join(sentences[at : at + 5])}</p>" for at in range(0, 40, 5))
    return _described[token, number]
