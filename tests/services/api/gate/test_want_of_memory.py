"""A process that gets no memory ends as if it had been told to, wherever that was felt; one that met a defect goes on."""

import signal
from collections.abc import Iterator

import pytest
from temporalio.worker import ActivityInboundInterceptor

from activities.errors import ErrorInterceptor
from services.api.gate.request_context import RequestContext

REFUSED = [MemoryError(), RuntimeError("can't start new thread")]
DEFECTS = [RuntimeError("a defect"), ValueError("another")]


@pytest.fixture
def told_to_end() -> Iterator[list[int]]:
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    yield told
    signal.signal(signal.SIGTERM, before)


class _Fails(ActivityInboundInterceptor):
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def execute_activity(self, input):
        raise self._error


@pytest.mark.parametrize("error", [*REFUSED, *DEFECTS])
async def test_in_an_activity(error, told_to_end):
    with pytest.raises(type(error)):
        await ErrorInterceptor().intercept_activity(_Fails(error)).execute_activity(None)
    assert told_to_end == ([signal.SIGTERM] if error in REFUSED else [])


@pytest.mark.parametrize("error", [*REFUSED, *DEFECTS])
async def test_in_a_request_which_is_answered(error, told_to_end):
    async def app(scope, receive, send):
        raise error

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "state": {}}
    await RequestContext(app)(scope, None, send)
    assert sent[0]["status"] == 500
    assert told_to_end == ([signal.SIGTERM] if error in REFUSED else [])
