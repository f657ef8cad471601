"""Every refusal is a typed error that says which host, why, and what to do."""

import ast
import asyncio
import gzip
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from crawled_web import HOST, PAGE, http

from quiethire.domain.errors import (
    Blocked,
    Disallowed,
    Gone,
    InvalidInput,
    Permanent,
    QuietHireError,
    Throttled,
    Transient,
)
from quiethire.domain.page import FetchSpec
from services.crawler import crawler as crawler_module

URL = f"https://{HOST}/page"
CRAWLER = Path(crawler_module.__file__).parent


@dataclass(frozen=True)
class Refusal:
    """What a URL or an answer to it ends in."""

    error: type[QuietHireError]
    kind: str
    answer: bytes = b""
    url: str = URL
    addresses: tuple[str, ...] = ("93.184.216.34",)
    accept: str = "any"
    robots: bytes = http(404)
    settings: dict[str, object] = field(default_factory=dict)
    offline: bool = False
    times: int = 1
    post: bool = False


def leads(to: str) -> bytes:
    return http(302, b"", f"Location: {to}")


REFUSALS = {
    # what the guard refuses
    "no URL": Refusal(InvalidInput, "invalid_url", url="northwind"),
    "another scheme": Refusal(InvalidInput, "invalid_url", url="file:///etc/passwd"),
    "an endless URL": Refusal(InvalidInput, "invalid_url", url=f"{URL}/{'a' * 9_000}"),
    "credentials": Refusal(Disallowed, "credentials", url=f"https://user:secret@{HOST}/page"),
    "a port": Refusal(Disallowed, "port", url="https://public.test:22/"),
    "an address": Refusal(Disallowed, "private_address", url="http://10.0.0.1/"),
    "a local name": Refusal(Disallowed, "private_name", url="http://vault.internal/"),
    "a name of an address inside": Refusal(
        Disallowed, "private_address", url="http://public.test/", addresses=("93.184.216.34", "10.0.0.1")
    ),
    "too many addresses": Refusal(
        Disallowed, "dns_answer", url="http://public.test/", addresses=tuple(f"93.184.216.{n}" for n in range(99))
    ),
    "no host": Refusal(Gone, "host_not_found", url="https://no-such-host.invalid/"),
    "no answer of the DNS": Refusal(Transient, "dns", url="https://public.test/", addresses=("later",)),
    # what robots.txt and redirects refuse
    "robots.txt": Refusal(Disallowed, "robots", robots=http(200, b"User-agent: *\nDisallow: /")),
    "no robots.txt to be had": Refusal(Disallowed, "robots_unreachable", robots=http(500)),
    "a redirect inside": Refusal(Disallowed, "private_address", leads("http://127.0.0.1/")),
    "a redirect to no URL": Refusal(Permanent, "redirects", leads("file:///etc/passwd")),
    "a redirect to nowhere": Refusal(Permanent, "http_302", http(302)),
    "a circle": Refusal(Permanent, "redirects", leads(URL)),
    "a POST elsewhere": Refusal(Permanent, "redirects", http(307, b"", "Location: https://b.example/"), post=True),
    # what the host refuses
    "a refusal": Refusal(Blocked, "blocked", http(403)),
    "a second request after it": Refusal(Blocked, "resting", http(403), times=2),
    "a challenge": Refusal(Blocked, "challenge", http(200, PAGE, "cf-mitigated: challenge")),
    "too many requests": Refusal(Throttled, "throttled", http(429, b"", "Retry-After: 60")),
    "a second request too early": Refusal(Throttled, "resting", http(429, b"", "Retry-After: 60"), times=2),
    "nothing there": Refusal(Gone, "gone", http(404)),
    "a server's fault": Refusal(Transient, "http_500", http(500)),
    "our fault": Refusal(Permanent, "http_400", http(400)),
    "no connection": Refusal(Transient, "connection", settings={"host_map": {HOST: "127.0.0.1:1"}}),
    "silence": Refusal(Transient, "timeout", settings={"fetch_timeout": 0.3}),
    # what bodies are refused for
    "a large body": Refusal(InvalidInput, "too_large", http(200, PAGE * 99), settings={"fetch_max_bytes": 1_000}),
    "an encoding": Refusal(InvalidInput, "content_encoding", http(200, b"x", "Content-Encoding: br")),
    "half a body": Refusal(Transient, "truncated", http(200, PAGE, length=len(PAGE) + 1)),
    "a broken body": Refusal(Transient, "truncated", http(200, gzip.compress(PAGE)[:-9], "Content-Encoding: gzip")),
    "no HTML": Refusal(InvalidInput, "not_html", http(200, b"%PDF-1.7"), accept="html"),
    "no JSON": Refusal(InvalidInput, "not_json", http(200, PAGE), accept="json"),
    "no XML": Refusal(InvalidInput, "not_xml", http(200, PAGE), accept="xml"),
    "not in the archive": Refusal(Gone, "not_archived", offline=True),
}
WAY = [
    "body",
    "content",
    "exchange",
    "guard",
    "names",
    "politeness",
    "private",
    "redirects",
    "robots",
    "statuses",
    "transport",
]
"""The modules that a fetch over HTTP passes through; refusals of the browser are tested with it."""


async def silent(request, writer) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_says_who_why_and_what_to_do(web, crawling, monkeypatch, name):
    case = REFUSALS[name]

    async def lookup(host: str, port: int) -> list[str]:
        if case.addresses == ("later",):
            raise TimeoutError
        return list(case.addresses)

    web.routes["/robots.txt"] = case.robots
    if case.answer:
        web.routes["/page"] = case.answer
    elif name == "silence":
        web.routes["/page"] = silent
    spec = FetchSpec(
        url=case.url, accept=case.accept, method="POST" if case.post else "GET", body="{}" if case.post else None
    )
    async with crawling(lookup=lookup, **case.settings) as crawler:
        for _ in range(case.times):
            with pytest.raises(QuietHireError) as caught:
                await crawler.fetch(spec, offline=case.offline)
    error = caught.value
    assert (type(error), error.kind) == (case.error, case.kind)
    host = case.url.split("/")[2].rpartition("@")[2].partition(":")[0] if "//" in case.url else case.url
    assert host in error.where or "127.0.0.1" in error.where, "which host"
    assert error.detail, "why"
    assert error.hint, "what to do"
    assert "secret" not in str(error)


def test_every_reason_on_the_way_of_a_fetch_is_in_the_table():
    known = set()
    for name in WAY:
        for call in ast.walk(ast.parse((CRAWLER / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(call, ast.keyword) and call.arg == "kind" and isinstance(call.value, ast.Constant):
                known.add(call.value.value)
    # A fault of TLS takes a server with a certificate, a busy host many requests: they are tested with these.
    assert known - {case.kind for case in REFUSALS.values()} == {"tls", "busy"}
