"""The limits that a process keeps by itself."""

import random

from quiethire.domain.gate import Allowance, OwnLimits


def test_times_are_told_to_the_microsecond_whatever_the_clock_says():
    rng = random.Random(1)
    for _ in range(2_000):
        limits, now = OwnLimits(), rng.uniform(0, 1e6)
        allowance = Allowance("somebody", 1, 2)
        granted = [limits.take(allowance, now) for _ in range(4)]
        assert [verdict.granted for verdict in granted] == [True, True, True, False]
        assert [verdict.reset_after for verdict in granted] == [60.0, 120.0, 180.0, 180.0]
        assert granted[-1].retry_after == 60.0
