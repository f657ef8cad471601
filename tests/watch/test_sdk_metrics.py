"""What Temporal's SDK tells under our /metrics."""

import asyncio
import os
import ssl
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from quiethire.watch import sdk_metrics
from quiethire.watch.sdk_metrics import ASKED_FOR, of_sdk

PROCESS = Path(__file__).with_name("measured_worker.py")


async def test_a_worker_tells_what_alerts_and_dashboards_ask_for(stack):
    # A process of its own: the SDK is measured from its first client on.
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROCESS), stack.temporal_address, env=env, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    families = text_string_to_metric_families(told.decode())
    samples = [sample for family in families for sample in family.samples]
    assert {sample.name for sample in samples} >= ASKED_FOR
    labels = {label for sample in samples for label in sample.labels}
    assert not labels & {"workflow_id", "run_id", "id", "identity", "host"}


async def test_a_process_that_is_not_measured_tells_nothing():
    assert await of_sdk() == b""


async def test_reading_them_reads_no_certificates(monkeypatch):
    def read(*_, **__):
        raise AssertionError("the certificates are read")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmine")
        await writer.drain()
        writer.close()

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", read)
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        monkeypatch.setattr(sdk_metrics, "_address", f"{host}:{port}")
        assert await of_sdk() == b"mine"
