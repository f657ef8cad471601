"""What machines are told: alive, ready, and how each request went."""

import json
import logging
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from quiethire.domain.errors import Transient
from quiethire.domain.health import Look
from quiethire.readiness import Ready
from quiethire.telemetry.logs import JsonFormatter
from quiethire.telemetry.metrics import stray_labels


class Server:
    """A server that answers, or does not."""

    def __init__(self, name="postgresql", error=None, **found):
        self.name, self.error, self.found, self.looks = name, error, found, 0

    async def look(self):
        self.looks += 1
        if self.error:
            raise self.error
        return Look(**self.found)


def ready_with(clients, *servers):
    return replace(clients, readiness=Ready(servers))


def counted(route, status):
    labels = {"route": route, "status": status}
    return REGISTRY.get_sample_value("quiethire_request_duration_seconds_count", labels) or 0


async def test_alive_looks_at_nothing(clients, gateway):
    away = Server(error=Transient("connection refused", where="10.0.0.7"))
    async with gateway(ready_with(clients, away)) as client:
        for address in ("/healthz", "/health"):
            answer = await client.get(address)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            assert (await client.head(address)).status_code == 200
    assert away.looks == 0


async def test_ready_names_each_server_with_its_state(clients, gateway):
    servers = Server(), Server("index", documents=10, expected=10)
    async with gateway(ready_with(clients, *servers)) as client:
        answer = await client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["ready"], told["reason"]) == (200, True, None)
    assert [(each["name"], each["ready"], each["documents"]) for each in told["dependencies"]] == [
        ("postgresql", True, None),
        ("index", True, 10),
    ]


@pytest.mark.parametrize("reason", ["disk", "loading"])
async def test_what_is_not_ready_is_named_with_its_reason_and_not_its_address(clients, gateway, reason):
    away = Server("index", error=Transient("no space on 10.0.0.7:5432", where="10.0.0.7", kind=reason))
    async with gateway(ready_with(clients, Server(), away)) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    told = answer.json()
    assert (told["ready"], told["reason"]) == (False, reason)
    assert [each["ready"] for each in told["dependencies"]] == [True, False]
    assert "10.0.0.7" not in answer.text


async def test_a_request_is_measured_by_its_route_and_logged_without_its_address(clients, gateway, caplog):
    route, before = "/api/v1/jobs/{job_id}", counted("/api/v1/jobs/{job_id}", "4xx")
    caplog.set_level(logging.INFO, "services.api.gate.request_context")
    async with gateway(clients) as client:
        address = "/api/v1/jobs/00000000-0000-0000-0000-000000000007?token=hidden"
        await client.get(address, headers={"X-Request-Id": "asked-7"})
        await client.head(address)
        await client.get("/no/such/ada@example.org")
        await client.get("/static/site.css")
    assert counted(route, "4xx") == before + 2
    assert stray_labels() == []
    fields = [
        (record.method, record.route, record.status) for record in caplog.records if record.name.endswith("context")
    ]
    assert fields[:3] == [("GET", route, 400), ("HEAD", route, 400), ("GET", "other", 404)]
    for record in caplog.records:
        line = JsonFormatter("api").format(record)
        assert "hidden" not in line
        assert "ada@" not in line
        assert "00000000-0000" not in line


async def test_lines_of_a_request_carry_its_id(clients, gateway):
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(json.loads(JsonFormatter("api").format(record)))
    logger = logging.getLogger("services.api.gate.request_context")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        async with gateway(clients) as client:
            await client.get("/api/v1/stats", headers={"X-Request-Id": "asked-8"})
    finally:
        logger.removeHandler(handler)
    assert [(line["request_id"], line["fields"]["route"]) for line in lines] == [("asked-8", "/api/v1/stats")]
