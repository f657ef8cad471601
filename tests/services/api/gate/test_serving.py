"""Told to stop, the gateway returns to whoever runs it: a worker beside it has work to end."""

import asyncio
import os
import signal
from dataclasses import replace

import httpx
import pytest

from services.api.serving import serve


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_serving_and_not_the_process(clients, unused_tcp_port_factory, number):
    port, watched = unused_tcp_port_factory(), unused_tcp_port_factory()
    settings = clients.settings.model_copy(update={"api_port": port, "metrics_port": watched})
    serving = asyncio.create_task(serve(replace(clients, settings=settings)))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(30):
            while True:
                try:
                    assert (await client.get("/healthz")).status_code == 200
                    assert (await client.get(f"http://127.0.0.1:{watched}/healthz")).status_code == 200
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
            for told_elsewhere in ("/metrics", "/readyz"):
                assert (await client.get(told_elsewhere)).status_code == 404
                there = await client.get(f"http://127.0.0.1:{watched}{told_elsewhere}")
                assert there.status_code in (200, 503)
            os.kill(os.getpid(), number)
            await serving
            with pytest.raises(httpx.ConnectError):
                await client.get("/healthz")
    finally:
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(each)
