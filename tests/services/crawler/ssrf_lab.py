"""An internet of our own in a network namespace: every address there is leads to this process, which notes who was called.

Run as `unshare -rn python ssrf_lab.py PAYLOADS [CHROMIUM]`. For each payload it prints one JSON object: what the crawler
made of it, what the vetting proxy refused meanwhile, and every connection and datagram that left for an address it had no
business with. Packets are seen as they pass the loopback interface, so no port is overlooked.
"""

import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import ada_url

from quiethire.domain.errors import Gone, QuietHireError
from quiethire.domain.page import FetchSpec, Render
from quiethire.settings import Settings
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import Crawler, open_crawler

PUBLIC = "93.184.216.34"
"""Where the lab's public hosts live."""
PORTS = (22, 80, 443, 3478, 6379, 8080, 8123, 8443, 9222)
HOLD = 2.0
"""Seconds."""
FILL = "<script>document.body.append('rendered')</script>"


def lay_out_the_network() -> None:
    for command in (
        "ip link set lo up",
        "ip link add wan0 type veth peer name wan1",  # WebRTC gathers no candidates on loopback alone
        "ip addr add 10.9.9.9/24 dev wan0",
        "ip link set wan0 up",
        "ip link set wan1 up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
    ):
        subprocess.run(command.split(), check=True)


class Wire:
    """Every connection that is opened and every datagram sent, by address and port."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0003))
        self._socket.setblocking(False)
        self._socket.bind(("lo", 0))
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, (_, _, kind, *_) = self._socket.recvfrom(65_536)
                if kind == socket.PACKET_OUTGOING and (target := self._target(packet)):
                    self.heard.append(target)

    @staticmethod
    def _target(packet: bytes) -> str | None:
        if packet[0] >> 4 == 4:
            protocol, address, rest = packet[9], packet[16:20], packet[(packet[0] & 15) * 4 :]
        else:
            protocol, address, rest = packet[6], packet[24:40], packet[40:]
        if protocol == socket.IPPROTO_TCP and rest[13] & 0x12 != 0x02:  # not the SYN that opens a connection
            return None
        if protocol not in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
            return None
        name = "tcp" if protocol == socket.IPPROTO_TCP else "udp"
        return f"{name} {ipaddress.ip_address(address)} {struct.unpack('!H', rest[2:4])[0]}"

    def take(self, allowed: set[str]) -> list[str]:
        """What was heard since, less the addresses that may be called and the ports of the browser's own processes."""
        self._read()
        heard, self.heard = self.heard, []
        return sorted({target for target in heard if not self._innocent(target, allowed)})

    @staticmethod
    def _innocent(target: str, allowed: set[str]) -> bool:
        name, address, port = target.split()
        own = address == "127.0.0.1" and int(port) >= 20_000  # the vetting proxy; the canaries' ports are all lower
        return name == "tcp" and (own or address in allowed)


def make_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"]
    names = ["-subj", "/CN=lab", "-addext", "subjectAltName=DNS:jobs.example.com,DNS:pub.test"]
    subprocess.run([*command, *names], cwd=folder, check=True, capture_output=True)


class Server:
    """Answers for the whole internet: a public page where one is expected, else 200 to whoever should not be here."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}

    async def start(self, folder: Path) -> None:
        await asyncio.to_thread(make_certificate, folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        for port in PORTS:
            for host in ("0.0.0.0", "::"):
                await asyncio.start_server(self._serve, host, port, ssl=tls if port == 443 else None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
            if path == "/hold":  # keeps a page busy until what it has begun is under way
                await asyncio.sleep(HOLD)
            writer.write(self.pages.get(path, answer(404 if path == "/robots.txt" else 200, "<p>A page.</p>")))
            await writer.drain()
        writer.close()


def answer(status: int, body: str = "", location: str = "") -> bytes:
    content = body.encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Content-Type: text/html", "Connection: close"]
    return "\r\n".join([*lines, *([f"Location: {location}"] if location else []), "", ""]).encode() + content


def pages_of(path: str, script: str) -> dict[str, bytes]:
    """What the lab serves for a payload of the classes `redirect` and `browser`, by the words of its script."""
    if path == "/robots.txt":
        return {path: answer(302, location=script.rpartition(" ")[2])}
    if "to itself" in script:
        return {path: answer(302, location=path)}
    if chain := re.match(r"302 x3 public, 4th -> (\S+)", script):
        hops = [path, "/hop1", "/hop2", "/hop3"]
        leads = [*hops[1:], chain[1]]
        return {hop: answer(302, location=lead) for hop, lead in zip(hops, leads, strict=True)}
    if lead := re.match(r"(30\d) (?:->|on POST to) (\S+)", script):
        return {path: answer(int(lead[1]), location=lead[2])}
    if "302 sub-resource" in script:
        sub = "<img src=/sub><script src=/sub></script><iframe src=/sub></iframe><script>fetch('/sub')</script>"
        return {path: answer(200, sub + FILL), "/sub": answer(302, location=script.rpartition(" ")[2])}
    body = script.removeprefix("200 ")
    return {path: answer(200, f"<body>{body if body.startswith('<') else f'<script>{body}</script>'}{FILL}</body>")}


class Refusals(logging.Handler):
    """Counts what the vetting proxy turned away: a silent wire proves nothing where nothing was tried."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        logger = logging.getLogger("services.crawler.vetting_proxy")
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.getMessage() == "browser request refused"

    def take(self) -> int:
        count, self.count = self.count, 0
        return count


