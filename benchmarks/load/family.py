"""The processes of a platform: what they hold, and which of them outlive it."""

import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from quiethire.stack.supervisor import Supervisor

GONE_WITHIN = 10.0
"""Seconds in which a process may end after its platform."""


@dataclass(frozen=True)
class Sample:
    """What all processes of a platform held at one moment, by the name of the server that they belong to."""

    at: float
    bytes: dict[str, int]
    """Proportional set size: memory that several share is divided among them."""
    files: int
    """Open file descriptors of the platform's own process, sockets among them; see `open_files`."""
    sockets: int
    threads: int
    """Of the platform's own process, too."""
    processes: int
    cpu_seconds: dict[str, float]
    """Of those that run."""


@dataclass
class Family:
    """Every process that a supervisor runs, and those below them."""

    supervisor: Supervisor
    samples: list[Sample] = field(default_factory=list)
    seen: set[psutil.Process] = field(default_factory=set)

    def sample(self) -> Sample:
        """Look at all of them."""
        held: defaultdict[str, int] = defaultdict(int)
        used: defaultdict[str, float] = defaultdict(float)
        files = sockets = threads = processes = 0
        for name, pid in self.supervisor.pids.items():
            with suppress(psutil.NoSuchProcess, FileNotFoundError):
                parent = psutil.Process(pid)
                if name == "platform":
                    files += open_files(pid)
                    threads += parent.num_threads()
                    sockets += len(parent.net_connections("all"))
                for process in (parent, *parent.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):
                        held[name] += process.memory_full_info().pss
                        times = process.cpu_times()
                        used[name] += times.user + times.system
                        self.seen.add(process)
                        processes += 1
        sample = Sample(time.monotonic(), dict(held), files, sockets, threads, processes, dict(used))
        self.samples.append(sample)
        return sample

    def orphans(self) -> list[psutil.Process]:
        """Those that live though their platform has ended."""
        _, left = psutil.wait_procs(list(self.seen), timeout=GONE_WITHIN)
        return list(left)


def open_files(pid: int) -> int:
    """Descriptors that a process has open, but for those of /proc. Raises FileNotFoundError where it is gone.

    ClickHouse reads there what each of its threads uses, through three files for every one that ever had work: hours pass until
    the last of a hundred that wait for work had some. Their number follows the threads', which are counted by themselves.
    """
    open_ = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            open_ += not link.readlink().is_relative_to("/proc")
    return open_


def cpu_since(before: Sample, after: Sample) -> dict[str, float]:
    """Cores that each server used between two samples."""
    seconds = after.at - before.at
    return {
        name: max(0.0, used - before.cpu_seconds.get(name, 0.0)) / seconds for name, used in after.cpu_seconds.items()
    }
