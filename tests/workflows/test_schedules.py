"""What runs by itself, on a server that knows it from an earlier version."""

from dataclasses import replace
from datetime import timedelta

from temporalio.client import Client, ScheduleUpdate, ScheduleUpdateInput

from workflows.schedules import SCHEDULES, ensure_schedules


def _of_an_earlier_version(found: ScheduleUpdateInput) -> ScheduleUpdate:
    """As an operator has changed it, and before the nightly run of all people had its own time."""
    schedule = found.description.schedule
    return ScheduleUpdate(
        replace(
            schedule,
            action=replace(schedule.action, run_timeout=timedelta(hours=2)),
            spec=replace(schedule.spec, cron_expressions=["15 5 * * *"]),
            state=replace(schedule.state, paused=True, note="moving house"),
        )
    )


async def test_an_upgrade_gives_a_run_its_time_and_leaves_what_an_operator_has_set(own_namespace: Client) -> None:
    assert sorted(await ensure_schedules(own_namespace)) == sorted(timed.id for timed in SCHEDULES)
    handle = own_namespace.get_schedule_handle("match-all")
    await handle.update(_of_an_earlier_version)
    before = (await handle.describe()).schedule

    assert await ensure_schedules(own_namespace) == []

    after = (await handle.describe()).schedule
    assert after.action.run_timeout == timedelta(hours=23)
    assert (after.state.paused, after.state.note) == (True, "moving house")
    assert (after.spec, after.policy) == (before.spec, before.policy)


async def test_the_night_has_time_for_a_part_of_the_people(own_namespace: Client) -> None:
    await ensure_schedules(own_namespace)
    times = {}
    for timed in SCHEDULES:
        described = await own_namespace.get_schedule_handle(timed.id).describe()
        times[timed.id] = described.schedule.action.run_timeout
    assert times["match-all"] > timedelta(hours=12)
    assert times["board-refresh"] == timedelta(hours=2)
