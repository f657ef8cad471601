"""Which alerts a recording sets off, by Prometheus' own reading of the rules."""

import pytest

from benchmarks.faults.alarms import HELD, LOOK_EVERY, STRETCH, Recording, lacks_promtool

needs_promtool = pytest.mark.skipif(bool(lacks_promtool()), reason=lacks_promtool())

BEGAN, CLOCK = 1_000.0, 1_790_000_000.0
PLATFORM = (("worker", "a:1"), ("api", "a:1"))


def recorded(seconds, *, look, jobs=PLATFORM) -> Recording:
    """What `look` says of every look of so many seconds; a text for all, or one by job and address."""
    recording = Recording(BEGAN, CLOCK)
    for number in range(int(seconds / LOOK_EVERY)):
        told = look(number * LOOK_EVERY)
        recording.add(BEGAN + number * LOOK_EVERY, told if isinstance(told, dict) else dict.fromkeys(jobs, told))
    return recording


def redis(up: bool) -> str:
    return f'# HELP quiethire_dependency_up words\nquiethire_dependency_up{{dependency="redis"}} {float(up)}\npython_info 1\n'


def test_what_was_down_when_is_told():
    recording = recorded(20, look=lambda at: redis(not 5 <= at < 10))
    assert recording.down(BEGAN, BEGAN + 5) == set()
    assert recording.down(BEGAN + 5, BEGAN + 20) == {"redis"}
    assert recording.down(BEGAN + 10, BEGAN + 20) == set()


@needs_promtool
@pytest.mark.parametrize(("seconds", "alerts"), [(1, set()), (5, {"RedisDown"})])
def test_an_alert_fires_where_what_it_waits_for_lasts_in_stretched_time(seconds, alerts):
    """It waits for a minute: two seconds here."""
    assert recorded(20, look=lambda at: redis(not 5 <= at < 5 + seconds)).fired(BEGAN + 4) == alerts


@needs_promtool
def test_what_fired_before_does_not_tell_of_the_fault():
    assert recorded(20, look=lambda at: redis(at > 15)).fired(BEGAN + 10) == set()
    # Nor does what was waited for already and fires afterwards.
    assert recorded(20, look=lambda at: redis(at < 9)).fired(BEGAN + 10) == set()
    assert recorded(20, look=lambda at: redis(at < 9)).fired(BEGAN + 8) == {"RedisDown"}


@needs_promtool
def test_what_is_left_broken_goes_on_until_somebody_comes():
    """It waits for a quarter of an hour, of which the recording holds half a minute at most."""
    letters = 'quiethire_open_dead_letters{{kind="defect"}} {}\n'
    assert HELD > 15 * 60 > 10 * STRETCH
    assert recorded(12, look=lambda at: letters.format(int(at > 10))).fired(BEGAN + 5) == {"DeadLetters"}


@needs_promtool
def test_who_does_not_answer_is_seen_beside_who_does():
    jobs = (*PLATFORM, ("worker", "b:2"))
    recording = recorded(30, look=lambda at: dict.fromkeys(PLATFORM, "" if at < 5 else None) | {jobs[2]: ""})
    assert recording.fired(BEGAN + 4) == {"ProcessSilent", "ApiGone"}


@needs_promtool
def test_moments_are_told_in_the_time_of_the_rules():
    """A worker that samples all the time samples a moment ago; one that stopped stopped long ago."""
    sampled = "quiethire_sampled_timestamp_seconds {}\n"
    assert recorded(30, look=lambda at: sampled.format(CLOCK + at)).fired(BEGAN + 4) == set()
    assert recorded(30, look=lambda at: sampled.format(CLOCK + min(at, 5))).fired(BEGAN + 4) == {"WorkerFrozen"}


@needs_promtool
def test_a_process_that_is_back_counts_from_nought():
    restarts = 'quiethire_dependency_restarts_total{{dependency="postgresql"}} {}\n'
    assert recorded(20, look=lambda at: None if 8 < at < 9 else restarts.format(0)).fired(BEGAN + 4) == set()
    assert recorded(20, look=lambda at: restarts.format(int(at > 8))).fired(BEGAN + 4) == {"ServerRestarted"}
