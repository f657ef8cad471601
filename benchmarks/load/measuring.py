"""What is made of the numbers: rates, percentiles, the knee, slopes. Pure functions, tested by themselves."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import numpy as np

MEASURED = Path(__file__).with_name("measured.json")
"""The figures of each part, of the last run of it that was kept; docs/scaling.md tells of them."""
SLOWEST_AT_THE_KNEE = 150.0
"""Milliseconds that 95 of 100 answers may take."""
LEAST_FOLLOWING = 0.95
"""Part of the offered rate that is answered with 200 where the platform still follows."""
STEPS = 1.25
"""How much more each step offers than the one before."""


@dataclass(frozen=True)
class Outcome:
    """What came of an open loop of requests at one rate."""

    offered: float
    """Requests a second."""
    seconds: float
    """From the first one due to the last one due."""
    times_ms: tuple[float, ...]
    """From when each was due, so that a stall counts for all that it delays."""
    statuses: tuple[int, ...]
    """In the same order; 0: no answer."""
    untold: int
    """Refusals (429, 503) that did not tell when to come again."""
    degraded: int
    """Answers of the plain search, since the index seemed to be away."""

    def at(self, percent: float, *, status: int | None = 200) -> float:
        """Milliseconds that so many of 100 answers of a status took at most; of None, all answers. 0 where there are none."""
        times = [took for took, each in zip(self.times_ms, self.statuses, strict=True) if status in (None, each)]
        return round(float(np.percentile(times, percent)), 1) if times else 0.0

    def good(self, deadline_ms: float) -> float:
        """Answers a second that came within their time."""
        times = zip(self.times_ms, self.statuses, strict=True)
        return sum(status == 200 and took <= deadline_ms for took, status in times) / self.seconds

    def count(self, *statuses: int) -> int:
        """How many were answered so."""
        return sum(each in statuses for each in self.statuses)

    @property
    def holds(self) -> bool:
        """Whether the platform keeps up with this rate."""
        return self.count(200) >= LEAST_FOLLOWING * len(self.statuses) and self.at(95) <= SLOWEST_AT_THE_KNEE


def rates(first: float, last: float) -> list[float]:
    """The rates to try, each a quarter more than the one before."""
    found = [first]
    while found[-1] * STEPS <= last:
        found.append(round(found[-1] * STEPS, 1))
    return found


def knee(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The highest rate that was held, of those below the least that was missed twice. One miss may be the machine's."""
    missed = Counter(outcome.offered for outcome in outcomes if not outcome.holds)
    bound = min((rate for rate, times in missed.items() if times > 1), default=math.inf)
    held = [outcome for outcome in outcomes if outcome.holds and outcome.offered < bound]
    return max(held, key=lambda outcome: outcome.offered, default=None)


@dataclass(frozen=True)
class Slope:
    """A straight line through samples, by least squares."""

    per_hour: float
    """Of what is there on average, per cent."""
    error: float
    """Standard error of that. What is smaller than twice this may be nothing."""


def slope(samples: Sequence[tuple[float, float]], *, warm_up: float) -> Slope:
    """How fast something grows; samples are (seconds, amount), those of the first `warm_up` seconds are left out.

    Raises ValueError for fewer than three samples behind that.
    """
    first = min((at for at, _ in samples), default=0.0)
    kept = [(at / 3_600, amount) for at, amount in samples if at - first >= warm_up]
    if len(kept) < 3:
        raise ValueError(f"{len(kept)} samples behind the warm-up; a slope needs 3")
    hours, amounts = [at for at, _ in kept], [amount for _, amount in kept]
    middle, average = fmean(hours), fmean(amounts)
    spread = sum((at - middle) ** 2 for at in hours)
    per_hour = sum((at - middle) * (amount - average) for at, amount in kept) / spread
    left = sum((amount - average - per_hour * (at - middle)) ** 2 for at, amount in kept) / (len(kept) - 2)
    return Slope(per_hour=100 * per_hour / average, error=100 * (left / spread) ** 0.5 / average)


def growth(counts: Sequence[int]) -> float:
    """How much more there is of something at the end than at the beginning: of a tenth of the samples each, for a crawl opens some for a while."""
    few = max(1, len(counts) // 10)
    return median(counts[-few:]) - median(counts[:few])
