"""The metrics of Temporal's SDK: of workers, polls, retries, and how long tasks wait."""

import socket

import httpx
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

ASKED_FOR = frozenset(
    {
        "temporal_activity_execution_failed_total",
        "temporal_activity_execution_latency_seconds_count",
        "temporal_activity_schedule_to_start_latency_seconds_bucket",
        "temporal_worker_task_slots_available",
        "temporal_workflow_failed_total",
    }
)
"""Those that alerts and dashboards ask for."""

TRIES = 5
PATIENCE = 2.0
"""Seconds."""

_address: str | None = None


def expose() -> None:
    """Measure Temporal's SDK in this process from now on. Called before the first client is made; a second call does nothing.

    The SDK serves its metrics on a port of its own, on 127.0.0.1; `of_sdk` reads them there, so that one address tells all.
    """
    global _address  # noqa: PLW0603 - the SDK's runtime is one for a process, too
    if _address is not None:
        return
    for left in reversed(range(TRIES)):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        config = PrometheusConfig(
            bind_address=address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
        )
        try:
            runtime = Runtime(telemetry=TelemetryConfig(metrics=config))
        except ValueError:
            # Somebody else took the port in between.
            if not left:
                raise
            continue
        Runtime.set_default(runtime, error_if_already_set=False)
        _address = address
        return


async def of_sdk() -> bytes:
    """They, in Prometheus' text format; nothing where they are not measured or not told in time."""
    if _address is None:
        return b""
    try:
        # No TLS here: to read the certificates for it would take longer than all else, and hold up the loop that answers searches.
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, verify=False) as client:  # noqa: S501
            return (await client.get(f"http://{_address}/metrics")).content
    except httpx.HTTPError:
        return b""