class Names:
    """A resolver that answers as a payload's script says."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        if self.script == "NXDOMAIN":
            raise Gone("no such host", where=host)
        if self.script.startswith("answer after"):
            await asyncio.sleep(3_600)
        if later := re.search(r"lookup public; page lookup (\S+)", self.script):
            return [PUBLIC if self.asked == 1 else later[1]]
        return re.findall(r"\b(?:A|AAAA) ([0-9a-f.:]+)", self.script) or [PUBLIC]


@dataclass
class Lab:
    wire: Wire
    server: Server
    refusals: Refusals
    chromium: Path | None
    browsing: Crawler

    async def run(self, row: list[str]) -> dict[str, object]:
        """Let the crawler loose on one payload."""
        name, kind, expected, url, script, *_ = row
        url = json.loads(url)
        allowed = {PUBLIC, *([literal(url)] if kind == "control" else [])}
        method = "POST" if "on POST" in script else "GET"
        spec = FetchSpec(url=url, method=method, body="{}" if method == "POST" else None, render=Render.AUTO)
        if kind in ("redirect", "browser", "silent"):
            path = "/" + url.split("/", 3)[3]
            self.server.pages = pages_of(path, script)
        if kind in ("browser", "silent") or "<meta" in script:
            outcome = await self._fetch(self.browsing, spec)
        else:
            async with crawler(Names(script), None) as one:
                outcome = await self._fetch(one, spec)
        self.server.pages = {}
        said = {"id": name, "class": kind, "expected": expected, "url": url, "outcome": outcome}
        return {**said, "refused": self.refusals.take(), "reached": self.wire.take(allowed)}

    @staticmethod
    async def _fetch(crawler: Crawler, spec: FetchSpec) -> str:
        try:
            return (await crawler.fetch(spec)).via.value
        except QuietHireError as error:
            return f"{type(error).__name__} {error.kind}"


def crawler(names: Names, chromium: Path | None) -> AbstractAsyncContextManager[Crawler]:
    settings = Settings(
        fetch_timeout=8.0,
        host_delay_min=0.0,
        browser=chromium is not None,
        chromium_path=chromium,
        fetch_max_bytes=100_000,
    )
    return open_crawler(settings, MemoryPageArchive(), lookup=names)


def literal(url: str) -> str:
    """The address that a control's URL spells, as the wire shows it."""
    host = ada_url.URL(url).hostname.strip("[]")
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))
    return host


def say(line: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


async def main(rows: list[list[str]], chromium: Path | None) -> None:
    server, wire, refusals = Server(), Wire(), Refusals()
    with tempfile.TemporaryDirectory() as folder:
        await server.start(Path(folder))
        os.environ["SSL_CERT_FILE"] = f"{folder}/cert.pem"
        # The wire must hear what it is there for, or its silence would prove nothing.
        for address in ("127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "fd00:ec2::254"):
            _, writer = await asyncio.open_connection(address, 80)
            writer.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            datagram.sendto(b"x", ("10.0.0.1", 3478))
        say({"id": "rehearsal", "reached": wire.take(set())})
        async with crawler(Names("-"), chromium) as browsing:
            lab = Lab(wire, server, refusals, chromium, browsing)
            for row in rows:
                say(await lab.run(row))


if __name__ == "__main__":
    lay_out_the_network()
    payloads, *browser = map(Path, sys.argv[1:])
    lines = payloads.read_text(encoding="utf-8").splitlines()
    asyncio.run(main([line.split("\t") for line in lines if not line.startswith("#")], browser[0] if browser else None))
