"""Whatever the OpenAPI document allows, and what it does not, sent to every operation over real stores: never a defect, never past the key.

`FUZZ_EXAMPLES` says how many requests each operation gets; `make fuzz-api` gives it more.
"""

import os
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from api_people import OPERATOR, come, operated
from hypothesis import HealthCheck, Phase, given, settings

from quiethire.clients import migrate, open_clients
from quiethire.domain.access import new_secret
from quiethire.settings import Settings
from services.api.app import create_app

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
EXAMPLE_KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Outbox:
    """The port to the mail server, which takes everything."""

    configured = True

    async def notify(self, *_: object) -> None: ...

    confirm = notify


@pytest.fixture
async def stored(stack, postgres_dsn, redis_url, tmp_path):
    """Clients over real stores, which refuse what twins take: numbers beyond a column's, texts that no database keeps."""
    own = {"postgres_dsn": postgres_dsn, "redis_url": redis_url, "person_key": "the-master-key-of-this-test"}
    light = Settings(data_dir=tmp_path, token_key="the-key-of-tokens-in-all-tests", password_memory=8)
    settings = stack.apply(light).model_copy(update=own)
    assert await migrate(settings) is None
    async with open_clients(settings) as clients:
        yield clients


@pytest.fixture
async def api(stored, resume_pool, monkeypatch):
    # A stream would go on.
    monkeypatch.setattr("services.api.people.notifications.LONGEST", 0.0)
    limits = dict.fromkeys(("search", "read", "export", "write", "key"), (1_000_000, 1_000_000))
    settings = stored.settings.model_copy(update={"rate_limits": limits, "key_rate_limits": limits})
    whole = operated(replace(stored, mailer=Outbox(), resumes=resume_pool, settings=settings))
    transport = httpx.ASGITransport(create_app(whole), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60) as client:
        client.person = await come(client)
        yield client


def cases_of(operation: Any) -> list[Any]:
    """Requests to one operation, the same ones every time."""
    found: list[Any] = []

    @SETTINGS
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found


def request_of(case: Any) -> dict[str, Any]:
    """What httpx is to send."""
    given = case.as_transport_kwargs(base_url="http://gateway")
    given.pop("cookies", None)
    if isinstance(given.get("data"), str | bytes):
        given["content"] = given.pop("data")
    headers = {
        name: value for name, value in (given.pop("headers", None) or {}).items() if name.lower() != "authorization"
    }
    return {**given, "headers": headers}


async def test_no_request_is_a_defect_and_none_passes_without_its_key(api):
    document = (await api.get("/api/v1/openapi.json")).json()
    schema = schemathesis.openapi.from_dict(document)
    failures, sent = [], 0
    for result in schema.get_all_operations():
        operation = result.ok()
        needs_key = bool(operation.definition.raw.get("security"))
        keys = [api.person.secret, OPERATOR]
        for case in cases_of(operation):
            for key in keys:
                failures += await _wrong(api, case, key)
                sent += 1
            if needs_key:
                for key in ("", new_secret("aaaaaaaa")):
                    answer = await _send(api, case, key)
                    if answer is not None and answer.status_code not in {400, 401, 404, 405, 414, 431}:
                        failures.append((operation.label, "past the key", answer.status_code))
    assert sent > 100
    assert failures == [], "\n".join(map(str, failures))


async def _wrong(api, case, key) -> list[tuple[object, ...]]:
    answer = await _send(api, case, key)
    if answer is None or answer.status_code < 500:
        return []
    return [(case.operation.label, answer.status_code, case.as_curl_command(), answer.text[:300])]


async def _send(api, case, key: str) -> httpx.Response | None:
    """The answer; None where no client could send this at all."""
    wanted = request_of(case)
    if wanted["headers"].get("Idempotency-Key") == EXAMPLE_KEY:
        # Else the answer would be that of the first request that had it.
        wanted["headers"]["Idempotency-Key"] = str(uuid4())
    if key:
        wanted["headers"]["Authorization"] = f"Bearer {key}"
    try:
        return await api.request(**wanted)
    except (httpx.InvalidURL, UnicodeError):
        return None
