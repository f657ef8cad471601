"""The corpus's SSRF payloads and more of our own: what must be refused reaches nobody, what is harmless is fetched."""

import asyncio
import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import httpcore
import pytest
import ssrf_payloads
from ssrf_lab import Names

from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import FetchSpec
from services.crawler.addresses import is_public
from services.crawler.sockets import SocketBackend

LAB = Path(__file__).with_name("ssrf_lab.py")
ROOT = Path(__file__).parents[3]
BY_BROWSER = ("browser", "silent")
SERVED = ("redirect", *BY_BROWSER)
"""Classes that take a server which answers as the payload says."""


def shared(corpus: Path) -> list[list[str]]:
    with (corpus / "ssrf" / "payloads.tsv").open(encoding="utf-8") as file:
        return [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if not row[0].startswith("#")]


@pytest.fixture(params=["shared", "own"])
def payloads(request) -> list[list[str]]:
    return shared(request.getfixturevalue("corpus")) if request.param == "shared" else ssrf_payloads.rows()


async def test_no_payload_is_connected_to_and_every_control_is(payloads, crawling, monkeypatch):
    """With a resolver that answers as the payload says, and a connector that notes where it was sent."""
    sent: list[str] = []

    async def connect(self, host: str, port: int, *_: object) -> httpcore.AsyncNetworkStream:
        sent.append(host)
        raise httpcore.ConnectError("noted")

    monkeypatch.setattr("services.crawler.guard.DNS_TIMEOUT", 0.2)
    monkeypatch.setattr(SocketBackend, "connect_tcp", connect)
    wrong = []
    for name, kind, expected, url, script, *_ in payloads:
        if kind in SERVED or "page lookup" in script:
            continue
        sent.clear()
        async with crawling(lookup=Names(script), host_map={}) as crawler:
            with pytest.raises(QuietHireError) as caught:
                await crawler.fetch(FetchSpec(url=json.loads(url)))
        refused = caught.value.kind != "connection"
        if refused != (expected == "BLOCK") or bool(sent) == refused or not all(map(is_public, sent)):
            wrong.append((name, url, caught.value.kind, list(sent)))
    assert wrong == []


def why_no_namespace() -> str | None:
    """Why there can be no network of our own here, or None where there can."""
    missing = [name for name in ("unshare", "ip", "openssl") if shutil.which(name) is None]
    if missing:
        return f"{' and '.join(missing)} not found"
    tried = subprocess.run(
        ["unshare", "-rn", "ip", "link", "add", "wan0", "type", "veth"], capture_output=True, text=True, check=False
    )
    return None if tried.returncode == 0 else f"no network namespace: {tried.stderr.strip()}"


@pytest.fixture(scope="module")
async def in_the_lab(corpus, chromium, tmp_path_factory) -> dict[str, dict[str, object]]:
    """What every payload did on a network of its own, where any address leads to the lab and every packet is seen."""
    if reason := await asyncio.to_thread(why_no_namespace):
        pytest.skip(reason)
    file = tmp_path_factory.mktemp("ssrf") / "payloads.tsv"
    rows = [*shared(corpus), *ssrf_payloads.rows()]
    file.write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")
    ended = await asyncio.to_thread(
        subprocess.run,
        ["unshare", "-rn", sys.executable, LAB, file, chromium],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(said) == len(rows) + 1
    return {line["id"]: line for line in said}


def odd(lines: Iterable[dict[str, object]], kinds: tuple[str, ...] | None = None) -> list[dict[str, object]]:
    return [line for line in lines if line["id"] != "rehearsal" and (kinds is None or line["class"] in kinds)]


@pytest.mark.timeout(330)
async def test_on_a_network_of_its_own_the_crawler_reaches_nobody_it_must_not(in_the_lab):
    rehearsed = in_the_lab["rehearsal"]["reached"]
    assert [f"tcp {at} 80" for at in ("10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254")] == [
        line for line in rehearsed if line.startswith("tcp")
    ]
    assert "udp 10.0.0.1 3478" in rehearsed
    assert [line for line in odd(in_the_lab.values()) if line["reached"]] == []


async def test_on_a_network_of_its_own_every_payload_is_a_typed_error_and_every_control_a_page(in_the_lab):
    wrong = []
    for line in odd(in_the_lab.values()):
        fetched = line["outcome"] in ("http", "browser")
        # A page that tries to call somebody is still a page, and so is a sitemap that names somebody.
        harmless = line["class"] in BY_BROWSER or str(line["url"]).endswith("/sitemap.xml")
        if not harmless and fetched != (line["expected"] == "ALLOW"):
            wrong.append(line)
    assert wrong == []


async def test_on_a_network_of_its_own_the_proxy_turns_the_browser_away(in_the_lab):
    """What a page asks the browser to call is refused by the proxy, and where it would go by its visit: nothing was untried."""
    own = [line for line in odd(in_the_lab.values(), ("browser",)) if str(line["id"]).startswith("Q")]
    assert len(own) == len(ssrf_payloads.PAGES)
    assert [line for line in own if not line["refused"] and line["outcome"] in ("http", "browser")] == []
