"""A run over everybody, asked for beside the night's."""

import asyncio
from dataclasses import replace

import pytest
from api_people import as_operator, operated

from workflows.match import NIGHTLY
from workflows.schedules import ensure_schedules


@pytest.fixture
def house(clients, own_namespace):
    """A platform whose runs nobody works on: what has begun stays under way."""
    return replace(operated(clients), temporal=own_namespace)


async def asked(client) -> str:
    answer = await client.post("/api/v1/matches/recalculate", headers=as_operator())
    assert answer.status_code == 202, answer.text
    return answer.json()["workflow_id"]


async def test_a_night_under_way_is_the_answer(house, own_namespace, gateway):
    await ensure_schedules(own_namespace)
    night = own_namespace.get_schedule_handle(NIGHTLY)
    await night.trigger()
    running = []
    for _ in range(300):  # It begins after a while.
        if running := (await night.describe()).info.running_actions:
            break
        await asyncio.sleep(0.1)
    async with gateway(house) as client:
        assert await asked(client) == running[0].workflow_id


async def test_without_a_night_under_way_one_run_is_begun(house, own_namespace, gateway):
    async with gateway(house) as client:
        assert [await asked(client) for _ in range(2)] == ["match/all"] * 2
        await ensure_schedules(own_namespace)
        assert await asked(client) == "match/all"
