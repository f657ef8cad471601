"""Disks that can be made full: file systems in memory, in a mount namespace of this benchmark's own."""

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_NEW_MOUNTS = 0x00020000
_REMOUNT, _RECURSIVE, _PRIVATE = 32, 16_384, 1 << 18
_DETACH = 2
_ROOM = 1 << 31
"""Bytes: memory is taken by what is written alone."""

CANNOT_MOUNT = "needs the right to mount (root, or CAP_SYS_ADMIN)"

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Disk:
    """A file system of its own at this path."""

    path: Path

    def fill(self) -> None:
        """From now on it holds what it holds, and nothing more."""
        told = os.statvfs(self.path)
        self._resize((told.f_blocks - told.f_bfree) * told.f_frsize)

    def free(self) -> None:
        """There is room again."""
        self._resize(_ROOM)

    def close(self) -> None:
        """It is gone, with what it held, once nobody has a file of it open."""
        _call("umount2", bytes(self.path), _DETACH)

    def _resize(self, size: int) -> None:
        _call("mount", b"tmpfs", bytes(self.path), b"tmpfs", _REMOUNT, f"size={size}".encode())


def own_mounts() -> str:
    """Give this process and its children mounts of their own, which end with them. Why that cannot be; blank where it was done."""
    try:
        _call("unshare", _NEW_MOUNTS)
        _call("mount", b"none", b"/", None, _RECURSIVE | _PRIVATE, None)
    except PermissionError:
        return CANNOT_MOUNT
    return ""


def mounted(path: Path) -> Disk:
    """A disk at this path, which is there; what lies there is on it afterwards, with its owner and mode."""
    told = path.stat()
    held = path.with_name(f"{path.name}.held")
    path.rename(held)
    path.mkdir(told.st_mode & 0o7777)
    options = f"size={_ROOM},mode={told.st_mode & 0o7777:o},uid={told.st_uid},gid={told.st_gid}"
    _call("mount", b"tmpfs", bytes(path), b"tmpfs", 0, options.encode())
    os.spawnlp(os.P_WAIT, "cp", "cp", "--archive", f"{held}/.", str(path))
    return Disk(path)


def _call(name: str, *arguments: object) -> None:
    call: Callable[..., int] = getattr(_libc, name)
    if call(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
