"""Every fault."""

from benchmarks.faults import (
    clickhouse,
    clocks,
    full_disks,
    machine,
    people,
    postgres,
    queues,
    redis,
    schedules,
    search_index,
    tested,
    workers,
)
from benchmarks.faults.case import Case, Tested

CASES: tuple[Case, ...] = (
    *workers.CASES,
    *schedules.CASES,
    *queues.CASES,
    *postgres.CASES,
    *clickhouse.CASES,
    *search_index.CASES,
    *redis.CASES,
    *clocks.CASES,
    *machine.CASES,
    *people.CASES,
    *full_disks.CASES,
)
"""Those that are injected into a platform under load."""

TESTED: tuple[Tested, ...] = tested.TESTED
"""Those that tests answer."""

FAULTS: tuple[Case | Tested, ...] = (*CASES, *TESTED)
