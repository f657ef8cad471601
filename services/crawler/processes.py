"""The processes of one browser: its driver, Chromium and all that these start. Their memory, and their end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

END_TIMEOUT = 3.0
"""Seconds that they may take to end by themselves."""


class BrowserProcesses:
    """Found by the process id of Chromium's main process.

    Chromium runs in a process group of its own: what is left of it is found there even when its parents are gone.
    """

    def __init__(self, chromium: int) -> None:
        """Raises psutil.NoSuchProcess where it has ended already."""
        self._chromium = psutil.Process(chromium)
        self._top = self._find_top()
        self._profile = _profile_of(self._chromium)
        self._began = min(self._top.create_time(), self._chromium.create_time())
        group = os.getpgid(chromium) if hasattr(os, "getpgid") else None
        self._group = None if group is None or group == os.getpgrp() else group

    @property
    def command_line(self) -> list[str]:
        """Chromium's options."""
        return self._chromium.cmdline()[1:]

    def alive(self) -> bool:
        """Whether the driver and Chromium run."""
        return all(_runs(process) for process in (self._top, self._chromium))

    def memory(self) -> int:
        """Bytes that all of them hold for themselves, as far as the system tells; what they share counts once at most."""
        return sum(_own_memory(process) for process in self._all())

    def end(self) -> None:
        """Wait a moment for all to end, and kill those that do not. Blocks: run it in a thread."""
        left = list(self._all())
        _, left = psutil.wait_procs(left, END_TIMEOUT)
        # What was started meanwhile is among them now.
        for process in {*left, *self._all()}:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, END_TIMEOUT)
        if self._profile is not None:
            shutil.rmtree(self._profile, ignore_errors=True)  # A driver that died has not removed it.

    def _find_top(self) -> psutil.Process:
        """The child of ours that Chromium descends from: its driver. Chromium itself where there is none such."""
        us = os.getpid()
        line = [self._chromium, *self._chromium.parents()]
        return next((process for process in line if process.ppid() == us), self._chromium)

    def _all(self) -> Iterator[psutil.Process]:
        found: set[psutil.Process] = set()
        if _runs(self._top):
            with suppress(psutil.NoSuchProcess):
                found |= {self._top, *self._top.children(recursive=True)}
        found |= set(self._in_group())
        yield from found

    def _in_group(self) -> Iterator[psutil.Process]:
        """Those that descend from it no more, since their parents have died."""
        if self._group is None:
            return
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                if os.getpgid(process.pid) == self._group and process.create_time() >= self._began:
                    yield process


def _profile_of(chromium: psutil.Process) -> Path | None:
    """Where Chromium keeps its profile, if that is a folder of its driver's making among the temporary files."""
    name = "--user-data-dir="
    folders = (Path(part.removeprefix(name)) for part in chromium.cmdline() if part.startswith(name))
    temporary = Path(tempfile.gettempdir())
    return next((folder for folder in folders if folder.parent == temporary), None)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _own_memory(process: psutil.Process) -> int:
    try:
        memory = process.memory_info()
    except psutil.Error:
        return 0  # It has ended, or is none of our business.
    return int(memory.rss - getattr(memory, "shared", 0))
