"""A real crawl leaves one trace, from its workflow to the import into the index, and lines that name who asked for it."""

import json
import logging
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from local_site import HOST, Site, links, posting, working
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.util._once import Once
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from workflow_sandbox import sandbox

from quiethire.settings import Settings
from quiethire.telemetry import span, traces
from quiethire.telemetry.context import belonging
from quiethire.telemetry.logs import JsonFormatter
from quiethire.telemetry.metrics import stray_labels
from quiethire.temporal import connect_temporal
from quiethire.trail import tracing
from workflows.registry import WORKFLOWS


@pytest.fixture(autouse=True)
def own_provider(monkeypatch):
    """OpenTelemetry takes one provider for a process; another test may have set its own."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())


def answer(target):
    if target == "/careers":
        return 200, links([(f"https://{HOST}/jobs/{number}-nurse", f"Nurse {number}") for number in (1, 2, 3)])
    if target == "/jobs/3-nurse":
        return 403, "no"
    return 200, posting(int(target.removeprefix("/jobs/").removesuffix("-nurse")))


@contextmanager
def collector():
    """An OTLP collector; gives its address, and the spans that it took."""
    taken = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                raise AssertionError("was not asked for")
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                (service,) = [
                    each.value.string_value for each in resource.resource.attributes if each.key == "service.name"
                ]
                taken.extend((service, each) for scope in resource.scope_spans for each in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def lines_of(name):
    """The lines that a logger writes meanwhile."""
    found, handler, logger = [], logging.Handler(), logging.getLogger(name)
    handler.emit = lambda record: found.append(json.loads(JsonFormatter("worker").format(record)))
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


@asynccontextmanager
async def crawled(world, stack, endpoint):
    settings = Settings(temporal_address=stack.temporal_address, otlp_endpoint=endpoint)
    with tracing(settings, "worker"):
        temporal = await connect_temporal(settings)
        with lines_of("services.crawler.crawler") as lines, belonging(request_id="asked-9"):
            async with working(world, temporal, Site(answer)) as crawl:
                with span("request"):
                    result = await crawl()
        yield result, lines, temporal


async def test_a_crawl_is_one_trace_from_the_request_to_the_index(world, stack):
    with collector() as (endpoint, taken):
        async with crawled(world, stack, endpoint) as (result, lines, temporal):
            assert result.indexed == 2
            (line,) = [each for each in lines if each["message"] == "fetch failed"]
            # A worker without traces goes on with what was begun with them.
            history = await temporal.get_workflow_handle(line["workflow_id"]).fetch_history()
            plain = Replayer(workflows=WORKFLOWS, workflow_runner=sandbox(), data_converter=pydantic_data_converter)
            await plain.replay_workflow(history)
        assert traces.trace_id() is None
    assert {service for service, _ in taken} == {"quiethire-worker"}
    spans = [each for _, each in taken]
    (root,) = [each for each in spans if each.name == "request"]
    of_request = {each.name for each in spans if each.trace_id == root.trace_id}
    assert {
        "StartWorkflow:CareerPageCrawlWorkflow",
        "RunWorkflow:CareerPageCrawlWorkflow",
        "RunActivity:crawl_job_pages",
        "fetch",
        "parse",
        "store",
        "RunActivity:close_missing_jobs",
        "index",
    } <= of_request
    by_id = {each.span_id: each for each in spans}
    (imported,) = [each for each in spans if each.name == "index"]
    above = []
    while imported.parent_span_id:
        imported = by_id[imported.parent_span_id]
        above.append(imported.name)
    assert above[-1] == "request"
    assert "RunWorkflow:CareerPageCrawlWorkflow" in above
    assert stray_labels() == []
    # The line about the page that refused us.
    (line,) = [each for each in lines if each["message"] == "fetch failed"]
    assert (line["request_id"], line["activity"]) == ("asked-9", "crawl_job_pages")
    assert line["workflow_id"].startswith("test-")
    assert line["run_id"]
    assert line["trace_id"] == root.trace_id.hex()


async def test_without_a_collector_there_are_no_spans_and_the_request_is_known_all_the_same(world, stack):
    async with crawled(world, stack, None) as (result, lines, temporal):
        assert result.indexed == 2
        assert temporal.config()["plugins"] == []
    (line,) = [each for each in lines if each["message"] == "fetch failed"]
    assert (line["request_id"], line["trace_id"]) == ("asked-9", None)
    assert span("nothing") is span("at all")
